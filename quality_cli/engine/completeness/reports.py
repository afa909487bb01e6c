"""Reports and where they stand: plain frozen objects, computed once for a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from quality_cli.core.findings import Finding
from quality_cli.core.strata import TOTAL, Stratum


class State(StrEnum):
    """Where a report stands; the values are those of the file of completeness."""

    RECEIVED = "received"
    NONE = "none"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Report:
    """What is handed in, or not, as a whole: a dataset, or what ``key`` says of it (values of the columns that make
    separate reports of it). ``undrawn`` is a column of which it is not known which value was drawn: its «value» in the
    key says what may."""

    dataset: str
    key: Stratum = TOTAL
    undrawn: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands that a unit of the register owes in a school year (its first calendar year); ``shared``: it
    is owed for everybody under the unit."""

    period: int
    report: Report
    unit: str
    state: State
    shared: bool = False


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


@dataclass(frozen=True)
class Completeness:
    """Every report that the figures of a plan rest on and somebody owes: school years ascending, datasets in the order
    of their contracts, reports as the contract lists them, units in the order of the register.

    ``findings``: statements that were not understood or that the tables contradict.
    """

    standings: tuple[Standing, ...]
    findings: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Standing]:
        return iter(self.standings)

    def __len__(self) -> int:
        return len(self.standings)

    @property
    def periods(self) -> tuple[int, ...]:
        """School years in which anything is owed, ascending."""
        return tuple(dict.fromkeys(standing.period for standing in self.standings))

    def count(self, state: State) -> int:
        """How many reports stand so."""
        return sum(standing.state is state for standing in self.standings)

    @cached_property
    def states(self) -> Mapping[tuple[int, str, str], tuple[State, ...]]:
        """By school year, dataset and unit where its reports stand."""
        found: dict[tuple[int, str, str], list[State]] = {}
        for standing in self.standings:
            key = (standing.period, standing.report.dataset, standing.unit)
            found.setdefault(key, []).append(standing.state)
        return {key: tuple(states) for key, states in found.items()}

    def latest(self) -> tuple[Roll, ...]:
        """The rolls of the last of the school years; none where nothing is owed."""
        return self.rolls(self.periods[-1]) if self.periods else ()

    def rolls(self, period: int) -> tuple[Roll, ...]:
        """The roll of every dataset that anybody owes in a school year."""
        found: dict[str, tuple[list[str], list[str], list[str]]] = {}
        for (year, dataset, unit), states in self.states.items():
            if year == period:
                missing = states.count(State.MISSING)
                place = 0 if not missing else 1 if missing < len(states) else 2
                found.setdefault(dataset, ([], [], []))[place].append(unit)
        return tuple(Roll(dataset, period, *map(tuple, units)) for dataset, units in found.items())
