"""Conditions over a frame: the vectorised evaluation equals a plain three-valued one, row by row.

What each condition means is in ``tests/spec/where.yaml``.
"""

import operator
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quality_cli.core.where import (
    TRUE,
    AllOf,
    AlsoIn,
    AnyOf,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
)
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import column_array

Row = dict[str, Any]
NUMBERS, WORDS = ("a", "b"), ("u", "v")


def _plain(condition: Condition, row: Row, others: dict[str, list[Row]]) -> bool | None:
    """Three-valued logic written out: None is unknown."""
    match condition:
        case AllOf(items):
            values = [_plain(item, row, others) for item in items]
            return False if False in values else None if None in values else True
        case AnyOf(items):
            values = [_plain(item, row, others) for item in items]
            return True if True in values else None if None in values else False
        case Not(item):
            value = _plain(item, row, others)
            return None if value is None else not value
        case Known(column, known):
            return (row[column] is not None) is known
        case OneOf(column, values):
            return None if row[column] is None else row[column] in values
        case Compare(column, op, value):
            left, right = row[column], row[value.column] if isinstance(value, ColumnRef) else value
            return None if left is None or right is None else bool(getattr(operator, op)(left, right))
        case AlsoIn(dataset, on, where):
            listed = [item for item in others.get(dataset, []) if _plain(where, item, others) is True]
            if any(all(item[name] is None or item[name] == row[name] for name in on) for item in listed):
                return True
            return None if others.get(dataset) and any(row[name] is None for name in on) else False


def _frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: column_array([row[name] for row in rows], numeric=name in NUMBERS) for name in (*NUMBERS, *WORDS)}
    )


_number = st.integers(0, 2)
_word = st.sampled_from(["x", "y", "z"])
_rows = st.lists(
    st.fixed_dictionaries({**dict.fromkeys(NUMBERS, st.none() | _number), **dict.fromkeys(WORDS, st.none() | _word)}),
    max_size=6,
)
_orders, _equal = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), st.sampled_from(["eq", "ne"])
_clauses = st.one_of(
    st.builds(Compare, st.sampled_from(NUMBERS), _orders, _number | st.sampled_from(NUMBERS).map(ColumnRef)),
    st.builds(Compare, st.sampled_from(WORDS), _equal, _word | st.sampled_from(WORDS).map(ColumnRef)),
    st.builds(OneOf, st.sampled_from(NUMBERS), st.lists(_number, min_size=1).map(tuple)),
    st.builds(OneOf, st.sampled_from(WORDS), st.lists(_word, min_size=1).map(tuple)),
    st.builds(Known, st.sampled_from(NUMBERS + WORDS), st.booleans()),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(several.map(AllOf), several.map(AnyOf), inner.map(Not))


_conditions = st.recursive(_clauses, _combined, max_leaves=6)
_also_in = st.builds(
    AlsoIn,
    st.sampled_from(["list", "absent"]),
    st.lists(st.sampled_from(NUMBERS + WORDS), min_size=1, max_size=3, unique=True).map(tuple),
    _conditions | st.just(TRUE),
)


@settings(max_examples=max(300, settings.default.max_examples))
@given(_rows, _rows, st.recursive(_clauses | _also_in, _combined, max_leaves=6))
def test_every_row_gets_what_plain_three_valued_logic_gives(rows: list[Row], listed: list[Row], condition) -> None:
    truth = Evaluator(_frame(rows), {"list": _frame(listed)})(condition)
    found = [True if t else False if f else None for t, f in zip(truth.true, truth.false, strict=True)]
    assert found == [_plain(condition, row, {"list": listed}) for row in rows]
    assert not (truth.true & truth.false).any()
    assert list(truth.unknown) == [value is None for value in found]
