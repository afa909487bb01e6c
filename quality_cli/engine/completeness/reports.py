"""Reports and where they stand: computed once for a plan, frozen, arrays inside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from quality_cli.core.findings import Finding
from quality_cli.core.strata import TOTAL, Stratum
from quality_cli.datasets.tables.encoded import Array


class State(StrEnum):
    """Where a report stands; the values are those of the file of completeness. ``NUMBERS``: its rows have not come, and
    what figures count in them was given as numbers."""

    RECEIVED = "received"
    NONE = "none"
    MISSING = "missing"
    NUMBERS = "numbers"


NOT_OWED, RECEIVED, NONE, MISSING, NUMBERS = 0, 1, 2, 3, 4
"""The same as codes, in the order of :class:`State`; 0 where nothing is owed. From :data:`MISSING` on the table itself
has no rows."""

STATES: Sequence[State] = (State.RECEIVED, State.NONE, State.MISSING, State.NUMBERS)


@dataclass(frozen=True, slots=True)
class Report:
    """What is handed in, or not, as a whole: a dataset, or what ``key`` says of it (values of the columns that make
    separate reports of it). Where ``undrawn`` names a column it stands for ``number`` reports of which nobody knows
    which they are: ``options`` are the values of the column that may have been drawn, and its «value» in the key says
    so in words."""

    dataset: str
    key: Stratum = TOTAL
    undrawn: str = ""
    options: tuple[str, ...] = ()
    number: int = 1

    @property
    def cases(self) -> tuple[Stratum, ...]:
        """The reports that it may be."""
        if not self.undrawn:
            return (self.key,)
        return tuple(
            tuple((name, option if name == self.undrawn else value) for name, value in self.key)
            for option in self.options
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands that a unit of the register owes in a school year (its first calendar year); ``shared``: it
    is owed for everybody under the unit."""

    period: int
    report: Report
    unit: str
    state: State
    shared: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Where the reports of a dataset stand: ``codes`` (small whole numbers, see :data:`NOT_OWED`) are reports × school
    years × units of the register. ``shared`` tells of each report whether it is owed for everybody under the unit."""

    dataset: str
    reports: tuple[Report, ...]
    shared: Array
    codes: Array


@dataclass(frozen=True, slots=True)
class Roll:
    """Who of those that owe anything of a dataset has handed in what; units in the order of the register."""

    dataset: str
    period: int
    complete: tuple[str, ...]
    partly: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def expected(self) -> int:
        """How many owe anything."""
        return len(self.complete) + len(self.partly) + len(self.silent)

    @property
    def heard(self) -> bool:
        """Whether anybody has handed in anything."""
        return bool(self.complete or self.partly)


@dataclass(frozen=True, eq=False)
class Completeness:
    """Every report that the figures of a plan rest on and somebody owes.

    ``ledgers`` are by dataset in the order of the contracts; ``years`` and ``units`` are what their codes are over:
    the first years of the school years read, ascending, and the register. ``shown`` are the school years asked for:
    only theirs are told one by one. ``findings``: statements that were not understood or that the tables contradict.
    ``beside`` are ledgers of tables that other sources of figures rest on as well: nobody waits for what is only there,
    but rows of the one table are not counted for whom the other has not come.
    """

    ledgers: Mapping[str, Ledger]
    years: tuple[int, ...]
    units: tuple[str, ...]
    shown: tuple[int, ...]
    findings: tuple[Finding, ...] = ()
    beside: Mapping[str, Ledger] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Standing]:
        """By school year, dataset, unit and, as the contract lists them, report."""
        for period in self.shown:
            yield from self.of(period)

    def of(self, period: int) -> Iterator[Standing]:
        """Those of a school year, in the same order."""
        for _, ledger, (units, reports, codes) in self.listed(period):
            rows = zip(units.tolist(), reports.tolist(), codes.tolist(), strict=True)
            for unit, report, code in rows:
                shared = bool(ledger.shared[report])
                yield Standing(period, ledger.reports[report], self.units[unit], STATES[code - 1], shared)

    def __len__(self) -> int:
        return sum(map(self.count, STATES))

    def listed(self, *periods: int) -> Iterator[tuple[int, Ledger, tuple[Array, Array, Array]]]:
        """The same as arrays, by school year (where none is named all that were asked for) and dataset: positions of
        units and reports, codes of states."""
        for period in periods or self.shown:
            for ledger in self.ledgers.values():
                codes = ledger.codes[:, self.years.index(period)].T
                units, reports = np.nonzero(codes)
                if len(units):
                    yield period, ledger, (units, reports, codes[units, reports])

    @property
    def periods(self) -> tuple[int, ...]:
        """School years in which anything is owed, ascending."""
        return tuple(dict.fromkeys(period for period, _, _ in self.listed()))

    def count(self, state: State) -> int:
        """How many reports stand so."""
        code, years = STATES.index(state) + 1, [self.years.index(period) for period in self.shown]
        return sum(int(np.count_nonzero(ledger.codes[:, years] == code)) for ledger in self.ledgers.values())

    def with_more(self, dataset: str, period: int, came: Callable[[Report, str], bool]) -> "Completeness":
        """The same where reports of a dataset have come that tables do not know: ``came`` tells by report and unit."""
        ledger = self.ledgers.get(dataset)
        if ledger is None or period not in self.years:
            return self
        codes, year = ledger.codes.copy(), self.years.index(period)
        more = np.array([[came(report, unit) for unit in self.units] for report in ledger.reports], dtype=bool)
        codes[:, year][more & (codes[:, year] != NOT_OWED)] = RECEIVED
        return replace(self, ledgers={**self.ledgers, dataset: replace(ledger, codes=codes)})

    @cached_property
    def states(self) -> Mapping[tuple[int, str, str], tuple[State, ...]]:
        """By school year, dataset and unit where its reports stand."""
        found: dict[tuple[int, str, str], list[State]] = {}
        for own in self:
            found.setdefault((own.period, own.report.dataset, own.unit), []).append(own.state)
        return {key: tuple(states) for key, states in found.items()}

    def latest(self) -> tuple[Roll, ...]:
        """The rolls of the last of the school years; none where nothing is owed."""
        return self.rolls(self.periods[-1]) if self.periods else ()

    def rolls(self, period: int) -> tuple[Roll, ...]:
        """The roll of every dataset that anybody owes in a school year."""
        rolls = []
        for ledger in self.ledgers.values():
            codes = ledger.codes[:, self.years.index(period)]
            owed, missing = np.count_nonzero(codes, axis=0), np.count_nonzero(codes == MISSING, axis=0)
            masks = ((missing == 0) & (owed > 0), (missing > 0) & (missing < owed), (missing > 0) & (missing == owed))
            names = (tuple(self.units[place] for place in np.flatnonzero(mask)) for mask in masks)
            if owed.any():
                rolls.append(Roll(ledger.dataset, period, *names))
        return tuple(rolls)
