"""Which rows a figure counts, and which units it is about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, Condition
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask, Truth
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.organisations import REGISTER
from quality_cli.engine.combine.cube import QUANTITIES
from quality_cli.engine.plan.partitions import known

Counts: TypeAlias = Mapping[str, tuple[Count, Mask | None]]
"""For each of :data:`QUANTITIES` what is counted and in which rows; None where the table was not supplied."""


def select(figure: Figure, evaluators: Mapping[str, Evaluator]) -> Counts:
    """What is counted and in which rows: D = I ∧ d, X, N = (D ∧ ¬X) ∧ n; the unknown leave D and are counted.

    ``evaluators`` tell of the rows (or of their combinations) of each dataset that was supplied.
    """
    base, excluded = _truth(figure, figure.denominator, evaluators)
    rows = Count(figure.denominator.dataset, figure.denominator.where)
    if figure.inside:
        inner = _known(figure.numerator, evaluators)
        if base is None or inner is None:
            return dict.fromkeys(QUANTITIES, (rows, None))
        return {
            "numerator": (figure.numerator, base.true & inner.true),
            "denominator": (figure.denominator, base.true & ~inner.unknown),
            "excluded": (rows, excluded),
            "unknown": (rows, base.unknown | (base.true & inner.unknown)),
        }
    top, excluded_top = _truth(figure, figure.numerator, evaluators)
    own, own_excluded = base, excluded
    if figure.numerator.dataset == figure.population:
        rows, own, own_excluded = replace(rows, dataset=figure.population), top, excluded_top
    return {
        "numerator": (figure.numerator, None if top is None else top.true),
        "denominator": (figure.denominator, None if base is None else base.true),
        "excluded": (rows, own_excluded),
        "unknown": (rows, None if own is None else own.unknown),
    }


def _known(count: Count, evaluators: Mapping[str, Evaluator]) -> Truth | None:
    """Where the condition of a count holds; a row whose counted cell is empty is unknown."""
    evaluate = evaluators.get(count.dataset)
    if evaluate is None:
        return None
    truth = evaluate(count.where)
    return Truth(truth.true & evaluate(known(count)).true, truth.false)


def _truth(figure: Figure, count: Count, evaluators: Mapping[str, Evaluator]) -> tuple[Truth | None, Mask | None]:
    """Where a count holds without the excluded rows, and the excluded rows."""
    truth = _known(count, evaluators)
    if truth is None or figure.exclude is None or count.dataset != figure.population:
        return truth, None
    evaluate = evaluators[count.dataset]
    exclude = evaluate(figure.exclude)
    return truth & ~exclude, evaluate(count.where).true & exclude.true


class Reach:
    """Which units a figure is about. Masks have an item for every unit of the register."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract]) -> None:
        self._tree = tables.organisations
        self._contracts = contracts
        register = tables.by_dataset.get(REGISTER)
        self._ids = [] if register is None else register.frame["id"].astype(str).tolist()
        self._evaluate = None if register is None else Evaluator(register.frame, {})
        self._chosen: dict[Condition, Array] = {}
        self._under: dict[tuple[Condition, Condition], Array] = {}

    def concerned(self, figure: Figure) -> Array:
        """Units that get a row in the results."""
        concerned = self._units(self._contracts[figure.population].concerns)
        return concerned if figure.otherwise else concerned & self._units(figure.organisations)

    def applicable(self, figure: Figure) -> Array:
        """Units that the figure makes sense for."""
        return self._units(self._contracts[figure.population].concerns) & self._units(figure.organisations)

    def own(self, figure: Figure) -> Array | None:
        """Units whose rows of the population are counted (those it is about and those under them), None: of all."""
        if figure.organisations == TRUE or figure.otherwise:
            return None
        about = self._contracts[figure.population].concerns, figure.organisations
        if about not in self._under:
            chosen = {unit.id for unit, fits in zip(self._tree, self.applicable(figure), strict=True) if fits}
            self._under[about] = np.array(self._tree.under(chosen), dtype=bool)
        return self._under[about]

    def _units(self, condition: Condition) -> Array:
        """Which units of the register satisfy a condition, or may satisfy it for all the register says."""
        if condition not in self._chosen:
            chosen = {unit.id for unit in self._tree}
            if self._evaluate is not None:
                false = self._evaluate(condition).false
                chosen = {unit_id for unit_id, out in zip(self._ids, false, strict=True) if not out}
            self._chosen[condition] = np.array([unit.id in chosen for unit in self._tree], dtype=bool)
        return self._chosen[condition]
