"""polars: one lazy query over all datasets for the leaves, a group-by for each set of stratifiers with every sum in it,
on integer keys, by the streaming engine; then one query that rolls the small results up.

Of the forms tried this one was the fastest: in-memory engine; masks or single conditions as columns first; one finest
group-by of all sums; filtered counts; keys as words; roll-ups in the same query (it then counts again for each).
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.catalogue import Group, Quantity, Task, subsets
from benchmarks.cells import LEVELS, Grid, of_grids
from benchmarks.rivals import Prepared
from quality_cli.core.where import AllOf, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf


def prepare(folder: Path, task: Task) -> Prepared:
    """Write the query."""
    leaves = [query for group in task.groups for query in _leaves(folder, group)]
    register = pl.scan_parquet(folder / "organisations.parquet").select("id", "parent", "kind")

    def run() -> list[pl.DataFrame]:
        units, *counted = pl.collect_all([register, *(query for _, _, query in leaves)], engine="streaming")
        above = _above(units)
        return [
            part
            for (group, name, _), frame in zip(leaves, counted, strict=True)
            for part in _rolled(group, name, frame, above)
        ]

    return Prepared(run, lambda frames: of_grids(task, folder, _grids(frames)))


def _grids(frames: Any) -> Iterator[Grid]:
    for frame in frames:
        yield {name: frame[name].to_arrow() for name in frame.columns}


def _above(register: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """For each level the unit of every organisation; a municipality has rows of its own."""
    rows = {row[0]: row[1:] for row in register.cast(pl.String).iter_rows()}
    found: dict[str, tuple[list[str], list[str]]] = {level: ([], []) for level in LEVELS.values()}
    for organisation in rows:
        unit: str | None = organisation
        while unit is not None:
            parent, kind = rows[unit]
            for column, value in zip(found[LEVELS[kind]], (organisation, unit), strict=True):
                column.append(value)
            unit = parent
    word = register.schema["id"]
    return {
        level: pl.DataFrame({"org": pairs[0], "unit": pairs[1]}, schema={"org": word, "unit": word})
        for level, pairs in found.items()
    }


_KEY = (pl.col("period").cast(pl.UInt32) * 100_000 + pl.col("org").to_physical()).alias("key")
_NAMES = pl.col("period", "org").first()


def _leaves(folder: Path, group: Group) -> Iterator[tuple[Group, str, pl.LazyFrame]]:
    """Sums of each organisation; for a distinct quantity (it has a name) the values of each organisation."""
    scan = pl.scan_parquet(folder / f"{group.dataset}.parquet")
    if group.additive:
        sums = [_sum(quantity).alias(name) for name, quantity in group.additive.items()]
        yield group, "", scan.with_columns(_KEY).group_by("key", *group.by).agg(_NAMES, *sums)
    for name, quantity in group.distinct.items():
        chosen = scan.filter(_mask(quantity.where))
        yield group, name, chosen.group_by(_KEY, *group.by, quantity.column).agg(_NAMES)


def _rolled(group: Group, name: str, leaves: pl.DataFrame, above: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same of each unit, by each of the sets of stratifiers that the group asks for."""
    sums = pl.col(list(group.additive)).sum()
    for place in subsets(group.by):
        whole = place == group.by
        here = leaves if whole or name else leaves.group_by("key", *place).agg(_NAMES, sums)
        for level, units in above.items():
            placed = here.join(units, on="org")
            keys = ["period", "unit", *place]
            if name:
                values = placed.select(*keys, group.distinct[name].column)
                values = values if whole and level == "organisation" else values.unique()
                yield values.group_by(keys).agg(pl.len().alias(name))
            elif level == "organisation":
                yield placed
            else:
                yield placed.group_by(keys).agg(sums)


def _sum(quantity: Quantity) -> pl.Expr:
    mask = _mask(quantity.where)
    return mask.sum() if quantity.kind == "rows" else pl.when(mask).then(quantity.column).sum()


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


def _mask(condition: Condition) -> pl.Expr:
    match condition:
        case AllOf(items):
            return reduce(operator.and_, map(_mask, items)) if items else pl.lit(True)
        case AnyOf(items):
            return reduce(operator.or_, map(_mask, items))
        case Not(item):
            return ~_mask(item)
        case Known(column, known):
            return pl.col(column).is_not_null() if known else pl.col(column).is_null()
        case OneOf(column, values):
            return pl.col(column).is_in(list(values))
        case Compare(column, op, bool(value)):
            return pl.col(column) if value == (op == "eq") else ~pl.col(column)
        case Compare(column, op, value):
            other = pl.col(value.column) if isinstance(value, ColumnRef) else pl.lit(value)
            compared: pl.Expr = _OPERATORS[op](pl.col(column), other)
            return compared
        case _:
            raise TypeError(condition)
