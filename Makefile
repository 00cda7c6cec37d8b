# `make help` lists what there is. The work is done by tools/*.sh and the commands they name.
.DEFAULT_GOAL := help
.PHONY: demo test lint types contracts format translations soak bench bench-pages requirements clean help setup setup-bench setup-checks setup-tests

BIN := .venv/bin
export PYTHON

# HOST counts only as `make demo HOST=…`: some shells carry the machine's own name in it.
DEMO := $(if $(filter command,$(origin HOST)),--host $(HOST)) $(if $(PORT),--port $(PORT))

demo: setup  ## Install what is missing, make a bank of examples and serve it (PORT=, HOST=, PYTHON=)
	@exec $(BIN)/needsbank demo $(DEMO)

test: setup-tests  ## Install what is missing, then run every check: lint, types, contracts, tests
	@exec tools/check.sh $(ARGS)

lint: setup-checks  ## Look for mistakes and for unformatted code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup-checks  ## Check the types
	@$(BIN)/mypy

contracts: setup-checks  ## Check that each layer imports only what it may
	@$(BIN)/lint-imports

format: setup-checks  ## Sort the imports and lay out the code
	@$(BIN)/ruff check --select I --fix --quiet
	@$(BIN)/ruff format

translations: setup  ## Collect new texts into the catalogues; then fill them and run make test
	@$(BIN)/pybabel -q extract -F needsbank/translations/babel.cfg -k _l -k mark --sort-output \
	    --no-location -o needsbank/translations/messages.pot needsbank
	@$(BIN)/pybabel -q update -N -w 100 --ignore-obsolete -i needsbank/translations/messages.pot -d needsbank/translations
	@rm needsbank/translations/messages.pot

bench: setup-bench  ## Measure encoders, vectors and searches into docs/benchmarks.md (ARGS=--large)
	@exec $(BIN)/python -m tools.benchmarks $(ARGS)

bench-pages: setup  ## Measure each public page of a fresh demo bank: CPU and wall time per request
	@exec $(BIN)/python tools/load.py bench $(ARGS)

soak: setup-tests  ## Load a fresh demo bank for MINUTES (10), then kill one KILLS (20) times
	@$(BIN)/python tools/load.py soak --minutes $(or $(MINUTES),10) $(ARGS)
	@KILLS=$(or $(KILLS),20) exec $(BIN)/python -m pytest -q tests/test_killed.py

requirements: setup  ## Write requirements/*.txt anew from requirements/*.in (UPGRADE=1: to the newest)
	@exec tools/requirements.sh $(if $(UPGRADE),--upgrade)

clean:  ## Remove all that make made here (not your banks)
	@rm -rf .venv node_modules needsbank/static/vendor build dist *.egg-info htmlcov .coverage \
	    .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find needsbank matching tests tools -name __pycache__ -prune -exec rm -rf {} +

help:  ## List these targets
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	    while IFS='|' read -r target words; do printf '  make %-13s %s\n' "$$target" "$$words"; done

setup:  ## Install what the service needs, into .venv
	@tools/setup.sh

setup-checks:
	@tools/setup.sh checks

setup-bench:
	@tools/setup.sh bench

setup-tests:
	@tools/setup.sh tests
