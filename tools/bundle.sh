#!/bin/sh
# tools/bundle.sh CATALOGUE: prints the folder of an index bundle that is up to date.
#
# CATALOGUE is a bundle already, or a source (.jsonl, .jsonl.gz), which is built into .local/catalogues/ when it, the
# builder or the builder's dependencies have changed since the last time. Paths are as the caller sees them.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
catalogue=${1:?usage: tools/bundle.sh CATALOGUE}

if [ -d "$catalogue" ]; then
    printf '%s\n' "$catalogue"
    exit 0
fi
if [ ! -f "$catalogue" ]; then
    echo "CATALOGUE=$catalogue: no such source or bundle" >&2
    exit 2
fi

name=$(basename "$catalogue")
case $name in
    wikipedia-movies*) format=wikipedia-movies ;;
    *) format=jsonl ;;
esac
bundle="$root/.local/catalogues/${name%.jsonl*}"

# Two that start together build once: whoever comes second waits here. The lock is this shell's and ends with it.
mkdir -p "$root/.local/catalogues"
exec 9>"$bundle.lock"
"$root/.venv/bin/python" -S -E -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'

# By content, not by time: a checkout or a copy sets every file's time and changes nothing.
builder="$root/layers/discovery/discovery"
made_from=$(cat "$catalogue" "$builder"/catalogue/*.py "$builder"/catalogue/build/*.py "$builder/names.py" \
    "$root/requirements/dev.txt" | cksum)
if [ ! -d "$bundle" ] || [ "$(cat "$bundle.made-from" 2>/dev/null)" != "$made_from" ]; then
    rm -f "$bundle.made-from"
    "$root/.venv/bin/discovery" catalogue build "$catalogue" --out "$bundle" --format "$format" \
        ${SKIP_BAD:+--skip-bad} >&2
    echo "$made_from" >"$bundle.made-from"
fi
printf '%s\n' "$bundle"
