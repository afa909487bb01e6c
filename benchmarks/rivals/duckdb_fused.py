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
    groups = [leaf for group in task.groups for leaf in _leaves(group)]

    def run() -> list[Any]:
        database.execute("CREATE OR REPLACE TEMP TABLE place AS SELECT * FROM units")
        results = []
        for leaf, queries in groups:
            database.execute(f"CREATE OR REPLACE TEMP TABLE leaf AS {leaf}")
            for table, query in queries:
                if table:
                    database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
                else:
                    results.append(database.sql(query).to_arrow_table())
        return results

    return Prepared(run, lambda tables: of_grids(task, folder, grids(tables)))


def _leaves(group: Group) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The leaves of a group; the queries (with a name where they make a table) that take them up the tree."""
    source, keys = f"FROM {group.dataset}", ", ".join(["period", "org", *map(name, group.by)])
    if group.additive:
        sums = ", ".join(f"{aggregate(quantity)}::DOUBLE AS {column}" for column, quantity in group.additive.items())
        yield f"SELECT {keys}, {sums} {source} GROUP BY ALL", list(_sums(group))
    for column, quantity in group.distinct.items():
        leaf = f"SELECT DISTINCT {keys}, {name(quantity.column)} {source} WHERE {condition(quantity.where)}"
        yield leaf, list(_distinct(group, column, name(quantity.column)))


def _sums(group: Group) -> Iterator[tuple[str, str]]:
    """Additive quantities: from each level to the next."""
    totals = ", ".join(f"SUM({column}) AS {column}" for column in group.additive)
    for place in subsets(group.by):
        kept = "".join(f"{name(column)}, " for column in place)
        own = "leaf" if place == group.by else "own"
        if own == "own":
            yield "own", f"SELECT period, org, {kept}{totals} FROM leaf GROUP BY ALL"
        yield (
            "",
            f"SELECT one.*, organisation AS unit FROM {own} one JOIN place USING (org) WHERE organisation IS NOT NULL",
        )
        above = f"SELECT period, municipality AS org, {kept}{totals} FROM {own} JOIN place USING (org)"
        yield "above", f"{above} WHERE municipality IS NOT NULL GROUP BY ALL"
        yield "", "SELECT *, org AS unit FROM above"
        region = f"SELECT period, region AS unit, {kept}{totals} FROM above JOIN place USING (org)"
        yield "", f"{region} WHERE region IS NOT NULL GROUP BY ALL"


def _distinct(group: Group, column: str, value: str) -> Iterator[tuple[str, str]]:
    """Distinct values: counted at each level anew, from those of organisations."""
    for place in subsets(group.by):
        kept = "".join(f"{name(item)}, " for item in place)
        for level in LEVELS.values():
            yield (
                "",
                (
                    f"SELECT period, {level} AS unit, {kept}COUNT(DISTINCT {value}) AS {column} "
                    f"FROM leaf JOIN place USING (org) WHERE {level} IS NOT NULL GROUP BY ALL"
                ),
            )
