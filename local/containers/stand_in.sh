#!/bin/sh
# local/containers/stand_in.sh FOLDER: makes a file system in FOLDER that can stand in for that of AWS's Python 3.13
# image, for machines that reach no image registry: Debian's base from the machine's own mirror, and its Python.
#
# It needs Linux, root and debootstrap. It is not Amazon Linux: it proves the packaging, the environment and the
# runtime's client (awslambdaric, boto3), but not the C library.
set -eu

folder=${1:?usage: local/containers/stand_in.sh FOLDER}
root=$(cd "$(dirname "$0")/../.." && pwd -P)
python="$root/.venv/bin/python"

# The mirror and the release of the machine itself, so that libraries copied from it fit the base's C library.
. /etc/os-release
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$VERSION_CODENAME" '$2 == release && $3 == "main" { print $1; exit }')
debootstrap --variant=minbase --include=ca-certificates "$VERSION_CODENAME" "$folder" "$mirror" >&2
rm -rf "$folder"/var/cache/apt "$folder"/var/lib/apt/lists "$folder"/usr/share/doc "$folder"/usr/share/man \
    "$folder"/usr/share/locale "$folder"/var/log

# Python where Lambda has it. Libraries beside it: those it is linked with, but for the C library's own.
lang="$folder/var/lang"
mkdir -p "$lang/bin" "$lang/lib" "$folder/var/task" "$folder/var/runtime" "$folder/opt"
cp -L "$python" "$lang/bin/python3.13"
stdlib=$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
tar -C "$(dirname "$stdlib")" -c --exclude=test --exclude='config-*' --exclude=idlelib --exclude=site-packages \
    --exclude=ensurepip --exclude=pydoc_data --exclude='_tkinter*' --exclude='_test*' python3.13 | tar -C "$lang/lib" -x
find "$lang" -type f \( -name '*.so*' -o -name python3.13 \) -exec ldd {} + 2>/dev/null | awk '/=> \// { print $3 }' |
    sort -u | grep -vE '/(libc|libm|libdl|librt|libutil|libpthread|libresolv)\.so' | xargs -I{} cp -L {} "$lang/lib/"

# What Lambda's runtime brings: the client of the Runtime API, and boto3. Pinned with hashes like all the rest.
boto3=$(grep -oE '^boto3==[^ ]+' "$root/requirements/dev.txt")
"$("$root/tools/setup.sh" uv)" pip install --quiet --require-hashes --compile-bytecode --python "$python" \
    --target "$folder/var/runtime" -c "$root/requirements/dev.txt" -r "$root/requirements/bench.txt" "$boto3" >&2
cat >"$folder/var/runtime/bootstrap" <<'BOOTSTRAP'
#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_python3.13
export PYTHONPATH=/opt/python/lib/python3.13/site-packages:/opt/python:/var/runtime
exec /var/lang/bin/python3.13 -m awslambdaric "$_HANDLER"
BOOTSTRAP
chmod 755 "$folder/var/runtime/bootstrap"
