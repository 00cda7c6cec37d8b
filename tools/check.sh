#!/bin/sh
# Runs every check even if one fails, the tests last; then names what failed.
# Arguments go to pytest.
set -u
cd "$(dirname "$0")/.."

BIN=.venv/bin
failed=

check() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed
  $name"
}

# Which browser tools/setup.sh found; "none: why" makes pytest skip the tests marked browser.
if [ -z "${TARVEPANKKI_BROWSER:-}" ] && [ -e .venv/browser ]; then
    TARVEPANKKI_BROWSER=$(cat .venv/browser)
fi
export TARVEPANKKI_BROWSER="${TARVEPANKKI_BROWSER:-}"
case $TARVEPANKKI_BROWSER in
    none*) set -- -p tools.no_browser "$@" ;;
esac

check "lint: ruff check" $BIN/ruff check
check "format: ruff format --check (mend: make format)" $BIN/ruff format --check
check "types: mypy" $BIN/mypy
check "contracts: lint-imports" $BIN/lint-imports
check "tests: pytest" $BIN/python -m pytest "$@"

if [ -n "$failed" ]; then
    printf '\nFailed:%s\n' "$failed"
    exit 1
fi
printf '\nAll five checks passed.\n'
