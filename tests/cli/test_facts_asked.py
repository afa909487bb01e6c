"""Numbers of forms as a source of figures: asked once, part within whole, silence, contradiction, rounds."""

import csv
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
from calling import call

from quality_cli.analysis.results import Result, Results
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.questions import questions_of_facts

YEAR = "2025/2026"
TEACHERS, WITH_PLAN = "1.3.8-m1:знаменатель", "2.2.2-s1:числитель"
REGISTER = """
Код;Вышестоящая;Вид;Краткое наименование;Классы с;Классы по
К;;регион;Край;;
М;К;муниципалитет;Округ;;
А;М;школа;Речная;1;11
Б;М;школа;Лесная;1;11
"""


def table(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text.strip() + "\n", encoding="utf-8-sig")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    table(folder, "Реестр.csv", REGISTER)
    return folder


def answers(data: Path, rows: Iterable[tuple[str, str, float]], year: str = YEAR) -> None:
    """Numbers as ``forms collect`` gathers them: organisation, question, number."""
    with (data / f"Ответы {year[:4]}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Организация", "Учебный год", "Вопрос", "Число"])
        writer.writerows((org, year, question, number) for org, question, number in rows)


def figures(data: Path, indicator: str, part: str = "", period: str = YEAR) -> dict[str, Result]:
    """The totals of a figure by organisation."""
    out = data.parent / "results"
    outcome = call("compute", "--data", data, "--indicator", indicator, "--out", out)
    assert outcome.code == 0, outcome.err
    found = Results.read(out / "results.parquet")
    return {row.org_id: row for row in found if (row.part, str(row.period), row.stratum) == (part, period, ())}


def figure(data: Path, indicator: str, org: str, part: str = "", period: str = YEAR) -> Result:
    return figures(data, indicator, part, period)[org]


def test_every_number_has_words_of_its_own() -> None:
    catalogue = load_catalogue()
    texts = [question.text for question in questions_of_facts(catalogue).values()]
    titles = {contract.title for contract in catalogue.specs.contracts.values()}
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if any(text.startswith(f"{title} — ") for title in titles)] == []


def test_one_number_serves_many_indicators() -> None:
    asked = questions_of_facts(load_catalogue())
    teachers = [name for name, question in asked.items() if question.text == "Педагогических работников всего, человек"]
    assert teachers == [TEACHERS]
    assert len({figure.indicator for figure in asked[TEACHERS].figures}) > 10


def test_shares_are_of_those_who_answered_both_numbers(data: Path) -> None:
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 5), ("Б", TEACHERS, 100)])
    own, other, all_of_them = (figure(data, "2.2.2-s1", org, "share") for org in ("А", "Б", "М"))
    assert (own.numerator, own.denominator, own.value) == (5, 20, 25)
    assert (other.value, other.status) == (None, "no_data")
    assert (all_of_them.numerator, all_of_them.denominator, all_of_them.status) == (5, 20, "partial")


def test_no_teacher_with_a_plan_is_a_zero_and_silence_is_not(data: Path) -> None:
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 0)])
    assert figure(data, "2.2.2-s1", "А", "share").value == 0
    assert figure(data, "2.2.2-s1", "Б", "share").value is None


def test_none_of_the_specialists_is_no(data: Path) -> None:
    answers(data, [(org, "2.1.3-m3:any:знаменатель", 9) for org in "АБ"]
            + [("А", "2.1.3-m3:speech:числитель", 0), ("Б", "2.1.3-m3:speech:числитель", 2)])  # fmt: skip
    assert [figure(data, "2.1.3-m3", org, "speech").value for org in "АБ"] == [0, 1]
    share = figure(data, "2.1.3-m3", "М", "speech;share")
    assert (share.numerator, share.denominator, share.value) == (1, 2, 50)


def test_a_list_that_says_something_else_is_a_contradiction(data: Path) -> None:
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 5)])
    table(data, "Работники.csv", f"""
Организация;Учебный год;Код работника;Группа;Есть ИОМ
А;{YEAR};р1;педагог;да
А;{YEAR};р2;педагог;нет
""")  # fmt: skip
    found = figure(data, "2.2.2-s1", "А", "share")
    assert found.status == "conflict"
    told = (data.parent / "results" / "alternatives.csv").read_text(encoding="utf-8-sig")
    own = [line for line in told.splitlines() if "2.2.2-s1;share" in line and ";А;" in line.replace(",", ";")]
    assert len(own) == 2, told


def test_a_part_above_its_whole_is_told_and_not_taken(data: Path, tmp_path: Path) -> None:
    period = ("--data", data, "--period", YEAR)
    made = call("forms", "make", *period, "--numbers", "--out", tmp_path / "forms", "--org", "А")
    assert made.code == 0, made.err
    form = next((tmp_path / "forms").rglob("Форма *.xlsx"))
    book = openpyxl.load_workbook(form)
    sheet = book["Вопросы"]
    cells = {str(row[0].value): row[5] for row in sheet.iter_rows(min_row=7)}
    cells[TEACHERS].value, cells[WITH_PLAN].value = 20, 21
    book.save(form)
    outcome = call("forms", "collect", *period, "--from", tmp_path / "forms")
    told = next(line for line in outcome.err.splitlines() if "form.above_whole" in line)
    assert form.name in told and "Вопросы" in told and cells[WITH_PLAN].coordinate in told, told
    text = next(data.glob("Ответы на формы*")).read_text(encoding="utf-8-sig")
    assert TEACHERS in text and WITH_PLAN not in text


def test_explain_shows_the_numbers(data: Path) -> None:
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 5)])
    outcome = call("explain", "2.2.2-s1", "--data", data, "--org", "А", "--period", YEAR)
    assert outcome.code == 0, outcome.err
    assert "числа из форм" in outcome.out
    assert "25" in outcome.out


def test_changes_are_of_numbers_too(data: Path) -> None:
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 5)])
    answers(data, [("А", TEACHERS, 20), ("А", WITH_PLAN, 4)], "2024/2025")
    assert figure(data, "2.2.2-s1", "А", "share").value == 25
    assert figure(data, "2.2.2-s1", "А", "share", period="2024/2025").value == 20


def test_a_list_whose_numbers_are_all_given_is_told_as_given_in_numbers(data: Path) -> None:
    asked = questions_of_facts(load_catalogue())
    registered = [name for name, one in asked.items() if one.fact is not None and one.fact.dataset == "prevention"]
    answers(data, [("А", name, 1) for name in registered] + [("Б", registered[0], 1)])
    assert call("compute", "--data", data, "--out", data.parent / "out").code == 0
    with (data.parent / "out" / "completeness.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    states = {row["org_id"]: row["state"] for row in rows if row["dataset"] == "prevention"}
    assert states == {"А": "numbers", "Б": "missing"}


def test_an_answer_to_what_nobody_asks_is_told_once(data: Path) -> None:
    answers(data, [("А", "2.2.2-s1:числителъ", 5), ("Б", "2.2.2-s1:числителъ", 6), ("А", TEACHERS, 20)])
    outcome = call("check", "--data", data)
    told = [line for line in outcome.err.splitlines() if "answer.unknown" in line]
    assert len(told) == 1
    assert "Ответы 2025.csv · строка 2: вопроса «2.2.2-s1:числителъ» в каталоге нет" in told[0]
    assert "возможно, «2.2.2-s1:числитель»" in told[0]


LISTS_OF_MANY_REPORTS = {
    "1.3.10-m1": ("1.3.10-m1:числитель", "1.3.10-m1:знаменатель"),  # a report for each event and stage
    "1.1.4-s3": ("1.1.4-s3:числитель",),  # a report for each study
    "1.3.6-m1": ("1.3.6-m1:знаменатель", "1.3.6-m1:числитель"),  # looks into a list that is one for all
}


@pytest.mark.parametrize(("indicator", "asked"), LISTS_OF_MANY_REPORTS.items())
def test_a_number_stands_in_for_all_that_it_sums_up(data: Path, indicator: str, asked: tuple[str, ...]) -> None:
    answers(data, [("А", name, 7) for name in asked])
    found = figures(data, indicator)
    assert [found[org].status for org in "АБМ"] == ["ok", "no_data", "partial"]
    answers(data, [(org, name, 7) for name in asked for org in "АБ"])
    found = figures(data, indicator)
    assert [found[org].status for org in "АБМ"] == ["ok", "ok", "ok"]


def test_whom_a_figure_is_not_about_owes_nothing_for_it(data: Path) -> None:
    table(data, "Реестр.csv", f"{REGISTER}Сад;М;детский сад;Ромашка;;\n")
    answers(data, [(org, "2.2.4-s2:числитель", 3) for org in "АБ"])
    found = figure(data, "2.2.4-s2", "М")
    assert (found.value, found.status, found.expected, found.received) == (6, "ok", 2, 2)


IN_BASE = {"": "1.3.1-m1:participants:числитель", "ВсОШ": "1.3.1-s1:participants:числитель, ВсОШ"}
MARKS = """
Организация;Учебный год;Класс;Код обучающегося;Мероприятие;Этап;Предмет;Статус;В региональной базе
А;2025/2026;9;п1;ВсОШ;муниципальный;Химия;призёр;да
А;2025/2026;9;п1;ВсОШ;региональный;Химия;участник;да
А;2025/2026;9;п2;перечень Минобрнауки;муниципальный;Химия;призёр;да
"""


@pytest.mark.parametrize(("number", "value", "status"), [(2, 2, "ok"), (3, None, "conflict")])
def test_a_total_that_strata_do_not_make_up_is_told_once(
    data: Path, number: int, value: int | None, status: str
) -> None:
    table(data, "Олимпиады.csv", MARKS)
    answers(data, [("А", IN_BASE[""], number), ("А", IN_BASE["ВсОШ"], 1)])
    found = figures(data, "1.3.1-s1", "participants")
    assert (found["А"].value, found["А"].status) == (value, status)
    assert (found["М"].value, found["М"].status) == (value, "partial" if value else "no_data")


def test_a_rate_has_numbers_of_its_total_and_of_its_strata(data: Path) -> None:
    pupils = "1.3.1-m1:participants:знаменатель"
    answers(data, [("А", IN_BASE[""], 3), ("А", pupils, 100), ("Б", pupils, 100), ("Б", IN_BASE[""], 0)])
    found = figures(data, "1.3.1-m1", "participants")
    assert [(found[org].value, found[org].status) for org in "АБМ"] == [(30, "ok"), (0, "ok"), (15, "ok")]
