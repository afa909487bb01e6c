"""The cells (school year × organisation) that the rows of a batch fall into: a few of all, where rows lie by
organisation, as exports do."""

from dataclasses import dataclass

import numpy as np

from quality_cli.datasets.tables.encoded import Array


@dataclass(frozen=True, slots=True)
class CellRange:
    """School years from ``year`` on and organisations from ``org`` on (positions in the plan and in the register);
    ``years`` and ``orgs`` tell how many. ``cell`` is that of each row among these, or, where a row belongs nowhere
    (``outside``: some do), the one behind the last."""

    year: int
    org: int
    years: int
    orgs: int
    cell: Array
    outside: bool

    @classmethod
    def of(cls, org: Array, year: Array) -> "CellRange | None":
        """That of rows by organisation and school year (-1: it belongs nowhere); None where all belong nowhere."""
        nowhere = (org < 0) | (year < 0)
        outside = bool(nowhere.any())
        own, when = (org[~nowhere], year[~nowhere]) if outside else (org, year)
        if not len(own):
            return None
        first, start = int(own.min()), int(when.min())
        orgs, years = int(own.max()) + 1 - first, int(when.max()) + 1 - start
        cell = (year.astype(np.int64) - start) * orgs + (org - first)
        if outside:
            cell[nowhere] = orgs * years
        return cls(start, first, years, orgs, cell, outside)

    @property
    def size(self) -> int:
        """How many values ``cell`` takes."""
        return self.years * self.orgs + self.outside

    @property
    def inside(self) -> Array | bool:
        """Which rows belong somewhere."""
        return self.cell < self.years * self.orgs if self.outside else True

    def of_all(self, cell: Array, orgs: int) -> Array:
        """Cells of the range as cells among those of all ``orgs``."""
        year, org = np.divmod(cell, self.orgs)
        found: Array = (year + self.year) * orgs + org + self.org
        return found
