"""What the two ways of asking DuckDB share: conditions as SQL, the units of each level, results as arrays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.catalogue import Quantity, Task, subsets
from benchmarks.cells import LEVELS, Grid
from quality_cli.core.where import AllOf, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf

_OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def connect(folder: Path, task: Task) -> duckdb.DuckDBPyConnection:
    """A database in memory whose views are the files."""
    database = duckdb.connect()
    for dataset in ("organisations", *task.columns()):
        database.execute(f"CREATE VIEW {dataset} AS SELECT * FROM read_parquet('{folder / dataset}.parquet')")
    school, municipality, region = (f"kind = '{kind}'" for kind in LEVELS)
    database.execute(
        f"""CREATE VIEW units AS SELECT one.id AS org,
            CASE WHEN one.{school} THEN one.id END AS organisation,
            CASE WHEN one.{school} THEN one.parent WHEN one.{municipality} THEN one.id END AS municipality,
            CASE WHEN one.{school} THEN above.parent WHEN one.{municipality} THEN one.parent
                 WHEN one.{region} THEN one.id END AS region
            FROM organisations one LEFT JOIN organisations above ON above.id = one.parent"""
    )
    return database


def grouping_sets(by: tuple[str, ...]) -> str:
    """Every level by everything that ``by`` asks for."""
    sets = [["period", level, *map(name, place)] for place in subsets(by) for level in LEVELS.values()]
    return "GROUPING SETS (" + ", ".join(f"({', '.join(columns)})" for columns in sets) + ")"


def aggregate(quantity: Quantity) -> str:
    """A sum or a count as CASE."""
    what = name(quantity.column) if quantity.kind == "sum" else "1"
    function = "SUM" if quantity.kind == "sum" else "COUNT"
    return f"{function}(CASE WHEN {condition(quantity.where)} THEN {what} END)"


def condition(where: Condition) -> str:
    """A condition of the where-language."""
    match where:
        case AllOf(items):
            return " AND ".join(map(condition, items)) or "TRUE"
        case AnyOf(items):
            return f"({' OR '.join(map(_part, items))})"
        case Not(item):
            return f"NOT ({condition(item)})"
        case Known(column, known):
            return f"{name(column)} IS {'NOT ' if known else ''}NULL"
        case OneOf(column, values):
            return f"{name(column)} IN ({', '.join(map(_literal, values))})"
        case Compare(column, op, bool(value)):
            return name(column) if value == (op == "eq") else f"NOT {name(column)}"
        case Compare(column, op, value):
            other = name(value.column) if isinstance(value, ColumnRef) else _literal(value)
            return f"{name(column)} {_OPERATORS[op]} {other}"
        case _:
            raise TypeError(where)


def name(column: str) -> str:
    """A column of the data, some of which have the names of SQL's own words."""
    return f'"{column}"'


def _part(where: Condition) -> str:
    return f"({condition(where)})" if isinstance(where, AllOf) else condition(where)


def _literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def grids(tables: Any) -> Iterator[Grid]:
    """Results as arrays."""
    for table in tables:
        yield {name: table[name] for name in table.column_names}
