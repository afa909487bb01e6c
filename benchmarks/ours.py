"""The engine of this project as one more method; all that the benchmarks know of it is here."""

import gc
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.catalogue import Task
from benchmarks.cells import QUANTITIES, Coder, nonzero
from benchmarks.data import Array
from benchmarks.rivals import Prepared
from quality_cli.datasets.tables.prepared import open_tables
from quality_cli.engine.combine.cube import Block, Cube
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan


def prepare(folder: Path, task: Task) -> Prepared:
    """The figures are given, as the queries of the rivals are; opening the folder and planning are timed."""
    gc.set_threshold(500_000)  # as the program itself does (quality_cli.cli.main)

    def run() -> Cube:
        tables = open_tables(folder, task.contracts)
        return Executor(make_plan(task.indicators, task.figures, tables, task.contracts), tables).run()

    return Prepared(run, lambda cube: _cells(cube, task, Coder(task, folder)))


def _cells(cube: Cube, task: Task, coder: Coder) -> Iterator[dict[str, Array]]:
    """Cells of each figure, in the order of the task."""
    place = {figure.indicator: number for number, figure in enumerate(cube.figures) if not figure.hidden}
    units = np.array([unit.id for unit in cube.organisations], dtype=object)
    for figure in task.figures:
        parts = []
        for block in cube.blocks:
            rows = np.flatnonzero(block.figure == place[figure.indicator])
            if len(rows):
                key, kept = coder.keys(_grid(block, rows, units, task), figure.by)
                assert kept.all()
                parts.append({"key": key, **{name: block.counts[name][rows].astype(float) for name in QUANTITIES}})
        yield nonzero({name: np.concatenate([part[name] for part in parts]) for name in ("key", *QUANTITIES)})


def _grid(block: Block, rows: Array, units: Array, task: Task) -> Mapping[str, Array]:
    """Period, unit and values of the stratifiers of each row."""
    numeric = {
        name: column.is_numeric for contract in task.contracts.values() for name, column in contract.columns.items()
    }
    grid = {"period": block.period[rows], "unit": units[block.org[rows]]}
    for position, name in enumerate(filter(None, block.by.split(","))):
        words = [stratum[position][1] if stratum else None for stratum in block.strata]
        values = [word if word is None or not numeric[name] else int(word) for word in words]
        grid[name] = np.array(values, dtype=object)[block.stratum[rows]]
    return grid
