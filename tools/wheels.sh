#!/bin/sh
# tools/wheels.sh FOLDER x86_64|arm64 REQUIREMENTS: pinned packages for Lambda's python3.13 on Amazon Linux 2023.
#
# Wheels of the target are installed whatever this machine is. boto3 and what it needs are in the Lambda runtime.
set -eu

unset PYTHONDONTWRITEBYTECODE PYTHONPATH PIP_TARGET PIP_USER
folder=${1:?usage: tools/wheels.sh FOLDER x86_64|arm64 REQUIREMENTS}
case ${2:-x86_64} in
    x86_64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) echo "ARCHITECTURE=$2: must be x86_64 or arm64" >&2; exit 2 ;;
esac
requirements=${3:?usage: tools/wheels.sh FOLDER x86_64|arm64 REQUIREMENTS}
root=$(cd "$(dirname "$0")/.." && pwd -P)
"$root/tools/setup.sh" dev
python="$root/.venv/bin/python"

# --no-deps: the file is complete, and without what packages declare and never import at run time.
if uv=$("$root/tools/setup.sh" uv); then
    "$uv" pip install --quiet --require-hashes --no-deps --only-binary :all: --link-mode copy --python "$python" \
        --python-version 3.13 --python-platform "$machine-manylinux_2_28" --target "$folder" -r "$requirements"
else
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
        --implementation cp --python-version 3.13 --platform "manylinux_2_28_$machine" \
        --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine" --target "$folder" -r "$requirements"
fi
