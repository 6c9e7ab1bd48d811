# make run: the whole platform on this machine. make test: every test. `make` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run up update down reset seed verify rebuild trace check test openapi build deploy clean
.SILENT:
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
PARALLEL := $(PYTHON) -m pytest -n auto --maxprocesses 4
STACK := $(PYTHON) -m infra.local
# In an environment of its own: it wants another botocore than the local stack.
SAM = $$(infra/local/get-uv) tool run -q --from aws-sam-cli==1.170.0 sam
# The platform of functions and layers; layers/deps/Makefile reads it too.
export ARCHITECTURE ?= arm64
DEPLOY = $(SAM) deploy --config-file $(CURDIR)/samconfig.toml
export PYTHONPATH := layers/core/python
export SAM_CLI_TELEMETRY := 0

help: ## List the targets
	sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

# Two amounts of packages in one environment: a run needs fewer, and neither removes the other's.
.venv/run: uv.lock
	uv=$$(infra/local/get-uv) && echo "Installing packages …" && $$uv sync -q --frozen --inexact --no-dev --group local --compile-bytecode && touch $@

.venv/all: uv.lock
	uv=$$(infra/local/get-uv) && echo "Installing packages …" && $$uv sync -q --frozen --inexact --all-groups --compile-bytecode && touch $@ .venv/run

run: .venv/run ## Start everything here; Ctrl-C stops it
	exec $(STACK) run

up: .venv/run ## Start everything in the background
	$(STACK) up

update: .venv/run ## Deploy to the running stack what you have changed
	$(STACK) update

down: .venv/run ## Stop what `make run` or `make up` started
	$(STACK) down

reset: .venv/run ## Empty the data
	$(STACK) reset

seed: .venv/run ## Bring the demo data of the running stack up to today
	$(STACK) seed

verify: .venv/run ## Verify the audit log of the running stack
	$(STACK) operate verify-audit-log

rebuild: .venv/run ## Make the statistics of the running stack what its orders say
	$(STACK) operate rebuild-statistics

trace: .venv/run ## Show all that a request, a timer's run or an order has caused in the running stack: make trace ID=…
	$(STACK) trace '$(ID)'

check: .venv/all ## The quick gate: lint, types, import rules, unit and contract tests but the slow ones
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target static quick

static: .venv/all
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m infra.types
	.venv/bin/lint-imports --no-logo
	.venv/bin/cfn-lint

quick: .venv/all
	$(PARALLEL) -m "not slow" tests/unit tests/contract tests/perf tests/simulation

test: .venv/all ## Every test; it starts and stops what it needs
	$(SAM) validate
	$(SAM) build
	$(PARALLEL) tests/unit tests/contract tests/perf tests/simulation
	$(PYTHON) -m pytest tests/integration tests/e2e

openapi: .venv/run ## Write what comes from the code: description of the interface, permissions, papers
	$(PYTHON) -m infra.openapi
	$(PYTHON) -m infra.permissions
	$(PYTHON) -m infra.documents

build: .venv/run ## Build the packages for AWS, from the locked versions
	$$(infra/local/get-uv) export -q --frozen --no-default-groups --no-hashes --no-emit-project --no-annotate --no-header -o requirements.txt
	$(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)
	for layer in DepsLayer CoreLayer; do find .aws-sam/build/$$layer -name '*.pyc' | grep -q . || \
	  echo "Warning: $$layer carries no bytecode, so functions start more slowly: have Python 3.13 here (uv python install 3.13)." >&2; done

# Each stack imports what those before it export.
deploy: build ## Deploy to AWS; docs/operations.md names PARAMETERS and OPERATOR
	$(if $(and $(PARAMETERS),$(OPERATOR)),,$(error Say make deploy OPERATOR=you@example.org PARAMETERS="PublicUrl=…"))
	$(DEPLOY) --stack-name guahao-data --template-file infra/data.yaml
	$(DEPLOY) --stack-name guahao-queues --template-file infra/queues.yaml
	$(DEPLOY) --stack-name guahao --parameter-overrides Architecture=$(ARCHITECTURE) $(PARAMETERS)
	$(DEPLOY) --stack-name guahao-alarms --template-file infra/alarms.yaml --parameter-overrides OperatorEmail=$(OPERATOR)

clean: ## Remove what was built and installed, not the data
	rm -rf .venv .aws-sam .local/build .local/uv
