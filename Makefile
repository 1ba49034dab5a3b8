# Needs Python 3.11 or newer and make; everything else goes into $(VENV).
#   make demo                    the example centres, checked
#   make test                    the tests
#   make docs                    the reference of the library, from its docstrings: build/docs/index.html
#   make lock                    the newest versions into requirements/, which everything here installs
#   make test-oldest             … with the oldest versions that pyproject.toml lets users have; test-newest: the newest
#   make agree N=5000000         engines against the reference on random centres
#   make bench                   the same work by us, by hand and by peers
#   make test PYTHON=python3.13  with another Python: the environment is made anew

PYTHON ?= python3
VENV ?= .venv

# make agree: how many decisions, and which engines; one that is not installed is left out.
N ?= 100000
ENGINES ?= compiled durable frames

# What the tests use of the optional dependencies. `durable` needs a C compiler: without it its tests are skipped.
# `spark` is some 450 MB and needs Java: make test-spark.
EXTRAS := prove frames excel html word

# How many tests at once: a number, or `auto` for one a core.
WORKERS ?= auto
PYTEST = -m pytest -n $(WORKERS) --dist worksteal

BIN := $(VENV)/bin
UV := $(BIN)/uv
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Exact versions with their hashes: requirements/*.txt, which `make lock` writes. Nothing else is resolved, not even to build.
LOCKED := $(PIP) install --require-hashes --no-build-isolation
OURSELVES := $(PIP) install --no-deps --no-index --no-build-isolation --check-build-dependencies --editable .

# Where bytecode is not to be written, each of the processes that the tests start would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

# Stamps: the environment, made by one version of Python; the project in it; what the tests need; what the linters need.
MADE := $(VENV)/.made-by-python$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
PROJECT := $(VENV)/.project
TESTS := $(VENV)/.tests
LINTERS := $(VENV)/.linters
DOCS := $(VENV)/.docs

.PHONY: help demo test test-oldest test-newest test-spark lock docs mutants lint lint-code lint-format lint-types lint-imports format agree bench clean

help:
	@echo "make demo | test | test-oldest | test-newest | test-spark | docs | lock | agree | mutants | lint | format | bench | clean"

demo: $(PROJECT)
	$(BIN)/tic-rules check examples/zhejiang.yaml examples/jiangsu.yaml examples/national.yaml examples/real || [ $$? -eq 1 ]
	@echo
	@echo "That was the demo. A centre that is not compliant is a result, not a failure: the exit status 1 of tic-rules is expected here."

test: $(TESTS)
	@$(BIN)/python $(PYTEST)

# The ends of the ranges that pyproject.toml gives to users, in environments of their own: the oldest, and today's newest.
test-oldest: RESOLUTION := lowest-direct
test-newest: RESOLUTION := highest
test-oldest test-newest: $(VENV)/.lock
	@echo "Making $(VENV)-$(@:test-%=%) ..."
	@$(UV) venv --quiet --clear --python $(BIN)/python $(VENV)-$(@:test-%=%)
	@$(UV) pip compile --quiet --no-header --no-annotate --python $(BIN)/python --resolution $(RESOLUTION) \
		$(EXTRAS:%=--extra %) pyproject.toml --output-file $(VENV)-$(@:test-%=%)/versions.txt
	@$(UV) pip install --quiet --python $(VENV)-$(@:test-%=%) --constraint $(VENV)-$(@:test-%=%)/versions.txt \
		--requirement pyproject.toml $(EXTRAS:%=--extra %) --group build --group test --editable .
	@$(VENV)-$(@:test-%=%)/bin/python $(PYTEST)

test-spark: $(TESTS)
	@$(LOCKED) --requirement requirements/spark.txt
	@$(BIN)/python -m pytest -k spark

# The newest versions that fit the ranges of pyproject.toml and each other, for every supported Python and system.
lock: $(VENV)/.lock
	@requirements/lock $(UV)

docs: $(DOCS)
	@$(BIN)/python docs/reference.py build/docs

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

# What `make test` takes a part of, whole; then every engine against the reference: N (centre, rule) decisions on random centres.
agree: $(TESTS)
	@TIC_RULES_AGREE=all $(BIN)/python $(PYTEST) tests/agreement tests/unit/test_prove.py tests/unit/test_monitoring.py
	@for engine in $(ENGINES); do $(BIN)/python tests/agreement/agreement.py $(N) --engine $$engine || exit 1; done

bench: $(TESTS)
	@$(LOCKED) --requirement requirements/bench.txt || echo "Not every peer could be installed; those that are absent are left out of the table."
	$(BIN)/python benchmarks/run.py --write

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-newest build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit("tic-rules needs Python 3.11 or newer; say which one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(PROJECT): $(MADE) pyproject.toml requirements/build.txt requirements/run.txt
	@echo "Installing tic-rules ..."
	@$(LOCKED) --requirement requirements/build.txt
	@$(LOCKED) --requirement requirements/run.txt
	@$(OURSELVES)
	@$(BIN)/python -m compileall -q src  # what pip does for any other installation
	@touch $@

$(TESTS): $(PROJECT) requirements/test.txt requirements/durable.txt
	@echo "Installing what the tests need ..."
	@$(LOCKED) --requirement requirements/test.txt
	@$(LOCKED) --requirement requirements/durable.txt >$(VENV)/durable.log 2>&1 \
		|| echo "The optional durable engine could not be built here ($(VENV)/durable.log); its tests are skipped."
	@touch $@

$(LINTERS): $(TESTS) requirements/lint.txt
	@echo "Installing the linters ..."
	@$(LOCKED) --requirement requirements/lint.txt
	@touch $@

$(DOCS): $(PROJECT) requirements/docs.txt
	@$(LOCKED) --requirement requirements/docs.txt
	@touch $@

$(VENV)/.lock: $(PROJECT) requirements/lock.txt
	@$(LOCKED) --requirement requirements/lock.txt
	@touch $@
