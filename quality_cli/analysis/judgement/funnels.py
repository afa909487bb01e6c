"""Where shares of organisations usually lie about that of their municipality, each for its own number of children.

Context and no claim: a school sees its own point and the limits for schools of its size, no other school and no rank.
"""

from collections import defaultdict
from math import sqrt

import numpy as np

from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.analysis.statistics.children import Share
from quality_cli.analysis.statistics.shares import funnel, overdispersion, widened
from quality_cli.core.organisations import Level
from quality_cli.datasets.tables.encoded import Array

USUAL, OUTER = 0.95, 0.998


def set_funnels(scope: Scope, columns: Columns, chosen: Array) -> None:
    """Say the value of the municipality and the limits of the chosen rows that are shares of outcomes of an
    organisation.

    The funnel of a figure, stratum and school year is made of all organisations that have a value; where they vary more
    than children do by chance (their pupils, their conditions differ), it is as much wider.
    """
    rows = scope.rows
    able = scope.outcome & rows.has("level", Level.ORGANISATION) & ~np.isnan(rows.number("value"))
    wanted = able & chosen
    members = np.flatnonzero(able & np.isin(rows.figure, rows.figure[wanted]))
    wholes = rows.find(members, org=rows.municipality(scope.organisations)[members])
    asked = set(wholes[wanted[members]].tolist()) - {NOWHERE}
    groups: dict[int, list[tuple[int, Share]]] = defaultdict(list)
    for row, whole in zip(members.tolist(), wholes.tolist(), strict=True):
        if whole in asked and (share := scope.share(row)) is not None:
            groups[whole].append((row, share))
    for whole, group in groups.items():
        share = scope.share(whole)
        if share is None or len(group) < 2:
            continue  # left out of the municipality (a contradiction), or the only one of its kind
        if scope.comparability.between_organisations(scope.figure(whole), scope.stratum(whole), scope.period(whole)):
            continue
        _tell(columns, share.numerator / share.denominator, group, wanted)


def _tell(columns: Columns, p: float, group: list[tuple[int, Share]], wanted: Array) -> None:
    spread = p * (1 - p)
    scores = [(one.carried - one.children * p) / sqrt(one.children * spread) for _, one in group] if spread else [0.0]
    factor = overdispersion(scores)
    for row, one in group:
        if wanted[row]:
            usual, outer = (widened(funnel(p, one.children, level), p, factor) for level in (USUAL, OUTER))
            told = dict(zip(("funnel_low", "funnel_high"), usual, strict=True))
            told |= dict(zip(("funnel_outer_low", "funnel_outer_high"), outer, strict=True))
            for name, share in {"whole_value": p, **told}.items():
                columns.numbers[name][row] = 100 * share
            columns.numbers["overdispersion"][row] = factor
