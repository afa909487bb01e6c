"""Several years of one figure: a trend from five, years put together where one has too few children."""

from collections.abc import Iterator

import numpy as np

from quality_cli.analysis.judgement.claims import Claim
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.analysis.statistics.children import Share, share_interval
from quality_cli.analysis.statistics.shares import Interval
from quality_cli.analysis.statistics.trend import mann_kendall
from quality_cli.datasets.tables.encoded import Array

LEAST_YEARS = 5
"""A trend of fewer says nothing (and no order of four values is improbable enough)."""

POOLED_YEARS = 3


def trends(scope: Scope, columns: Columns) -> Iterator[Claim]:
    """Claims that a figure rises or falls over the comparable years up to the last one, five at least."""
    rows = scope.rows
    chosen = (rows.year == rows.year.max(initial=0)) & (rows.number("reported") == 1)
    for row, years in _series(scope, columns, chosen, LEAST_YEARS):
        found = mann_kendall(rows.number("value")[years].tolist())
        columns.text["trend_since"][row] = str(scope.period(years[0]))
        family = ("trend", *scope.family(row))
        yield Claim("trend", row, family, found.p, found.score, Interval(np.nan, np.nan), len(years))


def pool_years(scope: Scope, columns: Columns) -> None:
    """Put up to three comparable years together where the last has a small base: their works and children add up.

    A child of two of the years is counted in both: what is told of them together is named so.
    """
    rows = scope.rows
    for row, years in _series(scope, columns, scope.outcome & (rows.number("small") == 1), 2):
        known = [share for year in years[-POOLED_YEARS:] if (share := scope.share(year)) is not None]
        if len(known) == len(years[-POOLED_YEARS:]):
            numerator, denominator, children = (sum(column) for column in zip(*known, strict=True))
            low, high = share_interval(Share(numerator, denominator, int(children)))
            columns.text["pooled_since"][row] = str(scope.period(years[-len(known)]))
            told = (100 * numerator / denominator, 100 * low, 100 * high)
            for name, number in zip(("pooled_value", "pooled_low", "pooled_high"), told, strict=True):
                columns.numbers[name][row] = number


def _series(scope: Scope, columns: Columns, chosen: Array, least: int) -> Iterator[tuple[int, list[int]]]:
    """Each chosen row with at least so many comparable years whose values lack nothing, and the rows of these without a
    gap, itself last."""
    previous = np.where(scope.sure & scope.sure[columns.previous], columns.previous, NOWHERE)
    long: Array = chosen & scope.sure
    at = np.arange(len(previous))
    for _ in range(least - 1):
        at = np.where(at == NOWHERE, NOWHERE, previous[at])
        long &= at != NOWHERE
    for row in np.flatnonzero(long).tolist():
        years = [row]
        while previous[years[0]] != NOWHERE:
            years.insert(0, int(previous[years[0]]))
        yield row, years
