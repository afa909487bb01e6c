"""The quantities of the cube counted the slow and obvious way, row by row: the oracle of the engine. For tests only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.reference.changes import compared
from quality_cli.engine.reference.given import Found, Given
from quality_cli.engine.reference.organisations import satisfying
from quality_cli.engine.reference.reported import Reported, Whole
from quality_cli.engine.reference.sources import climbed, gathered


def reference(
    figures: Sequence[Figure],
    tables: Tables,
    contracts: Mapping[str, Contract],
    periods: Sequence[int],
    reported: Reported | None = None,
) -> tuple[Found, Found]:
    """Every quantity of every figure that at least one row stands behind, and of changes those that they are compared
    with, by the school year of that. Figures are as :func:`.rounds.seen` has them; ``reported``: which reports have
    come, else every table is whole."""
    given = Given(tables, contracts, periods, reported or Whole(tables))
    now, before = Found.nothing(), Found.nothing()
    for number, figure in enumerate(figures):
        years = sorted({year + back for year in periods for back in (0, figure.change)})
        both = replace(given, periods=years)
        if figure.change and figure.condition is None:
            found, earlier = compared(number, figure, both, given)
            before.update(earlier)
        elif figure.condition is not None:
            found = satisfying(number, figure, both, given)
        else:
            found = climbed(figure, *gathered(number, figure, given), given)
        now.update(found)
    return now, before
