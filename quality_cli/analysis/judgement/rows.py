"""The results as columns for judging: words as positions, numbers as arrays, rows found by what they are of."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, decode_stratum
from quality_cli.datasets.tables.encoded import Array

NOWHERE = -1


class ResultRows:
    """The rows of a table of results in its order.

    ``words(name)`` are the distinct texts of a column and ``codes(name)`` the position of each row's; ``figure`` is a
    row's indicator and part as one position in ``figures``.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        size = len(self.words("part")) or 1
        both, self.figure = np.unique(self.codes("indicator") * size + self.codes("part"), return_inverse=True)
        self.figures = [(self.words("indicator")[one // size], self.words("part")[one % size]) for one in both.tolist()]
        self.strata: list[Stratum] = [decode_stratum(text) for text in self.words("stratum")]

    def codes(self, name: str) -> Array:
        """For each row the position of its word."""
        return self._encoded(name)[0]

    def words(self, name: str) -> list[str]:
        """The distinct words of a column."""
        return self._encoded(name)[1]

    def _encoded(self, name: str) -> tuple[Array, list[str]]:
        if name not in self._columns:
            column = self._table[name].combine_chunks()
            encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
            self._columns[name] = codes, encoded.dictionary.to_pylist()
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, tuple[Array, list[str]]]:
        return {}

    @cached_property
    def year(self) -> Array:
        """The first calendar year of each row's school year."""
        years = [Period.parse(text).start for text in self.words("period")]
        return np.array(years or [0])[self.codes("period")]

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def number(self, name: str) -> Array:
        """A column of numbers, NaN where a cell is empty; of да and нет 1 and 0."""
        if name not in self._numbers:
            values = self._table[name].to_numpy()
            self._numbers[name] = values.astype(float)
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, Array]:
        return {}

    def has(self, name: str, *words: str) -> Array:
        """Whether a row's word is one of these."""
        return np.array([word in words for word in self.words(name)] or [False])[self.codes(name)]

    def of_figures(self, read: Callable[[str, str], Any]) -> Array:
        """A property of each row's figure: of its indicator and part."""
        return np.array([read(*figure) for figure in self.figures] or [False])[self.figure]

    def of_strata(self, read: Callable[[Stratum], Any]) -> Array:
        """A property of each row's stratum."""
        return np.array([read(stratum) for stratum in self.strata] or [False])[self.codes("stratum")]

    def word(self, name: str, row: int) -> str:
        """The word of one row."""
        return str(self.words(name)[self.codes(name)[row]])

    def figure_code(self, indicator: str, part: str) -> Array:
        """The position of a figure, as an array of one; NOWHERE where the results do not have it."""
        known = (indicator, part) in self.figures
        return np.array([self.figures.index((indicator, part)) if known else NOWHERE])

    def find(
        self,
        rows: Array,
        org: Array | None = None,
        year: Array | None = None,
        figure: Array | None = None,
        stratum: Array | None = None,
    ) -> Array:
        """For each of some rows the position of the row that differs from it only in what is given (codes of
        organisations, first years, figures, codes of strata); NOWHERE where there is none."""
        asked = self._place(
            self.figure[rows] if figure is None else figure,
            self.codes("org_id")[rows] if org is None else org,
            self.codes("stratum")[rows] if stratum is None else stratum,
            self.year[rows] if year is None else year,
        )
        keys, order = self._sorted
        found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        known = (keys[found] == asked) & (asked >= 0)
        return np.where(known, order[found], NOWHERE)

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        keys = self._place(self.figure, self.codes("org_id"), self.codes("stratum"), self.year)
        order = np.argsort(keys)
        return keys[order], order

    def _place(self, figure: Array, org: Array, stratum: Array, year: Array) -> Array:
        """One number for figure, organisation, stratum and year; −1 where one of them is unknown."""
        first, last = (int(self.year.min()), int(self.year.max())) if len(self) else (0, 0)
        orgs, strata, years = len(self.words("org_id")), len(self.strata), last - first + 1
        inside = (figure >= 0) & (org >= 0) & (stratum >= 0) & (year >= first) & (year <= last)
        place = ((figure * orgs + org) * strata + stratum) * years + (year - first)
        return np.where(inside, place, NOWHERE)

    def municipality(self, organisations: OrgTree) -> Array:
        """For each row the code of the municipality that its unit is in; NOWHERE where no row is of that."""
        found = [
            organisations.ancestor(org, Level.MUNICIPALITY) if org in organisations else None
            for org in self.words("org_id")
        ]
        return self.code("org_id", [unit.id if unit else "" for unit in found])[self.codes("org_id")]

    def alike(self, chosen: Sequence[int]) -> Array:
        """Which rows are of the same figure, stratum and school year as one of some rows, of whatever unit."""
        kinds = (self.figure * len(self.strata) + self.codes("stratum")) * len(self.words("period"))
        kinds = kinds + self.codes("period")
        return np.isin(kinds, kinds[chosen])

    def code(self, name: str, words: Sequence[str]) -> Array:
        """The positions of some words in a column's words; NOWHERE for one that no row has."""
        place = {word: number for number, word in enumerate(self.words(name))}
        return np.array([place.get(word, NOWHERE) for word in words], dtype=np.int64)
