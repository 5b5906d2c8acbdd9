# `make help` lists what there is. The two that matter: `make run` and `make test`.
# VENV names the folder of the environment, PYTHON what it is made with (a version or a path), WORKERS how many processes
# share the tests. `make fast VENV=.venv-system PYTHON=/usr/bin/python3.11` tries another Python beside the usual one.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON3 ?= $(shell command -v python3.11 || command -v python3)
PYTHON ?= 3.11
VENV ?= .venv
UV := .uv/bin/uv
BIN := $(VENV)/bin
LOCK := requirements.lock
WORKERS ?= 2
SETS ?= var/public-sets
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
FAST := tests/rules tests/records tests/catalog tests/answers tests/policy tests/store tests/architecture \
  tests/nlu/values tests/nlu/test_archive.py tests/nlu/intents/test_text.py tests/auth tests/config tests/test_clock.py \
  tests/commands/test_bulk_decide.py tests/rasa_adapter/test_model_files.py tests/changes/test_kinds.py \
  --ignore=tests/answers/test_replies.py --deselect=tests/changes/test_kinds.py::test_an_agent_can_do_every_kind
READY := $(VENV)/.ready
PAGES_READY := node_modules/.ready
COMPILE := $(UV) pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

export UV_NO_PROGRESS ?= 1
export PYTHONUNBUFFERED := 1

.PHONY: help setup run train chat test fast check check-pages lock long-trials dialogues simulations widget console bench bench-nlu clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(READY) ## make the environment in .venv from the locked, hash-checked packages

run: setup ## train if needed, fill the demo database, start everything and print the addresses
	@$(BIN)/assistant serve --demo

train: setup ## train a model into models/ (nothing to do if one fits the data)
	@$(BIN)/assistant train

chat: setup ## talk to the assistant in this terminal, as the first demo candidate
	@$(BIN)/assistant chat --as ASE-1000-0001

test: train ## run every test (trains once, uses a real PostgreSQL and a real browser)
	@$(BIN)/python -m pytest $(PARALLEL)

fast: setup ## run the tests that need no model, no PostgreSQL and no browser (about a minute)
	@$(BIN)/python -m pytest -q $(PARALLEL) -p tests.quick -m 'not long and not postgres' $(FAST)

check: setup check-pages ## linters, layout, types, import contracts, spelling, the pages, the knowledge check, and whether the lock file is in step
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell
	@$(BIN)/assistant knowledge check
	@mkdir -p var && cp $(LOCK) var/$(LOCK) && $(COMPILE) -o var/$(LOCK) >/dev/null && diff -q $(LOCK) var/$(LOCK) \
	  || { echo "$(LOCK) does not fit pyproject.toml: run 'make lock'"; exit 1; }

check-pages: ## eslint, prettier, tsc and vitest over the widget and the console (needs Node; left out where npm is missing)
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(PAGES_READY) && npm run --silent check; \
	else echo "npm is missing: the widget and the console are NOT checked."; [ -z "$$CI" ]; fi

lock: $(UV) ## write requirements.lock afresh from pyproject.toml
	@$(COMPILE) -o $(LOCK) >/dev/null

long-trials: setup ## races, kills and random conversations in full length
	@$(BIN)/python -m pytest -m long --no-header tests

dialogues: train ## score the conversations of several turns, by turn and kind, against their floors
	@$(BIN)/python -m tests.dialogues

simulations: train ## let scripted people reach their goals, each from eight openings (pass^8)
	@$(BIN)/python -m tests.simulations

widget: $(PAGES_READY) ## build the chat widget afresh (needs Node; its built script is committed)
	@npm run --silent build widget

console: $(PAGES_READY) ## build the agents' console afresh (needs Node; its built files are committed)
	@npm run --silent build console

bench: setup ## start-up times, bulk throughput and turn latency (writes docs/benchmarks.md)
	@$(BIN)/python -m benchmarks.run

bench-nlu: setup ## the intent model on public sets, with tables and plots; SETS names their folder
	@$(BIN)/python -m benchmarks.nlu.run --bench "$(SETS)"

clean: ## remove the environment, models and runtime data
	rm -rf .venv .venv-system .uv .cache var node_modules models/*.tar.gz

$(UV): uv.txt
	@[ -n "$(PYTHON3)" ] || { echo "Python 3 is missing. Install Python 3.11 (on Debian: apt-get install python3.11 python3.11-venv)."; exit 1; }
	@"$(PYTHON3)" -m venv .uv || { echo "This Python cannot make environments. Install its venv module (on Debian: apt-get install python3-venv)."; exit 1; }
	@.uv/bin/pip install --quiet --require-hashes -r uv.txt
	@touch $(UV)

$(READY): $(UV) $(LOCK) pyproject.toml
	@[ -x $(BIN)/python ] || $(UV) venv --quiet --python $(PYTHON) $(VENV) \
	  || { echo "Python 3.11 is missing and could not be fetched. Install it (on Debian: apt-get install python3.11) and try again."; exit 1; }
	@echo "Installing the locked packages into $(VENV) ..."
	@VIRTUAL_ENV=$(VENV) $(UV) pip sync --quiet --require-hashes $(LOCK)
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)
	@echo "Ready. To have the assistant command in this terminal: source $(BIN)/activate"

$(PAGES_READY): package-lock.json
	@echo "Installing the locked packages into node_modules ..."
	@npm ci --silent
	@touch $(PAGES_READY)
