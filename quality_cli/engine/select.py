"""Which rows of the tables a figure counts, and which units it is about (design §3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, Condition
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.evaluate import Evaluator, Mask, Truth
from quality_cli.datasets.organisations import REGISTER
from quality_cli.datasets.table import Table, Tables
from quality_cli.engine.cube import Array
from quality_cli.engine.keys import leaf_positions

QUANTITIES = ("numerator", "denominator", "excluded", "unknown")

Counts: TypeAlias = Mapping[str, tuple[Count, Mask | None]]
"""For each of :data:`QUANTITIES` what is counted and in which rows; None where the table was not supplied."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that a figure counts; units that get a row in the results, and those it makes sense for.

    Both masks of units have an item for every unit of the tree. ``own``: the rows of the population's dataset that
    belong to the units the figure is about, None where all do.
    """

    counts: Counts
    concerned: Array
    applicable: Array
    own: Mask | None = None


class Selector:
    """Selects for many figures over the same tables: each distinct condition is evaluated once."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract]) -> None:
        self._tables = tables
        self._contracts = contracts
        self._frames: Mapping[str, pd.DataFrame] = {name: table.frame for name, table in tables.by_dataset.items()}
        self._evaluators = {name: Evaluator(frame, self._frames) for name, frame in self._frames.items()}
        self._leaves = [unit.id for unit in tables.organisations]
        self._position = {unit_id: index for index, unit_id in enumerate(self._leaves)}

    def __call__(self, figure: Figure) -> Selection:
        """What ``figure`` counts."""
        counts = self._counts(figure)
        concerned = self._units(self._contracts[figure.population].concerns)
        applicable = concerned & self._units(figure.organisations)
        table = self._tables.by_dataset.get(figure.population)
        if figure.organisations == TRUE or figure.otherwise:
            return Selection(counts, concerned, applicable)
        if table is None:
            return Selection(counts, applicable, applicable)
        own = self._rows_of(table, applicable)
        within = {
            name: (count, mask & own if mask is not None and count.dataset == figure.population else mask)
            for name, (count, mask) in counts.items()
        }
        return Selection(within, applicable, applicable, own)

    def truth(self, dataset: str, condition: Condition) -> Truth:
        """Where a condition holds in the rows of a dataset that was supplied."""
        return self._evaluators[dataset](condition)

    def _units(self, condition: Condition) -> Array:
        """Which units of the register satisfy a condition, or may satisfy it for all the register says."""
        register = self._frames.get(REGISTER)
        if register is None:
            return np.ones(len(self._leaves), dtype=bool)
        chosen = set(register["id"][~self._evaluators[REGISTER](condition).false])
        return np.array([unit_id in chosen for unit_id in self._leaves], dtype=bool)

    def _counts(self, figure: Figure) -> Counts:
        """What is counted and in which rows: D = I ∧ d, X, N = (D ∧ ¬X) ∧ n; the unknown leave D and are counted."""
        base, excluded = self._truth(figure, figure.denominator)
        rows = Count(figure.denominator.dataset, figure.denominator.where)
        if figure.inside:
            inner = self._known(figure.numerator)
            if base is None or inner is None:
                return dict.fromkeys(QUANTITIES, (rows, None))
            return {
                "numerator": (figure.numerator, base.true & inner.true),
                "denominator": (figure.denominator, base.true & ~inner.unknown),
                "excluded": (rows, excluded),
                "unknown": (rows, base.unknown | (base.true & inner.unknown)),
            }
        top, excluded_top = self._truth(figure, figure.numerator)
        own, own_excluded = base, excluded
        if figure.numerator.dataset == figure.population:
            rows, own, own_excluded = replace(rows, dataset=figure.population), top, excluded_top
        return {
            "numerator": (figure.numerator, None if top is None else top.true),
            "denominator": (figure.denominator, None if base is None else base.true),
            "excluded": (rows, own_excluded),
            "unknown": (rows, None if own is None else own.unknown),
        }

    def _known(self, count: Count) -> Truth | None:
        """Where the condition of a count holds; a row whose counted cell is empty is unknown."""
        evaluate = self._evaluators.get(count.dataset)
        if evaluate is None:
            return None
        truth = evaluate(count.where)
        if not count.column:
            return truth
        present = self._frames[count.dataset][count.column].notna().to_numpy()
        return Truth(truth.true & present, truth.false)

    def _truth(self, figure: Figure, count: Count) -> tuple[Truth | None, Mask | None]:
        """Where a count holds without the excluded rows, and the excluded rows."""
        truth = self._known(count)
        if truth is None or figure.exclude is None or count.dataset != figure.population:
            return truth, None
        evaluate = self._evaluators[count.dataset]
        exclude = evaluate(figure.exclude)
        return truth & ~exclude, evaluate(count.where).true & exclude.true

    def _rows_of(self, table: Table, units: Array) -> Mask:
        """Rows that the chosen units, or units under them, gave."""
        chosen = {self._leaves[position] for position in np.flatnonzero(units)}
        under = self._tables.organisations.under(chosen)
        return np.asarray(np.append(under, False)[leaf_positions(table, self._position)], dtype=bool)
