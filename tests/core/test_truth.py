"""Conditions over facts of one thing: three answers, numbers known as ranges."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.core.conditions import is_figure_name
from quality_cli.core.truth import Fact, Range, truth
from quality_cli.core.where import AlsoIn, Compare, columns_of, parse_where

YES, NO, UNKNOWN = True, False, None

CASES: list[tuple[dict[str, Any], dict[str, Fact], bool | None]] = [
    ({"value": {"lt": 50}}, {"value": 49.9}, YES),
    ({"value": {"lt": 50}}, {"value": 50}, NO),
    ({"value": {"lt": 50}}, {}, UNKNOWN),
    ({"value": {"ge": 50}}, {"value": Range(50, 60)}, YES),
    ({"value": {"ge": 50}}, {"value": Range(40, 49)}, NO),
    ({"value": {"ge": 50}}, {"value": Range(40, 60)}, UNKNOWN),
    ({"value": {"gt": 50}}, {"value": Range(50, 60)}, UNKNOWN),
    ({"value": {"le": 50}}, {"value": Range(50, 60)}, UNKNOWN),
    ({"value": 50}, {"value": Range(50, 60)}, UNKNOWN),
    ({"value": 50}, {"value": Range(51, 60)}, NO),
    ({"value": {"ne": 50}}, {"value": Range(51, 60)}, YES),
    ({"value": False}, {"value": False}, YES),
    ({"value": False}, {"value": Range(0, 1)}, UNKNOWN),
    ({"state": "missed"}, {"state": "missed"}, YES),
    ({"state": {"ne": "missed"}}, {"state": "reached"}, YES),
    ({"state": ["missed", "insufficient"]}, {"state": "insufficient"}, YES),
    ({"state": ["missed", "insufficient"]}, {"state": "reached"}, NO),
    ({"signal": "sharp"}, {"signal": ("gap", "sharp")}, YES),
    ({"signal": "sharp"}, {"signal": ()}, NO),
    ({"signal": "sharp"}, {}, UNKNOWN),
    ({"signal": {"ne": "sharp"}}, {"signal": ("gap",)}, YES),
    ({"value": {"known": True}}, {"value": Range(0, 1)}, YES),
    ({"value": {"known": False}}, {}, YES),
    ({"value": {"lt": {"column": "earlier_value"}}}, {"value": 1, "earlier_value": 2}, YES),
    ({"value": {"lt": {"column": "earlier_value"}}}, {"value": Range(1, 3), "earlier_value": 2}, UNKNOWN),
    ({"value": 1, "state": "missed"}, {"value": 2}, NO),  # one clause decides
    ({"value": 1, "state": "missed"}, {"value": 1}, UNKNOWN),
    ({"any_of": [{"value": 1}, {"state": "missed"}]}, {"value": 1}, YES),
    ({"any_of": [{"value": 1}, {"state": "missed"}]}, {"value": 2}, UNKNOWN),
    ({"not": {"value": 1}}, {"value": 2}, YES),
    ({"not": {"value": 1}}, {}, UNKNOWN),
    ({"all_known": {"value": 1, "state": "missed"}}, {"value": 2}, UNKNOWN),
    ({"all_known": {"value": 1, "state": "missed"}}, {"value": 2, "state": "missed"}, NO),
    ({"1.1.2-s1 share": {"value": {"lt": 5}}}, {"1.1.2-s1 share.value": 4}, YES),
    ({"not": {"1.1.2-s1": {"state": ["missed"]}}}, {"1.1.2-s1.state": "missed"}, NO),
    ({}, {}, YES),
]


@pytest.mark.parametrize(("written", "facts", "answer"), CASES)
def test_answers(written: dict[str, Any], facts: Mapping[str, Fact], answer: bool | None) -> None:
    assert truth(parse_where(written, is_other=is_figure_name), facts.get) is answer


def test_what_another_thing_is_asked_has_its_name() -> None:
    condition = parse_where(
        {
            "2.4-m1": {
                "any_of": [{"a": {"gt": {"column": "b"}}}, {"all_known": {"c": {"known": True}}}, {"not": {"d": 1}}]
            }
        },
        is_other=is_figure_name,
    )
    assert columns_of(condition) == {"2.4-m1.a", "2.4-m1.b", "2.4-m1.c", "2.4-m1.d"}


def test_other_tables_are_refused() -> None:
    with pytest.raises(TypeError):
        truth(AlsoIn("vpr", (("org", "org"),), Compare("mark", "eq", 2)), {}.get)


_NUMBERS = st.integers(0, 6)
_CLAUSES = st.builds(
    lambda op, limit: {"value": {op: limit}}, st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]), _NUMBERS
)
_CONDITIONS = st.recursive(
    _CLAUSES,
    lambda inner: st.one_of(
        st.builds(lambda items: {"any_of": items}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda items: {"all_of": items}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda item: {"not": item}, inner),
    ),
    max_leaves=6,
)


@given(_CONDITIONS, _NUMBERS, _NUMBERS)
def test_what_is_told_of_a_range_holds_for_every_number_of_it(written: dict[str, Any], one: int, other: int) -> None:
    """An answer is never surer than the data; of a number that is known there always is one."""
    condition, low, high = parse_where(written), min(one, other), max(one, other)
    told = truth(condition, {"value": Range(low, high)}.get)
    each = {truth(condition, {"value": number / 2}.get) for number in range(2 * low, 2 * high + 1)}
    assert None not in each
    assert told is None or each == {told}
