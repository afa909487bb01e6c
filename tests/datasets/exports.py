"""Minimal files in the header forms of the real exports (all data invented)."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from quality_cli.core.findings import Finding
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.people import Pseudonyms

SPECS = load_specs([CATALOGUE])


class Remembered(Pseudonyms):
    """Pseudonyms by a fixed key that remember what they stand for, so that a test names rows by their codes."""

    told: dict[str, str] = {}

    def __init__(self) -> None:
        super().__init__(lambda: bytes(32))

    def __call__(self, person: Any, told: str) -> str:
        pseudonym = super().__call__(person, told)
        self.told[pseudonym] = told
        return pseudonym


Rows = Sequence[Sequence[object]]

REGISTER = """
    Код   | Вышестоящая | Вид           | Краткое наименование        | Логины               | Другие наименования
    край  |             | регион        | Ленский край                |                      |
    район | край        | муниципалитет | Заречный район              |                      |
    з-01  | район       | школа         | МБОУ «Заречная СОШ № 1»     | edu770101            |
    з-02  | район       | школа         | МБОУ «Лесная СОШ»           | edu770102, edu770112 | Филиал в селе Ёлкино
"""

JOURNAL = "Отметка за предыдущий триместр/ четверть/полугодие"

F1_HEADER = (
    *("ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант"),
    *("1 (2б)", "2.1 (1б)", "3К1 (3б)", "Первичный балл", "Отметка", "Отметка по журналу"),
)
F1_ROW = ("edu770101", "Заречный район", "МБОУ «Заречная СОШ № 1»", 40001, 1, 2, 2, 1, 0, 3, 2, 4)
FORM_2026 = ("Код участника", "Вариант", "1 (5б)", "4К2 (2б)", "Порядковый номер класса", JOURNAL, "Итого баллов")
FORM_2026_NAME = "Форма сбора результатов Английский язык 8 класс ВПР 2026.xlsx"
FORM_2025 = (
    *("Код", "Вариант (часть 1)", "1 (1б)", "Вариант (часть 2)", "11.3 k1 (2б)"),
    *('Класс № (список формируется из листа "Классы")', "Пол", JOURNAL, "Итого баллов"),
)
FORM_2025_NAME = "Форма сбора результатов География 6 класс ВПР 2025.xlsx"
EXPORT_2022 = (
    *("Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки", "Код", "Вариант"),
    *("1 (1б)", "2 (2б)", "Наименование класса", "Пол", JOURNAL, "Итого баллов"),
)
EXPORT_2021 = (
    *("логин школы", "регион", "номер обучающегося", "код обучающегося", "отметка за предыдущую четверть/триместр"),
    *("пол", "класс", "вариант", "всего баллов", "балл за 1", "балл за 2", "Учебник", "Др.уч. автор"),
)
EXPORT_2020 = (
    *("groups", "user", "id", "code", "otc", "gender", "klass", "var-1", "var-2", "sum"),
    *("a-1-grade", "a-2-grade", "Учебник", "a-3-grade", "a-35-grade"),
)
CLASSES_2022 = (
    *(*EXPORT_2022[:6], 'Буква (цифра) класса. Введите "нет" - если отсутствует', "Основной учебник по предмету"),
    *("Другое (автор учебника)", "Другое (название учебника)"),
)
OLYMPIAD_TITLE = "Протокол муниципального этапа Всероссийской Олимпиады школьников в 2025 - 2026 по математике"
TABLE = ("Организация", "Год", "Класс", "Предмет", "Код участника", "Отметка")


def cells(text: str) -> list[list[str | None]]:
    """A readable table between ``|`` as rows of a sheet; a blank cell is empty."""
    return [[cell.strip() or None for cell in line.split("|")] for line in text.splitlines() if line.strip()]


def xlsx(path: Path, sheets: Mapping[str, Rows] | Rows) -> Path:
    """Write a workbook from rows; a list of rows is a workbook of one sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in (sheets if isinstance(sheets, Mapping) else {"Лист1": sheets}).items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def encrypted_workbook() -> bytes:
    """A workbook under a password, its outer container only: an OLE file with the two streams of encrypted files."""
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, child: int = free, right: int = free) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        tail = struct.pack("<HBB3I36xIQ", len(text), kind, 1, free, right, child, end, 0)
        return text.ljust(64, b"\0") + tail

    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<10I", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<108I", *[free] * 108)
    directory = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2, right=2) + entry("EncryptionInfo", 2)
    return header + struct.pack("<128I", fat_sector, end, *[free] * 126) + directory.ljust(512, b"\0")


def register(folder: Path, text: str = REGISTER) -> Path:
    """The register of organisations in ``folder``."""
    return xlsx(folder / "Реестр организаций.xlsx", cells(text))


def f1(
    *rows: Sequence[object],
    title: str = "ВПР 2026 Русский язык 4 класс",
    header: Sequence[object] = F1_HEADER,
    subject: str = "",
    top: int = 6,
    announced: int | None = None,
) -> Rows:
    """«Индивидуальные результаты» with the frame of the real report: the header stands in row 8."""
    subject = subject or " ".join(title.split()[2:-2])
    announced = len(rows) if announced is None else announced
    return [
        ["Индивидуальные результаты"],
        [],
        [title],
        ["Предмет:", subject],
        ["Максимальный первичный балл:", top],
        ["Дата:", "20.04.2026"],
        [*[None] * 5, "Уровень сложности задания", "Б", "П"],
        list(header),
        ["МБОУ «Заречная СОШ № 1»(edu770101) | Кол-во участников: " + str(announced)],
        *rows,
    ]


def analytics(title: str, header: Sequence[object], *rows: Sequence[object]) -> list[list[object]]:
    """A report of «Аналитика»: its title, the frame common to all of them, the header in row 8."""
    frame = f1(title="ВПР 2026 Русский язык 4 класс", header=header)[1:6]
    return [[title], *map(list, frame), [], list(header), *map(list, rows)]


def journal_rows(group: str, lowered: object, confirmed: object, raised: object) -> list[list[object]]:
    """Marks against the journal as reports of former years had them: rows of one group of participants."""
    total = sum(count for count in (lowered, confirmed, raised) if isinstance(count, int))
    counts = [("Понизили", lowered), ("Подтвердили", confirmed), ("Повысили", raised), ("Всего", total)]
    return [[group], *([name, count, None] for name, count in counts)]


def olympiad(
    *rows: Sequence[object], title: str = OLYMPIAD_TITLE, below_signatures: Sequence[Sequence[object]] = ()
) -> Rows:
    """Protocol of an olympiad: header in rows 4 and 5, signatures (invented names) under the table."""
    return [
        [title],
        ["Максимальное количество баллов", 20],
        [],
        [
            *("№", "Фамилия, имя, отчество", "Шифр", "ОО", "Класс", "Количество баллов за задание", None, None),
            *("Итог", "% выполнения", "Рейтинг", "Статус"),
        ],
        [*[None] * 5, 1, 2, 3],
        *rows,
        [],
        ["Дата проведения:", None, "05.12.2025"],
        ["Председатель жюри:", "Выдуманов В.В."],
        ["Члены жюри:", "Выдуманова А.А."],
        [None, "Выдуманов Б.Б.", None, "учитель"],
        *below_signatures,
    ]


def form_2026(*rows: Sequence[object]) -> dict[str, Rows]:
    """The school form of 2026 with its sheets of allowed values and its blank rows with total 0."""
    blank = [(None, None, None, None, None, None, 0, "", 1)] * 20
    return {
        "Протокол": [(*FORM_2026, None, "Проверка кода"), *rows, *blank],
        "Служебный": [("Вариант", "Баллы"), (1, "X")],
        "Порядковый номер класса": [("Порядковый номер класса",), (1,), (2,)],
    }


def table(*rows: Sequence[object]) -> Rows:
    """Our own table of results; a row is code and mark of a 4th-grader of school з-01, or the whole row."""
    full = [row if len(row) > 2 else ("з-01", 2026, 4, "Математика", *row) for row in rows]
    return [TABLE, *full]


def read(folder: Path) -> Tables:
    """Read the folder by the shipped contracts."""
    return read_folder(folder, SPECS, pseudonyms=Remembered())


def works(tables: Tables, *columns: str) -> list[Any]:
    """Rows of the results: the values of the columns asked (one column: bare values), codes as they were written."""
    records = tables["vpr"].records() if "vpr" in tables else []
    rows = [tuple(Remembered.told.get(record[name], record[name]) for name in columns) for record in records]
    return [row[0] for row in rows] if len(columns) == 1 else rows


def problems(tables: Tables) -> list[tuple[str, str]]:
    """Code and place of every finding."""
    return [(finding.code, str(finding.places[0]) if finding.places else "") for finding in tables.findings]


def only(tables: Tables) -> Finding:
    """The only finding."""
    (finding,) = tables.findings
    return finding
