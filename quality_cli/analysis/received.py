"""How many of those that owe the reports of a row have handed in all of them, and who has not."""

from dataclasses import dataclass

import numpy as np

from quality_cli.analysis.completeness import NAMES
from quality_cli.analysis.contradictions import Contradictions
from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.core.organisations import Level
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.completeness.coverage import Coverage, Covered
from quality_cli.engine.rollup.levels import OrgLevel

_NAMED = 20
"""How many silent ones are named in a note."""


@dataclass(frozen=True, slots=True)
class Received:
    """For each row: who owe anything that it needs and those of them that have handed in all of it, as numbers;
    ``heard``: of every table that it counts something came, or nobody owes it; ``came``: something came. ``short``:
    what the note says where somebody lacks anything, positions in ``words``, 0 elsewhere."""

    expected: Array
    received: Array
    heard: Array
    came: Array
    short: Array
    words: tuple[str, ...]

    @property
    def lacking(self) -> Array:
        """Rows of which not everything came."""
        lacking: Array = self.received < self.expected
        return lacking


def received_of(rows: CubeRows, coverage: Coverage, contradictions: Contradictions) -> Received:
    """What has come for the rows of the cube; of whom contradicts itself nothing has come for what is above it."""
    cube = rows.cube
    levels = [OrgLevel.of(level, cube.organisations) for level in Level]
    strata = [decode_stratum(text) for text in rows.stratum.words]
    size = max(1, len(strata))
    pairs, pair = np.unique(rows.figure.astype(np.int64) * size + rows.stratum.codes, return_inverse=True)
    found: dict[int, int] = {}
    covered: list[Covered] = []
    of_pair = np.zeros(len(pairs), dtype=np.intp)
    for number, code in enumerate(pairs.tolist()):
        own = coverage.of(cube.figures[code // size], strata[code % size])
        if id(own) not in found:
            found[id(own)] = len(covered)
            covered.append(own)
        of_pair[number] = found[id(own)]
    shape = (len(coverage.years), len(cube.organisations))
    counts = np.array([_counts(own, levels, shape) for own in covered]).reshape(-1, 4, *shape)
    years = np.searchsorted(np.array(coverage.years), rows.period)
    which = of_pair[pair]
    expected, received, heard, came = (counts[:, place][which, years, rows.org] for place in range(4))
    lacking = np.flatnonzero((received < expected) & ~contradictions.touched)
    words, short = [""], np.zeros(len(rows), dtype=np.int32)
    place = np.ravel_multi_index((which[lacking], years[lacking], rows.org[lacking]), (max(1, len(covered)), *shape))
    told, code = np.unique(place, return_inverse=True)
    for one in told.tolist():
        which_one, year, org = np.unravel_index(one, (len(covered), *shape))
        words.append(_words(covered[which_one], int(year), int(org), rows, counts[which_one, :2, year, org]))
    short[lacking] = code + 1
    for row, units in contradictions.by_row().items():
        own, year, org = covered[which[row]], int(years[row]), int(rows.org[row])
        rest = _counts(own.without(contradictions.under(units, cube.organisations)), levels, shape)[:, year, org]
        received[row], heard[row], came[row] = rest[1:]
        if received[row] < expected[row]:
            short[row] = len(words)
            words.append(_words(own, year, org, rows, rest[:2]))
    return Received(expected, received, heard > 0, came > 0, short, tuple(words))


def _counts(covered: Covered, levels: list[OrgLevel], shape: tuple[int, int]) -> Array:
    """Expected, received, whether anything of every table was heard and came, for every unit of the register. A unit
    that reports for others is one more of those that owe what an organisation under it needs."""
    nothing = np.zeros(shape, dtype=bool)
    owes, lacks, above, above_lacks = nothing, nothing, nothing, nothing
    result = np.zeros((4, *shape))
    result[2:] = 1
    for table in covered.tables:
        owes, lacks = owes | table.owes, lacks | table.lacks
        above, above_lacks = above | table.owes_for_all, above_lacks | table.lacks_for_all
        if table.counted:
            any_owes = _any(table.owes | table.owes_for_all, levels)
            any_came = _any(table.came | table.came_for_all, levels)
            result[2] *= any_came | ~any_owes
            result[3] *= any_came
    result[3] *= {table.dataset for table in covered.tables} >= set(covered.counted)
    for number, mask in enumerate((owes, owes & ~lacks)):
        for level in levels:
            result[number][:, level.positions] = level.rolled_up(mask.astype(np.int64))
    organisations = levels[0].positions
    result[0][:, organisations] += above[:, organisations]
    result[1][:, organisations] += (above & ~above_lacks)[:, organisations]
    return result


def _any(mask: Array, levels: list[OrgLevel]) -> Array:
    """For every unit whether the mask holds for it or for one under it."""
    found = np.zeros(mask.shape, dtype=bool)
    for level in levels:
        found[:, level.positions] = level.rolled_up(mask.astype(np.int64)) > 0
    return found


def _words(covered: Covered, year: int, org: int, rows: CubeRows, counts: Array) -> str:
    """Of an organisation the tables that it lacks; of others «по 8 из 10 организаций; не представили: …»."""
    units = list(rows.cube.organisations)
    lacks = np.any([table.lacks[year] for table in covered.tables], axis=0)
    if units[org].level is Level.ORGANISATION:
        lacking = [t.dataset for t in covered.tables if t.lacks[year, org] or t.lacks_for_all[year, org]]
        return f"не представлено: {', '.join(rows.cube.contracts[name].title for name in lacking)}"
    chosen = rows.cube.organisations.under({units[org].id})
    names = [unit.name for unit, lack, below in zip(units, lacks.tolist(), chosen, strict=True) if lack and below]
    more = f" и ещё {len(names) - _NAMED}" if len(names) > _NAMED else ""
    expected, received = map(int, counts)
    silent = f"{NAMES}{', '.join(names[:_NAMED])}{more}" if names else ""
    return f"по {received} из {expected} организаций{silent}"
