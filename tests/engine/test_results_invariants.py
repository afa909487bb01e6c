"""What must hold in the results of any data whatever: values lie within their limits, statuses follow from counts."""

from collections import namedtuple
from collections.abc import Iterator

from hypothesis import given, settings

from quality_cli.analysis.alternatives import table_of
from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result
from quality_cli.catalogue.figures import Figure, is_share
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.where import TRUE
from quality_cli.engine.combine.cube import CONTRADICTIONS, Reason
from quality_cli.engine.plan.selection import QUANTITIES
from tests.engine.generated import CONTRACTS, GENERATED, Case, cases, count, read

SMALL_BELOW = 3
Counted = namedtuple("Counted", QUANTITIES)


def rows(case: Case) -> Iterator[tuple[Result, Figure, Reason, Counted]]:
    """Every row of the results with its figure, the engine's reason and what was counted."""
    cube, figures = count(case, read(case))
    orgs = list(cube.organisations)
    engine = {}
    for block in (block for block in cube.blocks if not block.earlier):
        numbers = list(zip(*(block.counts[name].tolist() for name in Counted._fields), strict=True))
        for row, counted in enumerate(numbers):
            figure = figures[block.figure[row]]
            place = (str(Period(int(block.period[row]))), orgs[block.org[row]].id, block.by)
            key = (figure.indicator, figure.part, *place, block.strata[block.stratum[row]])
            engine[key] = figure, block.remarks[block.remark[row]].reason, Counted(*counted)
    results = list(assess(cube, SMALL_BELOW))
    for result in results:
        key = (result.indicator, result.part, result.period, result.org_id, result.by, result.stratum)
        yield result, *engine[key]


def doubtful(figure: Figure, level: str, counted: Counted) -> bool:
    """Whether one more «да» or «нет» would turn a flag."""
    return undecided(figure, level, counted._replace(unknown=1))


def undecided(figure: Figure, level: str, counted: Counted) -> bool:
    """Whether a flag is neither «да» nor «нет»: what is unknown could turn it, or there is nobody to be all."""
    if figure.measure != "flag":
        return False
    if figure.rollup == "all":
        return counted.denominator == 0 or (counted.unknown > 0 and counted.numerator >= counted.denominator)
    share_of_flags = figure.level is Level.ORGANISATION and level != Level.ORGANISATION
    return not share_of_flags and counted.unknown > 0 and counted.numerator == 0


def status(figure: Figure, reason: Reason, counted: Counted, level: str) -> str:
    """The status by its definition, the weightiest first; of a figure that is not compared with an earlier year."""
    ratio = figure.factor is not None or figure.condition is not None
    bare = not ratio and figure.inside and figure.numerator.where == TRUE  # a count with no base of its own
    empty = counted.denominator == 0 and (ratio or (figure.inside and not bare))
    if reason in (Reason.NOT_HELD, Reason.NOT_APPLICABLE):
        return "not_applicable"
    if reason in CONTRADICTIONS:
        return "conflict"
    if reason is Reason.NO_ROWS and figure.measure == "count" and not counted.unknown:
        return "ok"  # everything that is there has come, so that nobody is a zero
    if empty or reason in (Reason.NO_ROWS, Reason.NOT_LOADED) or undecided(figure, level, counted):
        return "no_data"
    one_table = figure.inside or figure.condition is not None
    plain = not ratio and figure.measure != "flag"
    doubted = (counted.unknown_above and not one_table) or (plain and one_table and counted.unknown)
    if doubted and counted.judged == 0 and counted.numerator == 0:
        return "no_data"
    leave_the_base = one_table and not plain and figure.condition is None
    unknown = counted.unknown if one_table else counted.unknown_above or (ratio and counted.unknown_below)
    return "partial" if unknown and not leave_the_base else "ok"


@settings(GENERATED, max_examples=25)
@given(cases())
def test_statuses_follow_from_counts_and_reasons(case: Case) -> None:
    for result, figure, reason, counted in rows(case):
        if not figure.change or figure.condition is not None:
            expected = status(figure, reason, counted, result.level)
            if "противоречат друг другу данные" in result.note and expected == "ok":
                sure = counted.numerator or counted.denominator
                expected = "partial" if sure and not doubtful(figure, result.level, counted) else "no_data"
            assert result.status == expected, result


@settings(GENERATED, max_examples=50)
@given(cases())
def test_what_is_in_conflict_and_nothing_else_has_alternatives(case: Case) -> None:
    """In the order of the results; a source that is told of says a value, or more above than below."""
    cube, _ = count(case, read(case))
    conflicts = [row.record() for row in assess(cube, SMALL_BELOW).conflicts()]
    said = table_of(cube).to_pylist()
    key = ("period", "indicator", "part", "level", "org_id", "org_name", "by", "stratum")
    place = {tuple(row[name] for name in key): row for row in conflicts}
    assert list(place) == list(dict.fromkeys(tuple(row[name] for name in key) for row in said))
    for row in said:
        above = row["denominator"] is not None and row["numerator"] > row["denominator"]
        assert row["value"] is not None or above, row


@settings(GENERATED, max_examples=25)
@given(cases())
def test_a_value_is_its_numerator_over_its_denominator(case: Case) -> None:
    """And stands only where the row is sure of it: a contradiction or an absence has none, and says why."""
    for result, figure, _, counted in rows(case):
        if result.status not in ("ok", "partial"):
            assert result.value is None, result
            assert result.note or result.status == "not_applicable", result
        elif figure.change and figure.condition is None:
            continue
        elif figure.measure in ("share", "share_of_orgs"):
            assert counted.denominator > 0
            assert result.value == 100 * counted.numerator / counted.denominator
            assert 0 <= result.value <= 100, result
        elif figure.measure == "mean":
            assert counted.denominator > 0
            assert result.value == counted.numerator / counted.denominator
        elif figure.measure == "count":
            assert result.value == counted.numerator


def _limited(figure: Figure) -> bool:
    """Whether a mean is of rows, each of which adds something between two limits."""
    told = figure.numerator
    column = CONTRACTS[told.dataset].columns[told.columns[0]] if told.kind == "sum" else None
    of_rows = figure.inside and figure.denominator.kind == "rows"
    return of_rows and (column is None or None not in (column.min, column.max))


@settings(GENERATED, max_examples=25)
@given(cases())
def test_an_interval_holds_its_share(case: Case) -> None:
    """A share of outcomes has one, and a mean between limits: of facts there is no chance to speak of."""
    for result, figure, _, _ in rows(case):
        shared = is_share(figure) or (figure.measure == "mean" and not figure.change and _limited(figure))
        sampled = shared and CONTRACTS[figure.population].nature == "outcome"
        if result.ci_low is None or result.ci_high is None:
            assert not sampled or result.value is None, result
        else:
            assert sampled
            assert result.value is not None
            assert 0 <= result.ci_low <= result.value <= result.ci_high <= 100, result


@settings(GENERATED, max_examples=50)
@given(cases())
def test_a_share_has_no_more_above_than_below_or_is_a_conflict(case: Case) -> None:
    for result, figure, _, counted in rows(case):
        if figure.measure in ("share", "share_of_orgs") and counted.denominator:
            assert counted.numerator <= counted.denominator or result.status in ("conflict", "not_applicable"), result


@settings(GENERATED, max_examples=25)
@given(cases())
def test_nothing_is_counted_below_zero(case: Case) -> None:
    for result, _, _, counted in rows(case):
        assert min(counted) >= 0, result
        assert (result.excluded or 0) >= 0, result
        assert (result.unknown or 0) >= 0, result
