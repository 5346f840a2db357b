#!/bin/sh
# Makes the project's private environments from pinned, hash-checked requirement files.
#
#   tools/setup.sh dev   .venv      Python 3.13 with everything that run, test and lint need
#   tools/setup.sh sam   .venv-sam  the SAM CLI, whose own pins are too tight to share an environment
#   tools/setup.sh lint  .venv-lint what checks the template, for the same reason
#   tools/setup.sh fuzz  .venv-fuzz what asks the API from its OpenAPI document, for the same reason
#   tools/setup.sh browser .venv-browser what drives a browser; the browser itself is the machine's own
#   tools/setup.sh audit .venv-audit what looks for known vulnerabilities, and writes the bill of materials
#   tools/setup.sh runtime .venv-runtime what the functions' layer holds and nothing else, for that bill
#   tools/setup.sh uv    prints where uv is, and puts it into .venv-uv first where there is none
#
# An environment whose requirements, folder and interpreter are unchanged is left alone, which takes milliseconds.
# Everything is said on standard error: standard output belongs to whoever called.
set -eu

# Set in some shells and containers; all would change what is installed, or make every first start slow.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_TARGET PIP_USER
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"

say() { printf '%s\n' "$*" >&2; }

is_python_313() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

# Prints a Python 3.13 that runs. The one on PATH may be a version manager's shim that refuses, so each is tried.
find_python() {
    for candidate in python3.13 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13 \
        "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}"/*3.13*/bin/python3.13 \
        "${ASDF_DATA_DIR:-$HOME/.asdf}"/installs/python/3.13*/bin/python3.13 \
        "${MISE_DATA_DIR:-$HOME/.local/share/mise}"/installs/python/3.13*/bin/python3.13 \
        /opt/homebrew/bin/python3.13 /usr/local/bin/python3.13 \
        /Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13; do
        if is_python_313 "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Prints the path of a uv that runs: ours, the machine's, or a fresh one in .venv-uv.
find_uv() {
    for candidate in "$root/.venv-uv/bin/uv" uv "$HOME/.local/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    install_uv && printf '%s\n' "$root/.venv-uv/bin/uv"
}

# Any Python from 3.9 on will do to fetch uv. Debian's has no ensurepip until python3-venv is installed: then pip alone.
install_uv() {
    for python in python3 "$(find_python || true)" /usr/bin/python3 python; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1 || continue
        rm -rf .venv-uv
        if "$python" -m venv .venv-uv >/dev/null 2>&1; then
            set -- .venv-uv/bin/python -m pip install
        else
            rm -rf .venv-uv
            set -- "$python" -m pip install --target .venv-uv
        fi
        if "$@" --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
            -r requirements/bootstrap.txt >&2 && .venv-uv/bin/uv --version >/dev/null; then
            return 0
        fi
    done
    rm -rf .venv-uv
    return 1
}

# uv does not read pip's configuration: without this a machine with a mirror would be set up from elsewhere.
share_package_index() {
    [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || return 0
    index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
}

# create FOLDER: an empty environment of Python 3.13.
create() {
    rm -rf "$1"
    if python=$(find_python); then
        if [ -n "$uv" ]; then "$uv" venv --quiet --python "$python" "$1"; else "$python" -m venv "$1"; fi
    elif [ -z "$uv" ] || ! "$uv" venv --quiet --python 3.13 "$1"; then
        say "Python 3.13 is missing: not on PATH, not with pyenv, uv, asdf, mise or Homebrew; uv could not fetch it."
        [ -n "$uv" ] || say "(uv could not be installed: this needs a Python >= 3.9 with venv or pip, and a package index.)"
        say "Get it with one of:  pyenv install 3.13   uv python install 3.13   brew install python@3.13"
        say "or from https://www.python.org/downloads/, and run this again."
        exit 1
    fi
}

# install FOLDER REQUIREMENTS: exactly what the file says; bytecode at once, so that the first start is fast too.
install() {
    if [ -n "$uv" ]; then
        "$uv" pip sync --quiet --require-hashes --compile-bytecode --python "$1/bin/python" "$2"
    else
        "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$2"
    fi
}

# Our own packages, in place; the build backend is pinned in dev.txt, so nothing is fetched for it.
install_project() {
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python -e .
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    fi
}

# environment FOLDER REQUIREMENTS: makes it, or leaves it, by the stamp inside it.
environment() {
    stamp="$root $(cat "$2" pyproject.toml tools/setup.sh | cksum)"
    made=$(cat "$1/.made-from" 2>/dev/null || true)
    if [ "$made" = "$stamp" ] && [ -x "$1/bin/python" ]; then return 0; fi

    say "Setting up $1: $(grep -c '^[a-zA-Z]' "$2") packages; the first time can take some minutes."
    uv=$(find_uv) || { uv=; say "uv could not be installed; using pip, which is slower."; }
    share_package_index
    # A moved folder breaks the scripts' first lines, an upgraded machine the interpreter: both start anew.
    case $made in "$root "*) is_python_313 "$1/bin/python" || create "$1" ;; *) create "$1" ;; esac
    echo "$root unfinished" >"$1/.made-from"
    install "$1" "$2"
    if [ "$1" = .venv ]; then install_project; fi
    echo "$stamp" >"$1/.made-from"
}

case ${1:-} in
    dev) environment .venv requirements/dev.txt ;;
    sam) environment .venv-sam requirements/sam.txt ;;
    lint) environment .venv-lint requirements/lint.txt ;;
    fuzz) environment .venv-fuzz requirements/fuzz.txt ;;
    browser) environment .venv-browser requirements/browser.txt ;;
    audit) environment .venv-audit requirements/audit.txt ;;
    runtime) environment .venv-runtime layers/discovery/requirements.txt ;;
    uv) find_uv ;;
    *) say "usage: tools/setup.sh dev|sam|lint|fuzz|browser|audit|runtime|uv"; exit 2 ;;
esac
