"""The cells (school year × unit) that the rows of a batch fall into: a few of all, where rows lie by unit."""

from dataclasses import dataclass

import numpy as np

from quality_cli.datasets.tables.batches import Array


@dataclass(frozen=True, slots=True)
class Window:
    """School years from ``year`` on, units from ``unit`` on; ``place`` is the cell of each row among these, or, where a
    row belongs nowhere (``outside``: some do), the one behind the last."""

    year: int
    unit: int
    years: int
    units: int
    place: Array
    outside: bool

    @classmethod
    def of(cls, unit: Array, year: Array) -> "Window | None":
        """That of rows by unit and school year (-1: it belongs nowhere); None where all belong nowhere."""
        nowhere = (unit < 0) | (year < 0)
        outside = bool(nowhere.any())
        own, when = (unit[~nowhere], year[~nowhere]) if outside else (unit, year)
        if not len(own):
            return None
        first, start = int(own.min()), int(when.min())
        units, years = int(own.max()) + 1 - first, int(when.max()) + 1 - start
        place = (year.astype(np.int64) - start) * units + (unit - first)
        if outside:
            place[nowhere] = units * years
        return cls(start, first, years, units, place, outside)

    @property
    def size(self) -> int:
        """How many values ``place`` takes."""
        return self.years * self.units + self.outside

    @property
    def inside(self) -> Array | bool:
        """Which rows belong somewhere."""
        return self.place < self.years * self.units if self.outside else True

    def of_all(self, place: Array, units: int) -> Array:
        """Cells among those of all ``units``."""
        year, unit = np.divmod(place, self.units)
        found: Array = (year + self.year) * units + unit + self.unit
        return found
