"""What became of figures since the year before."""

from collections.abc import Iterator

import numpy as np

from quality_cli.analysis.judgement.claims import Claim
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.core.periods import Period
from quality_cli.datasets.tables.encoded import Array

GREW, FELL, SAME, UNCLEAR, INCOMPARABLE = "grew", "fell", "same", "unclear", "incomparable"

FEW = "детей слишком мало для вывода"
"""Why there is no word of difference where it may be for the number of children alone."""

UNTESTED = "проверить нечем: неизвестно, на скольких детях держится значение"
"""Why nothing is said of outcomes that are no shares, or of works of nobody knows how many children."""


def compare_years(scope: Scope, columns: Columns) -> list[Claim]:
    """Tell the change of every judged figure; of facts what it was, of outcomes the claims that have to be proven."""
    rows, value = scope.rows, scope.rows.number("value")
    now = np.flatnonzero(scope.considered & ~np.isnan(value))
    before = rows.find(now, year=rows.year[now] - 1)
    known = (before != NOWHERE) & ~np.isnan(value[before])
    now, before = now[known], before[known]
    columns.numbers["earlier_value"][now] = value[before]
    columns.numbers["change"][now] = value[now] - value[before]
    columns.text["earlier_period"][now] = [str(Period(year - 1)) for year in rows.year[now].tolist()]
    reasons = np.array(
        [
            scope.comparability.between_years(scope.figure(row), scope.stratum(row), scope.period(row))
            for row in now.tolist()
        ],
        dtype=object,
    )
    reasons[(reasons == "") & ~(scope.whole[now] & scope.whole[before])] = "отчитались не все"
    apart = reasons != ""
    columns.tell("moved", now[apart], INCOMPARABLE, reasons[apart])
    now, before = now[~apart], before[~apart]
    columns.previous[now] = before
    tested = scope.outcome[now]
    _facts(scope, columns, now[~tested], before[~tested])
    return list(_claims(scope, columns, now[tested], before[tested]))


def _facts(scope: Scope, columns: Columns, now: Array, before: Array) -> None:
    """Facts moved where the whole range of what they may be lies on one side of that of the year before."""
    low, high = scope.low, scope.high
    grew, fell = low[now] > high[before], high[now] < low[before]
    same = (low[now] == high[before]) & (high[now] == low[before])
    for mask, word in ((grew, GREW), (fell, FELL), (same, SAME)):
        columns.tell("moved", now[mask], word)
    columns.tell("moved", now[~(grew | fell | same)], UNCLEAR, "часть ячеек пуста")


def _claims(scope: Scope, columns: Columns, now: Array, before: Array) -> Iterator[Claim]:
    for row, other in zip(now.tolist(), before.tolist(), strict=True):
        if scope.rows.number("reported")[row]:  # elsewhere the same is claimed by the figure that the concept reports
            own, earlier = (scope.spread(scope.figure(at), scope.counts(at)) for at in (row, other))
            if scope.partial[row] or scope.partial[other]:
                columns.tell("moved", row, UNCLEAR, "сведения неполны")
            elif own is None or earlier is None:
                columns.tell("moved", row, UNCLEAR, UNTESTED)
            else:
                yield Claim.of_shares("moved", row, scope.family(row), own, earlier)
