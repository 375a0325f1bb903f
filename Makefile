# `make help` lists the targets.
.DEFAULT_GOAL := check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := adapters analytics bot migrations surveys tests

.PHONY: help run test check fix bench bias slack-demo teams-demo fuzz lock golden migration model model-figures demo-reset clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/.installed  ## the made-up company in your browser, at http://127.0.0.1:3978
	@$(BIN)/rapport demo

test: $(VENV)/.developing  ## the whole test suite
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.developing  ## format, lint, types, contracts, dependencies, dead code, schema drift
	@$(BIN)/ruff format --check $(ROOMS)
	@$(BIN)/ruff check $(ROOMS)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/vulture
	@$(BIN)/python -m bot.store.migrate check

fix: $(VENV)/.developing  ## format and mend what can be mended
	@$(BIN)/ruff format $(ROOMS)
	@$(BIN)/ruff check --fix $(ROOMS)

bias: $(VENV)/.installed  ## does it matter to the tone who somebody is? Fails if it does; kept beside the model with: make bias on=2026-11-26
	@$(BIN)/rapport bias-audit $(if $(on),--store $(on))

bench: $(VENV)/.developing  ## measure, each against a baseline in the same run
	@$(BIN)/python -m tests.benchmarks

slack-demo: $(VENV)/.developing  ## the made-up company before a Slack that is imitated on this machine
	@$(BIN)/python -m tests.platforms.slack.demo

teams-demo: $(VENV)/.developing  ## the made-up company before a Teams that is imitated on this machine
	@$(BIN)/python -m tests.platforms.teams.demo

fuzz: $(VENV)/.developing  ## signed nonsense against the whole of it, as long as you like: make fuzz n=20000 seed=7 on=teams
	@$(BIN)/python -m tests.adapters.$(or $(on),slack).fuzzing $(or $(n),1000000) $(seed)

golden: $(VENV)/.developing  ## rewrite the golden cards, then look at the diff
	@RAPPORT_GOLDEN=write $(BIN)/python -m pytest -q tests/adapters/test_golden.py || true
	@git diff --stat -- tests

migration: $(VENV)/.developing  ## write a migration from the tables: make migration m="what changed"
	@$(BIN)/python -m bot.store.migrate revision "$(m)"

model: var/training/.installed  ## fit the models of tone anew: make model data=FOLDER (the labelled sets, see docs/methods/text.md)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 var/training/bin/python -m analytics.training model "$(data)"

model-figures: var/training/.installed  ## the figures of the model card: make model-figures data=FOLDER
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 var/training/bin/python -m analytics.training figures "$(data)"

lock: $(VENV)/.developing  ## resolve the dependencies anew into requirements*.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra postgres -o requirements.lock pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --all-extras --group dev -o requirements-dev.lock pyproject.toml

demo-reset:  ## forget the demo company; the next run makes a new one
	@rm -rf var/demo.db* var/demo.chat.jsonl rapport-keys/demo

clean: demo-reset  ## forget the environment too
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rapport needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing (about a minute, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null \
		|| $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

# Training has an environment of its own, so that its libraries are never there when Rapport runs.
var/training/.installed: pyproject.toml
	@$(PYTHON) -m venv var/training
	@var/training/bin/python -m pip install -q --disable-pip-version-check "pip>=25.1"
	@var/training/bin/python -m pip install -q --disable-pip-version-check --group train typing-extensions
	@touch $@

$(VENV)/.developing: $(VENV)/.made requirements-dev.lock pyproject.toml
	@echo "Installing what tests and checks need ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.installed
