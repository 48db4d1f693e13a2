# Everything works on a fresh machine with Python 3.11 or newer: each target makes what it lacks.
PYTHON ?= python3
RUN_ENV := .venv-run
SERVE_ENV := .venv-serve
DEV_ENV := .venv
DOCS_ENV := .venv-docs
# What is never imported need not be compiled; the rest is when it is.
PIP_FLAGS := --quiet --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench docs format clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(RUN_ENV)/.ready  ## the main job on an embedded example: a virtual hand is scanned, measured, reported
	$(RUN_ENV)/bin/sesamoid demo --out demo

serve: $(SERVE_ENV)/.ready  ## scan and learn in the browser, on this machine alone
	$(SERVE_ENV)/bin/sesamoid serve

test: $(DEV_ENV)/.ready  ## the whole test suite
	$(DEV_ENV)/bin/python -m pytest -q

check: $(DEV_ENV)/.ready  ## lint, format, types, layer rules
	$(DEV_ENV)/bin/ruff check .
	$(DEV_ENV)/bin/ruff format --check .
	$(DEV_ENV)/bin/mypy
	$(DEV_ENV)/bin/lint-imports

bench: $(DEV_ENV)/.ready  ## speed of the shipped model beside a plain U-Net
	$(DEV_ENV)/bin/sesamoid bench nerve

docs: $(DOCS_ENV)/.ready  ## the documentation as a site in site/
	$(DOCS_ENV)/bin/mkdocs build --strict

format: $(DEV_ENV)/.ready  ## format the code
	$(DEV_ENV)/bin/ruff check --fix .
	$(DEV_ENV)/bin/ruff format .

clean:  ## remove the environments and what was built
	rm -rf $(RUN_ENV) $(SERVE_ENV) $(DEV_ENV) $(DOCS_ENV) site demo

# An environment is ready when its last install finished; a broken one is made anew.
$(RUN_ENV)/.ready: pyproject.toml constraints.txt
	@echo "Making $(RUN_ENV): what analysing needs, no PyTorch (a minute or so)"
	@$(PYTHON) -m venv --clear $(RUN_ENV)
	@$(RUN_ENV)/bin/python -m pip install $(PIP_FLAGS) -c constraints.txt -e .
	@touch $@

$(SERVE_ENV)/.ready: pyproject.toml constraints.txt
	@echo "Making $(SERVE_ENV): the server, no PyTorch (a minute or so)"
	@$(PYTHON) -m venv --clear $(SERVE_ENV)
	@$(SERVE_ENV)/bin/python -m pip install $(PIP_FLAGS) -c constraints.txt -e ".[server]"
	@touch $@

$(DEV_ENV)/.ready: pyproject.toml constraints.txt
	@echo "Making $(DEV_ENV): everything, training and tests too (some minutes)"
	@$(PYTHON) -m venv --clear $(DEV_ENV)
	@$(DEV_ENV)/bin/python -m pip install $(PIP_FLAGS) -c constraints.txt -e ".[train,server,postgres,dev]"
	@touch $@

$(DOCS_ENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -m venv --clear $(DOCS_ENV)
	@$(DOCS_ENV)/bin/python -m pip install $(PIP_FLAGS) -c constraints.txt -e ".[docs]"
	@touch $@
