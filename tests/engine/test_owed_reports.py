"""Completeness: what is owed by the contracts and the register, what has come, what was stated, what is missing."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from quality_cli.analysis.completeness import roll_words
from quality_cli.analysis.matrix import Tally, matrix_of
from quality_cli.app.compute import Computed
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.questions import questions_of
from quality_cli.core.findings import Place
from quality_cli.core.periods import Period
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.tables.table import Table, Tables
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.reports import Completeness, State
from quality_cli.engine.completeness.statements import Statement, statements_in
from quality_cli.engine.plan.plan import make_plan

REGISTER = """
id    | parent | kind          | name    | grade_from | grade_to
край  |        | регион        | Край    |            |
округ | край   | муниципалитет | Округ   |            |
А     | округ  | школа         | Школа А | 1          | 11
Б     | округ  | школа         | Школа Б | 1          | 9
сад   | округ  | детский сад   | Сад     |            |
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def reckoned(
    catalogue: Catalogue, tables: Mapping[str, str], indicators: Sequence[str] = (), period: int = 2025
) -> Completeness:
    """The completeness of small text tables for some indicators (else all)."""
    contracts = catalogue.specs.contracts
    return of_tables(catalogue, tables_from_text({"organisations": REGISTER, **tables}, contracts), indicators, period)


def of_tables(
    catalogue: Catalogue,
    tables: Tables,
    indicators: Sequence[str] = (),
    period: int = 2025,
    stated: Sequence[Statement] = (),
) -> Completeness:
    chosen = catalogue.select(tuple(indicators), ())
    plan = make_plan(chosen, catalogue.figures, tables, catalogue.specs.contracts, (period,))
    said = (*statements_in(tables), *stated)
    return completeness(plan, tables, tuple(questions_of(catalogue).values()), said)


def states(found: Completeness, dataset: str) -> dict[tuple[str, str], str]:
    """Where the reports of a dataset stand, by unit and report."""
    return {(own.unit, encode_stratum(own.report.key)): str(own.state) for own in found
            if own.report.dataset == dataset}  # fmt: skip


def test_one_report_does_not_vouch_for_another(catalogue: Catalogue) -> None:
    rows = """
    org | year      | form                        | grade | pupil
    А   | 2025/2026 | волонтёрское объединение    | 8     | 1
    сад | 2025/2026 | дополнительное образование  |       | 2
    """
    found = states(reckoned(catalogue, {"participation": rows}), "participation")
    assert found["А", "form=волонтёрское объединение"] == "received"
    assert found["А", "form=дополнительное образование"] == "missing"
    assert found["Б", "form=волонтёрское объединение"] == "missing"
    assert {report for unit, report in found if unit == "сад"} == {"form=дополнительное образование"}
    assert found["сад", "form=дополнительное образование"] == "received"


def test_only_what_the_figures_rest_on_is_waited_for(catalogue: Catalogue) -> None:
    found = reckoned(catalogue, {}, ["1.1.2-m1"])
    assert {own.report.dataset for own in found} == {"vpr", "vpr_objectivity"}
    grades = {dict(own.report.key)["grade"] for own in found if own.report.dataset == "vpr"}
    assert grades == {"5", "6", "7", "8"}
    assert {own.unit for own in found if own.report.dataset == "vpr"} == {"А", "Б"}


def test_a_school_without_children_in_a_grade_owes_no_works_of_it(catalogue: Catalogue) -> None:
    contingent = """
    org | year      | grade | category | pupils
    А   | 2025/2026 | 5     | все      | 12
    А   | 2025/2026 | 6     | все      | 0
    А   | 2024/2025 | 7     | все      | 9
    """
    found = states(reckoned(catalogue, {"contingent": contingent}, ["1.1.2-m1"]), "vpr")
    assert {report.split(";")[0] for unit, report in found if unit == "А"} == {"grade=5"}
    assert {report.split(";")[0] for unit, report in found if unit == "Б"} == {f"grade={n}" for n in (5, 6, 7, 8)}


def test_of_drawn_subjects_any_will_do(catalogue: Catalogue) -> None:
    rows = """
    org | year | grade | subject      | code
    А   | 2026 | 5     | Русский язык | 1
    А   | 2026 | 5     | Математика   | 1
    А   | 2026 | 5     | История      | 1
    А   | 2026 | 5     | Биология     | 1
    А   | 2026 | 5     | География    | 1
    Б   | 2026 | 5     | История      | 1
    """
    found = states(reckoned(catalogue, {"vpr": rows}, ["1.1.2-m1"]), "vpr")
    fifth = {key: state for key, state in found.items() if key[1].startswith("grade=5")}
    assert {report.partition("subject=")[2] for unit, report in fifth if unit == "А"} == {
        "Русский язык", "Математика", "История", "Биология", "География"
    }  # fmt: skip
    lacking = {report.partition("subject=")[2] for (unit, report), state in fifth.items()
               if unit == "Б" and state == "missing"}  # fmt: skip
    assert lacking == {
        "Русский язык", "Математика", "ещё 1 из: География, Биология, Физика, Химия, Информатика"
    }  # fmt: skip


def test_what_was_drawn_is_also_told_by_other_tables(catalogue: Catalogue) -> None:
    marks = "org | year | grade | subject | participants\nБ | 2026 | 5 | История | 9"
    found = states(reckoned(catalogue, {"vpr_marks": marks}, ["1.1.2-m1"]), "vpr")
    of_humanities = {key: state for key, state in found.items() if key[1].startswith("grade=5") and "Истор" in key[1]}
    assert of_humanities == {
        ("Б", "grade=5;subject=История"): "missing",
        ("А", "grade=5;subject=ещё 1 из: История, Обществознание, Литература, Английский язык, Немецкий язык, "
              "Французский язык"): "missing",
    }  # fmt: skip


def test_an_organisation_owes_what_is_of_its_time(catalogue: Catalogue) -> None:
    register = """
    id     | parent | kind          | name    | opened     | closed     | successor
    край   |        | регион        | Край    |            |            |
    округ  | край   | муниципалитет | Округ   |            |            |
    старая | округ  | школа         | Старая  |            | 2025-08-31 | новая
    новая  | округ  | школа         | Новая   | 2025-09-01 |            |
    всегда | округ  | школа         | Третья  |            |            |
    """
    contracts = catalogue.specs.contracts
    tables = tables_from_text({"organisations": register}, contracts)
    for period, owing in ((2024, {"старая", "всегда"}), (2025, {"новая", "всегда"})):
        found = of_tables(catalogue, tables, ["2.1.1-m1"], period)
        assert {own.unit for own in found if own.unit != "округ"} == owing, period


def test_subjects_are_drawn_from_2025_on(catalogue: Catalogue) -> None:
    found = states(reckoned(catalogue, {}, ["1.1.1-m1"], 2023), "vpr")
    assert {report.partition("subject=")[2] for _, report in found} == {"Русский язык", "Математика", "Окружающий мир"}


def test_the_office_and_a_list_for_all_are_one_report(catalogue: Catalogue) -> None:
    rows = {
        "practices": "org | year | name | status\nА | 2025/2026 | П | без статуса",
        "registers": "org | year | register | pupil\nА | 2025/2026 | Талант и успех | 1",
    }
    found = reckoned(catalogue, rows)
    assert states(found, "practices") == {("округ", ""): "received"}
    assert states(found, "registers") == {
        ("округ", "register=Талант и успех"): "received",
        ("округ", "register=региональная база"): "missing",
    }
    assert states(found, "vpr_objectivity") == {("округ", ""): "missing"}


def test_the_events_of_schools_say_nothing_of_those_of_the_office(catalogue: Catalogue) -> None:
    rows = "org | year | kind | name\nА | 2025/2026 | профориентация | День"
    assert states(reckoned(catalogue, {"events": rows}), "events") == {
        ("округ", ""): "missing", ("А", ""): "received", ("Б", ""): "missing"
    }  # fmt: skip


def test_an_answer_is_a_report(catalogue: Catalogue) -> None:
    rows = "org | year | question | yes\nА | 2025/2026 | 1.1.6-s1 | нет"
    found = states(reckoned(catalogue, {"answers": rows}, ["1.1.6-s1"]), "answers")
    assert found == {("А", "question=1.1.6-s1"): "received", ("Б", "question=1.1.6-s1"): "missing"}


def test_an_owner_may_state_that_there_is_nothing(catalogue: Catalogue) -> None:
    rows = {
        "contracts": "org | year | partner\nА | 2025/2026 | Завод",
        "plans": "org | year | plan | pupil\nА | 2025/2026 | ИУП | 1",
        "statements": """
        org   | year      | table                    | report
        Б     | 2025/2026 | договоры с партнерами    |
        Б     | 2024/2025 | plans                    |
        А     | 2025/2026 | plans                    |
        Б     | 2025/2026 | plans                    | индивидуальный учебный план
        округ | 2025/2026 | vpr_objectivity          |
        """,
    }
    found = reckoned(catalogue, rows)
    assert states(found, "contracts") == {("А", ""): "received", ("Б", ""): "none"}
    assert states(found, "vpr_objectivity") == {("округ", ""): "none"}
    plans = states(found, "plans")
    assert {state for (unit, _), state in plans.items() if unit == "А"} == {"received", "none"}
    assert plans["А", "plan=ИУП"] == "received"
    assert {report: state for (unit, report), state in plans.items() if unit == "Б" and state != "missing"} == {
        "plan=ИУП": "none"
    }
    assert found.findings == ()


@pytest.mark.parametrize(
    ("org", "table", "report", "told"),
    [
        ("А", "Договры с партнёрами", "", "таблицы «Договры с партнёрами» нет; возможно, «Договоры с партнёрами»?"),
        ("сад", "contracts", "", "такого отчёта от этой организации не ждут: «Договоры с партнёрами»"),
        ("А", "participation", "шахматы", "не ждут: «Участие обучающихся в формах работы», «…»"),
        ("А", "contracts", "", "а строки есть: «Договоры с партнёрами»"),
        ("А", "plans", "ИУП", "а строки есть: «Индивидуальные планы и программы обучающихся», «ИУП»"),
    ],
)
def test_a_statement_that_does_not_fit_is_told(
    catalogue: Catalogue, org: str, table: str, report: str, told: str
) -> None:
    rows = {
        "contracts": "org | year | partner\nА | 2025/2026 | Завод",
        "plans": "org | year | plan | pupil\nА | 2025/2026 | ИУП | 1",
        "statements": f"org | year | table | report\n{org} | 2025/2026 | {table} | {report}",
    }
    (finding,) = reckoned(catalogue, rows).findings
    assert finding.code == "report.statement"
    assert told in finding.message


def test_a_district_may_say_once_that_nobody_ever_has_such_a_report(catalogue: Catalogue) -> None:
    rows = {"participation": "org | year | form | pupil\nА | 2025/2026 | Zaсобой | 1"}
    tables = tables_from_text({"organisations": REGISTER, **rows}, catalogue.specs.contracts)
    place = Place("quality.yaml")
    said = [Statement("", None, "participation", "Билет в будущее", place), Statement("", None, "plans", "", place)]
    found = of_tables(catalogue, tables, stated=said)
    forms = states(found, "participation")
    assert {unit: forms[unit, "form=Билет в будущее"] for unit in "АБ"} == {"А": "none", "Б": "none"}
    assert forms["Б", "form=Zaсобой"] == "missing"
    assert set(states(found, "plans").values()) == {"none"}
    assert found.findings == ()
    (denied,) = of_tables(catalogue, tables, stated=[Statement("", None, "participation", "Zaсобой", place)]).findings
    assert "а строки есть" in denied.message


def test_a_statement_about_what_was_not_asked_for_now_is_not_a_mistake(catalogue: Catalogue) -> None:
    said = {"statements": "org | year | table | report\nА | 2025/2026 | plans | ИУП\nА | 2025/2026 | contracts |"}
    assert reckoned(catalogue, said, ["1.1.2-m1"]).findings == ()


def test_the_roll_and_the_matrix_say_who_is_silent(catalogue: Catalogue) -> None:
    contracts = catalogue.specs.contracts
    rows = {"plans": "org | year | plan | pupil\nА | 2025/2026 | ИУП | 1",
            "statements": "org | year | table\nБ | 2025/2026 | contracts"}  # fmt: skip
    tables = tables_from_text({"organisations": REGISTER, **rows}, contracts)
    found = of_tables(catalogue, tables)
    told = {roll.dataset: roll_words(roll, tables.organisations) for roll in found.rolls(2025)}
    assert told["plans"] == "отчитались 0 из 2; не представили: Школа Б; не всё представили: Школа А"
    assert told["contracts"] == "отчитались 1 из 2; не представили: Школа А"
    assert told["practices"] == "не представлено"
    matrix = matrix_of(found, Period(2025), tables.organisations)
    assert matrix.units == ("округ", "А", "Б", "сад")
    marks = {name: [matrix.at(unit, name).mark for unit in matrix.units] for name in matrix.datasets}
    assert marks["contracts"] == ["", "−", "0", ""]
    assert marks["plans"] == ["", "−4", "−", ""]
    assert marks["staff"] == ["", "−", "−", "−"]
    assert matrix.of_table("plans") == Tally(received=1, missing=9)
    late = matrix_of(found, Period(2025), tables.organisations, date(2026, 7, 1), lambda *_: date(2026, 6, 30))
    assert [late.at(unit, "plans").mark for unit in late.units] == ["", "!4", "!", ""]
    assert late.of_table("contracts") == Tally(none=1, missing=1, overdue=1)
    on_the_day = matrix_of(found, Period(2025), tables.organisations, date(2026, 6, 30), lambda *_: date(2026, 6, 30))
    assert on_the_day.of_table("contracts").overdue == 0


def test_of_every_table_of_the_sample_an_organisation_without_rows_is_missing_and_nobody_else(
    catalogue: Catalogue, sample: Computed
) -> None:
    by_dataset = {name: table for name, table in sample.tables.by_dataset.items() if name != "statements"}
    without_statements = Tables(by_dataset, sample.tables.organisations)
    before = {(own.report, own.unit): own.state for own in of_tables(catalogue, without_statements)}
    for name, table in by_dataset.items():
        owing = [unit for report, unit in before if report.dataset == name and before[report, unit] is State.RECEIVED]
        by_each = [rule for rule in table.contract.obligations if rule.by == "each"]
        if not owing or not (by_each or name == "answers"):
            continue
        silent = owing[len(owing) // 2]
        frame = table.frame[table.frame[table.contract.organisation].astype(str) != silent]
        without = Tables({**by_dataset, name: Table(table.contract, frame)}, sample.tables.organisations)
        after = {(own.report, own.unit): own.state for own in of_tables(catalogue, without)}
        assert {state for (report, unit), state in after.items() if (report.dataset, unit) == (name, silent)} == {
            State.MISSING
        }, name
        if name != "contingent":  # it tells in which grades works are owed
            others = {key: state for key, state in after.items() if (key[0].dataset, key[1]) != (name, silent)}
            assert others.items() <= before.items(), name
