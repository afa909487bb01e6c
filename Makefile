# quality: «make demo» показывает всё на учебном примере, «make test» проверяет всё.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test test-engines lint fuzz bench bench-country docs clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Нужен Python 3.11 или новее, а здесь " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/quality run --data sample_data --out out
	@echo
	@echo "Откройте справку муниципалитета и справки школ (DOCX, Markdown): out/documents"
	@echo "Таблица показателей: out/results.xlsx (также .csv и .parquet); что прочитано: out/manifest.json"

test: lint
	$(BIN)/quality catalogue check
	$(BIN)/quality catalogue test
	$(BIN)/pytest -n auto

test-engines: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[spark]'
	$(BIN)/pytest -m spark

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fuzz: $(READY)
	$(BIN)/pytest -n auto --hypothesis-profile=fuzz tests/datasets/test_fuzz_reading.py

bench: $(READY)
	$(BIN)/python -m benchmarks.run
	$(BIN)/python benchmarks/stages.py
	$(BIN)/python benchmarks/reading.py

bench-country: $(READY)
	$(BIN)/python -m benchmarks.run --size 30m

docs: $(READY)
	$(BIN)/python docs/build.py

clean:
	rm -rf $(VENV) out .out.* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
