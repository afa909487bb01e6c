"""What is counted where not everybody has reported: the engine equals the plain reference on generated catalogues,
tables with gaps, obligations and statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from quality_cli.catalogue.figures import Figure, figures_of
from quality_cli.core.findings import Place
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.statements import Statement
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.reference.given import Counted, Given, Key
from quality_cli.engine.reference.quantities import reference
from quality_cli.engine.reference.reported import Reported
from quality_cli.engine.reference.reports import Said
from quality_cli.engine.reference.strata import named_strata, owed_rows
from tests.engine.generated import GENERATED, SHIPPED, SPECS, YEARS, Case, by_key, cases, contracts_of, read

SUBJECTS = ["Русский язык", "Физика", "Труд"]
UPPER = {"kind": "школа", "grade_to": {"ge": {"column": "grade"}}}
REPORTS: list[list[dict[str, Any]]] = [
    [{}],
    [{}],
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
    """A generated case, who owes what, and what is stated by dataset."""

    case: Case
    reports: Mapping[str, Sequence[Mapping[str, Any]]]
    said: Mapping[str, Sequence[Said]]


SAID = st.builds(
    Said, st.sampled_from(["А", "Б", "М1", ""]), st.sampled_from([*YEARS, None]), st.sampled_from([(), ("Физика",)])
)
SILENCES = st.builds(
    Silence,
    cases(),
    st.fixed_dictionaries({name: st.sampled_from(REPORTS) for name in SPECS}),
    st.fixed_dictionaries({}, optional={name: st.lists(SAID, max_size=2) for name in SPECS}),
)


@settings(GENERATED, max_examples=100)
@each(SILENCES)
def test_what_is_counted_where_somebody_is_silent_equals_the_reference(silence: Silence) -> None:
    contracts = {**SHIPPED, **contracts_of(silence.reports)}
    tables = read(silence.case, contracts)
    figures = [figure for indicator in silence.case.indicators for figure in figures_of(indicator)]
    plan = make_plan(silence.case.indicators, figures, tables, contracts, YEARS)
    said = [
        Statement(item.unit, item.period, name, ";".join(item.values), Place(""))
        for name, items in silence.said.items()
        for item in items
    ]
    found = completeness(plan, tables, (), said)
    coverage = Coverage(found, plan, tables)
    cube = Executor(plan, tables, coverage=coverage).run()
    reported = Reported(tables, contracts, plan.read, silence.said)
    of_nobody = Counted(0, 0, 0, 0)
    whole = Given(tables, contracts, YEARS, reported)
    for earlier, (expected, _) in enumerate(reference(plan.figures, tables, contracts, YEARS, reported)):
        counted = by_key(cube, earlier=bool(earlier))
        assert {key: own for key, own in counted.items() if key in expected} == expected
        more = counted.keys() - expected.keys()
        assert all(counted[key] == of_nobody for key in more)
        assert {key for key in more if key.by} <= silent(more, plan.figures, whole, reported)
        if not earlier:
            assert silent(expected.keys(), plan.figures, whole, reported, missing=True) <= counted.keys()


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
