"""The engine equals the plain-Python oracle on generated catalogues and data; what must hold for any data holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from quality_cli.core.organisations import Level
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.engine.plan.tuning import MEASURED, Tuning
from quality_cli.engine.reference.given import Counted
from quality_cli.engine.reference.quantities import reference
from quality_cli.engine.reference.rounds import seen
from quality_cli.engine.scan.scanning import Engine, run_scan
from tests.conftest import SEED
from tests.engine.generated import (
    CONTRACTS,
    GENERATED,
    TUNINGS,
    YEARS,
    Case,
    by_key,
    cases,
    count,
    figures_as_written,
    in_pieces,
    read,
)

RANDOM = settings(GENERATED, derandomize=False, database=None)
"""Other cases every time: of the seed that the session prints."""

ONE_WAY = st.tuples(st.just(MEASURED), st.just(False))
ANY_WAY = st.tuples(TUNINGS, st.booleans())


def check(case: Case, engine: Engine, tuning: Tuning = MEASURED, pieces: bool = False) -> None:
    """That an engine gives what the oracle gives."""
    whole = read(case)
    cube, _ = count(case, in_pieces(whole) if pieces else whole, engine, tuning)
    figures = [seen(figure, CONTRACTS) for figure in figures_as_written(case)]
    for earlier, expected in enumerate(reference(figures, whole, CONTRACTS, YEARS)):
        counted = by_key(cube, earlier=bool(earlier))
        totals = {key for key in counted if not key.by}
        assert counted == {**dict.fromkeys(totals, Counted(0, 0, 0, 0)), **expected.counts}


@contextmanager
def repeatable(request: pytest.FixtureRequest) -> Iterator[None]:
    """Says with a failure how to have the same cases again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"to repeat: QUALITY_SEED={SEED} pytest '{request.node.nodeid}'")
        raise


@GENERATED
@given(cases())
def test_engine_equals_the_reference(case: Case) -> None:
    check(case, run_scan)


@settings(GENERATED, max_examples=25)
@given(case=cases())
def test_other_engines_equal_the_reference(engine: Engine, case: Case) -> None:
    check(case, engine)


@pytest.mark.long
@settings(GENERATED, max_examples=15)
@given(case=cases())
def test_spark_equals_the_reference(spark: Engine, case: Case) -> None:
    check(case, spark)


@settings(GENERATED, max_examples=80)
@given(case=cases(), tuning=TUNINGS, pieces=st.booleans())
def test_a_large_table_is_counted_as_a_small_one(case: Case, tuning: Tuning, pieces: bool) -> None:
    """Figures kept apart by the columns they need, values put down to classes (some of which are met late), few rows
    counted at once, in a range of cells or over all of them."""
    check(case, run_scan, tuning, pieces)


@settings(GENERATED, max_examples=25)
@given(case=cases(), tuning=TUNINGS)
def test_queries_of_another_engine_do_not_share_values(engine: Engine, case: Case, tuning: Tuning) -> None:
    """One scan may take several queries there, and each has batches of its own in memory that the next may reuse."""
    check(case, engine, tuning)


def random_round(engine: Engine, examples: int) -> None:
    """So many new cases."""

    @seed(SEED)
    @settings(RANDOM, max_examples=examples)
    @given(case=cases(), way=st.one_of(ONE_WAY, ANY_WAY))
    def fresh(case: Case, way: tuple[Tuning, bool]) -> None:
        check(case, engine, *way)

    fresh()


def test_a_random_round(request: pytest.FixtureRequest) -> None:
    with repeatable(request):
        random_round(run_scan, 30)


def test_a_random_round_of_other_engines(engine: Engine, request: pytest.FixtureRequest) -> None:
    with repeatable(request):
        random_round(engine, 5)


@pytest.mark.long
def test_a_long_random_round(request: pytest.FixtureRequest) -> None:
    with repeatable(request):
        random_round(run_scan, 3000)


@pytest.mark.long
def test_a_long_random_round_of_other_engines(engine: Engine, request: pytest.FixtureRequest) -> None:
    with repeatable(request):
        random_round(engine, 500)


@settings(GENERATED, max_examples=25)
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(case: Case, random: Any) -> None:
    shuffled = {}
    for name, text in case.texts.items():
        header, *rows = text.splitlines()
        if name != REGISTER:
            random.shuffle(rows)
        shuffled[name] = "\n".join([header, *rows])
    first, _ = count(case, read(case))
    second, _ = count(case, read(Case(case.indicators, shuffled, case.dates)))
    assert by_key(first) == by_key(second)


@settings(GENERATED, max_examples=30)
@given(cases())
def test_what_adds_up_is_above_the_sum_over_organisations(case: Case) -> None:
    tables = read(case)
    cube, figures = count(case, tables)
    counted, tree = by_key(cube), tables.organisations
    for key, whole in counted.items():
        figure = figures[key.figure]
        if key.level == Level.ORGANISATION or (figure.change and figure.condition is None):
            continue  # a change is without those whom there is nothing to compare with
        members = [
            value
            for other, value in counted.items()
            if other[:2] == key[:2]
            and other.level == Level.ORGANISATION
            and (other.by, other.stratum) == (key.by, key.stratum)
            and any(above.id == key.unit for above in tree.path(other.unit))
        ]
        kinds = {"numerator": figure.numerator.kind, "denominator": figure.denominator.kind}
        if figure.condition is not None:
            kinds = {}  # what is counted are organisations, whatever they count themselves
        for name in Counted._fields:
            summed = sum(getattr(value, name) for value in members)
            if kinds.get(name) == "distinct":
                assert getattr(whole, name) <= summed
            else:
                assert getattr(whole, name) == pytest.approx(summed)


@settings(GENERATED, max_examples=25)
@given(cases())
def test_numerator_lies_within_the_denominator_of_one_table(case: Case) -> None:
    cube, figures = count(case, read(case))
    for key, value in by_key(cube).items():
        figure = figures[key.figure]
        if figure.inside and figure.numerator.what == figure.denominator.what:
            assert value.numerator <= value.denominator
