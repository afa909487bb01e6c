"""Which organisations a figure is about."""

from collections.abc import Mapping

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import TRUE, Condition
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Tables


class Reach:
    """Which organisations (of any level) a figure is about. Masks have an item for each in the register."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract]) -> None:
        self._tree = tables.organisations
        self._contracts = contracts
        register = tables.by_dataset.get(REGISTER)
        self._ids = [] if register is None else register.frame["id"].astype(str).tolist()
        self._evaluate = None if register is None else Evaluator(register.frame, {})
        self._chosen: dict[Condition, Array] = {}
        self._under: dict[tuple[Condition, Condition], Array] = {}

    def concerned(self, figure: Figure) -> Array:
        """Those that get a row in the results."""
        concerned = self._satisfying(self._contracts[figure.population].concerns)
        return concerned if figure.otherwise else concerned & self._satisfying(figure.organisations)

    def applicable(self, figure: Figure) -> Array:
        """Those that the figure makes sense for."""
        return self._satisfying(self._contracts[figure.population].concerns) & self._satisfying(figure.organisations)

    def own(self, figure: Figure) -> Array | None:
        """Those whose rows of the population are counted: those it is about and, unless only their own rows are asked
        for, those under them; None: all."""
        if figure.organisations == TRUE or figure.otherwise:
            return None
        if figure.own_rows:
            return self.applicable(figure)
        about = self._contracts[figure.population].concerns, figure.organisations
        if about not in self._under:
            chosen = {org.id for org, fits in zip(self._tree, self.applicable(figure), strict=True) if fits}
            self._under[about] = np.array(self._tree.under(chosen), dtype=bool)
        return self._under[about]

    def _satisfying(self, condition: Condition) -> Array:
        """Which organisations satisfy a condition, or may satisfy it for all the register says."""
        if condition not in self._chosen:
            chosen = {org.id for org in self._tree}
            if self._evaluate is not None:
                false = self._evaluate(condition).false
                chosen = {org_id for org_id, out in zip(self._ids, false, strict=True) if not out}
            self._chosen[condition] = np.array([org.id in chosen for org in self._tree], dtype=bool)
        return self._chosen[condition]
