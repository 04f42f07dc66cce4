# A machine with python3.11 or newer, make and git is enough: every target makes its own environment in .venv first.

SHELL := /bin/bash
BIN := .venv/bin
RUN := $(BIN)/python -m

# Nothing here reports anything to anybody.
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: help demo test thorough check bench faults docs lock environment clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: environment ## one tenant from nothing, against simulated systems; ERP=visma_net or all; KEEP=1 leaves the servers up
	@$(BIN)/severa-sync demo$(if $(ERP), --erp $(ERP))$(if $(KEEP), --keep)

# Four at a time on two cores: they wait for servers and processes of their own half of their time.
test: environment ## all tests but the measured and the thorough ones; ARGS="-k name" is handed to pytest
	@$(RUN) pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not bench and not thorough" $(ARGS)

thorough: environment ## make test, with the same proofs at more places: kills at every moment, the stock worker
	@SEVERA_SYNC_THOROUGH=1 $(RUN) pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not bench" $(ARGS)

check: environment ## ruff, mypy and the rules of who may import whom
	@echo "ruff check"; $(BIN)/ruff check .
	@echo "ruff format"; $(BIN)/ruff format --check .
	@echo "mypy"; $(BIN)/mypy
	@echo "lint-imports"; $(BIN)/lint-imports

bench: environment ## speed and memory, as a table; takes minutes; ERP=visma_net or all
	@$(if $(ERP),SEVERA_SYNC_BENCH_ERP=$(ERP)) $(RUN) pytest tests/bench -m bench -p no:xdist -q -s $(ARGS)

faults: environment ## the fault campaign; ERP=visma_net for that one; N=2000 scenarios from SEED=1 on
	@$(RUN) tests.faults$(if $(ERP), --erp $(ERP)) --n $(or $(N),200) --seed $(or $(SEED),1) --workers 2

docs: environment ## write the tables of docs/ anew from the connectors
	@$(RUN) cli.docs

# The versions in constraints.txt are those of the package registry that was in use when it was made; the registry that
# installs them must offer them. UPGRADE=1 takes newer ones where pyproject.toml allows it.
lock: environment ## write constraints.txt anew: every version with its hashes, no addresses
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade) --quiet --output-file constraints.txt

environment: ## .venv as constraints.txt says; quick when nothing has changed
	@.ci/environment

clean: ## remove the environment and the caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
