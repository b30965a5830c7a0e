#!/bin/sh
# Makes .venv with everything that steepest needs, and costs nothing when it is there already.
# Usage: sh scripts/bootstrap.sh [EXTRA]   (EXTRA: dev, for the test tools)
set -eu
cd "$(dirname "$0")/.."
extra=${1:-}
venv=${STEEPEST_VENV:-.venv}
stamp=$venv/.ready${extra:+-$extra}
want=$(cat pyproject.toml constraints.txt scripts/bootstrap.sh | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x "$venv/bin/steepest" ]; then exit 0; fi

echo "steepest: setting up $venv (once; a few minutes on a slow line)" >&2
rm -f "$stamp"
if command -v uv >/dev/null 2>&1; then
  uv=uv
  uv venv -q --allow-existing --python '>=3.11' "$venv"
else
  python=${PYTHON:-python3}
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "steepest needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Set PYTHON=/path/to/python3.11" >&2
    exit 2
  }
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install -q -c constraints.txt uv
  uv=$venv/bin/uv
fi

# uv does not read pip's settings: a folder of wheels that pip knows is handed on. Without one and without an NVIDIA
# driver the CPU build of torch is asked for, because the default one draws gigabytes of CUDA packages.
links=$(printf %s "${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}}" | tr ' ' ',')
if [ -n "$links" ]; then
  export UV_FIND_LINKS="$links"
elif [ -z "${UV_TORCH_BACKEND:-}" ] && [ "$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1; then
  export UV_TORCH_BACKEND=cpu
fi
set -- pip install -q --python "$venv/bin/python" --compile-bytecode -c constraints.txt -e ".${extra:+[$extra]}"
"$uv" "$@" || {
  echo "steepest: trying once more with the default build of torch" >&2
  unset UV_TORCH_BACKEND
  "$uv" "$@"
}
echo "steepest: compiling (once; half a minute)" >&2
"$venv/bin/python" -m experiments.run.compile_all || echo "steepest: not compiled now; it will be when it is needed" >&2
printf %s "$want" >"$venv/.ready" # whatever has the test tools has the rest too
printf %s "$want" >"$stamp"
