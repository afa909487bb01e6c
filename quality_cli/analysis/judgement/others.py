"""Figures of an organisation beside those of the rest of its municipality."""

from collections.abc import Iterator

import numpy as np

from quality_cli.analysis.judgement.claims import Claim
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.analysis.statistics.children import Share
from quality_cli.core.organisations import Level


def compare_with_rest(scope: Scope, columns: Columns) -> Iterator[Claim]:
    """The claims that outcomes of an organisation differ from those of all others of its municipality together.

    The municipality's own value holds the organisation's children too, so it is taken without them.
    """
    rows = scope.rows
    chosen = scope.considered & scope.outcome & rows.has("level", Level.ORGANISATION) & (rows.number("reported") == 1)
    own = np.flatnonzero(chosen & ~np.isnan(rows.number("value")))
    above = [scope.organisations.ancestor(org, Level.MUNICIPALITY) for org in rows.words("org_id")]
    municipality = rows.code("org_id", [unit.id if unit else "" for unit in above])
    whole = rows.find(own, org=municipality[rows.codes("org_id")[own]])
    for row, total in zip(own.tolist(), whole.tolist(), strict=True):
        share = scope.share(row)
        together = scope.share(total) if total != NOWHERE else None
        if share is None or together is None:
            continue
        numerator, denominator = together.numerator - share.numerator, together.denominator - share.denominator
        rest = Share(numerator, denominator, together.children - share.children)
        if rest.denominator <= 0 or rest.children <= 0 or not 0 <= rest.numerator <= rest.denominator:
            continue  # the only one of its kind, or it is left out of the municipality (a contradiction)
        columns.numbers["rest_value"][row] = 100 * rest.numerator / rest.denominator
        columns.numbers["difference"][row] = rows.number("value")[row] - 100 * rest.numerator / rest.denominator
        if not scope.comparability.between_organisations(scope.figure(row), scope.stratum(row), scope.period(row)):
            yield Claim.of_shares("stands", row, scope.family(row), share, rest)
