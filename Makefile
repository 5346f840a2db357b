# Works with GNU make 3.81, which macOS has. Everything is installed into this folder: .venv and its likes.
CATALOGUE ?= catalogue/demo.jsonl
ARCHITECTURE ?= x86_64

PYTHON := .venv/bin/python
SOURCES := functions layers/discovery cli sona plots local lab tools tests
PYTEST := $(PYTHON) -m pytest
# A process for each core; the tests of a file stay together, since they share its servers.
SPREAD := -n auto --dist loadfile
SAM := .venv-sam/bin/sam
COVERAGE := --cov --cov-fail-under=90

# SAM looks for the functions' runtime, python3.13, on PATH; its lint wants a region, and no account.
SAM_ENVIRONMENT := PATH="$(CURDIR)/.venv/bin:$$PATH" ARCHITECTURE=$(ARCHITECTURE) SAM_CLI_TELEMETRY=0 \
	AWS_DEFAULT_REGION="$${AWS_DEFAULT_REGION:-us-east-1}"

.DEFAULT_GOAL := help
.PHONY: help setup setup-sam setup-lint setup-fuzz setup-browser setup-audit run token catalogue test test-unit \
	test-functional test-integration e2e browser sam-local fuzz audit faults soak chaos relevance ranking calibration \
	experiments explanations suggestions scale propagation mutants opensearch test-opensearch \
	opensearch-agreement opensearch-chaos opensearch-changes \
	lint format openapi validate build bench pr lock clean

help:  ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup:  ## Python 3.13 and the dependencies, in .venv (every target that needs it does this first)
	@tools/setup.sh dev

setup-sam:  ## The SAM CLI, in .venv-sam
	@tools/setup.sh sam

setup-lint:  ## What checks the template, in .venv-lint
	@tools/setup.sh lint

setup-fuzz:  ## What asks the API from its OpenAPI document, in .venv-fuzz
	@tools/setup.sh fuzz

setup-browser:  ## What drives a browser, in .venv-browser
	@tools/setup.sh browser

setup-audit:  ## What `make audit` needs, in .venv-audit and .venv-runtime
	@tools/setup.sh audit
	@tools/setup.sh runtime

run: setup  ## The whole system on 127.0.0.1; PORT=8080 CATALOGUE=source-or-bundle ENVIRONMENTS=2
	@bundle=$$(tools/bundle.sh "$(CATALOGUE)") && \
		exec $(PYTHON) -m local.stack --catalogue "$$bundle" \
			$(if $(PORT),--port $(PORT)) $(if $(ENVIRONMENTS),--environments $(ENVIRONMENTS))

# USER is set in every shell: only one given to make itself counts, or a token would name whoever is logged in.
token: setup  ## A token of the local issuer; USER=ana [SCOPE="personalization:write"]
ifneq ($(origin USER),command line)
	@echo 'Whose? make token USER=ana [SCOPE="personalization:write"]' >&2; exit 2
else
	@$(PYTHON) -m local.stack.issuer --user "$$USER" --scope "$(SCOPE)"
endif

catalogue: setup  ## Build the index bundle of CATALOGUE and print its folder; SKIP_BAD=1 leaves bad lines out
	@tools/bundle.sh "$(CATALOGUE)"

test: setup setup-sam setup-fuzz setup-audit  ## Unit, functional and integration tests, with coverage
	@$(PYTEST) tests/unit tests/functional tests/integration $(SPREAD) $(COVERAGE)

test-unit: setup setup-sam  ## Pure code and single classes; no sockets
	@$(PYTEST) tests/unit $(SPREAD)

test-functional: setup  ## A handler end to end, with fakes at the network's edge
	@$(PYTEST) tests/functional $(SPREAD)

test-integration: setup setup-sam setup-fuzz setup-audit  ## Real Valkey, SSM API and SONA processes, started by the tests
	@$(PYTEST) tests/integration $(SPREAD)

# From Maven Central, on the machine's JDK (17 or later) and Maven; it says why where it can't be had.
opensearch: setup  ## A real OpenSearch of one node with k-NN, on 127.0.0.1 until Ctrl-C; PORT=9200
	@exec $(PYTHON) -m local.opensearch $(if $(PORT),--port $(PORT))

opensearch-agreement: setup  ## Both houses of retrieval on judgments, into docs/opensearch.md; ten minutes
	@POWERTOOLS_METRICS_DISABLED=true $(PYTHON) -m lab.opensearch.agreement

opensearch-chaos: setup  ## Searches while OpenSearch misbehaves, into docs/opensearch.md
	@POWERTOOLS_METRICS_DISABLED=true $(PYTHON) -m lab.opensearch.chaos

opensearch-changes: setup  ## A catalogue in OpenSearch that changes under searches: seconds until it is seen, failures
	@POWERTOOLS_METRICS_DISABLED=true $(PYTHON) -m lab.opensearch.changes

test-opensearch: setup  ## What is tested against a real OpenSearch; skipped, with the reason, where it can't be had
	@$(PYTEST) tests/opensearch -rs

# Containers need an engine: E2E_INSTALL_DOCKER=1 installs and starts one on Debian, as root; what CI does.
e2e: build  ## Every event and the API through sam local, in containers; E2E_INSTALL_DOCKER=1 ARCHITECTURE=...
	@ARCHITECTURE=$(ARCHITECTURE) $(PYTEST) tests/e2e -rs

# The browser is the machine's own: `apt-get install chromium`, Chrome, or CHROMIUM=path. Without one all is skipped.
browser: setup setup-browser  ## The JavaScript client and its page in a real browser; CHROMIUM=path
	@bundle=$$(tools/bundle.sh catalogue/demo.jsonl) && BUNDLE="$$bundle" $(if $(CHROMIUM),CHROMIUM="$(CHROMIUM)") \
		.venv-browser/bin/python -m pytest -c tests/browser/browser.ini tests/browser -rs

sam-local: build  ## Beside make run: `sam local` reaches the stack started last, or PORT=8080; ARCHITECTURE=arm64
	@$(PYTHON) -m local.containers --architecture $(ARCHITECTURE) $(if $(PORT),--port $(PORT))

fuzz: setup setup-fuzz  ## The API asked from its own OpenAPI document; EXAMPLES=50 of each operation and caller, SEED=1
	@bundle=$$(tools/bundle.sh tests/catalogue.jsonl) && $(PYTHON) -m tools.fuzz --catalogue "$$bundle" \
		$(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(SEED),--seed $(SEED))

audit: setup setup-audit  ## Known vulnerabilities and licences of what is installed; .local/sbom.json is what functions hold
	@$(PYTHON) -m tools.audit

faults: setup  ## Every fault of SONA and Valkey, into docs/reliability.md; SEARCHES=200 ONLY="sona: hangs"
	@$(PYTHON) -m lab.faults matrix $(if $(SEARCHES),--searches $(SEARCHES)) $(if $(ONLY),--only "$(ONLY)")

soak: setup  ## A steady load with faults switched on and off, into docs/reliability.md; MINUTES=10
	@$(PYTHON) -m lab.faults soak $(if $(MINUTES),--minutes $(MINUTES))

chaos: setup  ## Servers and environments killed and hung under load, into docs/reliability.md; SECONDS=10 QUICK=1
	@$(PYTHON) -m lab.chaos $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ONLY),--only "$(ONLY)") $(if $(QUICK),--quick)

relevance: setup  ## How good the answers are, into docs/relevance.md; CHECK=1 compares with it; TUNE=1 looks for weights
	@$(PYTHON) -m lab.relevance $(if $(CHECK),--check) $(if $(TUNE),--tune)

ranking: setup  ## Whether people see what they go on to like, into docs/ranking-quality.md; CHECK=1 compares with it
	@$(PYTHON) -m lab.ranking $(if $(CHECK),--check)

calibration: setup  ## Do the statistics of experiments keep their promises? By simulation; TRIALS=1000 SEED=1
	@$(PYTHON) -m lab.experiments.calibration $(if $(TRIALS),--trials $(TRIALS)) $(if $(SEED),--seed $(SEED))

experiments: setup  ## Simulated A/A, A/B and multileaved experiments, into docs/experiment-simulation.md; RECORD=1 QUICK=1
	@$(if $(RECORD),$(PYTHON) -m lab.experiments.recorder)
	@$(PYTHON) -m lab.experiments $(if $(QUICK),--quick)

explanations: setup  ## Recompute explained results of each catalogue from their explanations; RESULTS=5000
	@$(PYTHON) -m lab.explanations $(if $(RESULTS),--results $(RESULTS)) >/dev/null

suggestions: setup  ## How fast suggestions are, and how often they have what is being typed; CATALOGUE=source-or-bundle
	@$(PYTHON) -m lab.suggestions --catalogue "$(CATALOGUE)"

scale: setup  ## Start, memory, searches and parts of bundles of growing size; BUNDLES="small large" QUERIES=300
	@$(PYTHON) -m lab.scale $(BUNDLES) $(if $(QUERIES),--queries $(QUERIES))

propagation: setup  ## How fast an edit is seen everywhere, into docs/weights.md; MINUTES=10 QUICK=1
	@$(PYTHON) -m lab.propagation --catalogue "$(CATALOGUE)" $(if $(MINUTES),--minutes $(MINUTES)) $(if $(QUICK),--quick)

mutants: setup  ## Mutation tests of the core, into docs/mutants.md; ONLY=blending,auth
	@$(PYTHON) -m lab.mutants $(if $(ONLY),--only "$(ONLY)")

lint: setup  ## Rules, format, types, and which package imports which
	@.venv/bin/ruff check $(SOURCES)
	@.venv/bin/ruff format --check $(SOURCES)
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: setup  ## Rewrite the code in the project's format
	@.venv/bin/ruff check --fix $(SOURCES)
	@.venv/bin/ruff format $(SOURCES)

openapi: setup  ## Write functions/search/openapi.json from the routes of all functions
	@$(PYTHON) -m tools.openapi

# What SAM makes of the template is looked at too: references to what it adds, and properties that it passes on. Both
# checks judge a condition by the parameters' defaults, so they see it a second time with every option switched on.
TRANSFORM = AWS_DEFAULT_REGION=us-east-1 .venv-sam/bin/python tools/transform.py template.yaml
CHECKOV = LOG_LEVEL=ERROR .venv-lint/bin/checkov --config-file .checkov.yaml

validate: setup-sam setup-lint  ## The templates: sam validate --lint, cfn-lint with its serverless rules, checkov
	@$(SAM_ENVIRONMENT) $(SAM) validate --lint
	@.venv-lint/bin/cfn-lint template.yaml --append-rules cfn_lint_serverless.rules
	@mkdir -p .local && $(TRANSFORM) >.local/transformed.json
	@$(TRANSFORM) "$$(cat tools/options.json)" >.local/with-options.json
	@.venv-lint/bin/cfn-lint .local/transformed.json .local/with-options.json edge.yaml
	@for template in template.yaml .local/with-options.json edge.yaml; do $(CHECKOV) --file $$template || exit 1; done

build: setup setup-sam  ## sam build, both layers included; ARCHITECTURE=x86_64|arm64
	@$(SAM_ENVIRONMENT) $(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)

# The cold start is that of the built function, so it is built first. Linux alone has what starts it.
bench: setup  ## What it costs: docs/benchmarks.md; ONLY=cached,growth QUICK=1 CATALOGUE=... SIZES=... AGAINST=checkout
ifeq ($(shell uname -s),Linux)
ifneq (,$(or $(if $(ONLY),,all),$(findstring cold_start,$(ONLY))))
	@$(MAKE) --no-print-directory build
endif
endif
	@$(PYTHON) -m lab.benchmarks --catalogue "$(CATALOGUE)" $(if $(ONLY),--only "$(ONLY)") $(if $(QUICK),--quick) \
		$(if $(SIZES),--sizes "$(SIZES)") $(if $(AGAINST),--against "$(AGAINST)") $(if $(SCRATCH),--scratch "$(SCRATCH)")

pr: lint test validate audit e2e browser fuzz  ## Everything that CI checks
	@$(MAKE) --no-print-directory relevance CHECK=1

# One resolution for all platforms, with hashes and without addresses; UPGRADE=1 takes the newest versions.
LOCK = "$$(tools/setup.sh uv)" pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--overrides requirements/overrides.txt --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
lock:  ## Pin the requirement files anew; UPGRADE=1 to move to the newest versions
	$(LOCK) --python-version 3.9 requirements/bootstrap.in -o requirements/bootstrap.txt
	$(LOCK) --python-version 3.13 requirements/runtime.in -o layers/discovery/requirements.txt
	$(LOCK) --python-version 3.13 requirements/experiments.in -o functions/experiments/requirements.txt
	$(LOCK) --python-version 3.13 requirements/dev.in -o requirements/dev.txt
	$(LOCK) --python-version 3.13 requirements/bench.in -o requirements/bench.txt
	$(LOCK) --python-version 3.13 requirements/sam.in -o requirements/sam.txt
	$(LOCK) --python-version 3.13 requirements/lint.in -o requirements/lint.txt
	$(LOCK) --python-version 3.13 requirements/fuzz.in -o requirements/fuzz.txt
	$(LOCK) --python-version 3.13 requirements/browser.in -o requirements/browser.txt
	$(LOCK) --python-version 3.13 requirements/audit.in -o requirements/audit.txt

clean:  ## Remove what was built, and caches; the environments stay (rm -rf .venv*)
	rm -rf .aws-sam .local .coverage htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
