"""The engine of this project as one more method; all that the benchmarks know of it is here."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.catalogue import Task
from benchmarks.cells import AMOUNTS, Coder, nonzero
from benchmarks.data import Array
from benchmarks.rivals import Prepared
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.organisations import REGISTER, build_tree
from quality_cli.datasets.table import FILE, ROW, SHEET, Table, Tables
from quality_cli.engine.cube import Cube
from quality_cli.engine.execute import Executor
from quality_cli.engine.plan import make_plan


def prepare(folder: Path, task: Task) -> Prepared:
    """The figures are given, as the queries of the rivals are; opening the folder and planning are timed."""

    def run() -> Cube:
        tables = _open(folder, task)
        plan = make_plan(task.indicators, task.figures, tables, task.contracts)
        return Executor(plan, tables).run()

    def cells(cube: Cube) -> Iterator[dict[str, Array]]:
        return _cells(cube, task, Coder(task, folder))

    return Prepared(run, cells)


def _cells(cube: Cube, task: Task, coder: Coder) -> Iterator[dict[str, Array]]:
    """Cells of each figure, in the order of the task."""
    place = {figure.indicator: number for number, figure in enumerate(cube.figures)}
    for figure in task.figures:
        rows = np.flatnonzero(cube.columns["figure"] == place[figure.indicator])
        columns = {name: array[rows] for name, array in cube.columns.items()}
        strata = [dict(part.split("=") for part in word.split(";") if part) for word in columns["stratum"]]
        grid = {"period": columns["period"], "unit": columns["unit"].tolist()}
        key = np.zeros(len(rows), np.int64)
        for by in np.unique(columns["by"].astype(str)) if len(rows) else ():
            here = np.flatnonzero(columns["by"] == by)
            names = [name for name in by.split(",") if name]
            numeric = {name: task.contracts[figure.population].columns[name].is_numeric for name in names}
            values = {name: [strata[row][name] for row in here] for name in names}
            part = {"period": grid["period"][here], "unit": [grid["unit"][row] for row in here]}
            part |= {name: [int(v) for v in cells] if numeric[name] else cells for name, cells in values.items()}
            key[here] = coder.keys(part, figure.by)[0]
        yield nonzero({"key": key, **{name: columns[name].astype(float) for name in AMOUNTS}})


def _open(folder: Path, task: Task) -> Tables:
    """Everything in memory, for small sizes only, until the engine scans prepared tables by row groups."""
    by_dataset = {}
    for path in sorted(folder.glob("*.parquet")):
        contract, frame = task.contracts[path.stem], pq.read_table(path).to_pandas()
        for name in frame.columns:
            if name == "period" or contract.columns[name].is_numeric:
                frame[name] = frame[name].astype(float)
            else:
                frame[name] = pd.Categorical(frame[name].astype(object))
        for name in contract.columns.keys() - set(frame.columns):
            numeric = contract.columns[name].is_numeric
            frame[name] = np.nan if numeric else pd.Categorical([None] * len(frame))
        frame[FILE], frame[SHEET] = pd.Categorical([path.name] * len(frame)), pd.Categorical([""] * len(frame))
        frame[ROW] = np.arange(1, len(frame) + 1)
        by_dataset[path.stem] = Table(contract, frame)
    return Tables(by_dataset, _tree(by_dataset[REGISTER]))


def _tree(register: Table) -> OrgTree:
    return build_tree(register.records(), Findings())
