"""Measures reading of 100,000 works from our own table against the bare parser, as ratios of one run.

Bare is calamine's ``to_python`` or ``csv.reader``; ours is ``read_folder``: gates, recognition, types, organisations,
repeated rows, marks. Each pair alternates; the figure is the ratio of medians. Nothing is asserted.
"""

import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import python_calamine

from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder

ROWS = 100_000
ROUNDS = 5
HEADER = ("Организация", "Год", "Класс", "Предмет", "Код участника", "Первичный балл", "Отметка", "Пол", "Буква класса")
REGISTER = (
    ("Код", "Вышестоящая", "Вид", "Краткое наименование"),
    ("район", "", "муниципалитет", "Заречный район"),
    *((f"з-{number:02}", "район", "школа", f"Школа {number}") for number in range(1, 11)),
)


def works() -> list[tuple[object, ...]]:
    """Works of ten schools."""
    subjects = ("Математика", "Русский язык", "История", "Химия")
    return [
        (f"з-{1 + n % 10:02}", 2026, 4 + n % 5, subjects[n % 4], n, n % 25, 2 + n % 4, "мж"[n % 2], "АБВ"[n % 3])
        for n in range(ROWS)
    ]


def save_workbook(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write rows as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Лист1")
    for row in (HEADER, *rows):
        sheet.append(row)
    book.save(path)


def save_text(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADER, *rows))


def raw_workbook(path: Path) -> int:
    """Rows by calamine."""
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        return len(workbook.get_sheet_by_index(0).to_python(skip_empty_area=False))


def raw_text(path: Path) -> int:
    """Rows by ``csv.reader``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return len(list(csv.reader(file, delimiter=";")))


def timed(call: Callable[[], object]) -> float:
    """Wall time in seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    """Print the ratio for each kind of file."""
    specs = load_specs([CATALOGUE])
    rows = works()
    for title, save, raw, name in (
        ("XLSX", save_workbook, raw_workbook, "работы.xlsx"),
        ("CSV", save_text, raw_text, "работы.csv"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            with (data / "реестр.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=";").writerows(REGISTER)
            save(data / name, rows)
            assert len(read_folder(data, specs)["vpr"].frame) == ROWS
            pairs = [
                (timed(lambda: read_folder(data, specs)), timed(lambda: raw(data / name)))  # noqa: B023
                for _ in range(ROUNDS)
            ]
        ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(
            f"read_folder, {ROWS} rows of {title}: {ours / bare:.1f} × the bare parser "
            f"({ours * 1000:.0f} ms / {bare * 1000:.0f} ms, n={ROUNDS})"
        )


if __name__ == "__main__":
    main()
