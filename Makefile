# make setup once (all other targets do it when needed), then make demo, make test.

BIN := .venv/bin
STAMP := .venv/.complete
RUNS := .venv/.runs

# Compiled modules are kept, whatever the environment says: else each process compiles all that it
# imports anew.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
PYTEST := $(BIN)/pytest -n auto --maxprocesses 2 --dist worksteal

.PHONY: help setup demo test test-fast test-all check format bench bench-pages capture screens clean

help: ## Say what the targets do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make .venv with everything that is locked

SOURCES := uv.lock pyproject.toml scripts/setup \
	$(wildcard src/honeyguide/locale/*/LC_MESSAGES/*.po src/honeyguide/*/locale/*/LC_MESSAGES/*.po)

$(STAMP): $(SOURCES)
	@scripts/setup
	@touch $@ $(RUNS)

$(RUNS): $(SOURCES)
	@scripts/setup run
	@touch $@

demo: $(RUNS) ## Start a site with a made-up program on 127.0.0.1:8000 (PORT=… for another)
	@$(BIN)/honeyguide demo --port $(PORT)

# Not done again on PostgreSQL by `make test`: pages, and what is worked out and worded without the database.
ONCE := $(addprefix --ignore=tests/live/,access console demo portal safety test_small_demonstration.py \
	standing/test_explained_by_events.py standing/test_worded.py)

test: $(STAMP) ## Run the tests: all on SQLite, the live system's but for its pages on PostgreSQL too; but for the slow ones
	@scripts/setup-tests
	$(PYTEST) -m "not slow"
	HONEYGUIDE_TEST_DATABASE=postgresql $(PYTEST) -m "not slow" $(ONCE) tests/live

test-fast: $(STAMP) ## Run the tests that need neither PostgreSQL nor a browser
	$(PYTEST) -m "not slow and not browser"

test-all: $(STAMP) ## Run all tests on both databases, with many more random histories
	@scripts/setup-tests
	HONEYGUIDE_CASES=600 $(PYTEST)
	HONEYGUIDE_CASES=600 HONEYGUIDE_TEST_DATABASE=postgresql $(PYTEST) tests/live

check: $(STAMP) ## Check form, types, layers and migrations
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py check
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

format: $(STAMP) ## Put the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(STAMP) ## Measure replays of large histories
	$(BIN)/python benchmarks/replay.py

bench-pages: $(STAMP) ## Measure the pages and the nightly run at ten times the demonstration's size
	$(BIN)/python benchmarks/pages.py

capture: $(STAMP) ## Draw the pictures of the README anew
	$(BIN)/honeyguide showcase --until 2026-06-30 --svg docs/images/showcase.svg >/dev/null

screens: $(STAMP) ## Draw the pictures of docs/screens anew, from a demonstration in a browser
	@scripts/setup-tests
	$(BIN)/python scripts/screens.py --port $(PORT)

clean: ## Remove everything that is made from the sources
	rm -rf .venv .uv var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -exec rm -rf {} +
