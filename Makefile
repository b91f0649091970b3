# Rackhouse. `make` alone lists what there is.
.PHONY: help up texts down test test-slow test-laws test-rest test-all check fix lock bench docs setup setup-dev clean
BIN := .venv/bin
PYTEST := $(BIN)/pytest -q --dist loadgroup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: setup ## bring a whole rack up on this machine; returns when everything is ready
	@if grep -Eq '^[^#]*service: *scripture' rack.yaml; then scripts/texts || true; fi
	@$(BIN)/rackhouse up --detach

texts: ## fetch more translations for scripture, without root: modern English, Spanish, Strong's numbers, a commentary
	@scripts/texts

down: setup ## stop it (nothing is lost)
	@$(BIN)/rackhouse down

test: setup-dev ## everything that tells within 15 minutes whether main is good
	@scripts/system-packages
	@scripts/prefetch
	$(PYTEST) -n 2 -m "not slow"

# They wait more than they compute: three at a time keep two cores busy.
test-slow: setup-dev ## the tests that `make test` leaves out
	@scripts/system-packages
	@scripts/system-packages slow
	@scripts/prefetch
	@scripts/prefetch-slow
	$(PYTEST) -n 3 -m slow

test-laws: setup-dev ## the laws of plan and apply, over many more worlds
	$(PYTEST) -n 2 --hypothesis-profile=thorough tests/unit/apply tests/unit/plan

test-rest: test-slow test-laws ## the slow suites that `make test` leaves out

test-all: test test-rest ## make test, and the slow suites

check: setup-dev ## ruff, mypy strict, import-linter; sizes and docs are tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

fix: setup-dev ## format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## every figure of the README, with its peer in the same run
	@for file in $$(ls benchmarks/*.py | grep -v racks.py); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: setup-dev ## write the generated pages and contracts anew
	$(BIN)/python scripts/docs.py

lock: setup-dev ## compile the lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 -c requirements.lock --extra gateway --extra retrieval --extra scripture --extra study --group test --group check pyproject.toml -o requirements-dev.lock
	@for service in gateway retrieval scripture study; do $(BIN)/python scripts/service_needs.py $$service \
		| $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
		-c requirements-dev.lock - -o src/rackhouse/services/$$service/requirements.lock || exit 1; done

setup: ## the environment of `make up`
	@scripts/setup requirements.lock

setup-dev: ## the environment of `make test`
	@scripts/setup requirements-dev.lock

clean: ## remove the environment and caches (never a rack's data)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
