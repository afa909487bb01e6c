"""The cube to results: values, intervals and statuses."""

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from quality_cli.analysis.bases import bases
from quality_cli.analysis.bounds import Bounds, bounds_of
from quality_cli.analysis.contradictions import Contradictions
from quality_cli.analysis.cube_rows import LEVELS, CubeRows
from quality_cli.analysis.notes import notes, sources
from quality_cli.analysis.received import Received, all_received, received_of
from quality_cli.analysis.results import Results, Words
from quality_cli.analysis.statistics.shares import wilson
from quality_cli.catalogue.figures import Figure, counts_organisations, is_share, least_found, nature_of
from quality_cli.catalogue.model import Status
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.where import TRUE
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.bounds import limits, possible_change
from quality_cli.engine.combine.cube import CONTRADICTIONS, Cube, Reason
from quality_cli.engine.combine.values import grown, ratio
from quality_cli.engine.completeness.coverage import Coverage

STATUSES = get_args(Status)
OK, PARTIAL, NO_DATA, CONFLICTING, INAPPLICABLE = range(len(STATUSES))
VALUED = (OK, PARTIAL)


def assess(cube: Cube, small_below: int, coverage: Coverage | None = None) -> Results:
    """Divide, interpret and name: one row of the results for every row of the cube.

    A zero denominator is ``no_data``, never 0; a numerator above its denominator (they come from different tables)
    is ``conflict`` and has no value; a share or a mean of fewer than ``small_below`` (of works: fewer children) is
    small, and so is a change whose earlier value rests on fewer; a count is a count, however small. A value for which
    not all reports came is ``partial``; a zero is what a report that came without matching rows says, and nothing else;
    without ``coverage`` every table that is there has come from everybody. Only a share of outcomes has an interval,
    and a mean between limits (:func:`_ends`): a fact is counted exactly.
    """
    rows = CubeRows(cube)
    numerator, denominator = rows.counts["numerator"], rows.counts["denominator"]
    factor, bare = rows.of_figures(_factor), rows.of_figures(is_bare)
    is_ratio = ~np.isnan(factor)
    empty = (denominator == 0) & (is_ratio | (rows.of_figures(lambda f: f.inside) & ~bare))
    contradictions = Contradictions.of(rows)
    told = all_received(rows) if coverage is None else received_of(rows, coverage, contradictions)
    rows.supply((rows.reason == Reason.NOT_LOADED) & told.came & told.heard)  # by the word that there is nothing
    status = _statuses(rows, empty)
    status[contradictions.touched & (numerator == 0) & (denominator == 0) & np.isin(status, VALUED)] = NO_DATA
    # All organisations are counted: few of them are no sample of people.
    of_organisations = rows.of_figures(lambda f: counts_organisations(f, cube.contracts))
    base = np.where(is_ratio, bases(rows, denominator), np.nan)
    small = is_ratio & ~of_organisations & (np.where(np.isnan(base), denominator, base) < small_below)

    zero, untold = _reported(rows, status, told, contradictions.touched)
    status[contradictions.touched & (status == OK)] = PARTIAL

    value = np.where(is_ratio, ratio(numerator, denominator, factor), numerator)
    percent, undecided = _flags(rows, value, contradictions.touched | told.lacking | (rows.counts["unknown"] > 0))
    status[undecided & np.isin(status, VALUED)] = NO_DATA
    value[percent] = (100 * numerator / np.maximum(denominator, 1))[percent]
    bounds = bounds_of(rows, percent, told.lacking | contradictions.touched)
    least = rows.of_figures(lambda f: least_found(f, cube.contracts)).astype(float)
    matched = np.where(np.isnan(least), np.nan, ratio(denominator, denominator + rows.counts["unknown"], 100.0))
    few = matched < least
    status[few & (status == OK)] = PARTIAL
    unjudged = bounds.unjudged & np.isin(status, VALUED)
    status[unjudged] = NO_DATA
    status[bounds.lacking & (status == OK)] = PARTIAL
    value[~np.isin(status, VALUED)] = np.nan
    no_earlier, no_base = _changes(rows, value, status, small, bounds)
    bounded = unjudged | ~np.isnan(value)

    ends = {figure: _ends(figure, cube.contracts) for figure in cube.figures}
    least, most = rows.of_figures(lambda f: ends[f][0]), rows.of_figures(lambda f: ends[f][1])
    with np.errstate(divide="ignore", invalid="ignore"):  # of nobody, or in contradictions, there is no interval
        low, high = wilson(base * (value - least) / (most - least), base)
    uncounted = np.isin(rows.reason, (Reason.NOT_LOADED, Reason.NOT_HELD, Reason.NOT_APPLICABLE)) & ~zero
    orgs, figures = list(cube.organisations), cube.figures
    columns: dict[str, Any] = {
        "period": _periods(rows.period),
        "indicator": Words.of(rows.figure, [figure.indicator for figure in figures]),
        "part": Words.of(rows.figure, [figure.part for figure in figures]),
        "level": Words.of(rows.level, LEVELS),
        "org_id": Words.of(rows.org, [org.id for org in orgs]),
        "org_name": Words.of(rows.org, [org.name for org in orgs]),
        "reported": rows.level == rows.of_figures(lambda f: -1 if f.beyond else LEVELS.index(f.level)),
        "by": rows.by,
        "stratum": rows.stratum,
        "numerator": np.where(uncounted, np.nan, numerator),
        "denominator": np.where(uncounted | bare, np.nan, denominator),
        "base": np.where(uncounted, np.nan, base),
        "value": value,
        "unit": Words.of(np.where(percent, len(figures), rows.figure), [*(figure.unit for figure in figures), "%"]),
        "excluded": np.where(uncounted, np.nan, rows.counts["excluded"]),
        "unknown": np.where(uncounted, np.nan, rows.counts["unknown"]),
        "possible_low": np.where(bounded, bounds.low, np.nan),
        "possible_high": np.where(bounded, bounds.high, np.nan),
        "matched": matched,
        "expected": told.expected,
        "received": told.received,
        "ci_low": least + (most - least) * low,
        "ci_high": least + (most - least) * high,
        "small": small & ~np.isnan(value),
        "status": Words.of(status, STATUSES),
        "note": notes(
            rows,
            status == NO_DATA,
            no_earlier,
            no_base,
            unjudged,
            zero | untold,
            told,
            bounds.note.where(bounded),
            np.where(few & np.isin(status, VALUED), least, 0).astype(np.int64),
            contradictions,
        ),
        "source": sources(rows),
    }
    hidden = rows.of_figures(lambda f: f.hidden)
    return Results.of(columns, keep=np.isin(rows.period, cube.periods) & ~rows.earlier & ~hidden)


def _statuses(rows: CubeRows, empty: Array) -> Array:
    """The status of each row; what is written later weighs more.

    A contradiction outweighs an absence, for there are data and someone has to look at them; that a figure is not
    about an organisation outweighs both.
    """
    status = np.full(len(rows), OK, dtype=np.int8)
    status[empty | np.isin(rows.reason, (Reason.NO_ROWS, Reason.NOT_LOADED))] = NO_DATA
    status[np.isin(rows.reason, CONTRADICTIONS)] = CONFLICTING
    status[np.isin(rows.reason, (Reason.NOT_HELD, Reason.NOT_APPLICABLE))] = INAPPLICABLE
    return status


def _reported(rows: CubeRows, status: Array, told: Received, touched: Array) -> tuple[Array, Array]:
    """Let the statuses say what has come. Tells the counts of which no row fits although their reports did come, and
    the zeros of which nothing came."""
    owed, plain = told.owed, rows.of_figures(lambda f: f.measure == "count")
    plain &= (rows.both > 0) | rows.of_figures(lambda f: not f.change)  # of nobody known in both years there is no zero
    none = np.all([amounts == 0 for name, amounts in rows.counts.items() if name != "judged"], axis=0)
    of_others = none & (rows.both > 0) & (rows.reason == Reason.COUNTED) & ~touched  # rows of those not compared
    nothing = ((rows.reason == Reason.NO_ROWS) | of_others) & (rows.counts["unknown"] == 0)
    zero: Array = (status == NO_DATA) & nothing & plain & told.came & told.heard
    status[zero] = OK
    lent = np.array([bool(remark.sources) for remark in rows.remarks], dtype=bool)[rows.remark]
    untold = owed & ~told.heard & ~lent & (rows.counts["numerator"] == 0)
    untold &= np.isin(status, VALUED) | ((status == NO_DATA) & (rows.reason == Reason.COUNTED))
    status[untold] = NO_DATA
    status[told.lacking & (status == OK)] = PARTIAL
    return zero, untold


def is_bare(figure: Figure) -> bool:
    """Whether the denominator is the count itself and tells nothing more."""
    plain = figure.factor is None and figure.condition is None
    return plain and figure.inside and figure.numerator.where == TRUE


def _factor(figure: Figure) -> float:
    """What N/D is multiplied by to give the value; NaN where the value is N."""
    if figure.condition is not None:
        return 100.0
    return np.nan if figure.factor is None else figure.factor


def _ends(figure: Figure, contracts: Mapping[str, Contract]) -> tuple[float, float]:
    """Between which values the own value of each child lies, where the figure is a share or a mean of outcomes; NaN:
    it has no interval.

    A share of yes and no varies as much as anything with this mean between these ends can (Bhatia and Davis 2000,
    American Mathematical Monthly 107: 353–357): a mean has the interval of that share.
    """
    if nature_of(figure, contracts) == "outcome" and not figure.change:
        if is_share(figure):
            return 0.0, _factor(figure)
        each = figure.inside and figure.denominator.kind == "rows"  # of a child with several rows the sum knows no end
        if figure.measure == "mean" and each and np.isfinite(own := limits(figure.numerator, contracts)).all():
            return own
    return np.nan, np.nan


def _periods(years: Array) -> Words:
    found, codes = np.unique(years, return_inverse=True)
    return Words.of(codes, [str(Period(int(year))) for year in found])


def _changes(rows: CubeRows, value: Array, status: Array, small: Array, bounds: Bounds) -> tuple[Array, Array]:
    """Turn values into changes since an earlier school year; tell which rows had no earlier value, and which had one
    that there is no percentage of.

    A change is no surer than the value it starts from: where that is small or partial, so is the change.
    """
    back = rows.of_figures(lambda f: 0 if f.condition is not None else f.change)
    no_earlier, no_base = np.zeros((2, len(value)), dtype=bool)
    compared, bases = np.flatnonzero((back != 0) & ~rows.earlier), np.flatnonzero(rows.earlier)
    if not len(compared) or not len(bases):
        no_earlier[compared] = ~np.isnan(value[compared])
        status[no_earlier] = NO_DATA
        return no_earlier, no_base
    first, years = int(rows.period.min()), int(np.ptp(rows.period)) + 1
    where = (rows.figure, rows.org, rows.by.codes, rows.stratum.codes)
    sizes = tuple(int(codes.max()) + 1 for codes in where)
    place, base_place = (
        np.ravel_multi_index(tuple(codes[own] for codes in where), sizes) * years for own in (compared, bases)
    )
    told = base_place + rows.period[bases].astype(np.int64) - first
    order = np.argsort(told)
    asked = rows.period[compared].astype(np.int64) - first + back[compared]
    found = np.minimum(np.searchsorted(told[order], place + asked), len(told) - 1)
    had = (told[order[found]] == place + asked) & (asked >= 0)
    base = bases[order[found]]
    earlier = np.where(had, value[base], np.nan)
    no_earlier[compared] = np.isnan(earlier) & ~np.isnan(value[compared])
    in_percent = rows.of_figures(lambda f: f.in_percent)[compared]
    now, before = ((bounds.low[at], bounds.high[at]) for at in (compared, base))
    bounds.low[compared], bounds.high[compared] = possible_change(now, before, in_percent)
    change = grown(value[compared], earlier, in_percent)
    no_base[compared] = np.isnan(change) & ~np.isnan(earlier) & ~np.isnan(value[compared])
    value[compared] = change
    partial = had & (status[base] == PARTIAL) & (status[compared] == OK)
    status[compared[partial]] = PARTIAL
    small[compared[had & small[base]]] = True
    status[no_earlier | no_base] = NO_DATA
    return no_earlier, no_base


def _flags(rows: CubeRows, value: Array, unsure: Array) -> tuple[Array, Array]:
    """Turn counts of «да» into 1 or 0; tell the shares of organisations with «да», and what is neither yes nor no.

    What is unknown may be «да» or «нет»: «any» is «нет», and «all» is «да», only where nothing is unknown. Nobody to
    ask is no «all» either.
    """
    numerator, denominator = rows.counts["numerator"], rows.counts["denominator"]
    flag = rows.of_figures(lambda f: f.measure == "flag")
    wants_all = flag & rows.of_figures(lambda f: f.rollup == "all")
    value[flag] = value[flag] > 0
    value[wants_all] = (numerator >= denominator)[wants_all]
    shared = rows.of_figures(lambda f: f.level is Level.ORGANISATION and f.rollup == "share")
    percent = flag & (rows.level != LEVELS.index(Level.ORGANISATION)) & shared
    undecided = flag & ~percent & unsure & (value == wants_all)
    return percent, undecided | (wants_all & (denominator == 0))
