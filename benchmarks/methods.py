"""The methods by name, and one measurement: ``python -m benchmarks.methods NAME SIZE NUMBER [CELLS]``.

It prints one JSON object: seconds of work (after imports and after the queries are written) and the peak of memory in
MiB until then; with CELLS, it also writes the results there, after the clock has stopped.
"""

import importlib
import json
import resource
import sys
import time
from pathlib import Path

from benchmarks import cells
from benchmarks.catalogue import Task
from benchmarks.data import prepared
from benchmarks.rivals import Prepared
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs

OURS, LIMIT = "ours", "limit"
METHODS = {
    LIMIT: ("benchmarks.rivals.limit", "reading the needed columns, streaming"),
    OURS: ("benchmarks.ours", "quality: plan and execution"),
    "polars": ("benchmarks.rivals.polars_fused", "polars, one hand-fused query"),
    "duckdb": ("benchmarks.rivals.duckdb_fused", "DuckDB, its best form (CASE)"),
    "duckdb-each": ("benchmarks.rivals.duckdb_each", "DuckDB, one SQL per indicator"),
    "pandas": ("benchmarks.rivals.pandas_naive", "pandas, one filter per indicator"),
}
"""Module and title of each."""


def load(method: str, folder: Path, number: int) -> tuple[Task, Prepared]:
    """Import a method and give it the first ``number`` indicators over the tables of ``folder``."""
    task = Task.of(number, load_specs([CATALOGUE]).contracts)
    prepare = importlib.import_module(METHODS[method][0]).prepare
    return task, prepare(folder, task)


def main(method: str, size: str, number: str, out: str = "") -> None:
    """Measure one run in this process."""
    folder = prepared(size)
    _, ready = load(method, folder, int(number))
    started = time.perf_counter()
    results = ready.run()
    work = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(json.dumps({"work": work, "peak": peak}))
    if out:
        cells.write(Path(out), ready.cells(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
