"""DuckDB asked as most people would: one SQL statement for each indicator, its roll-ups by GROUPING SETS."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.catalogue import Quantity, Task
from benchmarks.cells import LEVELS, Grid, of_grids
from benchmarks.rivals import Prepared
from benchmarks.rivals.sql import aggregate, condition, connect, grouping_sets, name


def prepare(folder: Path, task: Task) -> Prepared:
    """Open the database and write a statement for each indicator."""
    database = connect(folder, task)
    own = [list(members) for _, members in groupby(task.quantities, key=lambda quantity: quantity.figure)]
    statements = [_statement(quantities, task) for quantities in own]

    def run() -> list[pa.Table]:
        return [database.sql(statement).to_arrow_table() for statement in statements]

    return Prepared(run, lambda tables: of_grids(task, folder, _grids(tables, task)))


def _statement(quantities: Sequence[Quantity], task: Task) -> str:
    """One statement; a two-table indicator joins what it counts in each."""
    by = quantities[0].by
    datasets = list(dict.fromkeys(quantity.dataset for quantity in quantities))
    parts = [_part([item for item in quantities if item.dataset == dataset], task) for dataset in datasets]
    keys = ["period", *LEVELS.values(), *map(name, by), "place"]
    if len(parts) == 1:
        return parts[0]
    matched = " AND ".join(f"one.{key} IS NOT DISTINCT FROM two.{key}" for key in keys)
    merged = ", ".join(f"COALESCE(one.{key}, two.{key}) AS {key}" for key in keys)
    values = ", ".join(dict.fromkeys(task.own_column(quantity) for quantity in quantities))
    return f"SELECT {merged}, {values} FROM ({parts[0]}) one FULL JOIN ({parts[1]}) two ON {matched}"


def _part(quantities: Sequence[Quantity], task: Task) -> str:
    """All quantities of one table: distinct values and sums by organisation first, then every set of the answer."""
    by, dataset = [name(column) for column in quantities[0].by], quantities[0].dataset
    named = {task.own_column(quantity): quantity for quantity in quantities}
    person = next((name(quantity.column) for quantity in quantities if quantity.kind == "distinct"), None)
    keys = ", ".join(["period", "org", *by])
    outer, inner = [], []
    for column, quantity in named.items():
        if quantity.kind == "distinct":
            inner.append(f"BOOL_OR({condition(quantity.where)}) AS {column}")
            outer.append(f"COUNT(DISTINCT CASE WHEN {column} THEN {person} END) AS {column}")
        else:
            inner.append(f"{aggregate(quantity)} AS {column}")
            outer.append(f"SUM({column})::DOUBLE AS {column}")
    leaf = f"SELECT {keys}, {f'{person}, ' if person else ''}{', '.join(inner)} FROM {dataset} GROUP BY ALL"
    shown = ["period", *LEVELS.values(), *by]
    place = f"GROUPING({', '.join([*LEVELS.values(), *by])}) AS place"
    chosen = ", ".join([*shown, place, *outer])
    return f"SELECT {chosen} FROM ({leaf}) JOIN units USING (org) GROUP BY {grouping_sets(quantities[0].by)}"


def _grids(results: Sequence[pa.Table], task: Task) -> Iterator[Grid]:
    for table in results:
        by = [
            column for column in table.column_names if column in {name for figure in task.figures for name in figure.by}
        ]
        names = [*LEVELS.values(), *by]
        values = [column for column in table.column_names if column not in (*names, "period", "place")]
        for place in pc.unique(table["place"]).to_pylist():
            rows = table.filter(pc.equal(table["place"], place))
            given = [column for bit, column in enumerate(reversed(names)) if not place >> bit & 1]
            level = next(column for column in given if column in LEVELS.values())
            strata = {column: rows[column] for column in by if column in given}
            yield {"period": rows["period"], "unit": rows[level], **strata, **{v: rows[v] for v in values}}
