"""Every engine and the oracle do what ``docs/spec.md`` says of conditions and measures."""

import pytest
from spec import Chapter, Mistake, conditions, groups, measures, written

from quality_cli.analysis.assess import assess
from quality_cli.app.examples import run_examples
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.model import Example, Indicator
from quality_cli.core.periods import Period
from quality_cli.core.where import WhereError, parse_where
from quality_cli.datasets.tables.text_table import DEFAULT_YEAR, tables_from_text
from quality_cli.engine.combine.execute import Engine, Executor
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.reference.given import Key
from quality_cli.engine.reference.quantities import reference
from quality_cli.engine.reference.rounds import seen
from quality_cli.engine.scan.engines import engine_named

CONDITIONS, CATALOGUE = conditions(), measures()
CONTRACTS = CATALOGUE.specs.contracts
YEAR = DEFAULT_YEAR - 1
Answers = list[tuple[list[int], list[int]]]
"""Of each condition: rows about which it says yes, rows about which it does not know."""


@pytest.fixture(params=["pandas", "polars", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_named(request.param)


def _indicators(chapter: Chapter) -> list[Indicator]:
    """Each condition as a count of the rows of every organisation."""
    common = {"name": "", "level": "organisation", "measure": "count", "unit": "шт.", "method": ""}
    example = {"examples": [{"data": {}, "expect": [{}]}]}
    return [
        Indicator.model_validate(
            {"id": f"{number}-s1", **common, **example, "population": {"dataset": "works", "where": case.where}}
        )
        for number, case in enumerate(chapter.cases)
    ]


def _by_engine(chapter: Chapter, engine: Engine) -> Answers:
    indicators = _indicators(chapter)
    tables = tables_from_text(chapter.data(), CONTRACTS)
    figures = [figure for indicator in indicators for figure in figures_of(indicator)]
    results = assess(Executor(make_plan(indicators, figures, tables, CONTRACTS), tables, engine).run(), 1)
    answers: Answers = [([], []) for _ in indicators]
    for row in results:
        if row.level == "organisation":
            yes, unknown = answers[int(row.indicator.partition("-")[0])]
            yes += [int(row.org_id)] * int(row.numerator or 0)
            unknown += [int(row.org_id)] * int(row.unknown)
    return [(sorted(yes), sorted(unknown)) for yes, unknown in answers]


def _by_reference(chapter: Chapter) -> Answers:
    tables = tables_from_text(chapter.data(), CONTRACTS)
    figures = [figure for indicator in _indicators(chapter) for figure in figures_of(indicator)]
    answers: Answers = [([], []) for _ in figures]
    found, _ = reference(figures, tables, CONTRACTS, [YEAR])
    for key, counted in found.counts.items():
        if key.level == "organisation":
            answers[key.figure][0].extend([int(key.unit)] * int(counted.numerator))
            answers[key.figure][1].extend([int(key.unit)] * int(counted.unknown))
    return [(sorted(yes), sorted(unknown)) for yes, unknown in answers]


def _told(chapter: Chapter, answers: Answers) -> dict[str, tuple[list[int], list[int]]]:
    return {written(case.where): answer for case, answer in zip(chapter.cases, answers, strict=True)}


def _expected(chapter: Chapter) -> dict[str, tuple[list[int], list[int]]]:
    return _told(chapter, [(case.yes, case.unknown) for case in chapter.cases])


@pytest.mark.parametrize("chapter", CONDITIONS.chapters, ids=lambda chapter: chapter.title)
def test_conditions(chapter: Chapter, engine: Engine) -> None:
    assert _told(chapter, _by_engine(chapter, engine)) == _expected(chapter)


@pytest.mark.parametrize("chapter", CONDITIONS.chapters, ids=lambda chapter: chapter.title)
def test_conditions_in_the_oracle(chapter: Chapter) -> None:
    assert _told(chapter, _by_reference(chapter)) == _expected(chapter)


@pytest.mark.parametrize("mistake", CONDITIONS.mistakes.cases, ids=lambda mistake: written(mistake.where))
def test_a_mistake_has_the_path_to_it(mistake: Mistake) -> None:
    with pytest.raises(WhereError) as raised:
        parse_where(mistake.where)
    assert list(raised.value.path) == mistake.at
    assert mistake.told in str(raised.value)


SHOWN = [item for group in groups(CATALOGUE) for item in group.indicators]


def test_every_measure_is_shown() -> None:
    known = set(Indicator.model_fields["measure"].annotation.__args__[0].__args__)  # type: ignore[union-attr]
    assert {item.measure for item in SHOWN} == known


def test_measures(engine: Engine) -> None:
    verdicts = list(run_examples(CATALOGUE, SHOWN, engine))
    assert [verdict for verdict in verdicts if verdict.differences] == []


EXAMPLES = [(item, example) for item in SHOWN for example in item.examples]


@pytest.mark.parametrize(("item", "example"), EXAMPLES, ids=lambda thing: getattr(thing, "id", ""))
def test_measures_in_the_oracle(item: Indicator, example: Example) -> None:
    """What is counted; the oracle divides nothing and knows no status."""
    tables = tables_from_text(example.data, CONTRACTS)
    figures = [seen(figure, CONTRACTS) for figure in figures_of(item)]
    found_now, _ = reference(figures, tables, CONTRACTS, range(YEAR - 2, YEAR + 1))
    for expected in example.expect:
        if expected.stratum or expected.status:
            continue
        number = next(number for number, figure in enumerate(figures) if figure.part == expected.part)
        year = (expected.period or Period(YEAR)).start
        found = found_now.counts[Key(number, year, str(tables.organisations[expected.at].level), expected.at, "", ())]
        names = ("numerator", "denominator", "excluded", "unknown")
        wanted = {name: getattr(expected, name) for name in names if getattr(expected, name) is not None}
        assert {name: getattr(found, name) for name in wanted} == pytest.approx(wanted)
