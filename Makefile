# Everything a newcomer needs. Each target does its own set-up.
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python

.PHONY: help run test lint format bench messages lock clean screenshots setup setup-test

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup:
	@$(PYTHON) bin/bootstrap.py dev

setup-test:
	@$(PYTHON) bin/bootstrap.py dev --browser

run: setup ## the demo: site, staff side, worker and sandbox (PORT=8000 SANDBOX_PORT=8001)
	@exec $(RUN) bin/demo.py

test: setup-test ## every test, in a real browser too, and on PostgreSQL where one answers
	@$(RUN) bin/test.py $(ARGS)

lint: setup ## style, types, templates, missing migrations and translations
	@$(RUN) bin/lint.py

format: setup ## put code and templates into the house's form
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .
	@git ls-files 'templates/*.html' 'sandbox/templates/*.html' | xargs $(VENV)/bin/djhtml --tabwidth 2

bench: setup-test ## measures: requests, queries and bytes per page, gifts and letters per second
	@$(RUN) -m tests.benchmarks

messages: setup ## bring the catalogues up to date with the code
	@$(RUN) bin/messages.py

screenshots: setup-test ## every page type at three widths, two languages, light and dark, into var/screenshots
	@$(RUN) -m tests.screenshots

lock: ## pin the dependencies anew, with hashes (needs uv)
	@for set in base dev; do uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --custom-compile-command "make lock" requirements/$$set.in -o requirements/$$set.txt; done

clean: ## forget the demo's data; the virtual environment stays
	@rm -rf var
