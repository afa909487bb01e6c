"""Questions of the forms: of whom they are asked, what answer they take, by when."""

import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.questions import Question, asked_of_units, questions_of, term
from quality_cli.core.periods import Period
from quality_cli.datasets.tables.text_table import tables_from_text

REPEATED = "2.4.1-m1:повторный мониторинг"
UNITS = """
id     | parent | kind          | name
край   |        | регион        | Край
округ  | край   | муниципалитет | Округ
школа  | округ  | школа         | Школа
сад    | округ  | детский сад   | Сад
"""
OWN = """
group: "9.1"
direction: "1.4"
title: Своё
defaults: {{source: своё, method: форма, unit: "{unit}"}}
indicators:
  - id: 9.1-s1
    name: Свой показатель
    level: {level}
    measure: {measure}
    {body}
    asked: Свой вопрос?
    examples:
      - data: {{answers: "org | question | yes\\nА | 9.1-s1 | да"}}
        expect: [{{at: А, value: 0}}]
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Question]:
    """The question of an indicator of one's own."""

    def make(
        body: str = "by: []", *, measure: str = "flag", unit: str = "да/нет", level: str = "organisation"
    ) -> Question:
        (tmp_path / "9").mkdir(exist_ok=True)
        text = OWN.format(body=body, measure=measure, unit=unit, level=level)
        (tmp_path / "9" / "9.1.yaml").write_text(text, encoding="utf-8")
        return next(item for item in questions_of(load_catalogue(tmp_path)).values() if item.id.startswith("9.1"))

    return make


def asked(catalogue: Catalogue, questions: list[Question], **tables: str) -> dict[str, list[str]]:
    """Question ids by unit."""
    contracts = catalogue.specs.contracts
    read = tables_from_text({"organisations": UNITS, **tables}, contracts)
    found = asked_of_units(questions, read, contracts, Period(2025))
    return {unit: [question.id for question in own] for unit, own in found.items()}


def test_every_asked_text_of_the_catalogue_becomes_a_question(catalogue: Catalogue) -> None:
    questions = questions_of(catalogue)
    texts = {
        layer.asked
        for item in catalogue.indicators.values()
        for layer in (item, *item.parts, *item.beside)
        if layer.asked
    }
    assert {question.text for question in questions.values() if not question.round} == texts
    assert questions["2.3.1-s1:goals"].indicator.id == "2.3.1-s1"


BESIDE = """
    beside:
      - id: listed
        title: по таблице наблюдения
        measure: count
        population: {dataset: observation, distinct: org}
        unit: ед.
"""


def test_a_figure_beside_of_another_table_is_not_asked(own: Callable[..., Question], tmp_path: Path) -> None:
    own(BESIDE.strip())
    questions = questions_of(load_catalogue(tmp_path))
    assert [name for name in questions if name.startswith("9.1")] == ["9.1-s1"]


def test_a_question_goes_to_the_units_it_concerns(catalogue: Catalogue) -> None:
    found = asked(catalogue, list(questions_of(catalogue).values()))
    assert set(found) == {"округ", "школа", "сад"}
    assert {question[:3] for question in found["сад"]} == {"2.2", "2.4"}
    assert "1.1.6-m1" in found["округ"]
    assert "1.1.6-m1" not in found["школа"]
    assert "2.3.1-m2" in found["школа"]  # a figure of the municipality over answers of schools
    assert "2.3.2-m2:examples" in found["округ"]  # makes sense for both, reported by the municipality
    assert "2.3.2-m2:examples" not in found["школа"]
    of_both = [name for name in found["сад"] if name in found["школа"]]
    assert of_both == ["2.2.3-m4", "2.2.5-s1"]
    assert sum(map(len, found.values())) - len(of_both) == len(questions_of(catalogue))


def test_nobody_is_asked_whose_answer_could_not_be_counted(catalogue: Catalogue) -> None:
    question = questions_of(catalogue)["2.4.3-m11"]
    assert asked(catalogue, [question]) == {"сад": ["2.4.3-m11"]}
    facts = "org | year | children_ovz\nсад | {} | {}"
    assert asked(catalogue, [question], preschool_facts=facts.format("2025/2026", 0)) == {}
    assert asked(catalogue, [question], preschool_facts=facts.format("2024/2025", 0)) == {"сад": ["2.4.3-m11"]}
    assert asked(catalogue, [question], preschool_facts=facts.format("2025/2026", 2)) == {"сад": ["2.4.3-m11"]}


OF_ANSWERS = "population: {{dataset: answers, where: {{question: 9.1-s1}}, distinct: org}}\n    numerator: {numerator}"
MEAN = OF_ANSWERS.format(numerator="{sum: number}")
SUM = "population: {dataset: answers, where: {question: 9.1-s1}}\n    numerator: {sum: number}"
ENOUGH = OF_ANSWERS.format(numerator="{where: {number: {ge: 3}}}")
WRITTEN = OF_ANSWERS.format(numerator="{where: {text: {known: да}}}")
EXPORTED = "population: {dataset: vpr}\n    numerator: {where: {mark: 2}}"
KINDS = [
    ("by: []", {}, "yes", "flag", None, None),
    (SUM, {"measure": "count", "unit": "ед."}, "number", "integer", 0, None),
    (MEAN, {"measure": "mean", "unit": "%"}, "number", "number", 0, 100),
    (f"{MEAN}\n    change: {{from: -1}}", {"measure": "mean", "unit": "п. п."}, "number", "number", 0, 100),
    (MEAN, {"measure": "mean", "unit": "п. п."}, "number", "number", -100, 100),
    (MEAN, {"measure": "mean", "unit": "балл"}, "number", "number", None, None),
    (ENOUGH, {"measure": "share", "unit": "%"}, "number", "number", None, None),
    (WRITTEN, {"measure": "flag"}, "text", "text", None, None),
    (EXPORTED, {"measure": "share", "unit": "%"}, "number", "number", 0, 100),
    (EXPORTED, {"measure": "flag"}, "yes", "flag", None, None),
]


@pytest.mark.parametrize(("body", "given", "name", "kind", "low", "high"), KINDS)
def test_the_kind_of_answer_follows_from_the_figure(
    own: Callable[..., Question], body: str, given: dict[str, str], name: str, kind: str, low: float, high: float
) -> None:
    question = own(body, **given)
    (field,) = question.fields
    assert (question.id, field.name, field.column.type) == ("9.1-s1", name, kind)
    assert (field.column.min, field.column.max) == (low, high)
    assert question.exported == ("vpr" in body)


def test_a_question_read_in_two_ways_has_two_answer_cells(own: Callable[..., Question]) -> None:
    body = (
        "population: {dataset: answers, where: {question: 9.1-s1}, distinct: org}\n"
        "    numerator: {where: {yes: да, number: {ge: 3}}}"
    )
    assert [field.name for field in own(body, measure="share", unit="%").fields] == ["yes", "number"]


def test_a_term_is_the_last_day_of_its_month_in_the_school_year() -> None:
    assert term("06", Period(2025)) == date(2026, 6, 30)
    assert term("09", Period(2025)) == date(2025, 9, 30)
    assert term("02", Period(2027)) == date(2028, 2, 29)
    assert term("11+", Period(2025)) == date(2026, 11, 30)
    assert term("05+", Period(2025)) == date(2027, 5, 31)
    assert [term(due, Period(2025)) for due in ("", "13", "июнь")] == [None, None, None]


def test_a_question_of_a_part_may_have_a_term_of_its_own(catalogue: Catalogue) -> None:
    questions = questions_of(catalogue)
    assert {name: questions[name].due for name in ("2.4.1-m1", REPEATED)} == {
        "2.4.1-m1": catalogue.indicators["2.4.1-m1"].due,
        REPEATED: "11+",
    }


def test_a_round_asks_the_same_question_of_those_who_have_not_said_yes(catalogue: Catalogue) -> None:
    question = questions_of(catalogue)[REPEATED]
    assert question.text == f"Повторный мониторинг. {questions_of(catalogue)['2.4.1-m1'].text}"
    assert question.key == (("question", "2.4.1-m1"), ("round", "повторный мониторинг"))
    assert [field.name for field in question.fields] == ["yes"]
    contracts = catalogue.specs.contracts
    text = {
        "organisations": """
            id | parent | kind          | name
            к  |        | регион        | к
            м  | к      | муниципалитет | м
            А  | м      | детский сад   | А
            Б  | м      | детский сад   | Б
            В  | м      | детский сад   | В
            Г  | м      | детский сад   | Г
        """,
        "answers": """
            org | year      | question | round                | yes
            А   | 2025/2026 | 2.4.1-m1 |                      | да
            Б   | 2025/2026 | 2.4.1-m1 |                      | нет
            В   | 2025/2026 | 2.4.1-m1 | повторный мониторинг | да
            Г   | 2024/2025 | 2.4.1-m1 |                      | да
        """,
    }
    asked = asked_of_units([question], tables_from_text(text, contracts), contracts, Period(2025))
    assert list(asked) == ["Б", "В", "Г"]


def test_another_source_of_a_figure_may_be_asked(tmp_path: Path) -> None:
    text = """
        extends: 1.3.5
        indicators:
          - id: 1.3.5-s1
            also:
              - id: form
                title: ответ школы
                asked: Сколько детей занимаются в кружках?
                population: {dataset: answers, where: {question: "1.3.5-s1:form"}}
                numerator: {sum: number}
    """
    (tmp_path / "1.3").mkdir()
    (tmp_path / "1.3" / "1.3.5.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    question = questions_of(load_catalogue(tmp_path))["1.3.5-s1:form"]
    assert (question.text, question.exported) == ("Сколько детей занимаются в кружках?", True)
    assert [(field.name, field.column.type) for field in question.fields] == [("number", "integer")]
