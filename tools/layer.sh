#!/bin/sh
# tools/layer.sh FOLDER x86_64|arm64: the content of the dependency layer, for Lambda's python3.13 on Amazon Linux 2023.
#
# Wheels of the target are installed whatever this machine is. boto3 and what it needs are in the Lambda runtime.
set -eu

unset PYTHONDONTWRITEBYTECODE PYTHONPATH
folder=${1:?usage: tools/layer.sh FOLDER x86_64|arm64}
case ${2:-x86_64} in
    x86_64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) echo "ARCHITECTURE=$2: must be x86_64 or arm64" >&2; exit 2 ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd -P)
"$root/tools/wheels.sh" "$folder" "${2:-x86_64}" "$root/layers/discovery/requirements.txt"
python="$root/.venv/bin/python"
cp -R "$root/layers/discovery/discovery" "$folder/discovery"

# Never used at run time: tests, type stubs, C sources, command-line entry points, the parts of numpy that it imports
# only when they are asked for (and nobody here asks), aiohttp's WebSocket reader (it has one in Python as well).
(
    cd "$folder"
    rm -rf bin numpy/f2py numpy/fft numpy/ma numpy/polynomial numpy/random numpy/testing numpy/_pyinstaller \
        numpy/_core/include numpy/_core/_simd.*.so aiohttp/_websocket/reader_c.*.so
    find . -type d \( -name tests -o -name __pycache__ -o -name sboms \) -prune -exec rm -rf {} +
    find . -type f \( -name '*.py[ix]' -o -name '*.pxd' -o -name '*.[cha]' -o -name .lock \) -exec rm -f {} +
)

# Symbol tables, a fifth of the Rust extensions: only where `strip` knows the target, so elsewhere the layer is larger.
# numpy's libraries were patched after linking, which strip can damage: they are left as they are.
here=$(uname -sm)
if [ "$here" = "Linux $machine" ] && command -v strip >/dev/null; then
    strip --strip-unneeded "$folder"/tantivy/*.so "$folder"/tokenizers/*.so "$folder"/cryptography/hazmat/bindings/*.so
fi

# /opt is read-only, and files there get new times: bytecode that is bound to neither is used at the first start.
"$python" -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$folder" -p /opt/python "$folder"

if [ "$here" = "Linux $machine" ]; then "$python" -I -B -S "$root/tools/check_layer.py" "$folder"; fi
find "$folder" -type f -exec cat {} + | wc -c | awk '{ printf "discovery layer: %.0f MB unzipped\n", $1 / 1e6 }'
