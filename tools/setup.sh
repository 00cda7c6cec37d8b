#!/bin/sh
# Makes what `make demo` needs; with "checks", also the tools for lint and types; with "tests", also
# sentence-transformers and a browser; with "bench", also sentence-transformers. Each stage works only if its inputs changed since it last did.
# A stage says one line when it works; what its tools print goes to .venv/install.log.
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
LOG=$VENV/install.log
PYTHON=${PYTHON:-}

say() { printf '  %s\n' "$*"; }

fail() {
    printf 'Set-up stopped: %s\n' "$*" >&2
    exit 1
}

# Python and the virtual environment

# Is this a Python that starts and is new enough?
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "$PYTHON" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer."
        return
    fi
    for candidate in python3.13 python3.12 python3.11 python3; do
        if new_enough "$candidate"; then
            PYTHON=$candidate
            return
        fi
    done
    fail "no Python 3.11 or newer was found; install one, or name it: make demo PYTHON=/path/to/python3"
}

make_venv() {
    if [ -e "$VENV/bin/python" ] && [ -z "$PYTHON" ] && new_enough "$VENV/bin/python"; then
        return
    fi
    if [ -e "$VENV" ] && [ ! -e "$VENV/pyvenv.cfg" ]; then
        fail "$VENV is in the way and is no virtual environment; move it elsewhere."
    fi
    find_python
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ -e "$VENV/bin/python" ] && new_enough "$VENV/bin/python" &&
        [ "$("$VENV/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$version" ]; then
        return
    fi
    "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        fail "$PYTHON cannot make virtual environments; on Debian or Ubuntu: apt install python$version-venv"
    say "Python $version: making $VENV"
    "$PYTHON" -m venv --clear "$VENV" || fail "$PYTHON -m venv $VENV did not work; its reason stands above."
}

# Stages

# Is the stage $1 done, with the inputs (the files that follow) as they are now?
fresh() {
    stage=$1
    shift
    [ "$(cat "$VENV/stamps/$stage" 2>/dev/null)" = "$(cat "$@" | cksum)" ]
}

# Remembers that the stage $1 is done with these inputs.
stamp() {
    stage=$1
    shift
    cat "$@" | cksum >"$VENV/stamps/$stage"
}

logged() { "$@" >>"$LOG" 2>&1 </dev/null; }

pip() { logged "$VENV/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }

# Installs the packages of requirements/$1.txt, each checked against its hash. $2: what they are.
install_packages() {
    if fresh "$1" "requirements/$1.txt"; then return; fi
    say "$2: installing requirements/$1.txt (a minute or two the first time)"
    pip install --require-hashes -r "requirements/$1.txt" ||
        fail "the packages of requirements/$1.txt could not be installed; check the network and run it again (pip's words: $LOG)"
    stamp "$1" "requirements/$1.txt"
}

install_checkout() {
    set -- setup.cfg pyproject.toml needsbank/__init__.py
    if fresh checkout "$@" && [ -e "$VENV/bin/needsbank" ]; then return; fi
    say "Service: installing this checkout"
    pip install --no-deps --no-build-isolation --editable . ||
        fail "this checkout could not be installed (pip's words: $LOG)"
    stamp checkout "$@"
}

# The extras `st` and `train` for the tests. --no-deps: what torch.txt and st.txt leave out is CUDA.
install_sentence_transformers() {
    set -- requirements/torch.txt requirements/st.txt
    if fresh st "$@"; then return; fi
    say "Encoders for the tests: installing requirements/torch.txt and st.txt (a minute or two the first time)"
    if pip install --require-hashes --no-deps --only-binary :all: -r "$1" -r "$2"; then
        stamp st "$@"
    else
        say "Tests with sentence-transformers will be skipped: pip found no torch without CUDA; name PyTorch's index of CPU builds in PIP_EXTRA_INDEX_URL (pip's words: $LOG)"
    fi
}

# Puts an npm that works on PATH, from a hashed package if the machine has none.
find_npm() {
    if npm --version >/dev/null 2>&1; then return; fi
    PATH=$PWD/$VENV/bin:$PATH
    install_packages node "npm is missing on this machine"
}

install_browser_files() {
    set -- package.json package-lock.json .npmrc
    if fresh npm "$@" && [ -e node_modules/.package-lock.json ]; then return; fi
    find_npm
    say "Browser files: npm ci"
    logged npm ci --no-fund --no-audit ||
        fail "the browser files of package-lock.json could not be installed; check the network and run it again (npm's words: $LOG)"
    stamp npm "$@"
}

vendor_browser_files() {
    set -- package-lock.json needsbank/assets.py
    if fresh vendor "$@" && [ -e needsbank/static/vendor ]; then return; fi
    "$VENV/bin/python" -m needsbank.assets || fail "the browser files could not be copied; the reason stands above."
    stamp vendor "$@"
}

compile_translations() {
    set -- needsbank/translations/*/LC_MESSAGES/*.po
    if [ ! -e "$1" ]; then return; fi
    compiled=true
    for catalogue in "$@"; do
        [ -e "${catalogue%.po}.mo" ] || compiled=false
    done
    if $compiled && fresh translations "$@"; then return; fi
    say "Translations: compiling"
    logged "$VENV/bin/pybabel" compile --directory needsbank/translations ||
        fail "the translations could not be compiled (pybabel's words: $LOG)"
    stamp translations "$@"
}

# A browser for the tests

# Leaves in .venv/browser: a program's path, "playwright" for its own, or "none: " and the reason.
find_browser() {
    if [ -n "${TARVEPANKKI_BROWSER:-}" ]; then
        browser=$TARVEPANKKI_BROWSER
    elif browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome); then
        :
    elif install_debian_browser && browser=$(command -v chromium); then
        :
    elif say "Browser for the tests: playwright install chromium" && logged "$VENV/bin/playwright" install chromium; then
        browser=playwright
    else
        browser="none: no Chromium was found and none could be installed (see $LOG)"
        say "Browser tests will be skipped: install Chromium, or name one: TARVEPANKKI_BROWSER=/path/to/chromium"
    fi
    printf '%s\n' "$browser" >"$VENV/browser"
}

install_debian_browser() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "Browser for the tests: apt-get install chromium"
    logged apt-get update &&
        logged env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends chromium fonts-dejavu-core
}

# In order

make_venv
mkdir -p "$VENV/stamps"
if command -v flock >/dev/null; then
    exec 9>"$VENV/setup.lock"
    flock -n 9 || { say "Another set-up is at work in $VENV: waiting for it" && flock 9; }
fi
printf '\n== set-up, %s\n' "$(date)" >>"$LOG"

install_packages base "Python packages"
install_checkout
install_browser_files
vendor_browser_files
compile_translations
case ${1:-} in
    checks) install_packages test "Tools for the checks" ;;
    bench) install_sentence_transformers ;;
    tests)
        install_packages test "Tools for the checks"
        install_sentence_transformers
        find_browser
        ;;
esac
