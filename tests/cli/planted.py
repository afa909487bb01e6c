"""A data folder with people planted all over it: every dataset, in every format that is read (all people invented)."""

import csv
import datetime
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.specs import load_specs

CONTRACTS = load_specs([CATALOGUE]).contracts

NAMES = ("Абрикосова Василиса Платоновна", "ЛИМОНОВ  ЕВЛАМПИЙ ТИХОНОВИЧ", "Вишнякова-Сливина Ия")
SECRETS = (
    *NAMES,
    *("Абрикосова В.П.", "Лимонов", "лимонов евлампий", "17.03.2011", datetime.datetime(2011, 3, 17), 12345678964),
    *("123-456-789 64", "0417 836251", "+7 913 555-47-19", "sliva@primer.example", "ул. Сиреневая, д. 77"),
)
EXTRA = (
    *("ФИО", "Фамилия", "Имя", "Отчество", "ФИО родителя", "Дата рождения", "СНИЛС", "Паспорт", "Телефон", "E-mail"),
    *("Адрес", "Члены жюри", "Примечание", "Абрикосова В.П."),
)
ABOVE = (["Составила Абрикосова Василиса Платоновна"], ["Телефон:", "+7 913 555-47-19"], [])
BELOW = (
    *([], ["Председатель жюри: Абрикосова В.П."], ["Члены жюри:", "Лимонов Е.Т.", "Вишнякова-Сливина И."]),
    ["* родилась 17.03.2011, паспорт 0417 836251, Лимонов Евлампий Тихонович"],
)
REPORTED = {
    "organisations": {"id", "name", "full_name", "genitive", "prepositional", "aliases"},
    "answers": {"text", "evidence"},
    "programmes": {"name"},
    "events": {"name"},
    "practices": {"name"},
    "contracts": {"partner"},
}
"""Text that the analyst answers for, named in the manual: documents may quote it as it is."""

REGISTER = {
    "край": {"kind": "регион", "name": "Ленский край"},
    "район": {"kind": "муниципалитет", "name": "Заречный район", "parent": "край"},
    "з-01": {"kind": "школа", "name": "Лесная СОШ", "parent": "район", "grade_from": 1, "grade_to": 11},
    "д-01": {"kind": "детский сад", "name": "Детский сад «Ёлочка»", "parent": "район"},
}


def cell(column: Column, unit: str) -> object:
    """A cell that the contract understands."""
    match column.type:
        case "organisation":
            return unit
        case "period":
            return "2025/2026"
        case "category":
            return next(iter(column.values))
        case "flag":
            return "да"
        case "year":
            return 2026
        case "date":  # of an organisation
            return "2020-09-01"
        case "integer" | "number" | "numbers":
            return next(iter(column.values)) if column.values else column.min or 4
        case _:
            return "2.3.2-m2:examples" if column.title == "Вопрос" else "код 1"


def rows_of(name: str, contract: Contract, *, text: bool = True) -> Iterator[list[object]]:
    """Header and rows: whole ones of each person, then each column in turn (free ``text`` too, or not) spoilt by a
    secret; extra columns follow."""
    columns = {key: column for key, column in contract.columns.items() if column.type != "numbers"}
    yield [*(column.title for column in columns.values()), *EXTRA]
    extra = [*NAMES[:1], *NAMES[0].split(), *itertools.islice(itertools.cycle(SECRETS), len(EXTRA) - 4)]
    unit = "д-01" if name == "preschool_facts" else "з-01"
    good = {key: cell(column, unit) for key, column in columns.items()}
    if name == "organisations":
        for code, unit_row in REGISTER.items():
            yield [({"id": code} | unit_row).get(key) for key in columns] + extra
        good |= {"id": "з-02", "parent": "район", "kind": "школа", "name": "Новая СОШ", "grade_from": 1, "grade_to": 9}
        good |= dict.fromkeys(("full_name", "genitive", "prepositional", "aliases", "logins"), None)
    people = [key for key, column in columns.items() if column.personal]
    for secret in SECRETS:
        yield [*(good | dict.fromkeys(people, secret)).values(), *extra]
    secrets = itertools.cycle(SECRETS)
    for key, column in columns.items():
        if key not in REPORTED.get(name, ()) and (text or column.personal or column.type not in ("text", "date")):
            for _ in range(3):
                yield [*(good | {key: next(secrets)}).values(), *extra]


def write_xlsx(path: Path, rows: Sequence[Sequence[object]], sheet: str) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)


def write_ods(path: Path, rows: Sequence[Sequence[object]], sheet: str) -> None:
    """The least that is an OpenDocument table: text cells."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
            if value is not None
            else "<table:table-cell/>"
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="{escape(sheet)}">'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)


def write_csv(path: Path, rows: Sequence[Sequence[object]], _: str) -> None:
    with path.open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows(["" if value is None else value for value in row] for row in rows)


def write_parquet(path: Path, rows: Sequence[Sequence[object]], _: str) -> None:
    """Names of the columns are the header; nothing can stand above it."""
    header, *body = rows
    cells = zip(*([*row, *[None] * (len(header) - len(row))] for row in body), strict=True)
    columns = [pa.array([None if value is None else str(value) for value in column]) for column in cells]
    pq.write_table(pa.table(columns, names=[str(name) for name in header]), path)


def write_zip(path: Path, rows: Sequence[Sequence[object]], sheet: str) -> None:
    """A workbook in an archive."""
    book = path.with_suffix(".xlsx")
    write_xlsx(book, rows, sheet)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(book, book.name)
    book.unlink()


WRITERS: dict[str, Callable[[Path, Sequence[Sequence[object]], str], None]] = {
    "zip": write_zip,
    "xlsx": write_xlsx,
    "ods": write_ods,
    "csv": write_csv,
    "parquet": write_parquet,
}


def plant(folder: Path, suffix: str, *, text: bool = True) -> Path:
    """A folder with every dataset's own table in one format, people planted all over; in free ``text`` too, or not."""
    folder.mkdir()
    for name, contract in CONTRACTS.items():
        rows = list(rows_of(name, contract, text=text))
        if suffix != "parquet":
            rows = [*ABOVE, *rows]
        WRITERS[suffix](folder / f"{name}.{suffix}", [*rows, *BELOW], "Абрикосова В.П.")
        code = [
            index for index, header in enumerate(rows[0 if suffix == "parquet" else 3]) if str(header)[:4] == "Код "
        ]
        if code and name != "organisations":
            unnamed = [[value for index, value in enumerate(row) if index not in code] for row in rows]
            WRITERS[suffix](folder / f"{name} поимённо.{suffix}", unnamed, "Лимонов")
    return folder
