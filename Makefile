# Ringwatch. `make run` is all a newcomer needs; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test check deps soak bench pictures format lock clean
PY := .venv/bin/python
WORKERS ?= 3
unexport PYTHONDONTWRITEBYTECODE  # a start that compiles everything anew is slow

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: ## start everything with a demo company; Ctrl-C stops it
	@.ci/venv run
	@$(PY) -m ringwatch demo

test: ## the whole suite on real parts, installed first where that is possible
	@.ci/deps || echo "What could not be installed is listed at the end as not run."
	@.ci/venv dev
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: ## format, lint, types, arrows between the folders
	@.ci/venv dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

deps: ## install what the tests need: Mosquitto, PostgreSQL, Chromium, fonts
	@.ci/deps

soak: ## the long runs, and ten times as many examples, other ones each time
	@.ci/venv dev
	@$(PY) -m pytest -m "soak or hypothesis" --hypothesis-profile=search $(ARGS)

bench: ## the measurements of docs/performance.md
	@.ci/venv dev
	@$(PY) -m benchmarks

pictures: ## take the screenshots of the README anew
	@.ci/venv dev
	@$(PY) deploy/pictures.py

format: ## put the code into its form
	@.ci/venv dev
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lock: ## resolve the dependencies anew (needs uv)
	@.ci/lock

clean: ## remove the environment and caches, never data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
