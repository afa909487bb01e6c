"""Which organisations a figure is about."""

from collections.abc import Mapping, Sequence

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import TRUE, Condition
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.yearly import lists_of


class Reach:
    """Which organisations (of any level) a figure is about in the school years read. Masks are school year ×
    organisation of the register; ``tables`` tell every row by its year (:mod:`quality_cli.datasets.tables.yearly`)."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract], years: Sequence[int]) -> None:
        self._tables = tables
        self._tree = tables.organisations
        self._shape = len(years), len(self._tree)
        there = [self._tree.existing(year) for year in years]
        self.existing: Array = np.array(there, dtype=bool).reshape(self._shape)
        self._contracts = contracts
        self._chosen: dict[Condition, Array] = {}
        self._under: dict[tuple[Condition, Condition], Array] = {}

    def concerned(self, figure: Figure) -> Array:
        """Those that get a row in the results."""
        concerned = self._satisfying(self._contracts[figure.population].concerns)
        return self.existing & (concerned if figure.otherwise else self._about(figure))

    def applicable(self, figure: Figure) -> Array:
        """Those that the figure makes sense for."""
        return self.existing & self._about(figure)

    def counted(self, figure: Figure) -> Array | None:
        """Those whose rows the figure counts, in whichever table; None: all.

        They are those it is about and, unless only their own rows are asked for, those under them.
        """
        if figure.organisations == TRUE:
            return None
        if figure.own_rows:
            return self._about(figure)
        about = self._contracts[figure.population].concerns, figure.organisations
        if about not in self._under:
            self._under[about] = np.array([self._and_under(fits) for fits in self._about(figure)], dtype=bool)
        return self._under[about]

    def _and_under(self, chosen: Array) -> list[bool]:
        return self._tree.under({org.id for org, fits in zip(self._tree, chosen, strict=True) if fits})

    def _about(self, figure: Figure) -> Array:
        """Those that the figure makes sense for, whether or not they exist."""
        return self._satisfying(self._contracts[figure.population].concerns) & self._satisfying(figure.organisations)

    def _satisfying(self, condition: Condition) -> Array:
        """Which organisations satisfy a condition, or may satisfy it for all the register says."""
        if condition not in self._chosen:
            found = np.ones(self._shape, dtype=bool)
            if REGISTER in self._tables and condition != TRUE:
                frame = self._tables[REGISTER].frame
                false = Evaluator(frame, lists_of(condition, self._tables))(condition).false
                position = {org.id: place for place, org in enumerate(self._tree)}
                rows = [position[org] for org in frame["id"].astype(str)[: len(frame) // max(1, len(found))]]
                found[:, rows] = ~false.reshape(len(found), -1)
            self._chosen[condition] = found
        return self._chosen[condition]
