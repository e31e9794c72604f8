# What a fresh machine needs: make, and Python 3.11 or newer with venv and pip. Everything else goes into .venv.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SCRIPTS := examples/*.py
# Tests run in one process more than there are cores, for many of them wait, for servers, clusters and locks;
# TEST_WORKERS=0 runs them in this one. Files begin in the order that tests/conftest.py gives them, the longest first.
TEST_WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
IN_PARALLEL := -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder
# They start hundreds of Pythons: without what was compiled before, each would compile the whole package anew.
unexport PYTHONDONTWRITEBYTECODE
# What decides, and knows nothing of audio, models and processes.
CORE := */asr_regress/scoring/*,*/asr_regress/gate/*
CORE_TESTS := tests/unit/scoring tests/unit/gate

.DEFAULT_GOAL := help
.PHONY: help env models browser demo test coverage mutants lint docs docs-serve pictures clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(STAMP) ## Make the environment (.venv) with the package and its development tools

# Installed anew when the dependencies change; the stamp comes last, so a failed install is tried again.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: $(PYTHON) must be Python 3.11 or newer (found: $$($(PYTHON) --version 2>&1)); name another: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || \
	  { echo "make: $(PYTHON) has no ensurepip; install the venv package of your system (Debian: python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[dev]' -c constraints.txt
	@touch $@

models: $(STAMP) ## Fetch two real Whisper checkpoints into models/ (about 200 MB)
	$(BIN)/python examples/fetch_models.py

browser: ## See to a Chromium for the tests of report.html (Debian's, where there is none)
	@tests/browser/get_chromium.sh

demo: $(STAMP) ## Show the gate letting a good model pass and blocking a worse one
	$(BIN)/python examples/demo.py

test: models browser ## Run all tests, the slow ones on real models too
	$(BIN)/python -m pytest -q $(IN_PARALLEL)

# Where coverage, which imports and writes files in every process, is what the test would find.
UNCOVERED := tests/plugin/test_unused_plugin.py tests/plugin/test_full_disk.py tests/unit/transcription/test_hostile_checkpoint.py

# The core by its own unit tests, which take a minute; then everything by all tests.
coverage: models browser ## Measure what the tests reach, branches too (core 95 % or more, the whole 85 %)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q $(CORE_TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='$(CORE)' --fail-under 95
	$(BIN)/coverage run -m pytest -q $(IN_PARALLEL) $(addprefix --ignore=,$(CORE_TESTS) $(UNCOVERED))
	$(BIN)/coverage combine --quiet --append
	$(BIN)/coverage report --include='asr_regress/*' --fail-under 85

mutants: $(STAMP) ## Change the code that decides in small ways, and list what no test notices (15 minutes)
	$(BIN)/python -m pip install --quiet -e '.[mutation]' -c constraints.txt
	$(BIN)/python tests/mutation/mutants.py

lint: $(STAMP) ## Check style, types and what imports what
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy $(SCRIPTS)
	$(BIN)/lint-imports --no-cache

docs: $(STAMP) ## Build the documentation as a site (site/), strictly: a dead link ends it
	$(BIN)/python docs/build.py

docs-serve: $(STAMP) ## The same, then show it at http://localhost:8000
	$(BIN)/python docs/build.py --serve

pictures: models browser ## Draw the pictures of README and docs anew, from a run of the demo's gate
	$(BIN)/python docs/pictures/make.py

clean: ## Remove what was built and measured (not .venv and models/)
	rm -rf build dist report site .cache .asr_regress .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
