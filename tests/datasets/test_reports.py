"""Summary reports on ВПР, sheets of classes and olympiads: layouts of several kinds, with the dirt of real files."""

from pathlib import Path
from typing import Any

import pytest
from exports import (
    CLASSES_2022,
    analytics,
    f1,
    journal_rows,
    olympiad,
    only,
    problems,
    read,
    works,
    xlsx,
)

from quality_cli.core.findings import Severity
from quality_cli.datasets.tables.table import Tables

F3_HEADER = ("Группы участников", "Кол-во ОО", "Кол-во участников", 2, 3, 4, 5, None)
LOWERED, CONFIRMED, RAISED = (
    "Понизили (Отметка < Отметка по журналу)",
    "Подтвердили (Отметка = Отметке по журналу)",
    "Повысили (Отметка > Отметка по журналу)",
)


def rows(tables: Tables, dataset: str, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of a dataset: the values of the columns asked."""
    return [tuple(record[name] for name in columns) for record in tables[dataset].records()]


def _f3(*schools: tuple[object, ...]) -> list[list[object]]:
    totals = (
        ("Вся выборка", 36500, 1500000, 4.7, 30.01, 44.29, 21.0),
        ("Ленский край", 1000, 30000, 5.0, 30.0, 44.0, 21.0),
        ("Заречный муниципальный район(reg77_m001)", 2, 112, 4.46, 30.36, 44.64, 20.54),
    )
    return analytics("Статистика по отметкам", F3_HEADER, *totals, *schools)


def test_f3_gives_counts_of_marks_and_leaves_the_totals_out(folder: Path) -> None:
    schools = [
        ("МБОУ «Заречная СОШ № 1»(edu770101)", None, 89, 4.49, 32.58, 43.82, 19.1),
        ("МБОУ «Лесная СОШ»(edu770102)", None, "23", "4,35", 21.74, 47.83, 26.09),
    ]
    xlsx(folder / "Ф3_отчёт.xlsx", {"РУ 4 Статистика по отметкам": _f3(*schools)})
    tables = read(folder)
    names = ("org", "login", "year", "grade", "subject", "participants", "mark_2", "mark_3", "mark_4", "mark_5")
    assert rows(tables, "vpr_marks", *names) == [
        ("з-01", "edu770101", 2026, 4, "Русский язык", 89, 4, 29, 39, 17),
        ("з-02", "edu770102", 2026, 4, "Русский язык", 23, 1, 5, 11, 6),
    ]
    finding = only(tables)
    assert (finding.code, finding.severity, finding.total) == ("row.total", Severity.INFO, 3)


def test_a_unit_is_a_total_by_its_place_in_the_register_whatever_it_is_called(folder: Path) -> None:
    xlsx(folder / "a.xlsx", _f3(("Заречный район", 2, 112, 0, 0, 0, 100), ("з-01", None, 4, 25, 25, 25, 25)))
    tables = read(folder)
    assert rows(tables, "vpr_marks", "org", "mark_5") == [("з-01", 1)]
    assert only(tables).total == 4


def test_a_report_of_totals_only_is_no_blank_form(folder: Path) -> None:
    xlsx(folder / "a.xlsx", _f3())
    tables = read(folder)
    assert problems(tables) == [("row.total", "a.xlsx · Лист1 · строка 9")]
    assert "vpr_marks" not in tables


def test_a_school_of_a_report_that_is_not_in_the_register_is_told(folder: Path) -> None:
    xlsx(folder / "a.xlsx", _f3(("МБОУ «Чужая СОШ»(edu779999)", None, 5, 0, 0, 0, 100)))
    told = [(finding.code, finding.severity) for finding in read(folder).findings]
    assert told == [("row.total", Severity.INFO), ("org.unknown", Severity.ERROR)]


@pytest.mark.parametrize("levels", [1, 2])
def test_comparison_with_the_journal_in_columns(folder: Path, levels: int) -> None:
    parts = (LOWERED, CONFIRMED, RAISED)
    kinds = ("%", "Кол-во участников")
    flat = [f"{part} {kind}" for part in parts for kind in kinds]
    upper = [cell for part in parts for cell in (part, None)]
    first = ("Группы участников", "Кол-во участников(всего)")
    header = [(*first, *flat)] if levels == 1 else [(*first, *upper), (None, None, *kinds * 3)]
    data = [
        ("Ленский край", 30000, 10, 3000, 80, 24000, 10, 3000),
        ("МБОУ «Лесная СОШ»(edu770102)", 40, 15.0, 6, 80.0, 32, 5.0, None),
    ]
    title = "Сравнение отметок с отметками по журналу"
    xlsx(folder / "2849657.xlsx", analytics(title, header[0], *header[1:], *data))
    tables = read(folder)
    names = ("org", "grade", "participants", "lowered", "confirmed", "raised", "lowered_share")
    assert rows(tables, "vpr_journal", *names) == [("з-02", 4, 40, 6, 32, 2, 15)]  # 2 is 5 % of 40
    assert [finding.code for finding in tables.findings] == ["row.total"]


def test_comparison_with_the_journal_in_rows_of_former_years(folder: Path) -> None:
    data = [
        *journal_rows("Заречный район(reg77_m001)", 3, 6, 1),
        *journal_rows("МБОУ «Заречная СОШ № 1»(edu770101)", 1, 3, 1),
        [],
        *journal_rows("МБОУ «Лесная СОШ»(edu770102)", 2, 3, None),
    ]
    header = ("Группы участников", "Кол-во участников", "%")
    xlsx(folder / "a.xlsx", analytics("Сравнение отметок с отметками по журналу", header, *data))
    tables = read(folder)
    names = ("org", "participants", "lowered", "confirmed", "raised", "_row")
    assert rows(tables, "vpr_journal", *names) == [("з-01", 5, 1, 3, 1, 14), ("з-02", 5, 2, 3, None, 20)]
    assert only(tables).code == "row.total"


def test_a_problem_in_stacked_rows_is_told_where_it_stands(folder: Path) -> None:
    data = journal_rows("з-01", "много", 3, 1)
    header = ("Группы участников", "Кол-во участников", "%")
    xlsx(folder / "a.xlsx", analytics("Сравнение отметок с отметками по журналу", header, *data))
    assert problems(read(folder)) == [("cell.value", "a.xlsx · Лист1 · B10")]


def test_a_figure_told_twice_is_not_overwritten(folder: Path) -> None:
    header = ("Группы участников", "Кол-во участников", "%")
    data = [*journal_rows("з-01", 1, 3, 1), ("Понизили", 2, None), ("Всего", 5, None)]
    xlsx(folder / "a.xlsx", analytics("Сравнение отметок с отметками по журналу", header, *data))
    tables = read(folder)
    assert rows(tables, "vpr_journal", "org", "lowered", "participants") == [("з-01", 1, 5)]
    told = [str(finding.places[0]) for finding in tables.findings if finding.code == "org.unknown"]
    assert told == ["a.xlsx · Лист1 · A14", "a.xlsx · Лист1 · A15"]


def test_a_formula_without_a_value_in_a_stacked_report(folder: Path) -> None:
    header = ("Группы участников", "Кол-во участников", "%")
    data = [("з-01",), ("Понизили", 2, None), ("Подтвердили", "=1+1", None), ("Всего", 10, None)]
    xlsx(folder / "a.xlsx", analytics("Сравнение отметок с отметками по журналу", header, *data))
    assert problems(read(folder)) == [("cell.formula", "a.xlsx · Лист1 · B11")]


def test_a_check_points_at_the_cell_of_a_stacked_report(folder: Path) -> None:
    header = ("Группы участников", "Кол-во участников", "%")
    data = [("з-01",), ("Понизили", 2, 20), ("Подтвердили", 3, 50), ("Повысили", 9, None), ("Всего", 10, None)]
    xlsx(folder / "a.xlsx", analytics("Сравнение отметок с отметками по журналу", header, *data))
    assert problems(read(folder)) == [("check.derived", "a.xlsx · Лист1 · B11"), ("check.row", "a.xlsx · Лист1 · B13")]


def test_shares_of_marks_make_a_hundred(folder: Path) -> None:
    xlsx(folder / "Ф3.xlsx", _f3(("з-01", None, 20, 10, 40, 40, 10), ("з-02", None, 20, 10, 40, 40, 20)))
    finding = [finding for finding in read(folder).findings if finding.code != "row.total"]
    assert [(found.code, str(found.places[0])) for found in finding] == [("check.row", "Ф3.xlsx · Лист1 · C13")]


def test_figures_without_a_school_above_them_are_told(folder: Path) -> None:
    header = ("Группы участников", "Кол-во участников", "%")
    title = "Сравнение отметок с отметками по журналу"
    xlsx(folder / "a.xlsx", analytics(title, header, ("Понизили", 1, 20), *journal_rows("з-01", 1, 3, 1)))
    tables = read(folder)
    assert rows(tables, "vpr_journal", "org", "participants") == [("з-01", 5)]
    assert "org.unknown" in [finding.code for finding in tables.findings]


def test_regional_table_of_primary_scores(folder: Path) -> None:
    header = ("Год", "Класс", "Предмет", "Муниципалитет", "ОО", "Логин", "Кол-во участников", 0, 1, 2, 3)
    xlsx(
        folder / "баллы.xlsx",
        [
            header,
            (2026, 4, "Математика", "Заречный район", "МБОУ «Лесная СОШ»", "edu770102", 8, 0, 12.5, 25, 62.5),
            (2026, 4, "Математика", "Заречный район", "Заречная СОШ № 1", None, 4, 0, 0, "25,0", 75),
        ],
    )
    tables = read(folder)
    names = ("org", "year", "grade", "subject", "participants", "share.1", "share.2", "share.3")
    assert rows(tables, "vpr_scores", *names) == [
        ("з-02", 2026, 4, "Математика", 8, 12.5, 25, 62.5),
        ("з-01", 2026, 4, "Математика", 4, 0, 25, 75),
    ]
    assert problems(tables) == []
    assert "vpr" not in tables


def test_reports_do_not_mix_with_works_of_pupils(folder: Path) -> None:
    xlsx(folder / "Ф3.xlsx", _f3(("з-01", None, 1, 0, 0, 0, 100)))
    xlsx(folder / "Ф1.xlsx", f1(("з-01", None, None, 40001, 1, 2, 2, 1, 0, 3, 3, 4)))
    tables = read(folder)
    assert len(works(tables, "org")) == 1
    assert rows(tables, "vpr_marks", "mark_5") == [(1,)]


def test_sheet_of_classes_of_an_export(folder: Path) -> None:
    common = ("edu770102", 77, "reg770000 | Ленский край", "reg77_m001 | Заречный район")
    school = (*common, 'edu770102 | МБОУ "Лесная СОШ"', "22.04.2022 10:05")
    sheet = [CLASSES_2022, (*school, "5 а", "Математика. 5 класс"), (*school, "нет", None, "Автор", "Название")]
    xlsx(folder / "Математика 5 класс ВПР 2022.xlsx", {"Классы": sheet})
    tables = read(folder)
    names = ("org", "year", "grade", "subject", "written", "letter", "textbook", "other_title")
    assert rows(tables, "vpr_classes", *names) == [
        ("з-02", 2022, 5, "Математика", "5 а", "А", "Математика. 5 класс", None),
        ("з-02", 2022, 5, "Математика", "нет", None, None, "Название"),
    ]
    assert problems(tables) == []


def test_protocol_of_an_olympiad_with_a_header_of_two_levels(folder: Path) -> None:
    xlsx(
        folder / "протокол.xlsx",
        olympiad(
            (1, "у-7", "Ш-01", "МБОУ «Лесная СОШ»", 7, 10, 5, "X", 15, 75, 1, "победитель"),
            (2, "у-8", "Ш-02", "Заречная СОШ №1", 8, 3, 0, 1, 4, 20, 2, "Призер"),
        ),
    )
    tables = read(folder)
    names = ("org", "year", "grade", "pupil", "event", "stage", "subject", "status", "score", "task.1", "task.3")
    common = ("ВсОШ", "муниципальный", "Математика")
    assert [(*row[:3], *row[4:]) for row in rows(tables, "achievements", *names)] == [
        ("з-02", 2025, 7, *common, "победитель", 15, 10, None),
        ("з-01", 2025, 8, *common, "призёр", 4, 3, 1),
    ]
    assert len({row[3] for row in rows(tables, "achievements", *names)}) == 2
    assert problems(tables) == []


@pytest.mark.parametrize(
    ("title", "subject", "stage", "year"),
    [
        ("школьного этапа {} в 2024-2025 по истории", "История", "школьный", 2024),
        ("РЕГИОНАЛЬНОГО ЭТАПА {} В 2025/2026 УЧЕБНОМ ГОДУ ПО РУССКОМУ ЯЗЫКУ", "Русский язык", "региональный", 2025),
        ("муниципального этапа {} в 2025 - 2026 по робототехнике", "робототехнике", "муниципальный", 2025),
    ],
)
def test_the_title_of_a_protocol_tells_stage_year_and_subject(
    folder: Path, title: str, subject: str, stage: str, year: int
) -> None:
    row = (1, "у-7", "Ш-01", "з-01", 7, 10, 5, 1, 16, 80, 1, "участник")
    xlsx(folder / "a.xlsx", olympiad(row, title=f"Протокол {title.format('Всероссийской Олимпиады школьников')}"))
    assert rows(read(folder), "achievements", "subject", "stage", "year") == [(subject, stage, year)]


def test_signatures_under_a_protocol_are_neither_data_nor_told(folder: Path) -> None:
    row = (1, "у-7", "Ш-01", "з-01", 7, 10, 5, 1, 16, 80, 1, "участник")
    below = (2, "у-8", "Ш-02", "з-02", 8, 1, 1, 1, 3, 15, 2, "участник")
    xlsx(folder / "a.xlsx", olympiad(row, below_signatures=[below]))
    tables = read(folder)
    assert rows(tables, "achievements", "org") == [("з-01",), ("з-02",)]  # a row of data there is still data
    assert "Выдуманов" not in repr([list(tables.findings), tables["achievements"].records()])
    assert problems(tables) == []


def test_list_of_diplomas_of_a_site(folder: Path) -> None:
    title = "Дипломы Всероссийской олимпиады школьников 2025/2026"
    header = ("предмет", "уровень", "Ф.И.О.", "тип диплома", "наставник")
    lines = [("Химия", "региональный", "у-7", "диплом победителя", "н-1"), ("физике", "школьный", "у-8", "призёр", "")]
    xlsx(folder / "edu770101" / "сайт.xlsx", [[title], [], header, *lines])
    tables = read(folder)
    assert rows(tables, "achievements", "org", "year", "event", "stage", "subject", "status") == [
        ("з-01", 2025, "ВсОШ", "региональный", "Химия", "победитель"),
        ("з-01", 2025, "ВсОШ", "школьный", "Физика", "призёр"),
    ]
    assert problems(tables) == []


def test_every_row_of_a_report_is_taken_counted_as_a_total_or_told(folder: Path) -> None:
    schools = [
        ("з-01", None, 10, 10, 20, 30, 40),
        ("нет такой", None, 10, 10, 20, 30, 40),
        ("з-02", None, None, 10, 20, 30, 40),
        ("з-01", None, 10, 10, 20, 30, 40),
        ("з-02", None, 10, 10, 20, 30, "сорок"),
    ]
    xlsx(folder / "a.xlsx", _f3(*schools))
    tables = read(folder)
    left_out = ("row.total", "org.unknown", "row.rejected", "row.duplicate")
    told = sum(finding.total for finding in tables.findings if finding.code in left_out)
    taken = rows(tables, "vpr_marks", "org", "mark_5")
    assert taken == [("з-01", 4), ("з-02", None)]
    assert len(taken) + told == 3 + len(schools)
