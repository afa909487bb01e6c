"""What a template sees: figures of the document's unit and of its municipality, and nothing of other schools."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from quality_cli.analysis.observations import Observation, parse_stratum
from quality_cli.analysis.results import Result, Results
from quality_cli.catalogue.model import Indicator
from quality_cli.catalogue.wording import stages, status_word
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.russian import NO_DATA, num

SMALL_MARK = "*"
YES_NO = "да/нет"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure for a template; every property works for a missing row too.

    ``of_units``: the figure is a share of organisations, which of one organisation is told as да or нет.
    """

    row: Result | None
    of_units: bool = False

    @property
    def value(self) -> float | None:
        """The value in its unit, None where there is none."""
        return self.row.value if self.row else None

    @property
    def n(self) -> int | None:
        """Numerator."""
        return _whole(self.row.numerator) if self.row else None

    @property
    def d(self) -> int | None:
        """Denominator."""
        return _whole(self.row.denominator) if self.row else None

    @property
    def excluded(self) -> int:
        """Rows left out by an exclusion."""
        return (_whole(self.row.excluded) or 0) if self.row else 0

    @property
    def unknown(self) -> int:
        """Rows whose condition is unknown."""
        return (_whole(self.row.unknown) or 0) if self.row else 0

    @property
    def status(self) -> str:
        """Status of the results table; a missing row is ``no_data``."""
        return self.row.status if self.row else "no_data"

    @property
    def small(self) -> bool:
        """Whether the group is small."""
        return self.status == "small"

    @property
    def unit(self) -> str:
        """Unit of the value, as printed."""
        if self.row is None:
            return ""
        alone = self.of_units and self.row.unit == "%" and self.row.level == Level.ORGANISATION
        return YES_NO if alone and self.d == 1 else self.row.unit

    @property
    def source(self) -> str:
        """What the figure rests on."""
        return self.row.source if self.row else ""

    @property
    def note(self) -> str:
        """Why there is no value."""
        return self.row.note if self.row else ""

    def same_as(self, other: "Cell") -> bool:
        """Whether both are one value of the same rows."""
        return (self.value, self.unit, self.n, self.d) == (other.value, other.unit, other.n, other.d)

    @property
    def shown(self) -> str:
        """The value as tables print it: one decimal for shares, «*» for a small group, «н/д», «—»."""
        if self.status == "not_applicable":
            return "—"
        if self.value is None:
            return NO_DATA
        if self.unit == YES_NO:
            return "да" if self.value else "нет"
        whole = self.row is not None and self.row.ci_low is None and float(self.value).is_integer()
        text = num(int(self.value)) if whole else num(self.value)
        return text + (SMALL_MARK if self.small else "")


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one unit in one period: ``own("1.1.2-m1", grade=5)``."""

    results: Results = field(repr=False)
    unit: Unit
    period: str
    order: Mapping[str, tuple[str, ...]] = field(repr=False)
    of_units: Set[tuple[str, str]] = field(repr=False)

    def __call__(self, indicator: str, part: str = "", **stratum: str | int) -> Cell:
        """The figure of ``indicator``; names of the stratum may come in any order."""
        names = [name for name in self.order[indicator] if name in stratum]
        text = ";".join(f"{name}={stratum[name]}" for name in names)
        row = self.results.find(indicator, self.unit.id, self.period, part, text)
        return Cell(row, (indicator, part) in self.of_units)

    def values(self, indicator: str, by: str, part: str = "", **fixed: str | int) -> list[str]:
        """Values of the stratifier ``by`` that have works (within ``fixed``), in the order of the results."""
        names = [name for name in self.order[indicator] if name in fixed or name == by]
        rows = self.results.of_unit(self.unit.id, self.period, indicator, part, ",".join(names))
        strata = [parse_stratum(row.stratum) for row in rows if row.status != "not_applicable"]
        wanted = {name: str(value) for name, value in fixed.items()}
        return [stratum[by] for stratum in strata if wanted.items() <= stratum.items()]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered in words to a question of a form, and what proves it."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator of the document with its figures (title of the part, cell) for the unit.

    ``beside``: figures beside them that say something else; ``answers``: what the unit answered in words (title of
    the part, answer).
    """

    indicator: Indicator
    figures: tuple[tuple[str, Cell], ...]
    beside: tuple[tuple[str, Cell], ...]
    answers: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures of a group by one stratifier: a column for each (indicator, title of the part), a row for each value."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of indicators with what the concept assigns to the level of the document's unit."""

    group: str
    title: str
    indicators: tuple[IndicatorView, ...]
    breakdowns: tuple[Breakdown, ...]
    actions: tuple[str, ...]
    documents: tuple[str, ...]

    @property
    def missing(self) -> list[tuple[str, str, str]]:
        """Figures without a value: which, the status in words and why; those of one reason stand together."""
        empty = self._alike(lambda cell: (cell.status, cell.note) if cell.value is None else None)
        for table in self.breakdowns:
            for value, cells in table.rows:
                for (indicator, _), cell in zip(table.columns, cells, strict=True):
                    if cell.status == "not_applicable":
                        names = empty.setdefault((cell.status, cell.note), [])
                        names.append(f"{indicator} ({table.title.lower()}: {value})")
        return [(", ".join(dict.fromkeys(names)), status_word(status), why) for (status, why), names in empty.items()]

    @property
    def left_out(self) -> list[tuple[str, int, int]]:
        """Figures that leave rows out: which, how many are excluded and how many are unknown."""
        told = self._alike(lambda cell: (cell.excluded, cell.unknown) if cell.excluded or cell.unknown else None)
        return [(", ".join(names), excluded, unknown) for (excluded, unknown), names in told.items()]

    def _alike(self, trait: Callable[[Cell], _T | None]) -> dict[_T, list[str]]:
        """Names of the figures that have each trait; all the parts of an indicator are named by it alone."""
        named: dict[_T, list[str]] = {}
        for view in self.indicators:
            found: dict[_T, list[str]] = {}
            for title, cell in view.figures:
                if (seen := trait(cell)) is not None:
                    found.setdefault(seen, []).append(title)
            for seen, titles in found.items():
                whole = len(titles) == len(view.figures)
                named.setdefault(seen, []).append(
                    view.indicator.id if whole else f"{view.indicator.id} ({'; '.join(titles)})"
                )
        return named

    @property
    def cycles(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Management cycles of the group (direction 2.4): indicators of each, its stages and what they are."""
        alike = groupby((view.indicator for view in self.indicators if view.indicator.cycle), lambda item: item.cycle)
        return [(", ".join(item.id for item in items), stages(cycle)) for cycle, items in alike if cycle]

    @property
    def sources(self) -> list[str]:
        """What the figures of the group rest on."""
        told = (part for view in self.indicators for _, cell in view.figures for part in cell.source.split("; "))
        return list(dict.fromkeys(filter(None, told)))


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school in the municipality's document: its name and figures."""

    unit: Unit
    figures: Figures


@dataclass(frozen=True, slots=True)
class ObservationView:
    """An observation for a template: ``o.rule``, ``o.grade``, ``o.subject``, ``o.now``, ``o.base``, ``o.change``."""

    rule: str
    stratum: Mapping[str, str]
    now: Cell
    base: Cell
    change: float

    @classmethod
    def of(cls, observation: Observation) -> "ObservationView":
        """The view of one observation."""
        return cls(
            observation.rule,
            observation.stratum,
            Cell(observation.now),
            Cell(observation.base),
            observation.difference,
        )


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
