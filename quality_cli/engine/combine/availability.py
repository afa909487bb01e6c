"""What was supplied: which school years the tables tell of, and what a figure rests on."""

from collections.abc import Iterable
from functools import cache

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.combine.cube import DataSource
from quality_cli.engine.plan.plan import Plan, lists_behind


class Availability:
    """Datasets by the school years that are read."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan = plan
        self._tables = tables
        self._held: dict[str, Array] = {}

    def held(self, dataset: str) -> Array:
        """Which of the school years read the table of a dataset tells of."""
        if dataset not in self._held:
            table = self._tables.by_dataset.get(dataset)
            self._held[dataset] = np.isin(self._plan.read, [] if table is None else table.periods())
        return self._held[dataset]

    def sources(self, figures: Iterable[Figure]) -> dict[tuple[int, int], tuple[DataSource, ...]]:
        """By the number of each figure and the school year: its datasets, the lists that its conditions look into, and
        of its other sources those that were supplied."""
        source = cache(self._source)
        found = {}
        for number, figure in enumerate(figures):
            behind = (*figure.datasets, *lists_behind(figure, self._plan.contracts[figure.population]))
            others = [other.population for other in figure.other_sources]
            for position, year in enumerate(self._plan.read):
                supplied = (name for name in others if self.held(name)[position])
                found[number, year] = tuple(source(name, year) for name in (*behind, *supplied))
        return found

    def _source(self, dataset: str, year: int) -> DataSource:
        table = self._tables.by_dataset.get(dataset)
        if table is None or not self.held(dataset)[self._plan.read.index(year)]:
            return DataSource(dataset, ())
        return DataSource(dataset, tuple(table.files(year)))
