"""Nothing that stands in a register can become a formula in what is published."""

import csv
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from quality_cli.app.compute import compute
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace

PLANTED = [
    "=1+1",
    "+7 школа",
    "-7 школа",
    "@SUM(A1)",
    '=HYPERLINK("http://x","школа")',
    "\t=2+2",
    "\r=3+3",
    "\n=4+4",
    "=cmd|'/c calc'!A0",
    "＝1+1",
    " ＠SUM(A1)",
]


@pytest.fixture(scope="module")
def published(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    data = Path(shutil.copytree(small_data, folder / "data"))
    (path,) = data.glob("Реестр*")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    column = next(cell.column for cell in sheet[1] if cell.value == "Краткое наименование")
    schools = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value]
    for row, name in zip(schools[-len(PLANTED) :], PLANTED, strict=True):
        sheet.cell(row, column).value = name
        sheet.cell(row, column).data_type = "s"
    book.save(path)
    compute(Workspace(Options(data=data, out=folder / "out")))
    return folder / "out"


def test_csv(published: Path) -> None:
    with (published / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["org_name"] for row in csv.DictReader(file, delimiter=";")}
    assert {name for name in names if name.startswith("'")} >= {f"'{name}" for name in PLANTED if name[0] in "=+-@"}
    assert [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []


def test_xlsx(published: Path) -> None:
    book = openpyxl.load_workbook(published / "results.xlsx")
    found = {cell.value: cell.data_type for row in book.active for cell in row if isinstance(cell.value, str)}
    assert {found.get(name) for name in PLANTED if name[0] in "=+-@"} == {"s"}
    with zipfile.ZipFile(published / "results.xlsx") as container:
        assert not [name for name in container.namelist() if name.startswith("xl/") and b"<f>" in container.read(name)]
