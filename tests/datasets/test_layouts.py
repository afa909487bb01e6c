"""Every known layout of ВПР results is read by its headers, whatever the file is called."""

import datetime
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports import (
    EXPORT_2020,
    EXPORT_2021,
    EXPORT_2022,
    F1_HEADER,
    F1_ROW,
    FORM_2025,
    FORM_2025_NAME,
    FORM_2026,
    FORM_2026_NAME,
    SPECS,
    TABLE,
    f1,
    form_2026,
    problems,
    read,
    table,
    works,
    xlsx,
)

from quality_cli.core.findings import Severity
from quality_cli.core.organisations import Level
from quality_cli.datasets.read import read_folder


def test_f1_report_is_read_whatever_its_name(folder: Path) -> None:
    xlsx(folder / "2849657.xlsx", {"РУ 4 Индивидуальные результаты": f1(F1_ROW)})
    tables = read(folder)
    (work,) = tables["vpr"].records()
    expected = {
        "org": "з-01",
        "login": "edu770101",
        "year": 2026,
        "grade": 4,
        "subject": "Русский язык",
        "class": "1",
        "variant": "2",
        "primary": 3,
        "top": 6,
        "mark": 2,
        "journal_mark": 4,
        "task.1": 2,
        "task.2.1": 1,
        "task.3К1": 0,
        "task.max": 6,
        "level": "базовый",
        "sex": None,
        "present": 1,
        "objective": 1,
        "period": 2025,
        "_file": "2849657.xlsx",
        "_row": 10,
    }
    assert {name: work[name] for name in expected} == expected
    assert problems(tables) == []


def test_a_row_of_results_is_no_banner_whatever_it_says(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1([*F1_ROW[:4], "Кол-во участников: 1", *F1_ROW[5:]]))
    assert works(read(folder), "class") == ["Кол-во участников: 1"]


def test_sheets_of_one_f1_workbook_are_different_works(folder: Path) -> None:
    other = f1(F1_ROW, title="ВПР 2026 Математика 4 класс")
    xlsx(folder / "Ф1.xlsx", {"РУ 4": f1(F1_ROW), "МА 4": [*other[:3], [], *other[4:]]})
    assert works(read(folder), "subject", "grade") == [("Русский язык", 4), ("Математика", 4)]


def test_a_title_over_the_header_and_columns_without_one_take_no_row_of_data(folder: Path) -> None:
    """Both look like a group over several columns."""
    rows = [(*TABLE, None, None), ("з-01", 2026, 4, "Химия", 1, 5, "a", "b"), ("з-01", 2026, 4, "Химия", 2, 4, 1, 2)]
    xlsx(folder / "a.xlsx", [["Результаты года"], *rows])
    assert works(read(folder), "code", "mark") == [("1", 5), ("2", 4)]


def test_columns_may_be_reordered_and_more_columns_may_stand_between(folder: Path) -> None:
    order = list(reversed(range(len(F1_HEADER))))
    header, row = [F1_HEADER[i] for i in order], [F1_ROW[i] for i in order]
    xlsx(folder / "a.xlsx", f1([row[0], "?", *row[1:]], header=[header[0], "Новый столбец", *header[1:]]))
    assert works(read(folder), "org", "mark", "journal_mark", "primary", "task.1") == [("з-01", 2, 4, 3, 2)]


@pytest.mark.parametrize(
    "spoil", [str.upper, lambda header: f"  {header}: ", lambda header: header.replace(" ", "\xa0")]
)
def test_headers_are_compared_without_case_spaces_and_edge_punctuation(folder: Path, spoil) -> None:
    xlsx(folder / "a.xlsx", f1(F1_ROW, header=[spoil(header) for header in F1_HEADER]))
    assert works(read(folder), "mark") == [2]


def test_form_of_2026_takes_the_school_from_the_folder_and_the_rest_from_the_file_name(folder: Path) -> None:
    xlsx(
        folder / "edu770102" / FORM_2026_NAME,
        form_2026((80001, 1, 5, "X", 2, 4, 5), (80002, "отсутствовал", None, None, None, None, 0)),
    )
    tables = read(folder)
    names = ("org", "login", "year", "grade", "subject", "class", "primary", "journal_mark", "present", "task.4К2")
    assert works(tables, *names) == [
        ("з-02", "edu770102", 2026, 8, "Английский язык", "2", 5, 4, 1, 0),
        ("з-02", "edu770102", 2026, 8, "Английский язык", None, None, None, 0, None),
    ]
    assert works(tables, "task.max") == [7, 7]


@pytest.mark.parametrize(
    "place",
    ["edu770101/8 классы/{}", "МБОУ «Заречная СОШ № 1»/{}", "присланное/edu770101 {}", "sch770101/{}", "з-01/{}"],
)
def test_the_school_of_a_form_may_be_told_in_several_ways(folder: Path, place: str) -> None:
    xlsx(folder / place.format(FORM_2026_NAME), form_2026((80001, 1, 5, 1, 2, 4, 6)))
    assert works(read(folder), "org") == ["з-01"]


def test_a_file_name_with_decomposed_letters_is_understood(folder: Path) -> None:
    name = unicodedata.normalize("NFD", FORM_2026_NAME)
    assert name != FORM_2026_NAME
    xlsx(folder / "edu770101" / name, form_2026((80001, 1, 5, 1, 2, 4, 6)))
    assert works(read(folder), "subject") == ["Английский язык"]


def test_a_subject_is_not_found_inside_another_word(folder: Path) -> None:
    xlsx(folder / "edu770101" / "Программа 4 класс ВПР 2026.xlsx", form_2026((80001, 1, 5, 1, 2, 4, 6)))
    assert [code for code, _ in problems(read(folder))] == ["sheet.fact"] * 3


def test_form_up_to_2025(folder: Path) -> None:
    sheets = {
        "Классы": [("№", "Буква (цифра) класса"), (1, "А")],
        "Протокол": [FORM_2025, (60001, 1, 1, 2, "2", "6 а", " Ж", 5, 3), (60002, 2, "x", 1, 1, "НЕТ", "м", 3, 1)],
    }
    xlsx(folder / "edu770101" / FORM_2025_NAME, sheets)
    tables = read(folder)
    names = ("org", "year", "grade", "subject", "letter", "sex", "variant", "task.1", "task.11.3k1", "primary")
    assert works(tables, *names) == [
        ("з-01", 2025, 6, "География", "А", "ж", "1", 1, 2, 3),
        ("з-01", 2025, 6, "География", None, "м", "2", 0, 1, 1),
    ]


def test_export_of_2022_with_composite_cells(folder: Path) -> None:
    common = ("edu770102", 77, "reg770000 | Ленский край", "reg77_m001 | Заречный район")
    row = (*common, 'edu770102 | МБОУ "Лесная СОШ"', "22.04.2022 10:05", 50001, 1, 1, "2", "5А", "М", "4\xa0", 3)
    sheets = {"Протокол": [EXPORT_2022, row], "Классы": [(*EXPORT_2022[:6], "Основной учебник по предмету")]}
    xlsx(folder / "Математика 5 класс ВПР 2022.xlsx", sheets)
    tables = read(folder)
    names = ("org", "login", "grade", "subject", "letter", "sex", "journal_mark", "task.2", "task.max", "mark")
    assert works(tables, *names) == [("з-02", "edu770102", 5, "Математика", "А", "м", 4, 2, 3, 2)]
    assert problems(tables) == []


def test_export_of_2021_with_old_logins(folder: Path) -> None:
    rows = [
        ("sch770101", "Заречный район", 1, 60001, 4, "м", "а(1)", 1, 12, 12, "Х", "Учебник", None, "", ""),
        ("sch770101", "Заречный район", 2, 60002, None, None, None, "отсутсвовал", 0, None, None, None, None, "", ""),
    ]
    xlsx(folder / "Математика 6 класс ВПР 2021.xlsx", {"Sheet": [EXPORT_2021, *rows]})
    tables = read(folder)
    names = ("org", "login", "grade", "letter", "primary", "task.1", "task.2", "present", "mark")
    assert works(tables, *names) == [
        ("з-01", "edu770101", 6, "А", 12, 12, 0, 1, 4),  # 10 is the lowest «4» of the scale of 2021
        ("з-01", "edu770101", 6, None, None, None, None, 0, None),
    ]
    assert "task.max" not in tables["vpr"].frame
    assert problems(tables) == []


def test_export_of_2020(folder: Path) -> None:
    rows = [
        ("Заречный район", "sch770101", 1, 50001, 4, "ж", "5А", 1, 2, 3, 1, "X", "Учебник", "2", None),
        ("Заречный район", "sch770102", 2, 50001, "*", "М", "нет", "2", None, None, "Х", "не пройд.", None, 2, None),
        ("Заречный район", "sch770102", 3, 50002, None, None, None, "не присутствовал", None, 0, *[None] * 5),
    ]
    xlsx(folder / "История 5 класс ВПР 2020.xlsx", {"Sheet1": [EXPORT_2020, *rows]})
    tables = read(folder)
    names = ("org", "login", "year", "grade", "subject", "code", "journal_mark", "sex", "letter", "variant", "primary")
    assert works(tables, *names, "task.1", "task.2", "task.3", "task.35", "present") == [
        ("з-01", "edu770101", 2020, 5, "История", "50001", 4, "ж", "А", "1", 3, 1, 0, 2, None, 1),
        ("з-02", "edu770102", 2020, 5, "История", "50001", None, "м", None, "2", 2, 0, None, 2, None, 1),
        ("з-02", "edu770102", 2020, 5, "История", "50002", None, None, None, "отсутствовал", None, *[None] * 4, 0),
    ]
    assert [code for code, _ in problems(tables)] == ["scale.missing"]


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        *(dict.fromkeys(["а", "А", "4А", "4 а", "4-а", "4 «А»", "а(1)", "a", "A", "4А класс", " А "], "А").items()),
        *(dict.fromkeys(["б(1)", "4Б", "б"], "Б").items()),
        *(dict.fromkeys(["B", "4в"], "В").items()),
        *(dict.fromkeys(["НЕТ", "нет", 4, "4", "а,б", "1", "-", "", "кадетский", "без буквы"], None).items()),
    ],
)
def test_spellings_of_a_class_letter_are_one_letter_or_none(folder: Path, typed: object, letter: str | None) -> None:
    xlsx(folder / "a.xlsx", [(*TABLE, "Буква класса"), ("з-01", 2026, 4, "Математика", 1, 5, typed)])
    tables = read(folder)
    assert works(tables, "letter") == [letter]
    assert problems(tables) == []


def test_sex_shifted_into_the_mark_is_told_and_the_work_is_kept(folder: Path) -> None:
    row = ("sch770101", "Заречный район", 1, 60001, "ж", "а", None, 1, 12, 1, 2, None, None)
    xlsx(folder / "Математика 6 класс ВПР 2021.xlsx", {"Sheet": [EXPORT_2021, row]})
    tables = read(folder)
    assert works(tables, "journal_mark", "sex", "primary") == [(None, None, 12)]
    places = [place.split(" · ")[-1] for code, place in problems(tables) if code == "cell.value"]
    assert sorted(places) == ["E2", "F2"]


@pytest.mark.parametrize("blank", [300, 1500])
def test_blank_rows_of_a_form_with_their_totals_are_no_works(folder: Path, blank: int) -> None:
    sheets = form_2026((80001, 1, "3", "Х", 2, "4\xa0", 3))
    sheets["Протокол"] = [*sheets["Протокол"], *[(None, None, None, None, None, None, 0)] * blank]
    xlsx(folder / "edu770101" / FORM_2026_NAME, sheets)
    tables = read(folder)
    assert works(tables, "code", "journal_mark", "primary", "task.1") == [("80001", 4, 3, 3)]


@pytest.mark.parametrize(
    ("header", "place", "work"),
    [
        (EXPORT_2020, "{}", ("", "{login}", 1, "{code}", 4, "ж", "5А", "{variant}", 2, 3, 1, 2, "Учебник", 0, None)),
        (EXPORT_2021, "{}", ("{login}", "", 1, "{code}", 4, "м", "а", "{variant}", 3, 1, 2, "Учебник", None)),
        (
            EXPORT_2022,
            "{}",
            ("{login}", 77, "", "", "{login} | Школа", "", "{code}", "{variant}", 1, 2, "5А", "ж", "*", 3),
        ),
        (FORM_2025, "{login}/{}", ("{code}", "{variant}", 1, 2, "2", "6 а", " Ж", "н/а", 3)),
        (FORM_2026, "{login}/{}", ("{code}", "{variant}", 5, "X", 2, "4\xa0", 5)),
    ],
    ids=["2020", "2021", "2022", "2025", "2026"],
)
def test_every_row_of_every_generation_is_taken_or_told(
    folder: Path, header: tuple[str, ...], place: str, work: tuple[object, ...]
) -> None:
    def row(login: str, code: int, variant: object = 1) -> list[object]:
        words = {"login": login, "code": code, "variant": variant}
        return [cell.format(**words) if isinstance(cell, str) else cell for cell in work]

    logins = ("edu770101", "edu770102", "edu779999")
    by_login = {login: [row(login, 1), row(login, 2, "отсутсвовал"), row(login, 3), row(login, 3)] for login in logins}
    name = "Математика 6 класс ВПР 2025.xlsx"
    if "{login}" in place:
        for login, rows in by_login.items():
            xlsx(folder / place.format(name, login=login), {"Протокол": [header, *rows]})
    else:
        xlsx(folder / name, {"Протокол": [header, *(row for rows in by_login.values() for row in rows)]})
    tables = read(folder)
    told = {code: sum(f.total for f in tables.findings if f.code == code) for code in ("org.unknown", "row.duplicate")}
    assert told == {"org.unknown": 4, "row.duplicate": 2}
    assert works(tables, "org", "code", "present") == [
        (org, code, present) for org in ("з-01", "з-02") for code, present in (("1", 1), ("2", 0), ("3", 1))
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_own_csv_table(folder: Path, encoding: str, delimiter: str) -> None:
    rows = [("Организация", "Год", "Класс", "Предмет", "Первичный балл", "Отметка"), ("з-01", 2026, 4, "МА", "7,5", 3)]
    text = "\r\n".join(delimiter.join(map(str, row)) for row in rows)
    (folder / "история.csv").write_bytes(text.encode(encoding))
    assert works(read(folder), "org", "subject", "primary", "mark") == [("з-01", "Математика", 7.5, 3)]


def test_a_csv_with_line_ends_of_old_macs_and_breaks_inside_cells(folder: Path) -> None:
    text = 'Организация;Год;Класс;Предмет;"Код\rучастника"\rз-01;2026;4;Математика;1\r'
    (folder / "a.csv").write_bytes(text.encode())
    tables = read(folder)
    assert works(tables, "org", "code") == [("з-01", "1")]
    assert problems(tables) == []


def test_own_parquet_table(folder: Path) -> None:
    columns = {
        "Организация": ["з-01"],
        "Год": [2026],
        "Класс": [4.0],
        "Предмет": ["Математика"],
        "Отметка": [float("nan")],
    }
    pq.write_table(pa.table({**columns, "Буква класса": [float("nan")], "Пол": [["м"]]}), folder / "x.parquet")
    tables = read(folder)
    assert works(tables, "org", "grade", "mark", "class") == [("з-01", 4, None, None)]
    assert problems(tables) == [("cell.value", "x.parquet · G2"), ("person.missing", "x.parquet")]


def test_dirty_values_of_real_files(folder: Path) -> None:
    header = (*TABLE, "Отметка по журналу", "Пол", "Вариант", "Первичный балл")
    start = ("з-01", 2026.0, "4", " математика ")
    rows = [
        (*start, 1, "4\xa0", "н/а", "' ж'", "1", "12,5"),
        (*start, 2, "нет отметки", "*", "М", "отсутсвовал", "Х"),
        (*start, 3, "5", "зачёт", " ж", "не присутствовал", None),
        (*start, 4.0, 3.0, "нет отметки", "Ж", 2, " 7 "),
        (*start, "'5", "'4", 5, "м", 1, "1 0"),
    ]
    xlsx(folder / "a.xlsx", [header, *rows])
    tables = read(folder)
    assert works(tables, "code", "mark", "journal_mark", "sex", "variant", "primary", "present") == [
        ("1", 4, None, "ж", "1", 12.5, 1),
        ("2", None, None, "м", "отсутствовал", None, 0),
        ("3", 5, None, "ж", "отсутствовал", None, 0),
        ("4", 3, None, "ж", "2", 7, 1),
        ("'5", 4, 5, "м", "1", 10, 1),
    ]
    assert problems(tables) == [("check.row", "a.xlsx · Лист1 · F4")]  # absent, and yet has a mark


@pytest.mark.parametrize(
    "year",
    [
        *(2026, "2026", "2026 г.", "2026 год", "2025/2026", "2025-2026 уч. год", "2025/26 учебный год"),
        *("20.04.2026", "2026-04-20", "1.4.2026 10:05", datetime.date(2026, 4, 20), datetime.datetime(2026, 4, 20, 9)),
    ],
)
def test_a_year_may_be_told_by_a_date_or_a_school_year(folder: Path, year: object) -> None:
    xlsx(folder / "a.xlsx", table(("з-01", year, 4, "Химия", 1, 5)))
    assert works(read(folder), "year", "period") == [(2026, 2025)]


@pytest.mark.parametrize(
    ("told", "start"),
    [
        *dict.fromkeys(("2025/2026", "2025–26", "2025-2026 уч. г.", "2025/2026 учебный год"), 2025).items(),
        *dict.fromkeys(("01.09.2025", "2026-08-31", datetime.date(2026, 1, 15)), 2025).items(),
        *dict.fromkeys(("2025", "2025/2027", "31.02.2026", "весна"), None).items(),
    ],
)
def test_a_school_year_may_be_told_by_a_date(folder: Path, told: object, start: int | None) -> None:
    header = ("Организация", "Учебный год", "Класс", "Категория", "Численность")
    xlsx(folder / "a.xlsx", [header, ("з-01", told, 5, "все", 20)])
    tables = read(folder)
    found = [row["year"] for row in tables["contingent"].records()] if "contingent" in tables else []
    assert found == ([] if start is None else [start])


@pytest.mark.parametrize("yes", [True, "ИСТИНА", "да", "+", 1])
def test_a_flag_as_excel_shows_it(folder: Path, yes: object) -> None:
    xlsx(
        folder / "a.xlsx",
        [(*TABLE, "Объективность"), ("з-01", 2026, 4, "МА", 1, 5, yes), ("з-01", 2026, 4, "МА", 2, 5, "ложь")],
    )
    assert works(read(folder), "objective") == [1, 0]


@pytest.mark.parametrize(
    ("skipped", "points"),
    [*dict.fromkeys(["X", "x", "Х", "х"], 0).items(), ("не пройд.", None), ("н/п", None), (None, None)],
)
def test_who_did_not_attempt_a_task_has_no_points_for_it_and_of_one_not_taught_nothing_is_known(
    folder: Path, skipped: str | None, points: int | None
) -> None:
    row = list(F1_ROW)
    row[7], row[9] = skipped, None
    xlsx(folder / "a.xlsx", f1(row))
    tables = read(folder)
    assert works(tables, "task.2.1", "primary") == [(points, 2)]
    assert problems(tables) == []


def test_a_mark_given_is_kept_and_a_missing_one_comes_from_the_scale(folder: Path) -> None:
    marks = [(9, None), (10, None), (15, None), (16, None), (21, None), (24, 3), (None, None)]
    rows = [
        (*F1_ROW[:3], 40000 + n, 1, 1, None, None, None, primary, mark, 4) for n, (primary, mark) in enumerate(marks)
    ]
    xlsx(folder / "a.xlsx", f1(*rows))
    assert works(read(folder), "mark") == [2, 3, 3, 4, 5, 3, None]


def test_a_scale_of_the_data_folder_adds_to_the_catalogue(folder: Path) -> None:
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026((80001, 1, 5, 1, 1, 4, 6)))
    header, row = "Год;Класс;Предмет;«3» от;«4» от;«5» от", "2026;8;английский язык;3;5;7"
    (folder / "Шкалы перевода.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    tables = read(folder)
    assert works(tables, "mark") == [4]
    assert problems(tables) == []


def test_a_listed_school_is_not_objective_where_it_is_listed(folder: Path) -> None:
    rows = [
        ("з-01", 2026, 4, "Математика", 1, 5),
        ("з-01", 2026, 5, "Математика", 1, 5),
        ("з-01", 2025, 4, "Математика", 1, 5),
        ("з-02", 2026, 4, "История", 1, 5),
    ]
    xlsx(folder / "a.xlsx", table(*rows))
    listed = [
        ("Наименование ОО", "Год", "Класс", "Предмет", "Признак"),
        ("Заречная СОШ №1", 2026, 4, "математика", "резкое изменение"),
        ("edu770112", 2026, None, None, "несоответствие отметкам"),
    ]
    xlsx(folder / "Перечень.xlsx", listed)
    assert works(read(folder), "org", "year", "grade", "objective") == [
        ("з-01", 2026, 4, 0),
        ("з-01", 2026, 5, 1),
        ("з-01", 2025, 4, 1),
        ("з-02", 2026, 4, 0),
    ]


def test_a_list_without_rows_says_nothing(folder: Path) -> None:
    """That there is nobody to list is a statement of its own."""
    xlsx(folder / "a.xlsx", table((1, 5)))
    xlsx(folder / "Перечень.xlsx", [("Логин", "Год", "Класс", "Предмет", "Признак")])
    tables = read(folder)
    assert [finding.code for finding in tables.findings if finding.severity is Severity.ERROR] == ["sheet.blank"]
    assert works(tables, "objective") == [1]


def test_names_of_people_reach_no_table(folder: Path) -> None:
    name = "Вымышленный Пётр"
    xlsx(folder / "a.xlsx", f1([*F1_ROW, name], header=[*F1_HEADER, "ФИО"]))
    xlsx(folder / "b.xlsx", [(*TABLE, "ФИО обучающегося"), ("з-01", 2026, 5, "Химия", 1, 5, name)])
    tables = read(folder)
    assert len(works(tables, "org")) == 2
    assert name not in repr([tables[dataset].records() for dataset in tables.by_dataset])


def test_files_are_described_and_read_in_a_stable_order(folder: Path) -> None:
    for file in ("б.xlsx", "а/я.xlsx"):
        xlsx(folder / file, table((file, 5)))
    (folder / "~$б.xlsx").write_bytes(b"lock")
    (folder / ".скрыто").mkdir()
    xlsx(folder / ".скрыто" / "в.xlsx", table(("x", 2)))
    tables = read(folder)
    own = [file for file in tables.files if not file.name.startswith("каталог/")]
    assert [(file.name, file.rows, file.layouts) for file in own] == [
        ("Реестр организаций.xlsx", 4, ("organisations.table",)),
        ("а/я.xlsx", 1, ("vpr.table",)),
        ("б.xlsx", 1, ("vpr.table",)),
    ]
    assert all(len(file.sha256) == 64 and file.size > 0 for file in own)
    assert works(tables, "code") == ["а/я.xlsx", "б.xlsx"]


def test_progress_is_told_for_every_file(folder: Path) -> None:
    told: list[tuple[str, str, int, int]] = []
    read_folder(folder, SPECS, lambda *step: told.append(step))
    assert told == [("Чтение", "Реестр организаций.xlsx", 0, 1), ("Чтение", "", 1, 1)]


def test_a_scale_of_the_data_folder_corrects_the_shipped_one(folder: Path) -> None:
    """РУ4 2026 travels with the catalogue (10/16/21); the analyst's own table is right without a word."""
    header = "Год;Класс;Предмет;Уровень;«3» от;«4» от;«5» от"
    (folder / "шкала.csv").write_text(f"{header}\n2026;4;Русский язык;базовый;1;2;3\n", encoding="utf-8")
    row = "Код;Год;Класс;Предмет;Организация;Первичный балл"
    register_code = read(folder).organisations.at(Level.ORGANISATION)[0].id
    (folder / "работа.csv").write_text(f"{row}\n40001;2026;4;Русский язык;{register_code};9\n", encoding="utf-8")
    tables = read(folder)
    assert works(tables, "mark") == [5]
    assert list(tables.findings) == []
