"""The matrix of completeness: who has handed in what of which table, in a school year."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from quality_cli.analysis.completeness import roll_record
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.engine.completeness.reports import Completeness, Report, State

Term: TypeAlias = Callable[[Report, Period], date | None]
"""The last day of a report; None: nobody has set it."""

LEGEND = "+ представлено · 0 сведений нет · − не представлено · ! и срок прошёл · −3: столько отчётов из нескольких"
"""What the marks of the matrix mean."""

MARKS = ("+", "0", "−", "!")
"""What stands over the counts of a tally in a narrow table."""

COUNTS = {"received": "Представлено", "none": "Сведений нет", "missing": "Не представлено", "overdue": "Просрочено"}
"""How the counts of a tally are called."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many reports were received, are stated to be empty, are missing; ``overdue`` of the missing ones."""

    received: int = 0
    none: int = 0
    missing: int = 0
    overdue: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.received + other.received,
            self.none + other.none,
            self.missing + other.missing,
            self.overdue + other.overdue,
        )

    @property
    def owed(self) -> int:
        """How many reports there should be."""
        return self.received + self.none + self.missing

    @property
    def mark(self) -> str:
        """The tally in a few signs: :data:`LEGEND`; nothing where nothing is owed."""
        if not self.missing:
            return "+" if self.received else "0" if self.none else ""
        return ("!" if self.overdue else "−") + (f"{self.missing}" if self.missing < self.owed else "")

    def record(self) -> dict[str, int]:
        """The counts for a program."""
        return asdict(self)


_NOTHING = Tally()
_ONE = {
    State.RECEIVED: Tally(received=1),
    State.NUMBERS: Tally(received=1),
    State.NONE: Tally(none=1),
    State.MISSING: Tally(missing=1),
}
_LATE = Tally(missing=1, overdue=1)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Tallies of a school year by unit and dataset; ``units`` in the order of the register, ``datasets`` in that of
    the contracts. ``day`` is the one on which terms are judged, None: they are not."""

    period: Period
    day: date | None
    units: tuple[str, ...]
    datasets: tuple[str, ...]
    tallies: Mapping[tuple[str, str], Tally]

    def at(self, unit: str, dataset: str) -> Tally:
        """What a unit has handed in of a table."""
        return self.tallies.get((unit, dataset), _NOTHING)

    def of_unit(self, unit: str) -> Tally:
        """What a unit has handed in."""
        return reduce(add, (self.at(unit, dataset) for dataset in self.datasets), _NOTHING)

    def of_table(self, dataset: str) -> Tally:
        """What has come of a table."""
        return reduce(add, (self.at(unit, dataset) for unit in self.units), _NOTHING)


def matrix_of(
    completeness: Completeness,
    period: Period,
    organisations: OrgTree,
    day: date | None = None,
    term: Term | None = None,
) -> Matrix:
    """The matrix of a school year; with a ``day``, a missing report is overdue the day after its ``term``."""
    tallies: dict[tuple[str, str], Tally] = {}
    for own in completeness.of(period.start):
        last = term(own.report, period) if term is not None and own.state is State.MISSING else None
        late = day is not None and last is not None and last < day
        key = own.unit, own.report.dataset
        tallies[key] = tallies.get(key, _NOTHING) + (_LATE if late else _ONE[own.state])
    owing = {unit for unit, _ in tallies}
    units = tuple(unit.id for unit in organisations if unit.id in owing)
    datasets = tuple(roll.dataset for roll in completeness.rolls(period.start))
    return Matrix(period, day, units, datasets, tallies)


def record(
    matrix: Matrix, completeness: Completeness, organisations: OrgTree, contracts: Mapping[str, Contract]
) -> dict[str, Any]:
    """The matrix for a program: tables with those who have not handed them in whole, units with their tables."""
    rolls = {roll.dataset: roll for roll in completeness.rolls(matrix.period.start)}
    return {
        "period": str(matrix.period),
        "today": str(matrix.day) if matrix.day else None,
        "tables": [
            {**roll_record(rolls[name], contracts), "reports": matrix.of_table(name).record()}
            for name in matrix.datasets
        ],
        "organisations": [
            {
                "org_id": unit,
                "org_name": organisations[unit].name,
                "reports": matrix.of_unit(unit).record(),
                "tables": {
                    name: matrix.at(unit, name).record() for name in matrix.datasets if matrix.at(unit, name).owed
                },
            }
            for unit in matrix.units
        ],
    }
