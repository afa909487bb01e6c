"""``results.xlsx``: the results table for people, a view of ``results.parquet``.

It shows each indicator at the level where the concept reports it; the other levels are in CSV and Parquet. What a sheet
cannot hold is left to those too.
"""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.analysis.lines import written
from quality_cli.analysis.results import COLUMNS, Results
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.wording import level_word, status_word, stratum_words
from quality_cli.core.organisations import Level
from quality_cli.core.russian import num
from quality_cli.core.strata import decode_stratum
from quality_cli.documents.workbooks.sheet import ROWS, Sheet, write_sheet

_WORDING = "name"
"""Not a column of the results: the official wording of the indicator."""

_WIDTHS = {
    "period": 12,
    "indicator": 12,
    "part": 22,
    "org_name": 36,
    "stratum": 34,
    "value": 11,
    "unit": 10,
    "numerator": 11,
    "denominator": 13,
    "excluded": 12,
    "unknown": 12,
    "ci_low": 10,
    "ci_high": 10,
    "small": 10,
    "status": 16,
    "note": 36,
    "level": 14,
    _WORDING: 60,
    "source": 60,
}
"""Columns of the results in the order of the sheet, and how wide they are."""

_TITLES = {**{name: about["title"] for name, about in COLUMNS.items()}, _WORDING: "Формулировка"}
_SHEET = Sheet("Показатели", tuple((_TITLES[name], width) for name, width in _WIDTHS.items()), frozen=2, printed=16)
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

    told = {
        "part": of_indicator("part", lambda indicator, part: parts[indicator, part]),
        "stratum": of_indicator("stratum", lambda name, text: stratum_words(decode_stratum(text), catalogue, name)),
        "small": pc.if_else(table["small"], "да", ""),
        "status": written(table["status"], status_word),
        "level": written(table["level"], level_word),
        _WORDING: written(table["indicator"], lambda indicator: catalogue.indicators[indicator].title),
    }
    write_sheet(path, _SHEET, [told[name] if name in told else table[name] for name in _WIDTHS])
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
