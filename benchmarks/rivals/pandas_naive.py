"""pandas as a beginner writes it: the columns needed are loaded, then a filter and group-bys for each indicator."""

import operator
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.catalogue import Quantity, Task, subsets
from benchmarks.cells import LEVELS, Grid, of_grids
from benchmarks.rivals import Prepared
from quality_cli.core.where import AllOf, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf


def prepare(folder: Path, task: Task) -> Prepared:
    """Nothing is prepared: everything is read and counted by ``run``."""
    own: dict[tuple[int, str], dict[str, Quantity]] = {}
    for quantity in task.quantities:
        own.setdefault((quantity.figure, quantity.dataset), {})[task.own_column(quantity)] = quantity

    def run() -> list[pd.DataFrame]:
        units = _units(folder)
        frames = {
            dataset: _numbers(pd.read_parquet(folder / f"{dataset}.parquet", columns=columns))
            for dataset, columns in task.columns().items()
        }
        return [
            table
            for (_, dataset), quantities in own.items()
            for table in _indicator(frames[dataset], quantities, units)
        ]

    return Prepared(run, lambda tables: of_grids(task, folder, _grids(tables)))


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Flags with empty cells come as objects, which compare very slowly: better numbers."""
    flags = [name for name in frame.columns if frame[name].dtype == object]
    return frame.astype(dict.fromkeys(flags, float))


def _grids(tables: Any) -> Iterator[Grid]:
    for table in tables:
        yield {name: table[name] for name in table.columns}


def _indicator(frame: pd.DataFrame, quantities: Mapping[str, Quantity], units: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Filters and group-bys of one indicator; sums go up from organisations, distinct values are found anew."""
    by = next(iter(quantities.values())).by
    keys = ["period", "org", *by]
    rows = {name: frame[_mask(frame, quantity.where)] for name, quantity in quantities.items()}
    sums = {
        name: chosen.groupby(keys, observed=True).size() if quantities[name].kind == "rows"
        else chosen.groupby(keys, observed=True)[quantities[name].column].sum()
        for name, chosen in rows.items()
        if quantities[name].kind != "distinct"
    }  # fmt: skip
    leaves = pd.concat(sums, axis=1).reset_index().merge(units, on="org") if sums else None
    values = {
        name: chosen[[*keys, quantities[name].column]].drop_duplicates().merge(units, on="org")
        for name, chosen in rows.items()
        if quantities[name].kind == "distinct"
    }
    for place in subsets(by):
        for level in LEVELS.values():
            cell = ["period", level, *place]
            if leaves is not None:
                yield leaves.groupby(cell)[list(sums)].sum().reset_index().rename(columns={level: "unit"})
            for name, found in values.items():
                counted = found.groupby(cell)[quantities[name].column].nunique()
                yield counted.reset_index(name=name).rename(columns={level: "unit"})


def _units(folder: Path) -> pd.DataFrame:
    """For each organisation the unit of every level."""
    register = pd.read_parquet(folder / "organisations.parquet", columns=["id", "parent", "kind"]).astype(object)
    parent = dict(zip(register["id"], register["parent"], strict=True))
    level = dict(zip(register["id"], register["kind"].map(LEVELS), strict=True))
    rows = []
    for organisation in register["id"]:
        row, unit = {"org": organisation}, organisation
        while unit in level:
            row[level[unit]] = unit
            unit = parent[unit]
        rows.append(row)
    return pd.DataFrame(rows, columns=["org", *LEVELS.values()])


_OPERATORS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
              "ge": operator.ge}  # fmt: skip


def _mask(frame: pd.DataFrame, condition: Condition) -> Any:
    """Rows that satisfy a condition; an empty cell satisfies none."""
    match condition:
        case AllOf(items):
            return reduce(operator.and_, (_mask(frame, item) for item in items))
        case AnyOf(items):
            return reduce(operator.or_, (_mask(frame, item) for item in items))
        case Known(column, known):
            return frame[column].notna() if known else frame[column].isna()
        case OneOf(column, values):
            return frame[column].isin(values)
        case Not(OneOf(column, values)):
            return frame[column].notna() & ~frame[column].isin(values)
        case Compare(column, op, value):
            other: Any = frame[value.column] if isinstance(value, ColumnRef) else value
            found = _OPERATORS[op](frame[column], other)
            if op == "ne":  # pandas takes an empty cell for different
                found = found & frame[column].notna()
                found = found & other.notna() if isinstance(value, ColumnRef) else found
            return found
        case _:
            raise TypeError(condition)
