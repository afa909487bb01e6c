"""DuckDB in its best form: a group-by for each set of stratifiers with every sum in it as CASE, rolled up by SQL.

Of the forms tried this one was the fastest: SUM of CASE and COUNT_IF; FILTER (far slower with many indicators); masks
as columns first; one finest group-by of all sums.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.catalogue import Group, Task, subsets
from benchmarks.cells import LEVELS, of_grids
from benchmarks.rivals import Prepared
from benchmarks.rivals.sql import aggregate, condition, connect, grids, name


def prepare(folder: Path, task: Task) -> Prepared:
    """Open the database and write the statements."""
    database = connect(folder, task)
    statements = [statement for group in task.groups for statement in _statements(group)]

    def run() -> list[Any]:
        database.execute("CREATE OR REPLACE TEMP TABLE place AS SELECT * FROM units")
        results = []
        for leaf, rolled in statements:
            database.execute(f"CREATE OR REPLACE TEMP TABLE leaf AS {leaf}")
            results += [database.sql(query).to_arrow_table() for query in rolled]
        return results

    return Prepared(run, lambda tables: of_grids(task, folder, grids(tables)))


def _statements(group: Group) -> Iterator[tuple[str, list[str]]]:
    """The leaves of a group and what is made of them."""
    source, keys = f"FROM {group.dataset}", ", ".join(["period", "org", *map(name, group.by)])
    if group.additive:
        sums = ", ".join(f"{aggregate(quantity)} AS {column}" for column, quantity in group.additive.items())
        totals = ", ".join(f"SUM({column})::DOUBLE AS {column}" for column in group.additive)
        yield f"SELECT {keys}, {sums} {source} GROUP BY ALL", _rolled(group, totals)
    for column, quantity in group.distinct.items():
        value = name(quantity.column)
        leaf = f"SELECT DISTINCT {keys}, {value} {source} WHERE {condition(quantity.where)}"
        yield leaf, _rolled(group, f"COUNT(DISTINCT {value}) AS {column}")


def _rolled(group: Group, totals: str) -> list[str]:
    return [
        f"SELECT period, {level} AS unit, {''.join(f'{name(column)}, ' for column in place)}{totals} "
        f"FROM leaf JOIN place USING (org) WHERE {level} IS NOT NULL GROUP BY ALL"
        for place in subsets(group.by)
        for level in LEVELS.values()
    ]
