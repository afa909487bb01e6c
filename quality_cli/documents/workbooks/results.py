"""``results.xlsx``: the results table for people, a view of ``results.parquet``.

It shows each indicator at the level where the concept reports it; the other levels are in CSV and Parquet. What a sheet
cannot hold is left to those too.
"""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.analysis.lines import written
from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.wording import level_word, status_word, stratum_words
from quality_cli.core.organisations import Level
from quality_cli.core.russian import num
from quality_cli.documents.workbooks.sheet import ROWS, Sheet, write_sheet

_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Учебный год", 12),
    ("Показатель", 12),
    ("Часть", 22),
    ("Организация", 36),
    ("Разрез", 34),
    ("Значение", 11),
    ("Единица", 10),
    ("Числитель", 11),
    ("Знаменатель", 13),
    ("Исключено", 12),
    ("Неизвестно", 12),
    ("95 %: от", 10),
    ("95 %: до", 10),
    ("Состояние", 16),
    ("Пояснение", 36),
    ("Уровень", 14),
    ("Формулировка", 60),
    ("Источник", 60),
)

_SHEET = Sheet("Показатели", _COLUMNS, frozen=2, printed=15)
"""Level, wording and source are for the screen."""


def write_workbook(results: Results, catalogue: Catalogue, path: Path, rows: int = ROWS) -> str:
    """Write the reported rows under Russian headers with a filter; the same results give the same bytes.

    Returns what of them is shown where a sheet of ``rows`` cannot hold all (those of a large region), else an empty
    word.
    """
    table, shown = _fitting(results.table.filter(results.table["reported"]), rows)
    parts = {(figure.indicator, figure.part): figure.title for figure in catalogue.figures}

    def of_indicator(name: str, word: Callable[[str, str], str]) -> pa.Array:
        """What the indicator and another column tell together."""
        indicator, other = (table[column].cast(pa.string()) for column in ("indicator", name))
        return written(pc.binary_join_element_wise(indicator, other, "\n"), lambda both: word(*both.split("\n", 1)))

    write_sheet(
        path,
        _SHEET,
        [
            table["period"],
            table["indicator"],
            of_indicator("part", lambda indicator, part: parts[indicator, part]),
            table["org_name"],
            of_indicator("stratum", lambda indicator, stratum: stratum_words(stratum, catalogue, indicator)),
            table["value"],
            table["unit"],
            table["numerator"],
            table["denominator"],
            table["excluded"],
            table["unknown"],
            table["ci_low"],
            table["ci_high"],
            written(table["status"], status_word),
            table["note"],
            written(table["level"], level_word),
            written(table["indicator"], lambda indicator: catalogue.indicators[indicator].name),
            table["source"],
        ],
    )
    return shown


def _fitting(table: pa.Table, rows: int) -> tuple[pa.Table, str]:
    """As many of the rows as a sheet of so many holds below its header, and which they are."""
    most, shown = rows - 1, ""
    if len(table) > most:
        table, shown = table.filter(pc.equal(table["by"].cast(pa.string()), "")), "итоги без разрезов"
    if len(table) > most:
        organisation = pc.equal(table["level"].cast(pa.string()), Level.ORGANISATION)
        table, shown = table.filter(pc.invert(organisation)), "итоги муниципалитетов и региона без разрезов"
    if len(table) > most:
        table, shown = table.slice(0, most), f"первые строки, {num(most, 0)}"
    return table, shown
