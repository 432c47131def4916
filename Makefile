# make bench: measure the default suite and write the leaderboard. make test: the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: bench test lint perf test-vllm clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

bench: $(STAMP)
	$(BIN)/fakevlm-bench run experiment=starter_quick

test: $(STAMP)
	$(BIN)/python -m pytest -m "not vllm"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

perf: $(STAMP)
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

test-vllm: $(STAMP)
	PYTHON=$(PYTHON) tests/integration/run_vllm.sh

clean:
	rm -rf $(VENV) .venv-* dist build runs leaderboard/dist
