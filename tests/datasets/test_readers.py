"""Files as they come: every format and encoding, whatever the name says; what a workbook hides is told."""

import os
import re
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest
from exports import FORM_2026_NAME, TABLE, form_2026, only, problems, read, table, works, xlsx
from packages import BOOK, SHEET, changed, csv_bytes, ods_bytes, own_table, packed, parts, with_cell, xlsx_bytes

from quality_cli.core.findings import Severity

MARKS = [3, 4, 5, 2, 3]
OLD_EXCEL = Path(__file__).parent / "files" / "table.xls"
"""Our own table as LibreOffice saves it: marks 5, 4, 3, none, 2."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251", "cp866"])
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt", "xlsx"])
def test_a_text_table_of_any_encoding_delimiter_and_name(
    folder: Path, encoding: str, delimiter: str, suffix: str
) -> None:
    content = csv_bytes(own_table(), encoding, delimiter)
    (folder / f"a.{suffix}").write_bytes(b"\xfe\xff" + content if encoding == "utf-16-be" else content)
    tables = read(folder)
    assert works(tables, "mark") == MARKS
    assert problems(tables) == []


@pytest.mark.parametrize(
    "header", ["Организация;Год;Класс;Предмет;Первичный балл", "ОРГАНИЗАЦИЯ;ГОД;КЛАСС;ПРЕДМЕТ;ПЕРВИЧНЫЙ БАЛЛ"]
)
@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
def test_decimal_commas_do_not_outvote_the_delimiter(folder: Path, header: str, encoding: str) -> None:
    text = f"Результаты\n{header}\n" + "з-01;2026;4;МА;7,5\n" * 3
    (folder / "a.csv").write_bytes(text.encode(encoding))
    assert works(read(folder), "primary") == [7.5] * 3


def test_a_comma_inside_a_number_shifts_no_value_in_silence(folder: Path) -> None:
    header = "Организация,Год,Класс,Предмет,Код участника,Отметка,Первичный балл"
    (folder / "a.csv").write_text(f'{header}\nз-01,2026,4,МА,1,4,"7,5"\nз-01,2026,4,МА,2,3,7,5\n')
    tables = read(folder)
    assert works(tables, "code", "primary") == [("1", 7.5)]
    assert problems(tables) == [("row.long", "a.csv · строка 3")]


def test_workbooks_of_other_programs(folder: Path) -> None:
    (folder / "a.ods").write_bytes(ods_bytes(own_table()))
    assert works(read(folder), "mark") == MARKS
    (folder / "a.ods").unlink()
    (folder / "a.xls").write_bytes(OLD_EXCEL.read_bytes())
    assert works(read(folder), "mark") == [5, 4, 3, None, 2]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.xls", "a.ods", "a.parquet", "a.zip", "a.bak", "выгрузка"])
def test_a_workbook_is_known_by_its_content(folder: Path, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    contents = (
        xlsx_bytes(tmp_path_factory.mktemp("seed"), own_table()),
        ods_bytes(own_table()),
        OLD_EXCEL.read_bytes(),
    )
    for content, marks in zip(contents, (MARKS, MARKS, [5, 4, 3, None, 2]), strict=True):
        (folder / name).write_bytes(content)
        tables = read(folder)
        assert works(tables, "mark") == marks
        assert problems(tables) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xls", b"\xef\xbb\xbf <!DOCTYPE html><html><table>", "веб-страница"),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", "MHTML"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "Excel 2003",
        ),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.xlsx", b"{\\rtf1", "RTF"),
        ("a.xlsx", packed({"[Content_Types].xml": "", "word/document.xml": ""}), "Word"),
        ("a.xlsx", packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
        ("a.ods", packed({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        ("a.rar", b"Rar!\x1a\x07\x01\x00", "RAR"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "7z"),
        ("a.csv.gz", b"\x1f\x8b\x08", "GZIP"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(folder: Path, name: str, content: bytes, told: str) -> None:
    (folder / name).write_bytes(content)
    finding = only(read(folder))
    assert (finding.code, finding.severity, str(finding.places[0])) == ("file.format", Severity.ERROR, name)
    assert told in finding.message
    assert finding.hint


def test_letters_and_pictures_are_no_tables(folder: Path) -> None:
    (folder / "письмо.txt").write_text("Уважаемые коллеги!\nПрошу прислать выгрузки.\n")
    (folder / "скан.pdf").write_bytes(b"%PDF-1.7")
    (folder / "приказ.docx").write_bytes(packed({"word/document.xml": ""}))
    (folder / "пусто.md").write_bytes(b"")
    finding = only(read(folder))
    assert (finding.code, finding.severity, finding.total) == ("file.not_table", Severity.INFO, 4)


# --- archives ---------------------------------------------------------------------------------------------------


def _archive(path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)


def test_files_of_an_archive_are_files_of_the_folder(folder: Path) -> None:
    first, second = csv_bytes(own_table(1)), csv_bytes([TABLE, *table(("я", 5))[1:]])
    _archive(
        folder / "всё.zip", [("школа/а.csv", first), ("б.csv", second), ("__MACOSX/а.csv", b"?"), ("читай.md", b"")]
    )
    tables = read(folder)
    assert works(tables, "code", "mark") == [("1", 3), ("я", 5)]
    files = {file.name: (file.size, file.rows) for file in tables.files if file.name.startswith("всё.zip")}
    assert files == {"всё.zip/школа/а.csv": (len(first), 1), "всё.zip/б.csv": (len(second), 1)}
    assert [finding.code for finding in tables.findings] == ["file.not_table"]


def test_names_in_old_archives_are_in_cp866_and_tell_facts(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The school comes from the folder inside; Windows packs names so, without saying in which encoding."""
    form = xlsx(tmp_path_factory.mktemp("form") / "x.xlsx", form_2026((80001, 1, 5, 1, 1, 4, 6))).read_bytes()
    name = f"Лесная СОШ/{FORM_2026_NAME}"
    written = name.encode("cp866")
    _archive(folder / "a.zip", [("?" * len(written), form)])
    (folder / "a.zip").write_bytes((folder / "a.zip").read_bytes().replace(b"?" * len(written), written))
    tables = read(folder)
    assert works(tables, "org", "subject") == [("з-02", "Английский язык")]
    assert f"a.zip/{name}" in {file.name for file in tables.files}


@pytest.mark.parametrize(
    "name",
    ["../../снаружи.csv", "/etc/снаружи.csv", "C:\\temp\\снаружи.csv", "..\\..\\снаружи.csv", "./x/../снаружи.csv"],
)
def test_a_name_in_an_archive_is_only_a_label(folder: Path, name: str) -> None:
    before = set(folder.parent.rglob("*"))
    _archive(folder / "a.zip", [(name, csv_bytes(own_table()))])
    tables = read(folder)
    (file,) = (file for file in tables.files if file.name.startswith("a.zip"))
    assert file.name.endswith("снаружи.csv")
    assert ".." not in file.name
    assert ":" not in file.name
    assert works(tables, "mark") == MARKS
    assert set(folder.parent.rglob("*")) == before | {folder / "a.zip"}


def test_what_an_archive_may_not_hold_is_told_and_the_rest_is_read(folder: Path) -> None:
    link = zipfile.ZipInfo("ссылка.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    good = csv_bytes(own_table())
    with pytest.warns(UserWarning, match="Duplicate name"):
        _archive(
            folder / "a.zip",
            [(link, b"/etc/passwd"), ("б.zip", packed({"а.csv": good})), ("в.csv", good), ("в.csv", good)],
        )
    tables = read(folder)
    assert works(tables, "mark") == MARKS
    assert sorted(problems(tables)) == [
        ("file.link", "a.zip/ссылка.csv"),
        ("file.nested", "a.zip/б.zip"),
        ("file.repeated", "a.zip/в.csv"),
    ]


def test_one_damaged_file_of_an_archive(folder: Path) -> None:
    _archive(folder / "a.zip", [("а.csv", b"first" * 20), ("б.csv", csv_bytes(own_table()))])
    content = (folder / "a.zip").read_bytes()
    (folder / "a.zip").write_bytes(content.replace(b"firstfirst", b"fiRstfirst", 1))
    tables = read(folder)
    assert problems(tables) == [("file.damaged", "a.zip/а.csv")]
    assert works(tables, "mark") == MARKS


# --- what lies in the folder --------------------------------------------------------------------------------------


def test_links_pipes_and_devices(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "чужая.csv").write_bytes(csv_bytes(own_table()))
    (folder / "a").mkdir()
    (folder / "a" / "своя.csv").write_bytes(csv_bytes(own_table()))
    (folder / "чужая.csv").symlink_to(outside / "чужая.csv")
    (folder / "папка").symlink_to(outside)
    (folder / "b.csv").symlink_to(folder / "нет такой.csv")
    (folder / "c.csv").symlink_to(folder / "c.csv")
    (folder / "ноль.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "труба.csv")
    tables = read(folder)
    assert works(tables, "mark") == MARKS
    assert sorted(problems(tables)) == [
        ("file.link", "ноль.csv"),
        ("file.link", "папка"),
        ("file.link", "чужая.csv"),
        ("file.not_table", ""),
        ("file.unreadable", "b.csv"),
        ("file.unreadable", "c.csv"),
    ]


def test_a_link_to_a_file_of_the_folder_is_that_file(folder: Path) -> None:
    (folder / "a.txt").write_text("")
    (folder / ".скрыто").mkdir()
    (folder / ".скрыто" / "x.csv").write_bytes(csv_bytes(own_table()))
    (folder / "x.csv").symlink_to(folder / ".скрыто" / "x.csv")
    assert works(read(folder), "mark") == MARKS


# --- what workbooks hide -------------------------------------------------------------------------------------------


def test_a_hidden_sheet_and_hidden_rows_are_read_and_told(folder: Path) -> None:
    path = xlsx(folder / "a.xlsx", {"Работы": own_table(), "Списки": [("Вариант",), (1,)]})
    book = openpyxl.load_workbook(path)
    for sheet in book:
        sheet.sheet_state = "hidden"
    book.create_sheet("Пусто")
    for row in (1, 3, 4, 9):  # the header and an empty row are no rows of data
        book["Работы"].row_dimensions[row].hidden = True
    book.save(path)
    tables = read(folder)
    assert works(tables, "mark") == MARKS
    told = {finding.code: (str(finding.places[0]), finding.severity, finding.total) for finding in tables.findings}
    assert told["sheet.hidden"] == ("a.xlsx · Работы", Severity.WARNING, 1)
    assert told["row.hidden"] == ("a.xlsx · Работы · строка 3", Severity.WARNING, 2)


def test_a_formula_without_a_value_is_told_where_it_is_read(folder: Path) -> None:
    rows = [[*row, ""] for row in own_table(2)]
    rows[0][6], rows[1][5], rows[2][6] = "Примечание", "=1+1", "=1+1"
    rows.append([None] * 5 + ["=1+1"])
    xlsx(folder / "a.xlsx", rows)
    tables = read(folder)
    assert works(tables, "mark") == [None, 4]
    finding = only(tables)
    assert (finding.code, str(finding.places[0]), finding.total) == ("cell.formula", "a.xlsx · Лист1 · F2", 1)
    assert finding.hint == "откройте файл в Excel и сохраните"


def test_a_formula_with_its_value_is_a_value(folder: Path) -> None:
    path = xlsx(folder / "a.xlsx", own_table(2))
    cell = b'<c r="F3" t="n"><v>4</v></c>'
    assert cell in parts(path.read_bytes())[SHEET]
    formula = b'<c r="F3"><f>SUM(A1:B2)</f><v>5</v></c>'
    path.write_bytes(changed(path.read_bytes(), SHEET, lambda sheet: sheet.replace(cell, formula)))
    tables = read(folder)
    assert works(tables, "mark") == [3, 5]
    assert problems(tables) == []


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!"])
@pytest.mark.parametrize("column", ["D", "F"])
def test_an_error_of_excel_is_an_unknown_value(folder: Path, error: str, column: str) -> None:
    path = xlsx(folder / "a.xlsx", [(*row, "7А") for row in own_table(2)])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["G1"] = "Буква класса"
    cell = sheet["F3" if column == "F" else "G3"]
    cell.value, cell.data_type = error, "e"
    book.save(path)
    tables = read(folder)
    finding = only(tables)
    assert (finding.code, finding.places[0].cell, error in finding.message) == ("cell.value", cell.coordinate, True)
    assert works(tables, "class" if column == "D" else "mark")[1] is None


def test_two_sheets_of_one_name(folder: Path) -> None:
    path = xlsx(folder / "a.xlsx", {"Первый": own_table(2), "Второй": table(("я", 5)), "Третий": table(("ю", 4))})
    path.write_bytes(changed(path.read_bytes(), BOOK, lambda book: book.replace("Второй".encode(), "Первый".encode())))
    tables = read(folder)
    assert works(tables, "code") == ["1", "2", "ю"]
    assert problems(tables) == [("sheet.repeated", "a.xlsx · Первый")]


def test_a_cell_merged_over_rows_says_what_each_is_about(folder: Path) -> None:
    """A school, a grade, a subject: yes. A mark told once is the mark of one; blank rows stay blank."""
    rows = [("з-01", 2026, 4, "Химия", code, code) for code in (3, 4, 5)]
    path = xlsx(folder / "a.xlsx", table(*rows, ("з-02", 2026, 4, "Химия", 5, 2)))
    book = openpyxl.load_workbook(path)
    for merged in ("A2:A4", "B2:B4", "C2:C4", "D2:D4", "F3:F4", "A5:A9"):
        book["Лист1"].merge_cells(merged)
    book.save(path)
    tables = read(folder)
    assert works(tables, "org", "grade", "subject", "code", "mark") == [
        ("з-01", 4, "Химия", "3", 3),
        ("з-01", 4, "Химия", "4", 4),
        ("з-01", 4, "Химия", "5", None),
        ("з-02", 4, "Химия", "5", 2),
    ]


def test_signs_that_nobody_sees_change_nothing(folder: Path) -> None:
    header = [
        "\u200bОргани\u00adзация",
        "\u202eГод\u202c",
        "Кла\x00сс".replace("\x00", "\ufeff"),
        "Предмет\u200f",
        "Отметка\x0b",
    ]
    row = ["\u2066з-01\u2069", "2026\u200b", 4, "Мате\u00adматика", "пл\u202eохо\u0007"]
    (folder / "a.csv").write_text(";".join(header) + "\n" + ";".join(map(str, row)) + "\n", encoding="utf-8")
    tables = read(folder)
    assert works(tables, "org", "subject") == [("з-01", "Математика")]
    assert [finding.code for finding in tables.findings] == ["cell.value", "person.missing"]
    assert all(str(finding).isprintable() for finding in tables.findings)


def test_signs_that_nobody_sees_in_a_name_are_written_out(folder: Path) -> None:
    (folder / "a\u202excod\n.csv").write_bytes(b"")
    finding = only(read(folder))
    assert str(finding.places[0]) == "a\\u202excod\\n.csv"


def test_cells_without_addresses_stand_one_after_another(folder: Path) -> None:
    """Some programs leave the addresses out."""
    path = xlsx(folder / "a.xlsx", own_table())
    path.write_bytes(changed(path.read_bytes(), SHEET, lambda sheet: re.sub(rb'(<c|<row) r="\w+"', rb"\1", sheet)))
    tables = read(folder)
    assert works(tables, "mark") == MARKS
    assert problems(tables) == []


def test_a_readable_table_beside_a_stray_cell(folder: Path) -> None:
    path = xlsx(folder / "a.xlsx", own_table())
    path.write_bytes(with_cell(path.read_bytes(), '<row r="9000"><c r="Z9000"><v>1</v></c></row>'))
    assert works(read(folder), "mark") == MARKS
