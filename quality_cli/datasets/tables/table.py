"""Tables: what the datasets layer hands to the engine.

In a frame numbers and flags are ``float64`` (NaN = unknown), words and organisations are categoricals (unknown =
missing). Besides the columns of the contract every frame has ``period`` (first calendar year of the school year, or
NaN where the table is valid for every year) and the trace of each row: ``_file``, ``_sheet`` (categorical) and
``_row`` (from 1). Where several rows stand in one row of a file, ``_cell`` is the cell that each was made of.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import Batch, FrameBatch

PERIOD, FILE, SHEET, ROW, CELL = "period", "_file", "_sheet", "_row", "_cell"

SHIPPED = "каталог/"
"""Names of files that travel with the catalogue begin so; their rows yield to the same rows of the data."""

PREPARED = "prepared"
"""What stands for the layout of a file that is a prepared table."""

FEW = 1000
"""Most values of a column whose combinations with others are counted."""

Columns: TypeAlias = dict[str, np.ndarray]
"""Values of one sheet by column as :func:`column_values` keeps them, before they become a frame."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the data folder: relative name, size in bytes, SHA-256, what was recognised in it, rows taken."""

    name: str
    size: int
    sha256: str
    datasets: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    rows: int = 0


class Table:
    """Rows of one dataset, in memory; :mod:`quality_cli.datasets.tables.prepared` reads its own as they are needed."""

    def __init__(self, contract: Contract, frame: pd.DataFrame) -> None:
        self.contract = contract
        self._frame = frame
        self._batch: Batch = FrameBatch(frame)

    @property
    def frame(self) -> pd.DataFrame:
        """All rows at once."""
        return self._frame

    def part(self, columns: Sequence[str]) -> pd.DataFrame:
        """All rows with at least these columns."""
        return self.frame

    def __len__(self) -> int:
        return len(self._frame)

    def periods(self) -> list[int]:
        """First years of the school years present, ascending."""
        return [int(year) for year in self._batch.encoded(PERIOD).values.to_pylist()]

    def files(self, period: int | None) -> list[str]:
        """Names of the files that rows of a school year (None: all rows) come from."""
        files, years = self._batch.encoded(FILE), self._batch.encoded(PERIOD)
        met = np.unique(files.codes if period is None else files.codes[years.codes == self.periods().index(period)])
        names = files.values.to_pylist()
        return sorted(names[code] for code in met if code >= 0)

    def parts(self, columns: Sequence[str], periods: Collection[int]) -> list[Callable[[], Iterator[Batch]]]:
        """What is to be called, in any order and in any thread, to get the rows with at least these columns, batch by
        batch; rows of other school years may be left out."""
        return [lambda: iter([self._batch])]

    def sample(self, columns: Sequence[str], periods: Collection[int], rows: int) -> Batch:
        """Some of the rows, about so many."""
        return FrameBatch(self.frame[[*columns]].iloc[:: max(1, len(self) // rows)])

    def gaps(self, name: str) -> bool:
        """Whether a cell of a column may be unknown."""
        column = self._batch.encoded(name)
        return bool((column.codes < 0).any())

    def few_values(self, name: str) -> bool:
        """Whether a column takes so few values that rows are better told apart by it than by conditions over it."""
        return len(self._batch.encoded(name).values) < FEW

    def records(self) -> list[dict[str, Any]]:
        """Rows as dictionaries, unknown cells as None; for small tables."""
        names, columns = list(map(str, self.frame)), [_cells(series) for _, series in self.frame.items()]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything read: tables by dataset, the tree of units, files, findings, names of files that changed meanwhile.
    ``totals``: by dataset rows that are not in its table and below the sum of those that are their parts."""

    by_dataset: Mapping[str, Table]
    organisations: OrgTree
    files: tuple[SourceFile, ...] = ()
    findings: Findings = field(default_factory=Findings)
    changed: tuple[str, ...] = ()
    totals: Mapping[str, Table] = field(default_factory=dict)

    def __contains__(self, dataset: object) -> bool:
        return dataset in self.by_dataset

    def __getitem__(self, dataset: str) -> Table:
        return self.by_dataset[dataset]


def column_values(cells: Sequence[Any], *, numeric: bool) -> np.ndarray:
    """Values as an array; unknown (None) is NaN among numbers and flags (float64), None among words (object)."""
    if numeric:
        return np.array([np.nan if cell is None else cell for cell in cells], dtype="float64")
    return np.fromiter(cells, dtype=object, count=len(cells))


def _cells(series: pd.Series) -> list[Any]:
    """A column as plain cells, unknown ones as None."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        words = [*series.cat.categories.tolist(), None]
        return [words[code] for code in series.cat.codes.tolist()]
    return [None if cell is None or cell != cell else cell for cell in series.tolist()]  # noqa: PLR0124 - NaN


def column_array(cells: Sequence[Any] | np.ndarray, *, numeric: bool) -> Any:
    """Physical form of a column of a frame: float64 for numbers and flags, a categorical for words."""
    values = cells if isinstance(cells, np.ndarray) else column_values(cells, numeric=numeric)
    return values if numeric else pd.Categorical(values)


def table_of(contract: Contract, columns: Columns) -> Table:
    """A table in memory of columns of one length, made by :func:`column_array`."""
    return Table(contract, pd.DataFrame(columns))
