"""Conditions over a frame: the vectorised evaluation equals a plain three-valued one, row by row.

What each condition means is in ``tests/spec/where.yaml``.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality_cli.core.where import (
    BETWEEN,
    TRUE,
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    parse_where,
)
from quality_cli.datasets.derivation import reference
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import column_array

Row = dict[str, Any]
NUMBERS, WORDS = ("a", "b"), ("u", "v")


def _frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: column_array([row.get(name) for row in rows], numeric=name in NUMBERS)
            for name in (*NUMBERS, *WORDS, "s")
        }
    )


_number = st.integers(0, 2)
_word = st.sampled_from(["x", "y", "z"])
_cell = st.sampled_from(["x", "y", "z", f"x{BETWEEN}y", f"y{BETWEEN}z", f"x{BETWEEN}", f"y{BETWEEN}"])
"""Of the column «s», whose cells hold several values, and one that was not understood, too."""
_rows = st.lists(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(NUMBERS, st.none() | _number),
            **dict.fromkeys(WORDS, st.none() | _word),
            "s": st.none() | _cell,
        }
    ),
    max_size=6,
)
_orders, _equal = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), st.sampled_from(["eq", "ne"])
_clauses = st.one_of(
    st.builds(Compare, st.sampled_from(NUMBERS), _orders, _number | st.sampled_from(NUMBERS).map(ColumnRef)),
    st.builds(Compare, st.sampled_from(WORDS), _equal, _word | st.sampled_from(WORDS).map(ColumnRef)),
    st.builds(OneOf, st.sampled_from(NUMBERS), st.lists(_number, min_size=1).map(tuple)),
    st.builds(OneOf, st.sampled_from(WORDS), st.lists(_word, min_size=1).map(tuple)),
    st.builds(Compare, st.just("s"), _equal, _word),
    st.builds(OneOf, st.just("s"), st.lists(_word, min_size=1).map(tuple)),
    st.builds(Known, st.sampled_from(NUMBERS + WORDS), st.booleans()),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(several.map(AllOf), several.map(AnyOf), inner.map(Not), inner.map(AllKnown))


_conditions = st.recursive(_clauses, _combined, max_leaves=6)
_pairs = st.tuples(*[st.sampled_from(NUMBERS)] * 2) | st.tuples(*[st.sampled_from(WORDS)] * 2)
_keys = st.lists(_pairs, min_size=1, max_size=3, unique_by=lambda pair: pair[0]).map(tuple)
_also_in = _keys.flatmap(
    lambda on: st.builds(
        AlsoIn,
        st.sampled_from(["list", "list", "absent"]),
        st.just(on),
        st.just(TRUE) | _conditions,
        st.lists(st.sampled_from([own for own, _ in on]), unique=True).map(tuple),
        st.none() | _conditions,
    )
)


def _agrees(rows: list[Row], listed: list[Row], condition: Condition) -> None:
    truth = Evaluator(_frame(rows), {"list": _frame(listed)})(condition)
    found = [True if t else False if f else None for t, f in zip(truth.true, truth.false, strict=True)]
    assert found == [reference.truth(condition, row, {"list": listed}) for row in rows]
    assert not (truth.true & truth.false).any()
    assert list(truth.unknown) == [value is None for value in found]


@settings(max_examples=max(100, settings.default.max_examples))
@given(_rows, _rows, st.recursive(_clauses | _also_in, _combined, max_leaves=6))
def test_every_row_gets_what_plain_three_valued_logic_gives(rows: list[Row], listed: list[Row], condition) -> None:
    _agrees(rows, listed, condition)


@settings(max_examples=max(100, settings.default.max_examples))
@given(_rows, _rows, _also_in)
def test_a_row_is_found_in_a_list_by_what_is_known_only(rows: list[Row], listed: list[Row], condition) -> None:
    _agrees(rows, listed, condition)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ({"a": 4, "u": "x"}, [True, False, False, None]),
        ({"a": None, "u": "x"}, [True, True, False, True]),
        ({"a": 4, "u": None}, [True, False, True, None]),
        ({"a": None, "u": None}, [True, True, True, True]),
    ],
)
def test_a_blank_cell_of_a_list_means_any_where_it_is_said_to(listed: Row, expected: list[bool | None]) -> None:
    rows = [{"a": 4, "u": "x"}, {"a": 5, "u": "x"}, {"a": 4, "u": "y"}, {"a": None, "u": "x"}]
    frames = [_frame([{"b": None, "v": None, **row} for row in part]) for part in (rows, [listed])]
    where = {"also_in": {"dataset": "list", "on": ["a", "u"], "blank_is_any": ["a", "u"]}}
    truth = Evaluator(frames[0], {"list": frames[1]})(parse_where(where))
    assert [True if t else False if f else None for t, f in zip(truth.true, truth.false, strict=True)] == expected


def test_what_was_asked_of_everybody_tells_yes_no_and_unknown() -> None:
    rows = [{"a": n, "b": None, "u": None, "v": None} for n in (1, 2, 3, 4, None)]
    asked = [(1, "x", "y"), (2, "x", "z"), (3, "x", None), (4, "z", "y")]
    listed = [{"a": None, "b": n, "u": question, "v": answer} for n, question, answer in asked]
    where = {"also_in": {"dataset": "list", "on": {"a": "b"}, "among": {"u": "x"}, "where": {"v": "y"}}}
    truth = Evaluator(_frame(rows), {"list": _frame(listed)})(parse_where(where))
    assert [True if t else False if f else None for t, f in zip(truth.true, truth.false, strict=True)] == [
        True, False, None, None, None,
    ]  # fmt: skip


def test_a_list_may_be_narrowed_by_its_own_condition() -> None:
    rows = [{"a": 1, "b": n, "u": None, "v": None} for n in (1, 2)]
    where = {"also_in": {"dataset": "list", "on": "b", "where": {"a": {"gt": 1}}}}
    listed = [{**rows[0], "a": 1}, {**rows[1], "a": 2}]
    truth = Evaluator(_frame(rows), {"list": _frame(listed)})(parse_where(where))
    assert np.array_equal(truth.true, [False, True])
