"""Which signals of the catalogue the results raise: «сигнал, требующий проверки», never a verdict."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from quality_cli.analysis.results import ResultKey, Results
from quality_cli.catalogue.signals import COHORT, DIFFERENCE, EARLIER, FACTS, WHOLE, Signal
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, decode_stratum, encode_stratum, stratum_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator

GRADE = "grade"


def signals_of(
    results: Results, signals: Iterable[Signal], organisations: OrgTree
) -> Mapping[ResultKey, tuple[str, ...]]:
    """The rows of the results that raise signals, each with the ids of these in the order of the catalogue.

    Three-valued: a signal is raised where what it requires and what it says both hold for certain; a fact that is not
    known (no year before, a figure without an interval) raises nothing.
    """
    rows = _Rows(results.table, organisations)
    found: dict[int, list[str]] = {}
    for signal in signals:
        for row in _raised(signal, rows).tolist():
            found.setdefault(row, []).append(signal.id)
    return {rows.key(row): tuple(ids) for row, ids in sorted(found.items())}


def _raised(signal: Signal, rows: "_Rows") -> Array:
    """Positions in the results of the rows that raise a signal."""
    figure = rows.figure(signal.indicator, signal.part, tuple(signal.by))
    levels = [rows.code("level", str(level)) for level in signal.levels]
    own = figure.rows[np.isin(rows.codes["level"][figure.rows], levels)]
    if signal.stratum:
        own = own[rows.having(stratum_of(signal.stratum.items()))[rows.codes["stratum"][own]]]
    if not len(own):
        return own
    facts = {name: _fact(name, own, signal, rows) for name in signal.facts}
    holds = Evaluator.of_numbers(facts, len(own))
    raised: Array = own[holds(signal.requires).true & holds(signal.when).true]
    return raised


def _fact(name: str, own: Array, signal: Signal, rows: "_Rows") -> Array:
    """A fact of each of some rows; NaN where it is not known."""
    view, _, fact = name.rpartition(".")
    if not view:
        return np.asarray(rows.numbers(name)[own])
    there = rows.seen_from(own, view, signal)
    fact_there = rows.numbers("value" if fact == DIFFERENCE else fact)
    told = np.where(there >= 0, fact_there[there], np.nan)
    return rows.numbers("value")[own] - told if fact == DIFFERENCE else told


class _Figure(NamedTuple):
    """The rows of a figure by some stratifiers, ordered by their keys."""

    rows: Array
    keys: Array


class _Rows:
    """The columns of the results as numbers; of words, positions in the words of their column."""

    def __init__(self, table: pa.Table, organisations: OrgTree) -> None:
        self._table = table.unify_dictionaries()
        self._organisations = organisations
        names = ("indicator", "part", "by", "level", "org_id", "period", "stratum")
        columns = {name: self._table[name].combine_chunks() for name in names}
        self.codes = {name: column.indices.to_numpy() for name, column in columns.items()}
        self._words: dict[str, list[str]] = {name: column.dictionary.to_pylist() for name, column in columns.items()}
        self._places = {name: {word: at for at, word in enumerate(words)} for name, words in self._words.items()}
        self._numbers: dict[str, Array] = {}
        self._figures: dict[tuple[str, str, tuple[str, ...]], _Figure] = {}

    def code(self, column: str, word: str) -> int:
        """The position of a word; -1 of one that no row has."""
        return self._places[column].get(word, -1)

    def numbers(self, name: str) -> Array:
        """A column of numbers, NaN where it is empty."""
        assert name in FACTS
        if name not in self._numbers:
            self._numbers[name] = self._table[name].to_numpy()
        return self._numbers[name]

    def figure(self, indicator: str, part: str, by: tuple[str, ...]) -> _Figure:
        """Every row of a figure that is broken down so."""
        asked = indicator, part, by
        if asked not in self._figures:
            told = {"indicator": indicator, "part": part, "by": ",".join(by)}
            here = np.all([self.codes[name] == self.code(name, word) for name, word in told.items()], axis=0)
            rows = np.flatnonzero(here)
            keys = self._keys(*(self.codes[name][rows] for name in ("period", "org_id", "stratum")))
            order = np.argsort(keys)
            self._figures[asked] = _Figure(rows[order], keys[order])
        return self._figures[asked]

    def having(self, stratum: Stratum) -> Array:
        """For each stratum, whether it has these values."""
        asked = set(stratum)
        return np.array([asked.issubset(own) for own in self._strata], dtype=bool)

    def seen_from(self, own: Array, view: str, signal: Signal) -> Array:
        """For each of some rows the row that a name of a signal stands for; -1 where there is none."""
        period, org, stratum = (self.codes[name][own] for name in ("period", "org_id", "stratum"))
        if view == WHOLE:
            org = self._above[org]
        elif view in (EARLIER, COHORT):
            period = self._before[period]
            if view == COHORT:
                stratum = self._lower[stratum]
        other = signal.beside.get(view)
        figure = self.figure(
            (other and other.indicator) or signal.indicator, other.part if other else signal.part, tuple(signal.by)
        )
        asked = np.where((org < 0) | (period < 0) | (stratum < 0), -1, self._keys(period, org, stratum))
        if not len(figure.keys):
            return np.full(len(own), -1)
        place = np.minimum(np.searchsorted(figure.keys, asked), len(figure.keys) - 1)
        return np.where(figure.keys[place] == asked, figure.rows[place], -1)

    def key(self, row: int) -> ResultKey:
        """What a row of the results is of."""
        told = {name: self._words[name][self.codes[name][row]] for name in ResultKey._fields}
        return ResultKey(**{**told, "stratum": decode_stratum(told["stratum"])})

    def _keys(self, period: Array, org: Array, stratum: Array) -> Array:
        found: Array = (period.astype(np.int64) * len(self._words["org_id"]) + org) * len(
            self._words["stratum"]
        ) + stratum
        return found

    @cached_property
    def _strata(self) -> list[Stratum]:
        return [decode_stratum(word) for word in self._words["stratum"]]

    @cached_property
    def _above(self) -> Array:
        """For each organisation its municipality."""
        units = (
            self._organisations.ancestor(org, Level.MUNICIPALITY) if org in self._organisations else None
            for org in self._words["org_id"]
        )
        return np.array([-1 if unit is None else self.code("org_id", unit.id) for unit in units], dtype=np.int64)

    @cached_property
    def _before(self) -> Array:
        """For each school year the one before it."""
        years = (str(Period.parse(word).shifted(-1)) for word in self._words["period"])
        return np.array([self.code("period", year) for year in years], dtype=np.int64)

    @cached_property
    def _lower(self) -> Array:
        """For each stratum the same one grade lower."""
        return np.array([self._one_lower(own) for own in self._strata], dtype=np.int64)

    def _one_lower(self, stratum: Stratum) -> int:
        grade = dict(stratum).get(GRADE, "")
        if not grade.isdigit():
            return -1
        lower = tuple((name, str(int(grade) - 1) if name == GRADE else value) for name, value in stratum)
        return self.code("stratum", encode_stratum(lower))
