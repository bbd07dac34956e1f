# make demo      a whole story on the command line
# make test      lint, types and tests; `make test-all` adds the long proofs
# make lint      style, imports between rooms, dependencies
# make types     mypy and pyright
# make format    rewrite the files in the house's style
# make bench     speed, side by side with the peers; one work: make bench WORK=event
# make docs-hooks write docs/hooks.md again from hooks.py
# make pins      write requirements/*.txt again; newer releases: make pins PINS=--upgrade
# make tools     put uv, towncrier and prek in the environment
# make clean     remove what was made
#
# Another Python beside the first: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
PINS ?=
WORK ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
EDITABLE := $(PIP) install --no-deps --no-build-isolation -e .
# The distributions beside the library: plugins, and the worked examples to copy.
BESIDE := $(sort $(dir $(wildcard plugins/*/pyproject.toml examples/*/pyproject.toml)))
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make pins" $(PINS)

# pyright comes whole in its wheel; it need not ask whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: demo test test-all lint types format bench docs-hooks pins tools clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	@$(BIN)/referral-flow demo

# The blocks of a page belong together, hence loadfile. pytest is last, so that its closing line is.
test: lint types
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not slow"

test-all: lint types
	$(BIN)/pytest -n $(JOBS) --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/deptry --no-ansi src
	@for each in $(BESIDE); do (cd $$each && $(abspath $(BIN))/deptry --no-ansi src) || exit 1; done

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	@for each in $(BESIDE); do (cd $$each && $(abspath $(BIN))/mypy) || exit 1; done

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Each peer has an environment of its own, made once; pinned to one core, alone on the machine.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(if $(WORK),"$(WORK)")

docs-hooks: $(VENV)/.dev
	$(BIN)/python -m docs.hooks_page

tools: $(VENV)/.tools

# tools.txt and demo.txt follow the versions in dev.txt.
pins: $(VENV)/.tools
	$(COMPILE) --extra cli --extra testing pyproject.toml requirements/dev.in -o requirements/dev.txt
	$(COMPILE) --extra cli -c requirements/dev.txt pyproject.toml requirements/demo.in -o requirements/demo.txt
	$(COMPILE) -c requirements/dev.txt requirements/tools.in -o requirements/tools.txt
	$(COMPILE) -c requirements/dev.txt pyproject.toml -o benchmarks/peers/pins/ours.txt
	for each in benchmarks/pins/*.in benchmarks/peers/pins/*.in; do $(COMPILE) $$each -o $${each%.in}.txt || exit 1; done

clean:
	rm -rf .venv .venv-* build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests examples -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp is newer than the files that it was filled from.

$(VENV)/.made:
	$(if $(shell $(PYTHON) -c 'import sys; print("" if sys.version_info < (3, 11) else "new enough")' 2>/dev/null),,\
		$(error Python 3.11 or newer is needed, "$(PYTHON)" is not: say which, as in `make PYTHON=python3.12`))
	@echo "Making $(VENV), once; this takes a minute."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.made requirements/demo.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements/demo.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.txt pyproject.toml $(BESIDE:=pyproject.toml)
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(EDITABLE) $(addprefix -e ./,$(BESIDE))
	@touch $(VENV)/.demo $@

$(VENV)/.tools: $(VENV)/.made requirements/tools.txt
	@$(PIP) install --require-hashes -r requirements/tools.txt
	@touch $@
