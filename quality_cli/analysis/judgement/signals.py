"""Which signals of the catalogue the results raise: «сигнал, требующий проверки», never a verdict."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from quality_cli.analysis.judgement.rows import NOWHERE, ResultRows
from quality_cli.analysis.statistics.ranks import spearman
from quality_cli.catalogue.signals import COHORT, DIFFERENCE, EARLIER, MARGIN, RANKS, WHOLE, Signal
from quality_cli.core.organisations import OrgTree
from quality_cli.core.strata import Stratum, names_of, stratum_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator

GRADE = "grade"


def signals_of(
    rows: ResultRows, signals: Iterable[Signal], organisations: OrgTree
) -> Mapping[int, Mapping[str, Mapping[str, float]]]:
    """The rows of the results that raise signals, by position: by the id of each, in the catalogue's order, the facts
    that its conditions name.

    Three-valued: a signal is raised where what it requires and what it says both hold for certain; a fact that is not
    known (no year before, a figure without an interval) raises nothing.
    """
    facts = _Facts(rows, organisations)
    found: dict[int, dict[str, Mapping[str, float]]] = {}
    for signal in signals:
        for row, told in facts.raised(signal):
            found.setdefault(row, {})[signal.id] = told
    return dict(sorted(found.items()))


class _Facts:
    """Facts of rows and of those that a signal sees from them."""

    def __init__(self, rows: ResultRows, organisations: OrgTree) -> None:
        self._rows = rows
        self._above = rows.municipality(organisations)
        self._names = [names_of(stratum) for stratum in rows.strata]
        self._others: dict[Callable[[Stratum], Stratum], Array] = {}

    def raised(self, signal: Signal) -> Iterator[tuple[int, Mapping[str, float]]]:
        """Positions of the rows that raise a signal, and the facts that it asks of them."""
        rows, values = self._rows, set(stratum_of(signal.stratum.items()))
        at_level = rows.has("level", *map(str, signal.levels))
        own = np.flatnonzero((rows.figure == rows.figure_code(signal.indicator, signal.part)) & at_level)
        fits = [
            names == tuple(signal.by) and values.issubset(stratum)
            for names, stratum in zip(self._names, rows.strata, strict=True)
        ]
        own = own[np.array(fits or [False])[rows.codes("stratum")[own]]]
        facts = {name: self._fact(name, own, signal) for name in signal.facts}
        holds = Evaluator.of_numbers(facts, len(own))
        for place in np.flatnonzero(holds(signal.requires).true & holds(signal.when).true).tolist():
            yield int(own[place]), {name: float(values[place]) for name, values in facts.items()}

    def _fact(self, name: str, own: Array, signal: Signal) -> Array:
        """A fact of each of some rows; NaN where it is not known."""
        if name == RANKS:
            return self._rank_correlations(own, signal)
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
            return rows.find(own, org=self._above[own])
        if view == EARLIER:
            return rows.find(own, year=rows.year[own] - 1)
        if view == COHORT:
            return rows.find(own, year=rows.year[own] - 1, stratum=self._other(lower)[rows.codes("stratum")[own]])
        if view == MARGIN:
            return rows.find(own, stratum=self._other(margin)[rows.codes("stratum")[own]])
        other = signal.beside[view]
        figure = rows.figure_code(other.indicator or signal.indicator, other.part)
        return rows.find(own, figure=figure.repeat(len(own)))

    def _rank_correlations(self, own: Array, signal: Signal) -> Array:
        """Spearman's coefficient of what each of some rows counts by the two stratifiers ``across``."""
        rows, width = self._rows, len(signal.by) + len(signal.across)
        finest = rows.of_strata(lambda stratum: len(stratum) == width)
        tables: dict[tuple[int, int, Stratum], dict[tuple[float, float], int]] = defaultdict(dict)
        orgs, strata, counts = rows.codes("org_id"), rows.codes("stratum"), rows.number("value")
        for row in np.flatnonzero((rows.figure == rows.figure_code(signal.indicator, signal.part)) & finest).tolist():
            stratum = dict(rows.strata[strata[row]])
            first, second = (float(stratum.pop(name)) for name in signal.across)
            if counts[row] > 0:
                tables[orgs[row], rows.year[row], tuple(stratum.items())][first, second] = int(counts[row])
        return np.array([spearman(tables[orgs[row], rows.year[row], rows.strata[strata[row]]]) for row in own.tolist()])

    def _other(self, change: Callable[[Stratum], Stratum]) -> Array:
        """For each stratum the position of another one; NOWHERE where no row has it."""
        if change not in self._others:
            place = {stratum: number for number, stratum in enumerate(self._rows.strata)}
            self._others[change] = np.array([place.get(change(stratum), NOWHERE) for stratum in self._rows.strata])
        return self._others[change]


def lower(stratum: Stratum) -> Stratum:
    """A stratum one grade lower; of one without a grade itself."""
    return tuple((name, str(int(value) - 1) if name == GRADE and value.isdigit() else value) for name, value in stratum)


def margin(stratum: Stratum) -> Stratum:
    """A stratum without its last stratifier."""
    return stratum[:-1]
