"""Which rows of which datasets figures rest on: only reports of those are waited for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure
from quality_cli.core.strata import Stratum, names_of
from quality_cli.core.where import AllKnown, AllOf, AlsoIn, AnyOf, Condition, Known, Not, columns_of, walk
from quality_cli.datasets.contracts.column import Derivation
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.datasets.tables.evaluate import Evaluator, Truth
from quality_cli.engine.completeness.reports import Report

Needs: TypeAlias = Mapping[str, Sequence[Condition]]
"""By dataset the conditions of the rows that matter: one for each use."""


def needs_of(figures: Iterable[Figure], contracts: Mapping[str, Contract]) -> Needs:
    """What figures rest on by their own definition: their tables, lists that conditions and derived columns look into,
    tables of a union. Another source of a figure stands in for reports and is not waited for."""
    found: dict[str, dict[Condition, None]] = {}
    for figure in figures:
        for dataset, rows in _uses(figure, contracts):
            found.setdefault(dataset, {})[rows] = None
    return {dataset: tuple(conditions) for dataset, conditions in found.items()}


def needs_beside(figures: Iterable[Figure], contracts: Mapping[str, Contract], own: Needs) -> Needs:
    """What other sources of figures set their rows against or look up and ``own`` needs do not tell; together with
    these."""
    known = {dataset: frozenset(conditions) for dataset, conditions in own.items()}
    found: dict[str, dict[Condition, None]] = {}
    for source in (source for figure in figures for source in figure.other_sources):
        alone = source.datasets if len(source.datasets) == 1 else ()
        for dataset, rows in _uses(source, contracts):
            if dataset not in alone and rows not in known.get(dataset, ()):
                found.setdefault(dataset, dict.fromkeys(own.get(dataset, ())))[rows] = None
    return {dataset: tuple(conditions) for dataset, conditions in found.items()}


def counted_by(figure: Figure, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    """The datasets whose rows a figure counts and somebody hands in: for a union its tables; the register is there."""
    found: list[str] = []
    for dataset in figure.datasets:
        found += [member.dataset for member in contracts[dataset].union] or [dataset]
    return tuple(name for name in dict.fromkeys(found) if name != REGISTER)


class Cases:
    """Reports of a dataset as rows of a table that knows nothing but their keys, and that one of the year itself is of
    no round where rounds are reports; one of which it is not known what was drawn is as many rows as it may be."""

    def __init__(self, reports: Sequence[Report], contract: Contract) -> None:
        self._contract = contract
        self._keys = [key for report in reports for key in report.cases]
        sizes = np.array([len(report.cases) for report in reports], dtype=np.intp)
        self._starts = np.cumsum(sizes) - sizes
        self._sizes = sizes
        self._number = np.array([report.number for report in reports], dtype=np.intp)
        by_columns: dict[tuple[str, ...], list[int]] = {}
        for place, key in enumerate(self._keys):
            by_columns.setdefault(names_of(key), []).append(place)
        self.columns = frozenset(name for names in by_columns for name in names)
        self._groups = [(np.array(places), self._evaluator(names, places)) for names, places in by_columns.items()]

    def touched(self, conditions: Iterable[Condition]) -> Array:
        """Rows that may satisfy any of the conditions."""
        found = np.zeros(len(self._keys), dtype=bool)
        for places, evaluator in self._groups:
            for condition in conditions:
                found[places] |= ~evaluator(condition).false
        return found

    def within(self, stratum: Stratum) -> Array:
        """Rows that may belong to a stratum."""
        asked = dict(stratum)
        return np.array([all(asked.get(name, value) == value for name, value in key) for key in self._keys], dtype=bool)

    def reports(self, rows: Array) -> tuple[Array, Array]:
        """Which of the reports are certainly among the rows, and which may be."""
        if not len(self._starts):
            return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
        outside = np.add.reduceat(~rows, self._starts, dtype=np.intp)
        return outside < self._number, outside < self._sizes

    def _evaluator(self, names: Sequence[str], places: Sequence[int]) -> Evaluator:
        columns: dict[str, Encoded | Array] = {}
        for number, name in enumerate(names):
            cells = [self._keys[place][number][1] for place in places]
            if self._contract.is_numeric(name):
                columns[name] = np.array(cells, dtype=np.float64)
            else:
                code = {word: place for place, word in enumerate(dict.fromkeys(cells))}
                codes = np.array([code[word] for word in cells], dtype=np.intp)
                columns[name] = Encoded(codes, np.array(list(code), dtype=object))
        if (blank := self._contract.blank_round) and blank not in columns:
            columns[blank] = Encoded(
                np.full(len(places), -1, dtype=np.intp), np.array(self._contract.rounds, dtype=object)
            )
        return _Blind(columns, len(places))


class _Blind(Evaluator):
    """Tells of rows of which nothing but some columns is known: what asks for anything else cannot be told."""

    def __init__(self, columns: Mapping[str, Encoded | Array], rows: int) -> None:
        super().__init__(pd.DataFrame(), {})
        self._columns = dict(columns)
        self._rows = rows

    def _compute(self, condition: Condition) -> Truth:
        if isinstance(condition, AllOf | AnyOf | Not | AllKnown):
            return super()._compute(condition)
        if not isinstance(condition, AlsoIn) and columns_of(condition) <= self._columns.keys():
            return super()._compute(condition)
        nothing = np.zeros(self._rows, dtype=bool)
        return Truth(nothing, nothing)


def _uses(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[tuple[str, Condition]]:
    """Datasets with the condition of the rows; what is outside the numerator matters as much as what is inside."""
    read = [figure.exclude] if figure.exclude is not None else []
    if figure.inside:
        yield from _rows(
            figure.denominator.dataset, figure.denominator.where, [*read, figure.numerator.where], contracts
        )
    else:
        yield from _rows(figure.denominator.dataset, figure.denominator.where, read, contracts)
        yield from _rows(figure.numerator.dataset, figure.numerator.where, read, contracts)


def _rows(
    dataset: str, rows: Condition, read: Sequence[Condition], contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, Condition]]:
    """The rows of a dataset, and those of others that conditions over them look into."""
    contract = contracts[dataset]
    yield dataset, rows
    for member in contract.union:
        yield from _rows(member.dataset, member.where, (), contracts)
    for condition in (rows, *read):
        if any(rule.since_main for rule in _derived(condition, contract)):
            yield dataset, Known(contract.round or "", False)
        for node in _lists(condition, contract):
            others = [item for item in node.inner if item is not node.among] if node.among is not None else ()
            yield from _rows(node.dataset, node.where if node.among is None else node.among, others, contracts)


def _lists(condition: Condition, contract: Contract) -> Iterator[AlsoIn]:
    """The lists that a condition looks into: itself or through a derived column."""
    yield from (node for node in walk(condition) if isinstance(node, AlsoIn))
    for rule in _derived(condition, contract):
        if rule.where is not None:
            yield from _lists(rule.where, contract)


def _derived(condition: Condition, contract: Contract) -> list[Derivation]:
    """How the columns that a condition reads are derived."""
    columns = (contract.columns[name] for name in columns_of(condition) if name in contract.columns)
    return [column.derive for column in columns if column.derive is not None]
