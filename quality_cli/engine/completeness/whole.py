"""What stands behind figures where nobody is asked what was handed in: worked examples, tables given by hand."""

from collections.abc import Iterator, Sequence

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.strata import Stratum
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.completeness.coverage import Covered, CoveredTable
from quality_cli.engine.completeness.needs import counted_by
from quality_cli.engine.plan.plan import Plan


class Whole:
    """Coverage of tables that are taken for whole: in a school year that a table tells of, everybody has handed it in.
    What nobody ever owes is not handed in by silence either."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan = plan
        self._tables = tables
        self._shape = (len(plan.read), len(tables.organisations))

    def of(self, figure: Figure, stratum: Stratum = ()) -> Covered:
        """What stands behind a figure: nobody owes anything, everything has come."""
        counted = counted_by(figure, self._plan.contracts)
        nobody = np.zeros(self._shape, dtype=bool)
        tables = []
        for dataset in counted:
            years = self._tables[dataset].periods() if dataset in self._tables else ()
            came = nobody | (np.isin(self._plan.read, years) & bool(self._plan.contracts[dataset].obligations))[:, None]
            tables.append(
                CoveredTable(dataset, True, True, nobody, nobody, nobody, came, nobody, nobody, nobody, nobody)
            )
        return Covered(self._shape, counted, tuple(tables))

    def missing_strata(self, figures: Sequence[Figure]) -> Iterator[tuple[str, Sequence[Stratum]]]:
        """What is missing: nothing."""
        return iter(())

    def silent(self, figure: Figure, strata: Sequence[Stratum]) -> None:
        """Who has handed in nothing that is owed: nobody."""

    def divided(self, figure: Figure, dataset: str) -> Array | None:
        """Whose rows are divided by: everybody's."""
        return None
