# quality: «make demo» показывает всё на учебном примере, «make test» проверяет быстрое, «make test-long» — всё остальное.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_LONG := $(VENV)/.ready-long
SEED ?= $(shell date +%Y%m%d%H%M)

.PHONY: setup demo test test-long test-engines fuzz lint bench bench-country docs clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Нужен Python 3.11 или новее, а здесь " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(READY_LONG): $(READY) .ci/system-packages
	.ci/system-packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,spark]'
	@touch $@

demo: $(READY)
	$(BIN)/quality run --data sample_data --out out
	@echo
	@echo "Откройте справку муниципалитета и справки школ (DOCX, Markdown): out/documents"
	@echo "Кто чего не представил: out/completeness.xlsx, лист «Матрица»; в справках — раздел «Полнота сведений»"
	@echo "Что значат значения и что рекомендуется: out/assessment.xlsx"
	@echo "Таблица показателей: out/results.xlsx (также .csv и .parquet); что прочитано: out/manifest.json"

test: lint
	$(BIN)/quality catalogue check
	$(BIN)/quality catalogue test
	$(BIN)/pytest -n auto

# Минуты, а не секунды: Spark, печать документов, случайные раунды. Повторить раунд: make test-long SEED=число
test-long: $(READY_LONG)
	$(BIN)/pytest -n auto --dist loadgroup -m long
	@echo "Случайный раунд: SEED=$(SEED)"
	QUALITY_SEED=$(SEED) $(BIN)/pytest -n auto -m "hypothesis and not long" --hypothesis-profile=long --hypothesis-seed=$(SEED)

test-engines: $(READY_LONG)
	$(BIN)/pytest -m long tests/engine tests/cli/test_engine_option.py

fuzz: $(READY)
	$(BIN)/pytest -n auto -m hypothesis --hypothesis-profile=long --hypothesis-seed=$(SEED) tests/datasets/test_fuzz_reading.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

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
