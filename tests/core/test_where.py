"""The where-language: every form it is written in (what each means and its mistakes: ``tests/spec/where.yaml``)."""

import pytest
from pydantic import Field

from quality_cli.core.conditions import Where
from quality_cli.core.errors import CatalogueError
from quality_cli.core.where import (
    TRUE,
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    ColumnRef,
    Compare,
    Known,
    Not,
    OneOf,
    all_of,
    clauses_of,
    columns_of,
    parse_where,
)
from quality_cli.core.yamlfile import Strict, read_yaml, validate

MARK = Compare("mark", "eq", 2)
GRADES = OneOf("grade", (5, 6))
BOTH = AllOf((GRADES, MARK))


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ({}, TRUE),
        ({"mark": 2}, MARK),
        ({"present": True}, Compare("present", "eq", True)),
        ({"subject": "Химия"}, Compare("subject", "eq", "Химия")),
        ({"score": 1.5}, Compare("score", "eq", 1.5)),
        ({"grade": [5, 6]}, GRADES),
        ({"grade": [5, 6], "mark": 2}, BOTH),
        ({"score": {"ge": 5, "lt": 9}}, AllOf((Compare("score", "ge", 5), Compare("score", "lt", 9)))),
        ({"mark": {"ne": 2}}, Compare("mark", "ne", 2)),
        ({"mark": {"le": 2}}, Compare("mark", "le", 2)),
        ({"mark": {"gt": {"column": "journal"}}}, Compare("mark", "gt", ColumnRef("journal"))),
        ({"mark": {"known": True}}, Known("mark", True)),
        ({"mark": {"known": False}}, Known("mark", False)),
        ({"any_of": [{"mark": 2}, {"grade": [5, 6]}]}, AnyOf((MARK, GRADES))),
        ({"all_of": [{"grade": [5, 6]}, {"mark": 2}]}, BOTH),
        ({"not": {"grade": [5, 6], "mark": 2}}, Not(BOTH)),
        ({"also_in": {"dataset": "d", "on": "org"}}, AlsoIn("d", (("org", "org"),), TRUE)),
        ({"all_known": {"grade": [5, 6], "mark": 2}}, AllKnown(BOTH)),
        (
            {"also_in": {"dataset": "d", "on": {"id": "org"}, "among": {"grade": [5, 6]}, "where": {"mark": 2}}},
            AlsoIn("d", (("id", "org"),), MARK, (), GRADES),
        ),
        (
            {"also_in": {"dataset": "d", "on": "org", "blank_is_any": "org"}},
            AlsoIn("d", (("org", "org"),), TRUE, ("org",)),
        ),
        (
            {"also_in": {"dataset": "d", "on": ["org", "year"], "where": {"mark": 2}}},
            AlsoIn("d", (("org", "org"), ("year", "year")), MARK),
        ),
    ],
)
def test_every_form(written: object, parsed: object) -> None:
    assert parse_where(written) == parsed


class _Model(Strict):
    name: str = ""
    condition: Where = Field(default=TRUE)


def test_a_condition_is_a_field_of_a_yaml_file(tmp_path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("condition: {mark: {gt: {column: journal}}, present: да}", encoding="utf-8")
    expected = AllOf((Compare("mark", "gt", ColumnRef("journal")), Compare("present", "eq", True)))
    assert validate(_Model, read_yaml(path)).condition == expected


def test_a_mistake_inside_a_condition_is_told_with_line_and_column(tmp_path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("имя: 1\ncondition:\n  any_of:\n    - {оценка: 2, отметка: {больше: 3}}\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        validate(_Model, read_yaml(path, "a.yaml"))
    assert [str(finding.places[0]) for finding in raised.value.findings] == ["a.yaml:4:29", "a.yaml:1:1"]
    assert "неизвестное сравнение «больше»" in str(raised.value)


def test_joining_flattens_and_drops_what_is_always_true() -> None:
    assert all_of() == TRUE
    assert all_of(TRUE, MARK) == MARK
    assert all_of(GRADES, TRUE, all_of(MARK, GRADES)) == AllOf((GRADES, MARK, GRADES))


def test_columns_and_clauses_of_a_condition() -> None:
    condition = parse_where(
        {
            "any_of": [{"a": 1, "not": {"b": {"gt": {"column": "c"}}}}, {"d": {"known": True}}],
            "also_in": {"dataset": "other", "on": ["e", "f"], "where": {"foreign": 1}},
        }
    )
    assert columns_of(condition) == set("abcdef")
    assert clauses_of(condition) == (
        Compare("a", "eq", 1),
        Compare("b", "gt", ColumnRef("c")),
        Known("d", True),
        AlsoIn("other", (("e", "e"), ("f", "f")), Compare("foreign", "eq", 1)),
    )
