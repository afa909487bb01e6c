"""Blank tables: what a person fills in is read as it is, whatever the dataset."""

import datetime
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.app.forms.tables import is_fillable, make_tables
from quality_cli.app.workspace.config import resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.core.findings import Findings, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.contracts.blank import MARK, NUMBER, written_by_hand
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Table, Tables
from quality_cli.datasets.values.people import Pseudonyms

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
SPECS = load_catalogue().specs
FILLABLE = [name for name, contract in SPECS.contracts.items() if is_fillable(contract)]
EVERY = [name for name in FILLABLE if name != REGISTER]
KINDERGARTENS = ("preschool_facts",)
AGREED: Mapping[str, Mapping[str, Any]] = {
    "graduates": {"destination": "ПОО", "advanced": "да"},
    "plans": {"ovz": "да"},
    "preschool_facts": {"children": 200, "children_ovz": 3, "parents_asked": 90, "parents_satisfied": 80},
    "staff": {"age": 30, "experience": 5, "group": "педагог", "iom": "да", "reserve": "да"},
    "vpr": {"grade": 8, "subject": "Физика", "variant": "2", "primary": 9, "top": 18, "present": "да", "answered": "да",
            "mark": 4, "objective": "да"},
    "vpr_journal": {"participants": 20, "lowered_share": 10, "confirmed_share": 50, "raised_share": 40, "lowered": 2,
                    "confirmed": 10, "raised": 8},
    "vpr_marks": {"participants": 20, "share_2": 10, "share_3": 20, "share_4": 30, "share_5": 40,
                  "mark_2": 2, "mark_3": 4, "mark_4": 6, "mark_5": 8},
    "vpr_scales": {"top": 18, "three": 5, "four": 9, "five": 13},
}  # fmt: skip
"""What must agree with other cells of the row, by the checks of the contracts."""
CODES = {"pupil": "Ю-{:03}", "employee": "Р-{:03}"}


class Named(Pseudonyms):
    """People stay who they are, so that a test names them."""

    def __init__(self) -> None:
        super().__init__(lambda: bytes(32))

    def __call__(self, person: Any, told: str) -> str:
        return told


def with_register(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(next(SAMPLE.glob("Реестр*")), folder)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Blank tables of everything by dataset."""
    folder = tmp_path_factory.mktemp("blank")
    options = resolve_options(data=with_register(folder / "data"), period="2025/2026")
    tables = make_tables(Workspace(options), folder / "tables")
    assert [item.dataset for item in tables] == FILLABLE
    return {item.dataset: folder / "tables" / item.file for item in tables}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> OrgTree:
    """The organisations of the register."""
    return read(with_register(tmp_path_factory.mktemp("district") / "data"))[0].organisations


def header_row(sheet: Worksheet) -> int:
    return next(int(cell.row) for (cell,) in sheet.iter_rows(max_col=1) if cell.value == NUMBER)


def read(folder: Path) -> tuple[Tables, list[str]]:
    """What is read of a folder, and findings that ask for something."""
    tables = read_folder(folder, SPECS, findings=Findings(), pseudonyms=Named())
    return tables, [str(finding) for finding in tables.findings if finding.severity is not Severity.INFO]


def cell_of(column: Column, number: int, rng: random.Random, agreed: Any) -> tuple[Any, Any]:
    """What a person writes into a cell, and the value that it means."""
    if agreed is not None:
        return agreed, {"да": 1}.get(agreed, agreed) if column.type == "flag" else agreed
    low, high = int(column.min or 0), int(column.max if column.max is not None else (column.min or 0) + 50)
    if column.personal:
        return (told := CODES[column.personal].format(number)), told
    if column.values and column.type != "flag" and not column.several:
        word = rng.choice(list(column.values))
        return word, int(word) if column.type == "integer" else word
    if column.several and column.values:
        words = sorted(rng.sample(list(column.values), 2), key=list(column.values).index)
        return "; ".join(words), "; ".join(words)
    match column.type:
        case "flag":
            return rng.choice([("да", 1), ("нет", 0)])
        case "date":
            day = datetime.date(2026, rng.randint(1, 5), rng.randint(1, 28))
            return day, day.isoformat()
        case "letter":
            return "Б", "Б"
        case "integer" | "number" | "year":
            return (value := rng.randint(low, high)), value
        case _:
            return f"слово {number}", f"слово {number}"


@pytest.mark.parametrize("dataset", EVERY)
def test_what_is_filled_in_is_read_as_it_is(
    made: Mapping[str, Path], district: OrgTree, dataset: str, tmp_path: Path
) -> None:
    contract, rng = SPECS.contracts[dataset], random.Random(dataset)
    data = with_register(tmp_path / "data")
    book = openpyxl.load_workbook(made[dataset])
    sheet = book["Таблица"]
    header = header_row(sheet)
    kind = "детский сад" if dataset in KINDERGARTENS else "школа"
    units = [unit for unit in district if unit.kind == kind]
    titles = {normalise(cell.value): int(cell.column or 0) for cell in sheet[header]}
    assert sheet.cell(header + 1, 1).value == MARK
    expected = []
    for number in range(3):
        values: dict[str, Any] = {}
        told: Any
        for name, column in written_by_hand(contract).items():
            if column.type == "organisation":
                told, values[name] = units[number].name, units[number].id
            elif column.type == "period":
                told, values[name] = "2025/2026", 2025
            elif contract.period and name == contract.period.column:
                told = values[name] = 2026
            elif name == contract.round:
                continue
            else:
                told, values[name] = cell_of(column, number, rng, AGREED.get(dataset, {}).get(name))
            sheet.cell(header + 2 + number, titles[normalise(column.title)]).value = told
        expected.append(values)
    book.save(data / "заполнено.xlsx")
    tables, problems = read(data)
    table = tables[dataset]
    assert isinstance(table, Table)
    found = [{name: row[name] for name in values} for row, values in zip(table.records(), expected, strict=False)]
    assert found == expected
    assert problems == []


def test_a_blank_table_is_told_and_nothing_of_it_is_data(made: Mapping[str, Path], tmp_path: Path) -> None:
    data = with_register(tmp_path / "data")
    shutil.copy(made["staff"], data / "работники.xlsx")
    tables = read_folder(data, SPECS)
    told = {finding.code: finding.severity for finding in tables.findings}
    assert told["row.example"] is Severity.INFO
    assert told["sheet.blank"] is Severity.ERROR
    assert "staff" not in tables


def test_what_is_written_over_the_example_is_not_lost_in_silence(made: Mapping[str, Path], tmp_path: Path) -> None:
    data = with_register(tmp_path / "data")
    book = openpyxl.load_workbook(made["contracts"])
    sheet = book["Таблица"]
    row = header_row(sheet) + 1
    sheet.cell(row, 2).value, sheet.cell(row, 3).value = "МБОУ «Верхнеозёрская СОШ № 1»", "2025/2026"
    sheet.cell(row, 4).value, sheet.cell(row, 5).value = "ООО «Лес»", "предприятие"
    book.save(data / "a.xlsx")
    tables, problems = read(data)
    assert "contracts" not in tables
    assert any("a.xlsx · Таблица · строка 6: строка не прочитана: она помечена «Пример»" in told for told in problems)
    sheet.cell(row, 1).value = 1
    book.save(data / "a.xlsx")
    tables, problems = read(data)
    assert [row["partner"] for row in tables["contracts"].records()] == ["ООО «Лес»"]
    assert problems == []


def test_there_is_nothing_to_write(made: Mapping[str, Path], tmp_path: Path) -> None:
    data = with_register(tmp_path / "data")
    book = openpyxl.load_workbook(made["contracts"])
    sheet = book["Сведений нет"]
    row = header_row(sheet) + 1
    for column, text in enumerate(("МБОУ «Верхнеозёрская СОШ № 1»", "2025/2026", "Договоры с партнёрами"), start=2):
        sheet.cell(row, column).value = text
    book.save(data / "a.xlsx")
    tables, problems = read(data)
    assert problems == []
    assert [(row["org"], row["table"]) for row in tables["statements"].records()] == [
        ("vo-01", "Договоры с партнёрами")
    ]


def test_what_can_be_typed_follows_from_the_contract(made: Mapping[str, Path]) -> None:
    book = openpyxl.load_workbook(made["staff"])
    sheet = book["Таблица"]
    header = header_row(sheet)
    letters = {normalise(cell.value): get_column_letter(int(cell.column or 0)) for cell in sheet[header]}
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}
    assert rules[letters["возраст"]].formula1 == "16"
    assert rules[letters["аттестован в этом году"]].formula1 == '"да,нет"'
    assert "высшая" in rules[letters["категория"]].formula1
    assert rules[letters["организация"]].formula1 == "'Списки'!$A$1:$A$20"
    assert book["Списки"].sheet_state == "hidden"
    assert sheet[f"{letters['группа']}{header}"].value == "Группа *"
    assert "первое лицо" in sheet[f"{letters['группа']}{header - 1}"].value
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", f"${header}:${header}")
    assert sheet.freeze_panes == f"F{header + 1}"  # as far as the code of the person


def test_the_same_tables_give_the_same_bytes_and_need_no_data(made: Mapping[str, Path], tmp_path: Path) -> None:
    options = resolve_options(data=with_register(tmp_path / "data"), period="2025/2026")
    (again,) = make_tables(Workspace(options), tmp_path / "again", ["работники"])
    assert (tmp_path / "again" / again.file).read_bytes() == made["staff"].read_bytes()
    bare = Workspace(resolve_options(data=tmp_path / "нет"))
    (register,) = make_tables(bare, tmp_path / "bare", [REGISTER])
    assert register.title == "Реестр организаций"
