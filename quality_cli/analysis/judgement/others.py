"""Figures of an organisation beside those of the rest of its municipality."""

from collections.abc import Iterator

import numpy as np

from quality_cli.analysis.judgement.change import UNCLEAR
from quality_cli.analysis.judgement.claims import Claim
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.core.organisations import Level

REPORTED = "из остальных отчитались не все"
"""Said beside a difference from the rest: it is one from those who have reported."""


def compare_with_rest(scope: Scope, columns: Columns) -> Iterator[Claim]:
    """The claims that outcomes of an organisation differ from those of all others of its municipality together.

    The municipality's own value holds the organisation's children too, so it is taken without them.
    """
    rows = scope.rows
    chosen = scope.considered & scope.outcome & rows.has("level", Level.ORGANISATION) & (rows.number("reported") == 1)
    own = np.flatnonzero(chosen & ~np.isnan(rows.number("value")))
    whole = rows.find(own, org=rows.municipality(scope.organisations)[own])
    for row, total in zip(own.tolist(), whole.tolist(), strict=True):
        figure, counts = scope.figure(row), scope.counts(row)
        own_share = scope.spread(figure, counts)
        rest = scope.spread(figure, scope.counts(total).without(counts)) if total != NOWHERE else None
        if own_share is None or rest is None:
            continue  # the only one of its kind, or it is left out of the municipality (a contradiction)
        columns.numbers["rest_value"][row] = 100 * rest.value
        columns.numbers["difference"][row] = rows.number("value")[row] - columns.numbers["rest_value"][row]
        if scope.comparability.between_organisations(figure, scope.stratum(row), scope.period(row)):
            continue
        if scope.partial[row]:
            columns.tell("stands", row, UNCLEAR, "сведения неполны")
            continue
        if not scope.whole[total]:
            columns.text["stands_reason"][row] = REPORTED
        yield Claim.of_shares("stands", row, scope.family(row), own_share, rest)
