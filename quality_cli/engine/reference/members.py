"""Which units of the register a figure is about, year by year."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import Condition
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.derivation.reference import Rows, truth
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.reference.rounds import with_rounds


class Members:
    """Rows of tables by their school years and rounds, and what conditions say of the register's."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract], years: Sequence[int]) -> None:
        self._tables = tables
        self._contracts = contracts
        self._years = years
        self._units: dict[Condition, frozenset[tuple[int, str]]] = {}

    @cached_property
    def rows(self) -> Rows:
        """The rows by dataset; those of a table that is valid for every year, once for each year."""
        found = {name: table.records() for name, table in self._tables.by_dataset.items()}
        for name, table in self._tables.by_dataset.items():
            if table.contract.period is None:
                found[name] = [{**row, PERIOD: year} for year in self._years for row in found[name]]
        return {name: with_rounds(self._contracts[name], rows) for name, rows in found.items()}

    def units(self, condition: Condition) -> frozenset[tuple[int, str]]:
        """School years and units whose row of the register satisfies the condition, or may satisfy it for all it
        says."""
        if condition not in self._units:
            rows = [row for row in self.rows[REGISTER] if truth(condition, row, self.rows) is not False]
            self._units[condition] = frozenset((row[PERIOD], row["id"]) for row in rows)
        return self._units[condition]

    def of(self, figure: Figure) -> frozenset[tuple[int, str]]:
        """School years and units that a figure makes sense for."""
        return self.units(self._contracts[figure.population].concerns) & self.units(figure.organisations)
