# Everything a person needs: make demo, make test, make check. Each target sets up what it needs and nothing twice.
#
#   make demo [PORT=8000] [DATA=data]   set up, then serve the demo city on http://127.0.0.1:PORT
#   make test [BROWSER=skip] [ARGS=…]   the whole test suite (ARGS go to pytest)
#   make quick [APPS="plans …"]         for daily work: rules of the house, core, and the apps that differ from main;
#                                       says how many commits ago the whole suite passed
#   make check                          lint, types, import directions, templates, migrations, front end
#   make setup                          .venv with the command line .venv/bin/dudao, and the built front end
#   make dist                           a wheel in dist/, tried out in an empty environment
#   make bench                          benchmarks, each printed with what it is compared to
#   make permissions                    write docs/manual/permissions.md: who may do what
#   make lock [UPGRADE=--upgrade]       write the lock files anew: what runs, what develops, the front end

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
DATA ?= data
BROWSER ?= need
ARGS ?=
# The first Python that is new enough.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)

VENV := .venv
BIN := $(VENV)/bin
TOOLS := .cache/tools
# A stamp lies in what it stands for, and goes when that is removed.
STAMPS := $(VENV)/.stamps
BUILT := src/dudao/core/ui/static/dudao
WEB_SOURCES := $(shell find web -type f) src/dudao/core/ui/icons.txt package.json tsconfig.json
# Node, and uv on a machine without it, live here; the machine's own come first.
export PATH := $(PATH):$(CURDIR)/$(TOOLS)/bin
export UV_LINK_MODE ?= copy
# Some images tell Python to keep nothing it compiled. Each process of the tests, and each they start, would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
# A file at a time on every core; browser tests last in each process.
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Formats tags and what stands between blocks, never HTML (docs/adr/0009).
DJADE := $(BIN)/djade --target-version 5.2
TEMPLATES = $(shell find src -path '*/templates/*' -name '*.html')
# Commands that look at settings without serving anybody.
MANAGE := DUDAO_MODE=test DUDAO_DATA=.cache/test $(BIN)/dudao manage

.PHONY: help
help:
	@sed -n '/^# *make /s/^# *//p' Makefile

.PHONY: setup
setup: $(STAMPS)/project $(BUILT)/icons.svg

$(TOOLS)/.stamp: scripts/tools.sh
	@PYTHON="$(PYTHON)" TOOLS="$(TOOLS)" scripts/tools.sh
	@mkdir -p $(@D) && touch $@

$(BIN)/python: | $(TOOLS)/.stamp
	@echo "▸ Python environment in $(VENV)"
	@uv venv --quiet --python "$(PYTHON)" $(VENV)

$(STAMPS)/requirements: requirements-dev.lock $(BIN)/python
	@echo "▸ Python packages of requirements-dev.lock"
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@mkdir -p $(@D) && touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/requirements
	@echo "▸ the project itself, editable"
	@uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@mkdir -p $(@D) && touch $@

node_modules/.stamp: package-lock.json .npmrc | $(TOOLS)/.stamp
	@echo "▸ front-end packages of package-lock.json"
	@npm ci --no-progress --loglevel=error
	@mkdir -p $(@D) && touch $@

$(BUILT)/icons.svg: node_modules/.stamp $(WEB_SOURCES)
	@echo "▸ front end"
	@npm run --silent build
	@touch $@

.PHONY: demo
demo: setup
	@exec $(BIN)/dudao demo --port "$(PORT)" --data "$(DATA)"

# What tests need from the system: a browser, Chinese fonts, an office program to open what we write.
.PHONY: system
system:
	@BROWSER="$(BROWSER)" scripts/system.sh

.PHONY: test
test: setup system
ifeq ($(BROWSER)$(ARGS),need)
	@scripts/green.sh run $(PYTEST)
else
	@$(PYTEST) $(if $(filter skip,$(BROWSER)),-m "not e2e and not office") $(ARGS)
endif

# Neither browser nor office program nor city: what to run every few minutes.
DIFFERENT = git diff --name-only "$$(git merge-base HEAD main)" 2>/dev/null; git ls-files --others --exclude-standard
APPS ?= $(shell ($(DIFFERENT)) | sed -nE 's,^(src/dudao|tests)/([a-z]+)/.*,\2,p' | sort -u)
FOLDERS = $(wildcard $(addprefix tests/,$(filter-out core e2e,$(APPS))))

.PHONY: quick
quick: setup
	@$(PYTEST) -q -m "not e2e and not office and not city" tests/test_consistency.py tests/test_import_circles.py tests/core $(FOLDERS) $(ARGS)
	@scripts/green.sh ago

.PHONY: check
check: setup
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	DUDAO_MODE=test DATABASE_URL=postgresql:///unused $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src
	$(MANAGE) makemigrations --check --dry-run
	npm run --silent check

.PHONY: format
format: setup
	$(BIN)/ruff check --fix-only --quiet src tests bench
	$(BIN)/ruff format src tests bench
	@$(DJADE) $(TEMPLATES) || true  # 1 says that it changed something

.PHONY: dist
dist: setup
	@rm -rf dist
	uv build --quiet --wheel --out-dir dist
	scripts/check_wheel.sh dist/*.whl

.PHONY: permissions
permissions: setup
	@$(MANAGE) powers >docs/manual/permissions.md

.PHONY: bench
bench: setup
	@uv pip install --quiet --python $(BIN)/python --group bench
	@$(BIN)/python bench/run.py $(ARGS)

# Without extras in the names: older pip refuses hashes beside them.
COMPILE := --quiet --universal --generate-hashes --strip-extras --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links
UPGRADE ?=

.PHONY: lock
lock: | $(TOOLS)/.stamp
	uv pip compile $(COMPILE) pyproject.toml -o requirements.lock $(UPGRADE)
	uv pip compile $(COMPILE) --constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock $(UPGRADE)
	npm run --silent lock
	@! grep -nE 'https?://|file:' requirements.lock requirements-dev.lock
