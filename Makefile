# Two commands matter: `make book` and `make test`. Each sets up .venv by itself first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SHELL  := /bin/bash
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Set where containers keep no bytecode; every process of a build would then compile the whole package again.
export PYTHONDONTWRITEBYTECODE =
# Tests ask about a book that does not know where it will stand, as on a desk; on GitHub these say where.
test sweep-pages sweep-rest check: export GITHUB_REPOSITORY =
test sweep-pages sweep-rest check: export CHOKEPOINT_ADDRESS =

.DEFAULT_GOAL := help
.PHONY: help book pdf published refresh test sweep sweep-pages sweep-rest lint check serve watch lab bench clean

help:
	@echo "make book    build the site into build/html (sets up .venv first)"
	@echo "make pdf     print the whole book, in six volumes, into build/chokepoint*.pdf, and the brief, one sheet a language"
	@echo "make published  build the site with its editions and the brief as PDF into build/published/html"
	@echo "make refresh  fetch and read the releases that are listed and not here yet; build/moved.md says what moved"
	@echo "make test    run the tests, in real browsers and in JupyterLab too; of what is alike, a sample"
	@echo "make sweep   run all of what make test samples: every page, every chart at 30 widths, every link (hours)"
	@echo "make lint    lint, types, docstrings"
	@echo "make check   make lint, check the data, run the fast tests"
	@echo "make serve   build, then serve the site on http://127.0.0.1:8000"
	@echo "make watch   serve the book, and show what you save within seconds"
	@echo "make lab     open the notebooks live in JupyterLab"
	@echo "make bench   measure speed and memory, into build/bench.json"

book: $(VENV)/.ready
	@$(BIN)/chokepoint build

pdf: $(VENV)/.test-ready
	@test -f build/html/index.html || $(BIN)/chokepoint build
	@chrome=$$($(BIN)/python tests/browser.py) && $(BIN)/python -m chokepoint.site.pdf "$$chrome"

# Where no Chromium is found and none can be installed, the site has no PDF, and no link to one.
published: $(VENV)/.test-ready
	@chrome=$$($(BIN)/python tests/browser.py) || chrome=; $(BIN)/chokepoint publish --browser "$$chrome"

refresh: $(VENV)/.ready
	@$(BIN)/chokepoint refresh

test: $(VENV)/.test-ready
	@$(BIN)/python tests/browser.py > /dev/null
	@$(BIN)/chokepoint build
	@$(BIN)/pytest -n 2 --dist loadgroup

SAMPLED = $$(grep -lE '^(import sampled|from sampled)|mark\.some_of' tests/test_*.py)
sweep: sweep-pages sweep-rest

# In shards, over all cores.
sweep-pages: $(VENV)/.test-ready
	@$(BIN)/python tests/browser.py > /dev/null
	@$(BIN)/chokepoint build
	@CHOKEPOINT_SWEEP=all $(BIN)/pytest -n auto -k "$(K)" $$(grep -l '^SHARDS' $(SAMPLED))

# What shares a book, a JupyterLab or a browser stays together.
sweep-rest: $(VENV)/.test-ready
	@$(BIN)/python tests/browser.py > /dev/null
	@$(BIN)/chokepoint build
	@CHOKEPOINT_SWEEP=all $(BIN)/pytest -n auto --dist loadgroup -k "$(K)" $$(grep -L '^SHARDS' $(SAMPLED))

lint: $(VENV)/.test-ready
	@$(BIN)/ruff check -q src tests
	@$(BIN)/ruff format -q --check src tests || { echo 'Run: $(BIN)/ruff format src tests'; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/interrogate -q src/chokepoint

check: lint
	@$(BIN)/chokepoint check
	@$(BIN)/pytest -m "not slow" -n 2

serve: book
	@$(BIN)/chokepoint serve

watch: $(VENV)/.ready
	@$(BIN)/chokepoint watch

lab: $(VENV)/.ready
	@JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter $(BIN)/jupyter lab

bench: $(VENV)/.test-ready
	@$(BIN)/python tests/browser.py > /dev/null
	@$(BIN)/chokepoint build
	@PYTHONPATH=$(CURDIR)/tests $(BIN)/python -m bench

clean:
	rm -rf build

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Chokepoint needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make book PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make a virtual environment: on Debian and Ubuntu, apt install python3-venv, then run this again."; exit 1; }
	@touch $@

$(VENV)/.ready: $(VENV)/.python requirements.txt requirements-build.txt pyproject.toml
	@echo "Setting up $(VENV) (once; about a minute) …"
	@$(BIN)/python -m pip install -q --no-compile -r requirements.txt -r requirements-build.txt
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready tests/requirements.txt
	@$(BIN)/python -m pip install -q --no-compile -r tests/requirements.txt
	@touch $@
