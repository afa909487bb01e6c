"""What is counted where not everybody has reported: the engine equals the plain reference on generated catalogues,
tables with gaps, obligations and statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given as each
from hypothesis import strategies as st

from quality_cli.analysis.assess import assess
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.core.findings import Place
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.statements import Statement
from quality_cli.engine.explain.explanation import Explainer
from quality_cli.engine.plan.plan import Plan, make_plan
from quality_cli.engine.reference.given import Counted, Given, Key
from quality_cli.engine.reference.quantities import reference
from quality_cli.engine.reference.reported import Reported
from quality_cli.engine.reference.reports import Said
from quality_cli.engine.reference.rounds import seen
from quality_cli.engine.reference.strata import named_strata, owed_rows
from quality_cli.engine.reference.values import Teller
from quality_cli.engine.scan.scanning import Engine, run_scan
from tests.engine.generated import (
    SHIPPED,
    SPECS,
    YEARS,
    Case,
    by_key,
    cases,
    check_results,
    contracts_of,
    figures_as_written,
    generated,
    read,
)

SUBJECTS = ["Русский язык", "Физика", "Труд"]
UPPER = {"kind": "школа", "grade_to": {"ge": {"column": "grade"}}}
REPORTS: list[list[dict[str, Any]]] = [
    [{}],
    [{}, {"each": {"round": ["осень"]}}],
    [{"who": {"kind": "школа"}}],
    [{"each": {"subject": SUBJECTS[:2]}}],
    [{"each": {"subject": SUBJECTS[1:], "grade": [4, 10]}, "who": UPPER}],
    [{"each": {"subject": SUBJECTS}, "drawn": {"subject": 1}, "drawn_in": ["clubs"]}],
    [{"by": "office"}],
    [{"by": "register"}],
    [{"each": {"grade": [4, 5]}}, {"by": "office", "each": {"grade": [10]}}],
    [{"until": "2024/2025"}, {"since": "2025/2026", "each": {"came": [True]}}],
]


@dataclass(frozen=True)
class Silence:
    """A generated case, who owes what, and what is stated by dataset; ``margins``: by which of them, total,
    each stratifier alone and all together, the other source says what does not add up (None: it adds up)."""

    case: Case
    reports: Mapping[str, Sequence[Mapping[str, Any]]]
    said: Mapping[str, Sequence[Said]]
    margins: tuple[int, ...] | None


SAID = st.builds(
    Said, st.sampled_from(["А", "Б", "М1", ""]), st.sampled_from([*YEARS, None]), st.sampled_from([(), ("Физика",)])
)
SILENCES = st.builds(
    Silence,
    cases(),
    st.fixed_dictionaries({name: st.sampled_from(REPORTS) for name in SPECS}),
    st.fixed_dictionaries({}, optional={name: st.lists(SAID, max_size=2) for name in SPECS}),
    st.sampled_from([None, (-1,), (0,), (-1, 0, 1), (1, 0, -1)]),
)


@generated(70)
@each(SILENCES)
def test_what_is_counted_where_somebody_is_silent_equals_the_reference(silence: Silence) -> None:
    tables, plan, coverage, reported = reckoned(silence)
    figures = [seen(figure, plan.contracts) for figure in told_of(silence)]
    cube = Executor(plan, tables, coverage=coverage).run()
    of_nobody = Counted(0, 0, 0, 0)
    whole = Given(tables, plan.contracts, YEARS, reported)
    both = reference(figures, tables, plan.contracts, YEARS, reported)
    check_results(assess(cube, 0, coverage), figures, Teller(*both, whole, reported))
    for earlier, (expected, *_) in enumerate(both):
        counted = by_key(cube, earlier=bool(earlier))
        assert {key: own for key, own in counted.items() if key in expected} == expected
        more = counted.keys() - expected.keys()
        for key in more:  # a table without the stratifier is the same in every stratum: something may stand below
            held = [set(plan.contracts[name].columns) for name in figures[key.figure].datasets]
            is_split = all(own.issuperset(dict(key.stratum)) for own in held)
            assert counted[key] == of_nobody or not is_split, key
        unowed = {key for key in more if key.by} - silent(more, figures, whole, reported)
        assert not unowed, unowed
        if not earlier:
            untold = silent(expected.keys(), figures, whole, reported, missing=True) - counted.keys()
            assert not untold, untold


@generated(40)
@each(SILENCES)
def test_an_explanation_counts_what_is_counted_where_somebody_is_silent(silence: Silence) -> None:
    tables, plan, coverage, _ = reckoned(silence)
    executor, explainer = Executor(plan, tables, coverage=coverage), Explainer(plan, tables, coverage)
    for key, counted in by_key(Executor(plan, tables, coverage=coverage).run()).items():
        figure = plan.figures[key.figure]
        if figure.condition is not None:
            members = executor.members(figure, key.period)
            under = [
                value
                for unit, value in members.items()
                if key.unit in [up.id for up in tables.organisations.path(unit)]
            ]
            assert (under.count(None), len(under)) == (counted.unknown, counted.unknown + counted.denominator), key
            continue
        steps = explainer(figure, key.unit, key.period, dict(key.stratum)).steps
        for role in ("numerator", "denominator", *(() if figure.other_sources else ("excluded", "unknown"))):
            last = {step.source: step.amount for step in steps if step.role == role}
            assert sum(last.values()) == getattr(counted, role), (key, role)


@generated(25)
@each(silence=SILENCES)
def test_results_where_somebody_is_silent_are_the_same_in_other_engines(engine: Engine, silence: Silence) -> None:
    tables, plan, coverage, _ = reckoned(silence)
    own, other = (
        assess(Executor(plan, tables, which, coverage).run(), 10, coverage).table for which in (run_scan, engine)
    )
    assert own.equals(other)


def told_of(silence: Silence) -> list[Figure]:
    """The figures as they are written."""
    return [
        replace(own, other_sources=tuple(asked_by(silence.margins, own.other_sources)))
        for own in figures_as_written(silence.case)
    ]


def reckoned(silence: Silence) -> tuple[Tables, Plan, Coverage, Reported]:
    """The tables, what is to be counted, and what has come of it: of the engine and of the reference."""
    contracts = {**SHIPPED, **contracts_of(silence.reports)}
    tables = read(silence.case, contracts)
    figures = [of_rounds(figure, contracts) for figure in told_of(silence)]
    plan = make_plan(silence.case.indicators, figures, tables, contracts, YEARS)
    said = [
        Statement(item.unit, item.period, name, ";".join(item.values), Place(""))
        for name, items in silence.said.items()
        for item in items
    ]
    coverage = Coverage(completeness(plan, tables, (), said), plan, tables)
    return tables, plan, coverage, Reported(tables, contracts, plan.read, silence.said)


def asked_by(margins: tuple[int, ...] | None, sources: Sequence[Figure]) -> Iterator[Figure]:
    """Sources that do not add up: each by some of the margins."""
    for one in sources:
        possible = list(dict.fromkeys([(), *((name,) for name in one.by), one.by]))
        chosen = dict.fromkeys(possible[place] for place in margins or () if place < len(possible))
        yield from (replace(one, margin=margin) for margin in chosen) if margins else [one]


def silent(
    known: Iterable[Key], figures: Sequence[Figure], given: Given, reported: Reported, *, missing: bool = False
) -> set[Key]:
    """Rows that are told for somebody's silence alone, in the strata of others and (``missing``) of reports that have
    not come."""
    found: set[Key] = set()
    for number, figure in enumerate(figures):
        strata = {key.stratum for key in known if key.figure == number and key.by}
        strata |= named_strata(figure, given, reported) if missing and figure.condition is None else set()
        found.update(owed_rows(number, figure, strata, given, reported))
    return found
