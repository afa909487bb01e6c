"""From a row of a table back to the cell of the file that it came from."""

from collections.abc import Iterable

import pandas as pd

from quality_cli.core.findings import Place
from quality_cli.datasets.recognise import Recognised
from quality_cli.datasets.sheets import letters
from quality_cli.datasets.table import FILE, ROW, SHEET


class Trace:
    """Knows in which column of a sheet each column of a contract stands."""

    def __init__(self, sheets: Iterable[Recognised]) -> None:
        self._columns = {(s.sheet.file, s.sheet.sheet, s.contract.dataset): s.columns for s in sheets}

    def place(self, dataset: str, row: pd.Series, column: str, note: str = "") -> Place:
        """The cell of ``column`` in a row of the dataset's frame; the row itself where the sheet has no such cell."""
        file, sheet, number = str(row[FILE]), str(row[SHEET]), int(row[ROW])
        where = self._columns.get((file, sheet, dataset), {}).get(column)
        cell = f"{letters(where[0])}{number}" if where else ""
        return Place(file, sheet, cell, row=number, note=note)
