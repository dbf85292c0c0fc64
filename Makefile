# Everything here needs Python 3.11 or newer and make. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install -q -c constraints.txt

# Small matrices are slower on several threads, and two test workers already fill two cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
# Thirty tests start the tutor anew, and every worker imports every test: compile them once.
unexport PYTHONDONTWRITEBYTECODE

# On a developer's machine the formatter mends the files; elsewhere it only reports.
FORMAT := $(BIN)/ruff format$(if $(filter true,$(CI)), --check)

.PHONY: help run test lint sweep check monkey bench shots clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: .venv/run.stamp  ## open the tutor
	$(BIN)/dltutor

test: .venv/dev.stamp  ## run the fast tests
	$(BIN)/python -m pytest -n 2 -m "not sweep"

lint: .venv/dev.stamp  ## format, lint and types
	$(FORMAT)
	$(BIN)/ruff check
	$(BIN)/mypy

sweep: .venv/dev.stamp  ## run the heavy tests: seeds, planted faults, whole products
	$(BIN)/python -m pytest -n 2 -m sweep tests

check: lint test sweep  ## lint, test and sweep: what must pass

monkey: .venv/dev.stamp  ## 20,000 random inputs at a real terminal (SEED=1)
	$(BIN)/python -m tests.e2e.monkey --seed $(or $(SEED),1)

bench: .venv/dev.stamp  ## measure the engine's speed
	$(BIN)/python -m tests.bench

shots: .venv/dev.stamp  ## make the screenshots of the guides again
	$(BIN)/python -m docs.shots

clean:  ## remove the environment, caches and builds
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "dltutor needs Python 3.11 or newer, got $$($(PYTHON) --version 2>&1)." \
	  "Name another one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/dev.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e '.[dev]'
	@touch .venv/run.stamp $@
