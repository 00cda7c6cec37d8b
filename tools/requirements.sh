#!/bin/sh
# Writes requirements/*.txt from requirements/*.in: exact versions, hashes of every file, no addresses.
# One set of versions serves every supported Python and system, so results do not depend on them.
set -eu
cd "$(dirname "$0")/../requirements"

UV=../.venv/bin/uv
[ -x "$UV" ] || ../.venv/bin/python -m pip --quiet install 'uv>=0.9'

# test.txt is bound by base.txt, so base comes first.
for name in base test node; do
    "$UV" pip compile --quiet "$@" --universal --fork-strategy fewest --python-version 3.11 \
        --generate-hashes --no-header --output-file "$name.txt" "$name.in"
done
