"""Which organisations a figure is about."""

from collections.abc import Mapping, Sequence

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import TRUE, Condition
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Tables


class Reach:
    """Which organisations (of any level) a figure is about in the school years read. Masks are school year ×
    organisation of the register.

    ``existing``: those that there are; one school year stands for all where no organisation opens or closes.
    """

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract], years: Sequence[int]) -> None:
        self._tree = tables.organisations
        dated = any(org.is_dated for org in self._tree)
        there = [self._tree.existing(year) for year in years] if dated else [[True] * len(self._tree)]
        self.existing: Array = np.array(there, dtype=bool)
        self._contracts = contracts
        register = tables.by_dataset.get(REGISTER)
        self._ids = [] if register is None else register.frame["id"].astype(str).tolist()
        self._evaluate = None if register is None else Evaluator(register.frame, {})
        self._chosen: dict[Condition, Array] = {}
        self._under: dict[tuple[Condition, Condition], Array] = {}

    def concerned(self, figure: Figure) -> Array:
        """Those that get a row in the results."""
        concerned = self._satisfying(self._contracts[figure.population].concerns)
        return self.existing & (concerned if figure.otherwise else self._about(figure))

    def applicable(self, figure: Figure) -> Array:
        """Those that the figure makes sense for."""
        return self.existing & self._about(figure)

    def counted(self, figure: Figure, dataset: str) -> Array | None:
        """Those whose rows of a dataset the figure counts; None: all.

        Of the population, those it is about and, unless only their own rows are asked for, those under them. Of a table
        that is valid for every year, those that exist: rows with a school year are taken by it already.
        """
        own = self._own(figure) if dataset == figure.population else None
        if self._contracts[dataset].period is not None or self.existing.all():
            return own
        return self.existing if own is None else self.existing & own

    def _own(self, figure: Figure) -> Array | None:
        if figure.organisations == TRUE or figure.otherwise:
            return None
        if figure.own_rows:
            return self._about(figure)[None]
        about = self._contracts[figure.population].concerns, figure.organisations
        if about not in self._under:
            chosen = {org.id for org, fits in zip(self._tree, self._about(figure), strict=True) if fits}
            self._under[about] = np.array([self._tree.under(chosen)], dtype=bool)
        return self._under[about]

    def _about(self, figure: Figure) -> Array:
        """Those that the figure makes sense for in any school year in which they exist."""
        return self._satisfying(self._contracts[figure.population].concerns) & self._satisfying(figure.organisations)

    def _satisfying(self, condition: Condition) -> Array:
        """Which organisations satisfy a condition, or may satisfy it for all the register says."""
        if condition not in self._chosen:
            chosen = {org.id for org in self._tree}
            if self._evaluate is not None:
                false = self._evaluate(condition).false
                chosen = {org_id for org_id, out in zip(self._ids, false, strict=True) if not out}
            self._chosen[condition] = np.array([org.id in chosen for org in self._tree], dtype=bool)
        return self._chosen[condition]
