"""Reports that have rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from quality_cli.core.organisations import OrgTree
from quality_cli.core.strata import Stratum, stratum_of
from quality_cli.datasets.tables.batches import Batch
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import PERIOD, Table

Rows: TypeAlias = Mapping[Stratum, Array]
"""By report who has a row of it: school years × units of the register and, last, those that nobody knows."""

_FLAGS = 1 << 22
"""So many combinations of values are marked one by one; of more, those that are met are sorted."""


def reports_with_rows(table: Table, names: Sequence[str], years: Sequence[int], organisations: OrgTree) -> Rows:
    """What a table has rows of, reports told apart by the columns ``names``; a row of which one of these is unknown
    tells of no report, a row that is valid for every year tells of each; one of a round does not tell of the year
    itself, where rounds are reports of their own."""
    organisation, of_round = table.contract.organisation, table.contract.blank_round
    blank = [of_round] if of_round and of_round not in names else []
    at = [PERIOD, *([organisation] if organisation else [])]
    place = {unit.id: position for position, unit in enumerate(organisations)}
    found: dict[Stratum, Array] = {}
    for part in table.parts([*blank, *at, *names], years):
        for batch in part():
            listed = batch.encoded(PERIOD).listed()
            in_year = np.array([[year is None or int(year) == own for own in years] for year in listed], dtype=bool)
            units = batch.encoded(organisation).listed() if organisation else [None]
            of_unit = np.array([place.get(unit or "", len(place)) for unit in units], dtype=np.intp)
            for cells, met in _met(batch, blank, names, at):
                key = stratum_of(zip(names, cells, strict=True))
                rows = found.setdefault(key, np.zeros((len(years), len(place) + 1), dtype=bool))
                year, unit = np.divmod(met, len(of_unit))
                for number in range(len(years)):
                    rows[number, of_unit[unit[in_year[year, number]]]] = True
    return found


def _met(
    batch: Batch, blank: Sequence[str], names: Sequence[str], at: Sequence[str]
) -> Iterator[tuple[list[str | float], Array]]:
    """Known combinations of values of ``names`` in the rows of a batch where ``blank`` are empty, each with those of
    the columns ``at`` that it is met with, as positions among all of these (unknown cells last)."""
    columns = [batch.encoded(name) for name in (*blank, *names, *at)]
    values = [column.listed() for column in columns]
    sizes = [len(own) for own in values]
    codes = [column.codes.astype(np.int64) % size for column, size in zip(columns, sizes, strict=True)]
    flat, size = np.ravel_multi_index(codes, sizes), int(np.prod(sizes))
    if size <= _FLAGS:
        flags = np.zeros(size, dtype=bool)
        flags[flat] = True
        met = np.flatnonzero(flags)
    else:
        met = np.unique(flat)
    keys, places = np.divmod(met, int(np.prod(sizes[len(blank) + len(names) :])))
    each, starts, sizes_of = np.unique(keys, return_index=True, return_counts=True)
    for key, start, many in zip(each.tolist(), starts.tolist(), sizes_of.tolist(), strict=True):
        place = np.unravel_index(key, sizes[: len(blank) + len(names)])
        listed = [own[code] for own, code in zip(values, place, strict=False)]
        empty, cells = listed[: len(blank)], listed[len(blank) :]
        if None not in cells and not any(cell is not None for cell in empty):
            yield cells, places[start : start + many]
