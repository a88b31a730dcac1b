# Two doors: `make findings` shows the sample study, `make test` runs everything.
PYTHON ?= python3
SERVE ?= 1
PORT ?= 8866
STUDY ?= studies/kelohavu
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_WORKERS ?= 2

export PYTHONDONTWRITEBYTECODE :=
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: findings test lint setup system-packages lock clean

findings: $(STAMP)
	$(BIN)/cxresearch run $(STUDY)
	@if [ "$(SERVE)" != "0" ]; then $(BIN)/cxresearch serve $(STUDY) --port $(PORT); fi

test: $(STAMP) lint
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS)
	$(BIN)/cxresearch run $(STUDY)
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=300 notebooks/0*.ipynb

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml scripts/system_packages.sh
	sh scripts/system_packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "uv>=0.5"
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --compile-bytecode --python $(BIN)/python --editable .
	touch $(STAMP)

lock:
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) data/processed data/published data/studies
