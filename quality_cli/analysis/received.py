"""How many of those that owe the reports of a row have handed in all of them, and who has not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality_cli.analysis.completeness import NAMES, NOT_HANDED_IN
from quality_cli.analysis.contradictions import Contradictions
from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.core.organisations import Level
from quality_cli.core.strata import decode_stratum
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import Reason
from quality_cli.engine.completeness.coverage import Coverage, Covered
from quality_cli.engine.completeness.needs import counted_by
from quality_cli.engine.rollup.levels import OrgLevel

_NAMED = 20
"""How many silent ones are named in a note."""

_DENSE = 8
"""Numbers up to so many times their count are found by marking them."""


@dataclass(frozen=True, slots=True)
class Received:
    """For each row: who owe anything that it needs and those of them that have handed in all of it, as numbers: both
    NaN where nobody owes anything, ``expected`` also where nobody knows who does, since nobody knows what was drawn.
    ``owed``: anything is; ``lacking``: somebody lacks any of it; ``heard``: of every table that it counts something
    came, or nobody owes it; ``came``: something came. ``short``: what the note says where somebody lacks anything,
    positions in ``words``, 0 elsewhere."""

    expected: Array
    received: Array
    owed: Array
    lacking: Array
    heard: Array
    came: Array
    short: Array
    words: tuple[str, ...]


def all_received(rows: CubeRows) -> Received:
    """Where nobody is asked what was handed in: whatever table is there has come from everybody that ever owes it."""
    contracts = rows.cube.contracts
    owed = rows.of_figures(lambda f: all(contracts[name].obligations for name in counted_by(f, contracts)))
    nobody, nowhere = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=bool)
    came = owed & (rows.reason != Reason.NOT_LOADED)
    return Received(nobody, nobody, nowhere, nowhere, ~nowhere, came, np.zeros(len(rows), dtype=np.int32), ("",))


def received_of(rows: CubeRows, coverage: Coverage, contradictions: Contradictions) -> Received:
    """What has come for the rows of the cube; of whom contradicts itself nothing has come for what is above it."""
    cube = rows.cube
    strata = [decode_stratum(text) for text in rows.stratum.words]
    size = max(1, len(strata))
    pairs, pair = distinct(rows.figure.astype(np.int64) * size + rows.stratum.codes)
    found: dict[int, int] = {}
    covered: list[Covered] = []
    of_pair = np.zeros(len(pairs), dtype=np.intp)
    for number, code in enumerate(pairs.tolist()):
        own = coverage.of(cube.figures[code // size], strata[code % size])
        if id(own) not in found:
            found[id(own)] = len(covered)
            covered.append(own)
        of_pair[number] = found[id(own)]
    which = of_pair[pair]
    for row, units in contradictions.by_row().items():
        covered.append(covered[which[row]].without(contradictions.under(units, cube.organisations)))
        which[row] = len(covered) - 1
    told = _Told(rows, covered, (len(coverage.years), len(cube.organisations)))
    return told.of(which, np.searchsorted(np.array(coverage.years), rows.period), rows.org)


def distinct(codes: Array) -> tuple[Array, Array]:
    """Each of some whole numbers from 0 once, ascending, and for each item which of them it is; where they are dense,
    without a sort."""
    size = int(codes.max(initial=0)) + 1
    if size > _DENSE * len(codes) + _DENSE:
        return np.unique(codes, return_inverse=True)
    met = np.zeros(size, dtype=bool)
    met[codes] = True
    found = np.flatnonzero(met)
    place = np.zeros(size, dtype=np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[codes]


class _Told:
    """What is told of each of several coverages; masks are these × school years × units of the register."""

    def __init__(self, rows: CubeRows, covered: Sequence[Covered], shape: tuple[int, int]) -> None:
        self._rows = rows
        self._covered = covered
        organisations = rows.cube.organisations
        self._levels = [OrgLevel.of(level, organisations) for level in Level]
        self._units = list(organisations)
        self._under: dict[int, Array] = {}
        self._is_organisation = np.array([unit.level is Level.ORGANISATION for unit in self._units], dtype=bool)
        masks = np.zeros((5, len(covered), *shape), dtype=bool)
        owes, self._lacks, above, above_lacks, undrawn = masks
        self._short = np.zeros((len(covered), *shape), dtype=np.int64)
        for place, own in enumerate(covered):
            for number, table in enumerate(own.tables):
                owes[place] |= table.owes
                self._lacks[place] |= table.lacks
                above[place] |= table.owes_for_all
                above_lacks[place] |= table.lacks_for_all
                undrawn[place] |= table.undrawn
                lacks = table.lacks | table.lacks_for_all
                self._short[place] |= (lacks + 2 * table.undrawn.astype(np.int64)) << (2 * number)
        self._undrawn_here = undrawn
        self._undrawn = self._any(undrawn)
        # A unit that reports for others is one more of those that owe what an organisation under it needs.
        here = self._levels[0].positions
        self._expected, self._received = self._sum(owes), self._sum(owes & ~self._lacks)
        self._expected[..., here] += above[..., here]
        self._received[..., here] += (above & ~above_lacks)[..., here]
        self._heard, self._came = self._of_needed(shape)

    def of(self, which: Array, year: Array, org: Array) -> Received:
        """What is told of rows: of which coverage, school year and unit each is."""
        at = which, year, org
        expected, received, undrawn = self._expected[at], self._received[at], self._undrawn[at]
        owed = (expected > 0) | undrawn
        lacking = undrawn | (received < expected)
        words, short = self._words(np.flatnonzero(lacking), *at)
        return Received(
            np.where(owed & ~undrawn, expected, np.nan),
            np.where(owed, received, np.nan),
            owed,
            lacking,
            self._heard[at],
            self._came[at],
            short,
            words,
        )

    def _of_needed(self, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Whether of every table that is needed anything came, or nobody owes it; whether anything came of every one
        that is counted."""
        tables = [(place, own) for place, covered in enumerate(self._covered) for own in covered.tables if own.needed]
        owes, came = np.zeros((2, len(tables), *shape), dtype=bool)
        for number, (_, table) in enumerate(tables):
            owes[number] = table.owes | table.owes_for_all
            came[number] = table.came | table.came_for_all
        owes, came = self._any(owes), self._any(came)
        all_heard, all_came = np.ones((2, len(self._covered), *shape), dtype=bool)
        for place, own in enumerate(self._covered):
            all_came[place] = {table.dataset for table in own.tables} >= set(own.counted)
        for number, (place, table) in enumerate(tables):
            all_heard[place] &= came[number] | ~owes[number]
            if table.counted:
                all_came[place] &= came[number]
        return all_heard, all_came

    def _sum(self, mask: Array) -> Array:
        """For every unit for how many the mask holds, itself and those under it."""
        found = np.zeros(mask.shape, dtype=np.int32)
        for level in self._levels:
            found[..., level.positions] = level.rolled_up(mask.astype(np.int32))
        return found

    def _any(self, mask: Array) -> Array:
        found: Array = self._sum(mask) > 0
        return found

    def _words(self, lacking: Array, which: Array, year: Array, org: Array) -> tuple[tuple[str, ...], Array]:
        """What is said of the rows that lack anything, each text once: of an organisation the tables, of others who."""
        words, short = [""], np.zeros(len(which), dtype=np.int32)
        is_own = self._is_organisation[org[lacking]]
        at_others = np.ravel_multi_index((year, org), self._lacks.shape[1:])
        for chosen, told, what in (
            (lacking[is_own], self._of_organisation, self._short[which, year, org]),
            (lacking[~is_own], self._of_others, at_others),
        ):
            own = what[chosen]
            size = int(own.max(initial=0)) + 1
            place = which[chosen] * size + own
            met, code = distinct(place)
            short[chosen] = code + len(words)
            words += [told(*divmod(one, size)) for one in met.tolist()]
        return tuple(words), short

    def _of_organisation(self, place: int, short: int) -> str:
        """Of one organisation the tables that it lacks."""
        tables = [(table, short >> (2 * number)) for number, table in enumerate(self._covered[place].tables)]
        titles = [self._rows.cube.contracts[table.dataset].title for table, bits in tables if bits & 1]
        told = [f"{NOT_HANDED_IN}{', '.join(titles)}"] if titles else []
        told += [f"{self._draw_of(table.dataset)}, неизвестно" for table, bits in tables if bits & 2]
        return "; ".join(told)

    def _of_others(self, place: int, where: int) -> str:
        """«отчитались 8 из 10; не представили: …»; where nobody knows who owes it, also whose draw is unknown."""
        year, org = divmod(where, len(self._units))
        below = self._below(org)
        unknown = self._undrawn_here[place, year] & below
        silent = below & (self._lacks[place, year] | unknown) & ~self._covered[place].left_out
        named = f"{NAMES}{self._named(silent)}" if silent.any() else ""
        received, expected = self._received[place, year, org], self._expected[place, year, org]
        if not unknown.any():
            return f"отчитались {received} из {expected}{named}"
        draws = [self._draw_of(table.dataset) for table in self._covered[place].tables if table.undrawn[year].any()]
        return f"отчитались: {received}{named}; {', '.join(draws)}, неизвестно: {self._named(unknown)}"

    def _below(self, org: int) -> Array:
        if org not in self._under:
            self._under[org] = np.array(self._rows.cube.organisations.under({self._units[org].id}), dtype=bool)
        return self._under[org]

    def _draw_of(self, dataset: str) -> str:
        """«какой предмет выпал»."""
        contract = self._rows.cube.contracts[dataset]
        (column, *_) = (name for obligation in contract.obligations for name in obligation.drawn)
        return f"какой {contract.columns[column].title.lower()} выпал"

    def _named(self, mask: Array) -> str:
        places = np.flatnonzero(mask)
        names = ", ".join(self._units[place].name for place in places[:_NAMED].tolist())
        return names + (f" и ещё {len(places) - _NAMED}" if len(places) > _NAMED else "")
