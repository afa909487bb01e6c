"""Bad input: a code, a place and a hint for every problem; the good files are still read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from exports import (
    F1_HEADER,
    F1_ROW,
    FORM_2026_NAME,
    REGISTER,
    SPECS,
    TABLE,
    cells,
    encrypted_workbook,
    f1,
    form_2026,
    only,
    problems,
    read,
    register,
    table,
    works,
    xlsx,
)
from packages import SHEET, changed, with_cell

from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Findings, Place, Severity
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.readers.folder import read_bytes
from quality_cli.datasets.readers.sheets import UnreadableFileError


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(NothingToDoError, match="нет папки с данными"):
        read(tmp_path / "нет такой")


def test_an_empty_folder_and_one_without_a_register(tmp_path: Path) -> None:
    with pytest.raises(NothingToDoError, match="нет реестра организаций"):
        read(tmp_path)
    xlsx(tmp_path / "a.xlsx", table((1, 5)))
    with pytest.raises(NothingToDoError, match="«Код», «Вышестоящая», «Вид»"):
        read(tmp_path)


def test_what_was_not_read_is_told_when_there_is_no_register(tmp_path: Path) -> None:
    register(tmp_path, REGISTER.replace("Вышестоящая", "Вышестоящее").replace("Краткое наименование", "Кр. имя"))
    (tmp_path / "b.xlsx").write_bytes(b"")
    with pytest.raises(NothingToDoError) as raised:
        read(tmp_path)
    assert "Реестр организаций.xlsx" in str(raised.value)
    assert "«Краткое наименование»" in str(raised.value)
    assert "b.xlsx" in str(raised.value)


def test_a_register_without_rows(tmp_path: Path) -> None:
    register(tmp_path, REGISTER.strip().splitlines()[0])
    with pytest.raises(NothingToDoError, match="нет ни одной заполненной строки"):
        read(tmp_path)


def _truncated(path: Path) -> None:
    xlsx(path, table((1, 5)))
    path.write_bytes(path.read_bytes()[:2000])


STRAY = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITIES = b'<!DOCTYPE l [<!ENTITY a "ha">]><worksheet'


def _with(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(xlsx(path, table((1, 5))).read_bytes()))


def _spaced(book: bytes) -> bytes:
    return changed(book, SHEET, lambda xml: xml.replace(b"<sheetData", b" " * 50_000_000 + b"<sheetData"))


def _with_entities(book: bytes) -> bytes:
    return changed(book, SHEET, lambda xml: xml.replace(b"<worksheet", ENTITIES, 1))


DAMAGED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "truncated workbook": ("x.xlsx", _truncated, "file.damaged"),
    "HTML named .xls": ("x.xls", lambda path: path.write_text("<html><table><tr><td>1"), "file.format"),
    "text named .xlsx": ("x.xlsx", lambda path: path.write_text("Группы;Кол-во ОО"), "file.unknown"),
    "workbook under a password": ("x.xlsx", lambda path: path.write_bytes(encrypted_workbook()), "file.password"),
    "zero-byte workbook": ("x.xlsx", lambda path: path.write_bytes(b""), "file.empty"),
    "zero-byte CSV": ("x.csv", lambda path: path.write_bytes(b""), "file.empty"),
    "zero-byte Parquet": ("x.parquet", lambda path: path.write_bytes(b""), "file.empty"),
    "CSV with an open quote": ("x.csv", lambda path: path.write_text('a;b\n"' + "x" * 200_000), "file.damaged"),
    "stray cell": ("x.xlsx", lambda path: _with(path, lambda book: with_cell(book, STRAY)), "file.too_big"),
    "unpacked a thousand times": ("x.xlsx", lambda path: _with(path, _spaced), "file.too_big"),
    "entities": ("x.xlsx", lambda path: _with(path, _with_entities), "file.damaged"),
    "NUL in a text": ("x.csv", lambda path: path.write_bytes(b"a;b\n1;\0\n"), "file.damaged"),
    "too many columns": ("x.csv", lambda path: path.write_text("a;" * 100_000), "file.too_big"),
    "too many cells": ("x.csv", lambda path: path.write_text("a;" * 21_000_000), "file.too_big"),
    "UTF-8 with a spoilt byte": (
        "x.csv",
        lambda path: path.write_bytes("Организация;Год\nя;1".encode() + b"\xd0"),
        "file.encoding",
    ),
    "rows swallowed by a quote": ("x.csv", lambda path: path.write_text('a;b;c\n1;"2;3\n4;5";6\n'), "file.damaged"),
    "workbook without a filled cell": ("x.xlsx", lambda path: xlsx(path, [[None]]), "file.empty"),
    "another table": (
        "x.xlsx",
        lambda path: xlsx(path, [("Группы участников", "Кол-во ОО"), ("Вся", 3)]),
        "file.unknown",
    ),
}


@pytest.mark.parametrize(("name", "write", "code"), DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(
    folder: Path, name: str, write: Callable[[Path], object], code: str
) -> None:
    (folder / "глубже").mkdir()
    write(folder / "глубже" / name)
    xlsx(folder / "хорошая.xlsx", table((1, 5)))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert [str(place) for place in finding.places] == [f"глубже/{name}"]
    assert finding.hint
    assert works(tables, "mark") == [5]


def test_a_file_without_permission(shared_path: Path, without_root: Callable[[], AbstractContextManager[None]]) -> None:
    path = xlsx(shared_path / "a.xlsx", table((1, 5)))
    path.chmod(0)
    with without_root(), pytest.raises(UnreadableFileError) as raised:
        read_bytes(path, "a.xlsx")
    assert (raised.value.finding.code, raised.value.finding.places) == ("file.unreadable", (Place("a.xlsx"),))


def test_a_folder_named_like_a_workbook_is_a_folder(folder: Path) -> None:
    xlsx(folder / "2026.xlsx" / "a.xlsx", table((1, 5)))
    tables = read(folder)
    assert works(tables, "mark") == [5]
    assert problems(tables) == []


def test_files_that_are_no_tables_are_counted(folder: Path) -> None:
    for number in range(7):
        (folder / f"{number}.docx").write_bytes(b"")
    finding = only(read(folder))
    assert (finding.code, finding.severity, finding.total) == ("file.not_table", Severity.INFO, 7)


def test_a_blank_form(folder: Path) -> None:
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026((80001, None, None, None, None, None, 0)))
    finding = only(read(folder))
    assert (finding.code, str(finding.places[0])) == ("sheet.blank", f"edu770101/{FORM_2026_NAME} · Протокол")
    assert finding.hint.startswith("запросите заполненную форму; если сведений и правда нет")


def test_a_header_that_nearly_fits_is_named_with_the_nearest_one(folder: Path) -> None:
    header = [name.replace("Первичный балл", "Первчный бал") for name in F1_HEADER]
    xlsx(folder / "a.xlsx", {"РУ 4": f1(F1_ROW, header=header)})
    finding = only(read(folder))
    assert (finding.code, str(finding.places[0])) == ("header.missing", "a.xlsx · РУ 4 · строка 8")
    assert "«Первичный балл»; возможно, «первчный бал»?" in finding.message
    assert "Индивидуальные результаты" in finding.message
    assert finding.hint


def test_an_unknown_sheet_beside_a_known_one(folder: Path) -> None:
    xlsx(folder / "a.xlsx", {"РУ 4": f1(F1_ROW), "Сводная": [("что-то", "своё"), (1, 2)]})
    assert problems(read(folder)) == [("sheet.unknown", "a.xlsx · Сводная")]


@pytest.mark.parametrize(
    ("column", "cell", "hint"),
    [
        (5, "отлично", "ожидается целое число от 2 до 5"),
        (5, 7, "ожидается целое число от 2 до 5"),
        (5, 3.5, "ожидается целое число от 2 до 5"),
        (5, True, "ожидается целое число от 2 до 5"),
        (5, "1e400", "ожидается целое число от 2 до 5"),
        (5, "9" * 5000, "ожидается целое число от 2 до 5"),
    ],
)
def test_a_cell_that_is_not_understood_is_unknown_and_its_row_stays(
    folder: Path, column: int, cell: object, hint: str
) -> None:
    rows = [list(row) for row in table((1, 4), (2, 4))]
    rows[2][column] = cell
    xlsx(folder / "a.xlsx", rows)
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, str(finding.places[0]), finding.hint) == ("cell.value", "a.xlsx · Лист1 · F3", hint)
    assert len(finding.message) < 100
    assert works(tables, "mark") == [4, None]


def test_equal_problems_of_a_sheet_are_one_finding_with_an_exact_total(folder: Path) -> None:
    xlsx(folder / "a.xlsx", table(*((code, "пять") for code in range(1, 13))))
    finding = only(read(folder))
    assert finding.total == 12
    assert [place.cell for place in finding.places] == ["F2", "F3", "F4", "F5", "F6"]


def test_a_number_over_the_table_that_cannot_be_is_told(folder: Path) -> None:
    xlsx(folder / "a.xlsx", f1(F1_ROW, title="ВПР 2026 Русский язык 44 класс"))
    tables = read(folder)
    assert problems(tables) == [("cell.value", "a.xlsx · Лист1"), ("sheet.fact", "a.xlsx · Лист1")]
    assert "«44»" in next(iter(tables.findings)).message
    assert "vpr" not in tables


def test_a_form_whose_name_tells_nothing(folder: Path) -> None:
    xlsx(folder / "edu770101" / "форма.xlsx", form_2026((80001, 1, 5, 1, 1, 4, 6), (80002, 1, 5, 1, 1, 4, 6)))
    findings = list(read(folder).findings)
    assert [(finding.code, finding.total) for finding in findings] == [("sheet.fact", 2)] * 3
    assert [
        title for finding in findings for title in ("Год", "Класс", "Предмет") if f"«{title}»" in finding.message
    ] == [
        "Год",
        "Класс",
        "Предмет",
    ]


def test_a_row_without_a_required_value_is_left_out(folder: Path) -> None:
    xlsx(
        folder / "a.xlsx",
        table((1, 5), ("з-01", 2026, None, "Математика", 2, 4), ("з-01", 2026, 13, "Математика", 3, 4)),
    )
    tables = read(folder)
    assert works(tables, "code") == ["1"]
    assert [(finding.code, finding.total) for finding in tables.findings] == [("cell.value", 1), ("row.rejected", 2)]


def test_a_school_that_is_not_in_the_register(folder: Path) -> None:
    stranger = ("edu779999", 2026, 4, "Математика", 9, 5)
    xlsx(folder / "a.xlsx", table((1, 5), stranger, stranger))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, str(finding.places[0]), finding.total) == ("org.unknown", "a.xlsx · Лист1 · A3", 2)
    assert "«edu779999» нет в реестре" in finding.message
    assert "добавьте её логин" in finding.hint
    assert works(tables, "code") == ["1"]


def test_an_ambiguous_name_is_never_guessed(tmp_path: Path) -> None:
    register(tmp_path, REGISTER + "з-03 | район | школа | МКОУ «Лесная СОШ» | edu770103 |")
    xlsx(tmp_path / "a.xlsx", table(("Лесная СОШ", 2026, 4, "Математика", 1, 5)))
    tables = read(tmp_path)
    finding = only(tables)
    assert (finding.code, str(finding.places[0])) == ("org.ambiguous", "a.xlsx · Лист1 · A2")
    assert "МБОУ «Лесная СОШ»; МКОУ «Лесная СОШ»" in finding.message
    assert finding.hint == "укажите логин или полное название"
    assert "vpr" not in tables


def test_organisations_like_an_unknown_one_are_told(folder: Path) -> None:
    xlsx(folder / "a.xlsx", table(("Заречная школа № 1", 2026, 4, "Математика", 1, 5)))
    finding = only(read(folder))
    assert finding.code == "org.unknown"
    assert finding.hint.startswith("похожи: МБОУ «Заречная СОШ № 1»; ")


def test_a_required_column_that_is_there_but_not_understood(folder: Path) -> None:
    xlsx(folder / "a.xlsx", table(("з-01", "давно", 4, "Математика", 1, 5)))
    assert problems(read(folder)) == [("cell.value", "a.xlsx · Лист1 · B2"), ("row.rejected", "a.xlsx · Лист1 · B2")]


def test_thousands_of_different_problems_stay_a_short_list(folder: Path) -> None:
    """Totals stay exact; every bad cell keeps its place where all are asked for."""
    count = 3000
    lines = [f"з-01;2026;4;МА;{n};x{n}" for n in range(count)] + [f"шк {n};2026;4;МА;1;5" for n in range(count)]
    (folder / "a.csv").write_text("\n".join([";".join(TABLE), *lines]), encoding="utf-8")
    for sample in (5, None):
        findings = Findings(sample=sample)
        read_folder(folder, SPECS, findings=findings)
        assert len(findings) < 300
        for code in ("cell.value", "org.unknown"):
            assert sum(finding.total for finding in findings if finding.code == code) == count
            places = [place for finding in findings if finding.code == code for place in finding.places]
            assert len(set(places)) == len(places)
            assert (len(places) == count) is (sample is None)


def test_a_form_in_a_folder_that_names_no_organisation(folder: Path) -> None:
    xlsx(folder / "присланное" / FORM_2026_NAME, form_2026((80001, 1, 5, 1, 1, 4, 6)))
    finding = only(read(folder))
    assert (finding.code, str(finding.places[0])) == ("org.unknown", f"присланное/{FORM_2026_NAME} · Протокол")
    assert "положите файл в папку с логином организации" in finding.hint


def test_a_missing_scale_is_told_once_with_the_number_of_works(folder: Path) -> None:
    rows = ((80000 + n, 1, 5, 1, 1, 4, 6) for n in range(3))
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026(*rows))
    tables = read(folder)
    finding = only(tables)
    assert finding.code == "scale.missing"
    assert "2026, 8, Английский язык, базовый; работ без отметки: 3" in finding.message
    assert "Шкалы перевода.csv" in finding.hint
    assert works(tables, "mark", "primary") == [(None, 6)] * 3


def test_a_row_repeated_in_another_file_is_taken_once(folder: Path) -> None:
    xlsx(folder / "а.xlsx", table((1, 5), (2, 4)))
    xlsx(folder / "б.xlsx", table((2, 4), (3, None), (None, 2), (None, 2)))
    tables = read(folder)
    nameless, finding = tables.findings
    assert (nameless.code, nameless.total) == ("person.missing", 2)
    assert (finding.code, finding.severity) == ("row.duplicate", Severity.WARNING)
    assert str(finding.places[0]) == "б.xlsx · Лист1 · строка 2"
    assert "«а.xlsx»" in finding.message
    assert works(tables, "code", "mark") == [("1", 5), ("2", 4), ("3", None), (None, 2), (None, 2)]


def test_a_repeated_row_may_tell_its_free_text_differently(folder: Path) -> None:
    for file, variant in (("а.xlsx", "1"), ("б.xlsx", "вариант 1")):
        header, row = table((1, 5))
        xlsx(folder / file, [(*header, "Вариант"), (*row, variant)])
    assert problems(read(folder)) == [("row.duplicate", "б.xlsx · Лист1 · строка 2")]


def test_a_row_that_contradicts_another_is_an_error(folder: Path) -> None:
    xlsx(folder / "а.xlsx", table((1, 5)))
    xlsx(folder / "б.xlsx", table((1, 3)))
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.severity) == ("row.conflict", Severity.ERROR)
    assert str(finding.places[0]) == "б.xlsx · Лист1 · строка 2"
    assert "«а.xlsx»" in finding.message
    assert "Отметка" in finding.message
    assert works(tables, "mark") == [5]


def test_a_repeated_row_of_a_school_with_two_logins_found_by_name(folder: Path) -> None:
    row = ("Лесная СОШ", 2026, 4, "Математика", 1, 5)
    xlsx(folder / "а.xlsx", table(row, row))
    tables = read(folder)
    assert problems(tables) == [("row.duplicate", "а.xlsx · Лист1 · строка 3")]
    assert works(tables, "org", "login") == [("з-02", None)]


def test_the_same_code_under_another_login_of_the_school_is_another_child(folder: Path) -> None:
    rows = [(login, 2026, 4, "Математика", 1, 5) for login in ("edu770102", "edu770112")]
    xlsx(folder / "а.xlsx", table(*rows))
    tables = read(folder)
    assert works(tables, "org", "login") == [("з-02", "edu770102"), ("з-02", "edu770112")]
    assert problems(tables) == []


@pytest.mark.parametrize(
    ("row", "code", "message", "cell", "units"),
    [
        ("з-01 | район | школа | Другая школа |  | ", "register.duplicate", "«з-01»", "A6", 4),
        ("з-03 | раён | школа | Новая школа | | ", "register.parent", "«раён»", "B6", 4),
        ("з-03 | з-03 | школа | Новая школа | | ", "register.parent", "не ведут к муниципалитету", "B6", 4),
        ("з-03 | район | школа | Новая школа | sch770101 | ", "register.login", "«Заречная СОШ № 1»", "E6", 5),
        ("з-03 | район | школа | Новая школа | | ", None, "", "", 5),
    ],
)
def test_a_broken_register(tmp_path: Path, row: str, code: str | None, message: str, cell: str, units: int) -> None:
    register(tmp_path, REGISTER + row)
    xlsx(tmp_path / "a.xlsx", table((1, 5)))
    tables = read(tmp_path)
    assert len(tables.organisations) == units
    assert works(tables, "org") == ["з-01"]
    if code is None:
        assert problems(tables) == []
    else:
        finding = only(tables)
        assert (finding.code, message in finding.message) == (code, True)
        assert str(finding.places[0]) == f"Реестр организаций.xlsx · Лист1 · {cell}"
        assert finding.hint


DATED = """
    Код   | Вышестоящая | Вид           | Краткое наименование | Прежние названия | Открыта | Закрыта    | Правопреемник
    край  |             | регион        | Ленский край         |                  |         |            |
    район | край        | муниципалитет | Заречный район       |                  |         |            |
    з-01  | район       | школа         | Заречная СОШ         |                  |         |            |
    з-02  | район       | школа         | Лесная ООШ           |                  |         | 31.08.2024 | з-01
"""


@pytest.mark.parametrize(
    ("row", "code", "message", "cell"),
    [
        ("Новая | | | 31.08.2024 | з-09", "register.successor", "«з-09» у «Новая» нет в реестре", "H6"),
        ("Новая | | | 31.08.2024 | з-03", "register.successor", "правопреемники «Новая» ведут к ней же самой", "H6"),
        ("Новая | | | 31.08.2024 | район", "register.successor", "«Заречный район» — муниципалитет", "H6"),
        ("Новая | | | | з-01", "register.successor", "даты закрытия нет", "H6"),
        ("Новая | СОШ Заречная | | |", "register.name", "и у «Новая», и у «Заречная СОШ»", "E6"),
        ("Новая | Прежняя; МБОУ «Лесная ООШ» | | |", "register.name", "«Лесная ООШ»", "E6"),
        ("Новая | | 01.09.2024 | 31.08.2024 |", "check.row", "закрыта раньше, чем открыта", "F6"),
        ("Новая | | в 2024 году | |", "cell.value", "столбец «Открыта»: не понять", "F6"),
        ("Новая | Прежняя | 01.09.2024 | 31.08.2025 | з-01", None, "", ""),
    ],
)
def test_what_is_wrong_with_the_dates_of_an_organisation(
    tmp_path: Path, row: str, code: str | None, message: str, cell: str
) -> None:
    register(tmp_path, f"{DATED}з-03 | район | школа | {row}")
    tables = read(tmp_path)
    found = [(finding.code, finding.places[0].spot) for finding in tables.findings]
    assert found == ([] if code is None else [(code, cell)])
    for finding in tables.findings:
        assert message in finding.message
        assert finding.hint


def test_a_circle_of_successors_is_told_for_each_and_followed_by_nobody(tmp_path: Path) -> None:
    circle = DATED.replace(
        "Заречная СОШ         |                  |         |            |", "Заречная СОШ | | | 01.09.2024 | з-02"
    )
    register(tmp_path, circle)
    tables = read(tmp_path)
    assert [finding.code for finding in tables.findings] == ["register.successor"] * 2
    assert {unit.successor for unit in tables.organisations} == {""}


def test_a_circle_of_organisations_is_told_for_each(tmp_path: Path) -> None:
    register(tmp_path, REGISTER + "з-03 | з-04 | школа | Третья\nз-04 | з-03 | школа | Четвёртая\n")
    tables = read(tmp_path)
    assert [finding.code for finding in tables.findings] == ["register.parent"] * 2
    assert len(tables.organisations) == 4


def test_every_row_is_either_taken_or_told(folder: Path) -> None:
    good = [(code, 4) for code in range(1, 11)]
    bad = [
        ("нигде", 2026, 4, "Математика", 20, 5),
        ("нигде", 2026, 4, "Математика", 21, 5),
        ("где-то", 2026, 4, "Математика", 22, 5),
        (None, 2026, 4, "Математика", 23, 5),
        ("з-01", None, 4, "Математика", 24, 5),
        ("з-01", 2026, 44, "Математика", 25, 5),
        ("з-01", 2026, 4, "Мотематика", 26, 5),
        ("з-01", 2026, 4, None, 27, 5),
        (3, 4),  # repeats a good row
        (4, 5),  # contradicts a good row
    ]
    mixed = [row for pair in zip(good, bad, strict=True) for row in pair]
    xlsx(folder / "a.xlsx", [*table(*mixed)[:8], [], *table(*mixed)[8:]])
    tables = read(folder)
    left_out = ("org.unknown", "row.rejected", "sheet.fact", "row.duplicate", "row.conflict")
    told = sum(finding.total for finding in tables.findings if finding.code in left_out)
    assert len(works(tables, "code")) + told == len(mixed)
    assert sorted(map(int, works(tables, "code"))) == list(range(1, 11))


def test_letters_in_the_register_do_not_stop_the_reading(tmp_path: Path) -> None:
    rows = cells(REGISTER)
    rows = [[*row, "Классы с" if number == 0 else "с 1-го"] for number, row in enumerate(rows)]
    xlsx(tmp_path / "Реестр.xlsx", rows)
    tables = read(tmp_path)
    assert len(tables.organisations) == 4
    assert only(tables).total == 4


def test_a_name_shifted_into_a_number_is_not_repeated(folder: Path) -> None:
    """Privacy: the place is told, the cell's text is not."""
    xlsx(folder / "сдвиг.xlsx", table((1, "Выдуманова Анна")))
    finding = only(read(folder))
    assert finding.code == "cell.value"
    assert finding.message == "столбец «Отметка»: не понять «…»"


@pytest.mark.parametrize(
    ("subject", "severity"), [("Английский язык", Severity.INFO), ("Немецкий язык", Severity.ERROR)]
)
def test_a_blank_form_of_a_report_that_has_come_is_no_error(folder: Path, subject: str, severity: Severity) -> None:
    blank = FORM_2026_NAME.replace("Английский язык", subject)
    xlsx(folder / "edu770101" / "заполнено" / FORM_2026_NAME, form_2026((80001, 1, 5, 1, 2, 4, 6)))
    xlsx(folder / "edu770101" / "бланки" / blank, form_2026())
    told = [(finding.code, finding.severity) for finding in read(folder).findings if finding.code == "sheet.blank"]
    assert told == [("sheet.blank", severity)]


def test_a_blank_form_of_another_school_stays_an_error(folder: Path) -> None:
    xlsx(folder / "edu770101" / FORM_2026_NAME, form_2026((80001, 1, 5, 1, 2, 4, 6)))
    xlsx(folder / "edu770102" / FORM_2026_NAME, form_2026())
    told = [finding for finding in read(folder).findings if finding.code == "sheet.blank"]
    assert [(finding.severity, finding.places[0].file) for finding in told] == [
        (Severity.ERROR, f"edu770102/{FORM_2026_NAME}")
    ]


def test_a_blank_table_of_nobody_knows_whom_is_a_doubt_where_others_have_come(folder: Path) -> None:
    xlsx(folder / "a.xlsx", table((1, 5)))
    xlsx(folder / "b.xlsx", table())
    assert [(finding.code, finding.severity) for finding in read(folder).findings] == [
        ("sheet.blank", Severity.WARNING)
    ]


def test_a_file_that_nobody_knows_is_told_with_what_it_resembles(folder: Path) -> None:
    xlsx(folder / "a.xlsx", [("Организация", "Класс", "Код обучающегося", "Охвачен адаптацией"), ("з-01", 5, "п-1", 1)])
    finding = only(read(folder))
    assert finding.code in ("file.unknown", "header.missing")
    assert "Обучающиеся с неродным русским языком" in str(finding)
    assert "«Учебный год»" in str(finding)


def test_a_file_like_nothing_resembles_nothing(folder: Path) -> None:
    xlsx(folder / "a.xlsx", [("Блюдо", "Выход, г", "Цена"), ("Каша", 200, 30)])
    finding = only(read(folder))
    assert (finding.code, "похоже" in finding.hint) == ("file.unknown", False)


@pytest.mark.parametrize("name", ["Зарчная СОШ № 1", "edu770191", "МБОУ «Зареченская СОШ № 1»", "Заречная школа № 1"])
def test_an_unknown_organisation_is_told_with_the_nearest_one(folder: Path, name: str) -> None:
    xlsx(folder / "a.xlsx", table((name, 2026, 4, "Математика", 1, 5)))
    finding = only(read(folder))
    assert finding.code == "org.unknown"
    assert "МБОУ «Заречная СОШ № 1»" in finding.hint
