"""Which signals of the catalogue the results raise: «сигнал, требующий проверки», never a verdict."""

from collections.abc import Iterable, Mapping

import numpy as np

from quality_cli.analysis.judgement.rows import NOWHERE, ResultRows
from quality_cli.catalogue.signals import COHORT, DIFFERENCE, EARLIER, WHOLE, Signal
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.strata import Stratum, names_of, stratum_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator

GRADE = "grade"


def signals_of(rows: ResultRows, signals: Iterable[Signal], organisations: OrgTree) -> Mapping[int, tuple[str, ...]]:
    """The rows of the results that raise signals, by position, each with the ids of these in the catalogue's order.

    Three-valued: a signal is raised where what it requires and what it says both hold for certain; a fact that is not
    known (no year before, a figure without an interval) raises nothing.
    """
    facts = _Facts(rows, organisations)
    found: dict[int, list[str]] = {}
    for signal in signals:
        for row in facts.raised(signal).tolist():
            found.setdefault(row, []).append(signal.id)
    return {row: tuple(ids) for row, ids in sorted(found.items())}


class _Facts:
    """Facts of rows and of those that a signal sees from them."""

    def __init__(self, rows: ResultRows, organisations: OrgTree) -> None:
        self._rows = rows
        above = [
            organisations.ancestor(org, Level.MUNICIPALITY) if org in organisations else None
            for org in rows.words("org_id")
        ]
        self._above = rows.code("org_id", ["" if unit is None else unit.id for unit in above])
        self._names = [names_of(stratum) for stratum in rows.strata]
        self._lower: Array | None = None

    def raised(self, signal: Signal) -> Array:
        """Positions of the rows that raise a signal."""
        rows, values = self._rows, set(stratum_of(signal.stratum.items()))
        at_level = rows.has("level", *map(str, signal.levels))
        own = np.flatnonzero((rows.figure == rows.figure_code(signal.indicator, signal.part)) & at_level)
        fits = [
            names == tuple(signal.by) and values.issubset(stratum)
            for names, stratum in zip(self._names, rows.strata, strict=True)
        ]
        own = own[np.array(fits or [False])[rows.codes("stratum")[own]]]
        holds = Evaluator.of_numbers({name: self._fact(name, own, signal) for name in signal.facts}, len(own))
        raised: Array = own[holds(signal.requires).true & holds(signal.when).true]
        return raised

    def _fact(self, name: str, own: Array, signal: Signal) -> Array:
        """A fact of each of some rows; NaN where it is not known."""
        view, _, fact = name.rpartition(".")
        told = self._rows.number("value" if fact == DIFFERENCE else fact)
        if not view:
            return np.asarray(told[own])
        there = self._seen(view, own, signal)
        found = np.where(there == NOWHERE, np.nan, told[there])
        return np.asarray(told[own] - found if fact == DIFFERENCE else found)

    def _seen(self, view: str, own: Array, signal: Signal) -> Array:
        """For each of some rows the row that a name of a signal stands for; NOWHERE where there is none."""
        rows = self._rows
        if view == WHOLE:
            return rows.find(own, org=self._above[rows.codes("org_id")[own]])
        if view == EARLIER:
            return rows.find(own, year=rows.year[own] - 1)
        if view == COHORT:
            return rows.find(own, year=rows.year[own] - 1, stratum=self._one_lower()[rows.codes("stratum")[own]])
        other = signal.beside[view]
        figure = rows.figure_code(other.indicator or signal.indicator, other.part)
        return rows.find(own, figure=figure.repeat(len(own)))

    def _one_lower(self) -> Array:
        """For each stratum the same one grade lower."""
        if self._lower is None:
            place = {stratum: number for number, stratum in enumerate(self._rows.strata)}
            self._lower = np.array([place.get(lower(stratum), NOWHERE) for stratum in self._rows.strata])
        return self._lower


def lower(stratum: Stratum) -> Stratum:
    """A stratum one grade lower; of one without a grade itself."""
    return tuple((name, str(int(value) - 1) if name == GRADE and value.isdigit() else value) for name, value in stratum)
