"""From a row of a table back to the cell of the file that it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from quality_cli.core.findings import Place
from quality_cli.datasets.readers.sheets import letters
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.unpivoted import Unpivoted
from quality_cli.datasets.tables.table import CELL, FILE, ROW, SHEET


class Trace:
    """Knows in which column of a sheet each column of a contract stands."""

    def __init__(self, sheets: Iterable[Recognised]) -> None:
        self._sheets = {(s.sheet.file, s.sheet.sheet, s.contract.dataset): s for s in sheets}

    def place(self, dataset: str, row: "pd.Series | Mapping[str, Any]", column: str, note: str = "") -> Place:
        """The cell of ``column`` in a row of the dataset's frame; the row itself where the sheet has no such cell."""
        file, sheet, number = str(row[FILE]), str(row[SHEET]), int(row[ROW])
        found = self._sheets.get((file, sheet, dataset))
        where = found.columns.get(column) if found else None
        if found is None or not where:
            return Place(file, sheet, row=number, note=note)
        if isinstance(found.sheet, Unpivoted):
            of_file = where[0] < found.sheet.width
            cell = f"{letters(where[0])}{number}" if of_file else str(row.get(CELL) or "")
            return Place(file, sheet, cell, row=number, note=note)
        return replace(found.sheet.place(number - 1, where[0]), row=number, note=note)
