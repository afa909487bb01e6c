"""Reports that have rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from typing import TypeAlias

import numpy as np

from quality_cli.core.strata import Stratum, stratum_of
from quality_cli.datasets.tables.table import PERIOD, Table

Rows: TypeAlias = Mapping[tuple[int, Stratum], Set[str]]
"""By school year and report the organisations that have a row of it («» where the table knows none)."""


def reports_with_rows(table: Table, names: Sequence[str], periods: Collection[int]) -> Rows:
    """What a table has rows of, reports told apart by the columns ``names``; a row of which one of these is unknown
    tells of no report, a row that is valid for every year tells of each; one
    of a round does not tell of the year itself, where rounds are reports of their own."""
    organisation, of_round = table.contract.organisation, table.contract.round
    apart = [of_round] if of_round and of_round not in names and table.contract.rounds_are_reports else []
    columns = [*apart, PERIOD, *([organisation] if organisation else []), *names]
    found: dict[tuple[int, Stratum], set[str]] = defaultdict(set)
    for part in table.parts(columns, periods):
        for batch in part():
            encoded = [batch.encoded(name) for name in columns]
            values = [column.listed() for column in encoded]
            sizes = tuple(map(len, values))
            codes = tuple(column.codes.astype(np.int64) % size for column, size in zip(encoded, sizes, strict=True))
            met = np.unique(np.ravel_multi_index(codes, sizes))
            for place in zip(*np.unravel_index(met, sizes), strict=True):
                listed = [own[code] for own, code in zip(values, place, strict=True)]
                year, *cells = listed[len(apart) :]
                if None not in cells and (not apart or listed[0] is None):
                    unit = cells.pop(0) if organisation else ""
                    key = stratum_of(zip(names, cells, strict=True))
                    for period in periods if year is None else (int(year),):
                        found[period, key].add(unit)
    return found
