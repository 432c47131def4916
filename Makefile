# make bench: measure the default suite and write the leaderboard. make test: the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS := .venv-extras
# One thread a process: the tests start as many processes as there are cores.
ONE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
PYTEST := -m pytest -n logical --dist loadfile --no-loadscope-reorder --durations=20

.PHONY: bench test test-extras test-vllm lint perf clean

# What `make bench` needs, and nothing else. Modules are compiled when they are first imported:
# compiling all of torch beforehand takes longer than the suite's own imports.
$(VENV)/.installed-bench: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --editable .
	touch $@

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

$(EXTRAS)/.installed: pyproject.toml
	test -x $(EXTRAS)/bin/python || $(PYTHON) -m venv $(EXTRAS)
	$(EXTRAS)/bin/pip install --quiet --editable '.[dev,semantic]'
	touch $@

bench: $(VENV)/.installed-bench
	$(BIN)/fakevlm-bench run experiment=starter_quick

test: $(VENV)/.installed
	$(ONE) $(BIN)/python $(PYTEST) -m "not vllm and not extras"

test-extras: $(EXTRAS)/.installed
	$(ONE) $(EXTRAS)/bin/python $(PYTEST) -m extras

test-vllm: $(VENV)/.installed
	PYTHON=$(PYTHON) tests/integration/run_vllm.sh

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

perf: $(VENV)/.installed
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) .venv-* dist build runs leaderboard/dist
