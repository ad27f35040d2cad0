# Three commands: `make run`, `make test`, `make paper`. Each sets up .venv by itself; the second time is quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m clusteract
JOBS ?= -1
TABLES := ../shared/data/cluster_N2

# The published tables are used where they stand beside the checkout; never committed.
ifneq ($(wildcard $(TABLES)),)
export CLUSTERACT_DATA ?= $(abspath $(TABLES))
endif

.PHONY: run test paper lint coverage clean

run: $(VENV)/installed
	$(RUN) study compare --jobs $(JOBS)

test: $(VENV)/installed-test lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

# Mou et al. (2025) repeated: all of it, or PARTS="regular transfer"; OPTIONS=--exhaustive.
paper: $(VENV)/installed-paper
	PYTHONPATH=papers $(BIN)/python -m mou2025 $(PARTS) --jobs $(JOBS) $(OPTIONS)

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

coverage: $(VENV)/installed-test
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov=clusteract --cov-report=term

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=python3.x"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# pip runs again only where what is to be installed has changed.
$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-paper: $(VENV)/installed papers/mou2025/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	  -r papers/mou2025/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) runs
