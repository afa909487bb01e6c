"""A change of a definition that its examples do not notice is told, until an example is added that does."""

from pathlib import Path

import pytest

from quality_cli.app.examples import ExampleTables, run_examples
from quality_cli.app.mutation import Score, score, try_mutants
from quality_cli.catalogue.loader import load_catalogue

GROUP = """\
group: x.1
direction: "1.1"
title: проверка
indicators:
  - id: x.1-m1
    name: проверка
    level: municipality
    method: проверка
    unit: "%"
{definition}
    examples:
      - data:
          participation: |
{table}
        expect:
          - {expect}
"""

DEFINITION = """
measure: share
population: {dataset: participation, where: {grade: [8, 9]}, distinct: pupil}
numerator: {where: {form: ПроеКТОриЯ}}
exclude: {ovz: да}
"""

POOR = """
org | grade | pupil | form       | ovz
А   | 8     | п1    | ПроеКТОриЯ | нет
А   | 8     | п2    | Zaсобой    | нет
"""

RICH = """
org | grade | pupil | form                     | ovz
А   | 8     | п1    | ПроеКТОриЯ               | нет
А   | 8     | п1    | Zaсобой                  | нет
А   | 9     | п2    | ПроеКТОриЯ               | нет
А   | 9     | п3    | профориентационный проект | нет
А   | 7     | п4    | ПроеКТОриЯ               | нет
А   | 10    | п5    | Zaсобой                  | нет
А   | 9     | п6    | ПроеКТОриЯ               | да
А   | 8     | п7    | ПроеКТОриЯ               | нет
"""


def tried(folder: Path, definition: str, table: str, expect: str) -> tuple[Score, set[str]]:
    """The score of one indicator, and what goes unnoticed, without the words around it."""
    text = GROUP.format(definition=indented(definition, 4), table=indented(table, 12), expect=expect)
    (folder / "x").mkdir()
    (folder / "x" / "x.1.yaml").write_text(text, encoding="utf-8")
    catalogue = load_catalogue(folder)
    own = [catalogue.indicators["x.1-m1"]]
    assert [verdict.differences for verdict in run_examples(catalogue, own)] == [()]
    found = score(try_mutants(catalogue, own, ExampleTables(catalogue.specs.contracts)))
    assert found.mutants == found.killed + found.equivalent + len(found.unnoticed)
    return found, {finding.message.removeprefix("x.1-m1: примеры не заметят, если ") for finding in found.unnoticed}


def indented(text: str, by: int) -> str:
    """The lines of a text, each so many spaces to the right."""
    return "\n".join(" " * by + line for line in text.strip("\n").split("\n"))


def test_poor_examples_are_told_what_they_do_not_notice(tmp_path: Path) -> None:
    found, told = tried(tmp_path, DEFINITION, POOR, "{numerator: 1, denominator: 2}")
    assert {
        "убрать «distinct: pupil»",
        "вместо «grade: [8, 9]» написать «grade: [8]»",
        "вместо «form: ПроеКТОриЯ» написать «not: {form: ПроеКТОриЯ}»",
        "убрать «exclude: {ovz: да}»",
    } <= told
    assert "вместо «grade: [8, 9]» написать «grade: [9]»" not in told
    assert found.too_many


def test_each_is_told_with_its_place(tmp_path: Path) -> None:
    found, _ = tried(tmp_path, DEFINITION, POOR, "{numerator: 1, denominator: 2}")
    places = {finding.message.partition("если ")[2]: finding.places[0] for finding in found.unnoticed}
    assert str(places["убрать «exclude: {ovz: да}»"]).endswith("/x/x.1.yaml:13:5")
    assert str(places["убрать «grade: [8, 9]»"]).endswith("/x/x.1.yaml:11:50")


def test_rows_that_must_not_count_let_nothing_pass(tmp_path: Path) -> None:
    found, told = tried(tmp_path, DEFINITION, RICH, "{numerator: 3, denominator: 4, excluded: 1}")
    assert told == set()
    assert (found.too_many, found.share) == (False, 0)


@pytest.mark.parametrize(
    ("definition", "table", "change"),
    [
        (
            """
            measure: share
            population: {dataset: participation}
            numerator: {where: {any_of: [{form: Zaсобой}, {grade: {le: 4}}]}}
            """,
            """
            org | grade | pupil | form
            А   | 9     | п1    | Zaсобой
            А   | 9     | п2    | ПроеКТОриЯ
            """,
            "убрать «grade: {le: 4}»",
        ),
        (
            """
            measure: share
            population: {dataset: participation}
            numerator: {where: {form: Zaсобой}}
            organisations: {where: {kind: муниципалитет}, rows: own}
            """,
            """
            org           | grade | pupil | form
            муниципалитет | 9     | п1    | Zaсобой
            муниципалитет | 9     | п2    | ПроеКТОриЯ
            """,
            "убрать «rows: own»",
        ),
        (
            """
            measure: share_of_orgs
            of: share
            condition: {ge: 50}
            population: {dataset: participation}
            numerator: {where: {form: Zaсобой}}
            """,
            """
            org | grade | pupil | form
            А   | 9     | п1    | Zaсобой
            Б   | 9     | п2    | ПроеКТОриЯ
            """,
            "вместо «ge: 50» написать «ge: 51»",
        ),
        (
            """
            measure: share
            population: {dataset: participation}
            numerator: {where: {all_known: {form: Zaсобой, ovz: нет}}}
            """,
            """
            org | grade | pupil | form       | ovz
            А   | 9     | п1    | Zaсобой    | нет
            А   | 9     | п2    | ПроеКТОриЯ | нет
            """,
            "вместо «all_known: {form: Zaсобой, ovz: нет}» написать «form: Zaсобой, ovz: нет»",
        ),
        (
            """
            measure: share
            population: {dataset: participation}
            numerator: {where: {also_in: {dataset: participation, on: [pupil, org], where: {form: Zaсобой}}}}
            """,
            """
            org | grade | pupil | form
            А   | 9     | п1    | Zaсобой
            А   | 9     | п2    | ПроеКТОриЯ
            """,
            "вместо «on: [pupil, org]» написать «on: [pupil]»",
        ),
    ],
)
def test_everything_that_is_written_is_changed(tmp_path: Path, definition: str, table: str, change: str) -> None:
    own, rows = (indented_least(text) for text in (definition, table))
    _, told = tried(tmp_path, own, rows, "{numerator: 1, denominator: 2}")
    assert change in told


def indented_least(text: str) -> str:
    """A text of the table above without the spaces before all its lines."""
    return "\n".join(line.removeprefix(" " * 12) for line in text.strip().split("\n"))


def test_what_changes_nothing_is_counted_apart(tmp_path: Path) -> None:
    """Rows without a code are unknown where children are counted: to ask for a code changes nothing."""
    definition = """
measure: share
population: {dataset: participation, distinct: pupil}
numerator: {where: {form: Zaсобой, pupil: {known: да}}}
"""
    table = """
org | grade | pupil | form
А   | 1     | п1    | Zaсобой
А   | 2     | п2    | ПроеКТОриЯ
А   | 2     | п3    | профориентационный проект
А   | 2     | п4    | профориентационный проект
А   | 2     | п4    | ПроеКТОриЯ
"""
    found, told = tried(tmp_path, definition, table, "{numerator: 1, denominator: 4}")
    assert told == set()
    assert found.equivalent == 1
