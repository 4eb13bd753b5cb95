# A fresh machine needs Python 3.11 or newer and git; `make demo` and `make test` do the rest.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys, venv; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 14)))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: setup demo test lint format bench
setup:
	@test -n "$(PYTHON)" || { echo "Scansion needs Python 3.11, 3.12 or 3.13 (with venv); none was found on PATH."; exit 2; }
	@$(PYTHON) tools/setup.py

demo: setup
	@$(BIN)/scansion demo $(DEMO)

test: setup
	@$(BIN)/python -m pytest -n auto $(TEST)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry .
	@$(BIN)/codespell
	@$(BIN)/python tools/audit.py

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
