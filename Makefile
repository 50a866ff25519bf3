# `make report` and `make test` do all set-up themselves; a second run does none again.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
LANGS ?= en ru

.PHONY: report test lint lock bench clean
.DEFAULT_GOAL := report

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	PIP_NO_WARN_SCRIPT_LOCATION=1 $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	PIP_NO_WARN_SCRIPT_LOCATION=1 $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

report: $(READY)
	$(BIN)/crm-strategy report params/demo.yml

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra test pyproject.toml -o requirements.lock

clean:
	rm -rf reports/*/ build dist .mypy_cache .ruff_cache .pytest_cache
