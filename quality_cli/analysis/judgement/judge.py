"""Results to assessments: targets, change since the year before, difference from the rest of the municipality, what
became of the same children, signals.

Facts are compared exactly, over the whole range of what they may be; outcomes by claims of one family
(:mod:`.claims`). What is not comparable (:mod:`.comparability`) is shown and never judged.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.judgement.change import FELL, FEW, GREW, UNCLEAR, compare_years
from quality_cli.analysis.judgement.claims import Claim, proven
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.funnels import set_funnels
from quality_cli.analysis.judgement.others import compare_with_rest
from quality_cli.analysis.judgement.rows import ResultRows
from quality_cli.analysis.judgement.same_children import follow_children
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.analysis.judgement.series import pool_years, trends
from quality_cli.analysis.judgement.signals import signals_of
from quality_cli.analysis.judgement.targets import set_states
from quality_cli.analysis.results import Results
from quality_cli.catalogue.goals import Target
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.signals import RANKS
from quality_cli.core.organisations import OrgTree
from quality_cli.core.strata import TOTAL
from quality_cli.datasets.tables.encoded import Array

_WORDS = {
    "moved": (GREW, FELL),
    "stands": ("above", "below"),
    "same_children": ("more_improved", "more_worsened"),
    "trend": ("up", "down"),
}
_LIMITS = {
    "moved": ("change_low", "change_high"),
    "stands": ("difference_low", "difference_high"),
    "same_children": ("gain_low", "gain_high"),
    "trend": (),
}


def judge(
    results: Results, catalogue: Catalogue, organisations: OrgTree, targets: Sequence[Target] = ()
) -> Assessments:
    """Judge the figures of the results by the catalogue's targets and those of a table (``targets``), which outweigh
    them."""
    every = (*catalogue.aims.targets, *targets)
    whole = ResultRows(results.table)
    signals = signals_of(whole, catalogue.signals.values(), organisations)
    judged = _judged(Scope(whole, catalogue, organisations), every) | whole.alike(list(signals))
    table = results.table.filter(pa.array(judged))
    scope = Scope(ResultRows(table), catalogue, organisations)
    columns = Columns(len(scope.rows))
    place = np.cumsum(judged) - 1
    for row, raised in signals.items():
        columns.text["signals"][place[row]] = ";".join(raised)
        columns.numbers[RANKS][place[row]] = next((told[RANKS] for told in raised.values() if RANKS in told), np.nan)
    claims = [
        *compare_years(scope, columns),
        *compare_with_rest(scope, columns),
        *follow_children(scope, columns),
        *trends(scope, columns),
    ]
    _prove(claims, columns, catalogue.settings.small_below)
    _progress(scope, columns)
    set_states(scope, columns, every)
    pool_years(scope, columns)
    reported = scope.rows.number("reported") == 1
    set_funnels(scope, columns, (scope.considered & reported) | (columns.text["signals"] != ""))
    kept = columns.told()
    told = {**columns.text, **columns.numbers, "unstable": columns.unstable}
    return Assessments.of(table, kept, {name: values[kept] for name, values in told.items()})


def _judged(scope: Scope, targets: Sequence[Target]) -> Array:
    """Rows that are judged or have a target; what they are compared with is among them."""
    parts = {(one.indicator, one.part) for one in targets}
    total = scope.rows.of_strata(lambda stratum: stratum == TOTAL)
    aimed: Array = scope.rows.of_figures(lambda indicator, part: (indicator, part) in parts)
    return scope.considered | scope.followed | (total & aimed)


def _prove(claims: Sequence[Claim], columns: Columns, small_below: int) -> None:
    """Say a word of difference where its claim holds in the family, else that there is none and why."""
    for claim, holds in zip(claims, proven(claims), strict=True):
        for name, limit in zip(_LIMITS[claim.about], claim.limits, strict=False):
            columns.numbers[name][claim.row] = limit
        if holds:
            more, less = _WORDS[claim.about]
            columns.tell(claim.about, claim.row, more if claim.difference > 0 else less)
        else:
            why = FEW if claim.children < small_below else "отличие может быть случайным"
            columns.tell(claim.about, claim.row, UNCLEAR, why)


def _progress(scope: Scope, columns: Columns) -> None:
    """Whether what moved is better or worse, where the catalogue says which is."""
    better = {item.id: item.better for item in scope.catalogue.indicators.values()}
    higher = scope.rows.of_figures(lambda indicator, _: better[indicator] == "higher")
    lower = scope.rows.of_figures(lambda indicator, _: better[indicator] == "lower")
    grew, fell = columns.text["moved"] == GREW, columns.text["moved"] == FELL
    columns.text["progress"][(grew & higher) | (fell & lower)] = "improved"
    columns.text["progress"][(fell & higher) | (grew & lower)] = "worsened"
