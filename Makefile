# forkpolicy: `make` lists the targets. Each builds what it needs in .venv; only Python 3.11+, git and make must be there.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin

# Two stamps: what running needs is smaller than what developing needs.
RUNTIME := .venv/.runtime
DEV := .venv/.dev

# The first interpreter that is new enough and can make a virtual environment; `make PYTHON=…` overrides.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

.PHONY: help demo test test-deep lint types package bench real schema

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME)  ## make a small fork with every kind of conflict and plan its sync (DIR=… keeps it there)
	@$(BIN)/forkpolicy demo $(DIR)

test: $(DEV)  ## run the tests (ARGS=… goes to pytest)
	@$(BIN)/pytest -n auto $(ARGS)

test-deep: $(DEV)  ## run the generated histories by the thousands (minutes)
	@HYPOTHESIS_PROFILE=deep $(BIN)/pytest -n auto -m 'deep or not deep' $(ARGS)

lint: $(DEV)  ## check style, formatting, which module may import which, and the workflows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/zizmor --offline --quiet action.yml .github/workflows docs/examples/workflows

types: $(DEV)  ## check the types, with mypy and with pyright
	@$(BIN)/mypy
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright

package: $(DEV)  ## build the sdist and the wheel, and run the wheel alone
	@tests/packaging_check

bench: $(DEV)  ## print the table of how fast and how small it is (SNAPSHOT=… adds the real fork's rows, GLITCH=… RECORDED=… the audit's)
	@$(BIN)/python -m bench.bench $(if $(SNAPSHOT),--snapshot "$(SNAPSHOT)") \
		$(if $(GLITCH),--glitch "$(GLITCH)") $(if $(RECORDED),--recorded "$(RECORDED)")

real: $(DEV)  ## try it on the real fork: SNAPSHOT=… is a git directory that holds CartoDB/litellm
	@test -n "$(SNAPSHOT)" || { echo 'usage: make real SNAPSHOT=GIT_DIRECTORY' >&2; exit 2; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" tests/real/run "$(SNAPSHOT)"

schema: $(RUNTIME)  ## write carto-fork.schema.json anew
	@mkdir -p build && $(BIN)/forkpolicy schema > build/schema.json && mv build/schema.json carto-fork.schema.json

$(RUNTIME): WHAT := .
$(DEV): WHAT := .[dev]
$(RUNTIME) $(DEV): pyproject.toml
	@test -n "$(PYTHON)" || { echo 'needs Python 3.11 or newer with venv (on Debian: apt install python3-venv)' >&2; exit 1; }
	@echo 'installing $(WHAT) into .venv; this happens once' >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(WHAT)'
	@touch $(RUNTIME) $@
