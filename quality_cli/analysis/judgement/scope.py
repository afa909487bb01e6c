"""Which rows of the results are judged, and what is known of them."""

import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from quality_cli.analysis.judgement.claims import Spread
from quality_cli.analysis.judgement.comparability import Comparability
from quality_cli.analysis.judgement.rows import ResultRows
from quality_cli.analysis.statistics.children import Share, independent
from quality_cli.catalogue.figures import Figure, is_share, nature_of
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import SameChildren
from quality_cli.core.organisations import OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, names_of
from quality_cli.datasets.tables.encoded import Array


class Counts(NamedTuple):
    """What a row of the results counts; the fields are its columns."""

    numerator: float
    denominator: float
    base: float
    unknown: float

    def without(self, own: "Counts") -> "Counts":
        """What is left when those of one of the counted are taken away."""
        return Counts(*(every - one for every, one in zip(self, own, strict=True)))


@dataclass(frozen=True)
class Scope:
    """The rows of the results with what the catalogue and the register say of them."""

    rows: ResultRows
    catalogue: Catalogue
    organisations: OrgTree

    @cached_property
    def figures(self) -> Mapping[tuple[str, str], Figure]:
        """The figures of the catalogue by indicator and part."""
        return {(figure.indicator, figure.part): figure for figure in self.catalogue.figures}

    @cached_property
    def comparability(self) -> Comparability:
        """What may be compared."""
        return Comparability(self.catalogue)

    def of_figures(self, read: Callable[[Figure], Any]) -> Array:
        """A property of each row's figure."""
        return self.rows.of_figures(lambda indicator, part: read(self.figures[indicator, part]))

    @cached_property
    def outcome(self) -> Array:
        """Rows of outcomes, which are judged by tests; all others are facts."""
        contracts = self.catalogue.specs.contracts
        return self.of_figures(lambda figure: nature_of(figure, contracts) == "outcome")

    @cached_property
    def considered(self) -> Array:
        """Rows that are judged: totals of facts; of outcomes totals of which the catalogue says what is better, and
        whatever it wants compared."""
        kinds = list(dict.fromkeys(frozenset(names_of(stratum)) for stratum in ((), *self.rows.strata)))
        wanted = {(one.indicator, one.part, frozenset(one.by)) for one in self.catalogue.aims.compared}
        allowed = [
            [self._is_judged(self.figures[figure], kind, wanted) for kind in kinds] for figure in self.rows.figures
        ]
        place = np.array([kinds.index(frozenset(names_of(one))) for one in self.rows.strata] or [0])
        told = np.array(allowed or [[False] * len(kinds)], dtype=bool)
        chosen: Array = told[self.rows.figure, place[self.rows.codes("stratum")]]
        return chosen

    @cached_property
    def same_children(self) -> Mapping[str, SameChildren]:
        """By indicator the parts that are judged together as being of the same children."""
        declared = {item.id: item.same_children for item in self.catalogue.indicators.values()}
        return {name: parts for name, parts in declared.items() if parts is not None}

    @cached_property
    def followed(self) -> Array:
        """Totals of those parts."""
        parts = {(name, part) for name, one in self.same_children.items() for part in (one.improved, one.worsened)}
        chosen: Array = self.rows.of_figures(lambda indicator, part: (indicator, part) in parts)
        return chosen & self.rows.of_strata(lambda stratum: not stratum)

    @cached_property
    def whole(self) -> Array:
        """Rows for which everybody who owes something has reported."""
        expected, received = self.rows.number("expected"), self.rows.number("received")
        return np.isnan(expected) | (received >= expected)

    @cached_property
    def partial(self) -> Array:
        """Rows whose value rests on less than it should."""
        return self.rows.has("status", "partial")

    @cached_property
    def sure(self) -> Array:
        """Rows whose value lacks nothing: not even of a row it is unknown whether it counts."""
        return ~self.partial & ~(self.rows.number("unknown") > 0)

    @cached_property
    def low(self) -> Array:
        """The least that a value may be; NaN where nobody can say."""
        low = self.rows.number("possible_low")
        return np.where(np.isnan(low) & ~self.partial, self.rows.number("value"), low)

    @cached_property
    def high(self) -> Array:
        """The most that a value may be."""
        high = self.rows.number("possible_high")
        return np.where(np.isnan(high) & ~self.partial, self.rows.number("value"), high)

    def stratum(self, row: int) -> Stratum:
        """The stratum of a row."""
        return self.rows.strata[int(self.rows.codes("stratum")[row])]

    def figure(self, row: int) -> Figure:
        """The figure of a row."""
        return self.figures[self.rows.figures[self.rows.figure[row]]]

    def period(self, row: int) -> Period:
        """The school year of a row."""
        return Period(int(self.rows.year[row]))

    def family(self, row: int) -> tuple[object, ...]:
        """The claims that are adjusted together: of an organisation, a school year and a direction."""
        direction = self._directions[self.rows.figures[self.rows.figure[row]][0]]
        return int(self.rows.codes("org_id")[row]), int(self.rows.year[row]), direction

    def counts(self, row: int) -> Counts:
        """What a row counts."""
        return Counts(*(column[row] for column in self._counts))

    @cached_property
    def _counts(self) -> list[list[float]]:
        return [self.rows.number(name).astype(float).tolist() for name in Counts._fields]

    def share(self, row: int) -> Share | None:
        """The share of a row; None where it is none, or nothing tells of how many children."""
        spread = self.spread(self.figure(row), self.counts(row))
        return None if spread is None else spread.share

    def spread(self, figure: Figure, counts: Counts) -> Spread | None:
        """A share of a figure with as many of the children behind it as are independent of each other, and how far the
        works of which it is unknown could move it."""
        count, works, base, unknown = counts
        if not (is_share(figure) and works > 0 and base > 0 and 0 <= count <= works and unknown >= 0):
            return None
        most = self.catalogue.specs.contracts[figure.denominator.dataset].most_works
        children = independent(works, int(base), max(most, math.ceil(works / base)))
        every = works + unknown
        return Spread(
            Share(count, works, children), Share(count, every, children), Share(count + unknown, every, children)
        )

    @cached_property
    def _directions(self) -> Mapping[str, str]:
        return {item.id: group.direction for group in self.catalogue.groups for item in group.indicators}

    def _is_outcome(self, figure: Figure) -> bool:
        return is_share(figure) and nature_of(figure, self.catalogue.specs.contracts) == "outcome"

    def _is_judged(
        self, figure: Figure, by: frozenset[str], wanted: Container[tuple[str, str | None, frozenset[str]]]
    ) -> bool:
        if figure.measure == "count" and self.catalogue.specs.contracts[figure.population].nature == "outcome":
            return False  # a number of marks is as much chance as their share, which is judged
        if (figure.indicator, figure.part, by) in wanted:
            return True
        if figure.beyond:
            return False
        if self._is_beside(figure):
            own = (one for one in self.catalogue.figures_of[figure.indicator] if not self._is_beside(one))
            if not self._is_outcome(figure) or any(map(self._is_outcome, own)):
                return False  # a share beside is judged where the indicator itself is none
        if self._is_outcome(figure):
            total = not by and self.catalogue.indicators[figure.indicator].better is not None
            return total or (figure.indicator, None, by) in wanted
        return not by

    def _is_beside(self, figure: Figure) -> bool:
        beside = {part.id for part in self.catalogue.indicators[figure.indicator].beside}
        return bool(beside & set(figure.part.split(";")))
