# Needs Python 3.11 or newer and make; everything else goes into $(VENV).
#   make demo                    the example centres, checked
#   make test                    the tests
#   make agree N=5000000         engines against the reference on random centres
#   make bench                   the same work by us, by hand and by peers
#   make test PYTHON=python3.13  with another Python: the environment is made anew

PYTHON ?= python3
VENV ?= .venv

# make agree: how many decisions, and which engines; one that is not installed is left out.
N ?= 100000
ENGINES ?= compiled durable frames

# What the tests use of the optional dependencies; `durable` needs a C compiler, `spark` is large and needs Java: tried separately.
EXTRAS := prove,frames,excel,html,junit

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Stamps: the environment, made by one version of Python; the project in it; what the tests need; what the linters need.
MADE := $(VENV)/.made-by-python$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
PROJECT := $(VENV)/.project
TESTS := $(VENV)/.tests
LINTERS := $(VENV)/.linters

.PHONY: help demo test mutants lint lint-code lint-format lint-types lint-imports format agree bench clean

help:
	@echo "make demo | test | mutants | lint | format | bench | clean"

demo: $(PROJECT)
	$(BIN)/tic-rules check examples/zhejiang.yaml examples/jiangsu.yaml examples/national.yaml examples/real || [ $$? -eq 1 ]
	@echo
	@echo "That was the demo. A centre that is not compliant is a result, not a failure: the exit status 1 of tic-rules is expected here."

test: $(TESTS)
	@$(BIN)/python -m pytest

mutants: $(TESTS)
	@TIC_RULES_MUTANTS=all $(BIN)/python -m pytest tests/unit/test_mutants.py

lint: lint-code lint-format lint-types lint-imports

lint-code: $(LINTERS)
	$(BIN)/ruff check

lint-format: $(LINTERS)
	$(BIN)/ruff format --check

lint-types: $(LINTERS)
	$(BIN)/mypy

lint-imports: $(LINTERS)
	$(BIN)/lint-imports

format: $(LINTERS)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Every engine against the reference on random centres: N (centre, rule) decisions.
agree: $(TESTS)
	@for engine in $(ENGINES); do $(BIN)/python tests/agreement/agreement.py $(N) --engine $$engine || exit 1; done

bench: $(TESTS)
	@$(PIP) install --group bench || echo "Not every peer could be installed; those that are absent are left out of the table."
	$(BIN)/python benchmarks/run.py --write

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit("tic-rules needs Python 3.11 or newer; say which one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"
	@touch $@

$(PROJECT): $(MADE) pyproject.toml
	@echo "Installing tic-rules ..."
	@$(PIP) install --editable .
	@$(BIN)/python -m compileall -q src  # what pip does for any other installation
	@touch $@

$(TESTS): $(PROJECT)
	@echo "Installing what the tests need ..."
	@$(PIP) install --editable ".[$(EXTRAS)]" --group test
	@$(PIP) install --editable ".[durable]" >$(VENV)/durable.log 2>&1 || echo "The optional durable engine could not be built here ($(VENV)/durable.log); its tests are skipped."
	@$(PIP) install --editable ".[spark,dask]" >$(VENV)/spark.log 2>&1 || echo "Spark and Dask could not be installed here ($(VENV)/spark.log); their tests are skipped."
	@touch $@

$(LINTERS): $(TESTS)
	@echo "Installing the linters ..."
	@$(PIP) install --group lint
	@touch $@
