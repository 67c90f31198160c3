#!/bin/sh
# Tests of the LTX-2 engine with a small model, from HTTP request to verified file. It makes its own environment.
set -eu
cd "$(dirname "$0")/.."
env=engines/ltx2/.venv
if ! "$env/bin/python" -c 'import ltx_pipelines, pytest' 2>/dev/null; then
	echo "making $env, which takes about 6 GB"
	python3 -m venv "$env"
	"$env/bin/pip" install --quiet -c engines/ltx2/constraints.txt -e 'engines/ltx2[test]'
fi
RETAKE=$PWD/bin/retake "$env/bin/python" -m pytest engines/ltx2 "$@"
