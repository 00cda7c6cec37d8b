#!/bin/sh
# Writes requirements/*.txt from requirements/*.in: exact versions, hashes of every file, no addresses.
# One set of versions serves every supported Python and system, so results do not depend on them.
set -eu
cd "$(dirname "$0")/../requirements"

UV=../.venv/bin/uv
[ -x "$UV" ] || ../.venv/bin/python -m pip --quiet install 'uv>=0.9'

# compile NAME [OPTION…]: writes NAME.txt from NAME.in.
compile() {
    name=$1
    shift
    "$UV" pip compile --quiet "$@" --universal --fork-strategy fewest --python-version 3.11 \
        --generate-hashes --no-header --output-file "$name.txt" "$name.in"
}

# base.txt binds test.txt, and both bind st.txt, so they come in this order.
compile base "$@"
compile test "$@"
compile node "$@"
compile st "$@" --excludes cuda.in --no-emit-package torch
