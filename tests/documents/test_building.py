"""The report model made of results: whose figures it holds, and how they are shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from quality_cli.analysis.judgement.assessment import COLUMNS as JUDGED
from quality_cli.analysis.judgement.assessment import Assessment, Assessments
from quality_cli.analysis.judgement.recommendation import Recommendation, Recommendations
from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.organisations import OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum
from quality_cli.documents.report.build import Builder
from quality_cli.documents.report.spec import documents_of
from quality_cli.documents.templates.model import Office, Report, Signatory
from quality_cli.documents.templates.plain import dump_model, load_model

DISTRICT = Unit("М", "Округ", "Округ", "муниципалитет", logins=("edu99",))
SCHOOLS = [Unit(name, f"Школа {name}", f"Школа {name}", "школа", "М", logins=(f"edu-{name}",)) for name in "АБ"]
ROW: dict[str, Any] = {
    "period": "2025/2026", "indicator": "1.1.2-m1", "part": "", "level": "organisation", "org_id": "А",
    "org_name": "Школа А", "reported": False, "by": "", "stratum": "", "numerator": 1.0, "denominator": 20.0,
    "base": 20.0,
    "value": 5.0, "unit": "%", "excluded": 0.0, "unknown": 2.0, "matched": None,
    "possible_low": None, "possible_high": None, "expected": None, "received": None, "ci_low": 1.0, "ci_high": 20.0,
    "small": False, "status": "ok", "note": "", "source": "Результаты ВПР: а.xlsx",
}  # fmt: skip
ROWS = [
    ROW,
    {**ROW, "by": "subject", "stratum": "subject=Химия", "value": 30.0, "numerator": 6.0, "ci_low": 14.5},
    {**ROW, "period": "2024/2025", "by": "subject", "stratum": "subject=Химия", "value": 10.0, "numerator": 2.0},
    {**ROW, "org_id": "Б", "org_name": "Школа Б", "value": 77.7, "source": "Результаты ВПР: тайна.xlsx"},
    {**ROW, "org_id": "М", "org_name": "Округ", "level": "municipality", "reported": True, "value": 41.4},
]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


CHEMISTRY: Stratum = (("subject", "Химия"),)


def judged(org: str, stratum: Stratum = (), **told: Any) -> Assessment:
    """An assessment of 1.1.2-m1 that says no more than it is told."""
    given: dict[str, Any] = {**dict.fromkeys(JUDGED, ""), **dict.fromkeys(NUMBERS), "unstable": False}
    level = "municipality" if org == "М" else "organisation"
    of_row = {"period": "2025/2026", "indicator": "1.1.2-m1", "level": level, "org_id": org, "unit": "%"}
    return Assessment(**{**given, **of_row, "stratum": stratum, **told})


NUMBERS = (
    "value", "ci_low", "ci_high", "earlier_value", "change", "change_low", "change_high", "rest_value", "difference",
    "difference_low", "difference_high", "pooled_value", "pooled_low", "pooled_high", "rank_correlation",
    "improved", "unchanged", "worsened", "gain", "gain_low", "gain_high",
    "whole_value", "funnel_low", "funnel_high", "funnel_outer_low", "funnel_outer_high", "overdispersion",
)  # fmt: skip


def advice(org: str, rule: str, outcome: str = "fired", direction: str = "1.1", indicators: str = "") -> Recommendation:
    """A recommendation of a rule."""
    words = ("руководитель", "основание", "мера", "до мая", "итог", "1.1.1-m1 mark=2", "действие")
    return Recommendation("2025/2026", direction, org, "", rule, outcome, *words, indicators)


def builder(catalogue: Catalogue, *rows: Assessment, recommendations: Sequence[Recommendation] = ()) -> Builder:
    """What makes the models of the results above."""
    results = Results.of({name: [row[name] for row in ROWS] for name in ROW})
    tree, said = OrgTree([DISTRICT, *SCHOOLS]), Recommendations(recommendations)
    return Builder(
        catalogue, results, Assessments.of_records(rows), said, tree, {}, {}, Period(2025), Office(), Signatory()
    )


def model(
    catalogue: Catalogue, unit: Unit, *rows: Assessment, recommendations: Sequence[Recommendation] = ()
) -> Report:
    """The report of a document of ВПР whose conclusions are about all its indicators."""
    (spec,) = [document for document in documents_of(catalogue) if document.document == "vpr"]
    spec = spec.model_copy(update={"conclusions": []})
    made = builder(catalogue, *rows, recommendations=recommendations)
    return made.report(spec, unit, SCHOOLS if unit is DISTRICT else [], ["a.png"])


def test_a_school_sees_itself_and_its_municipality_only(shipped: Catalogue) -> None:
    text = dump_model(model(shipped, SCHOOLS[0]))
    assert "Школа А" in text
    assert "41.4" in text
    assert not [word for word in ("Школа Б", "77.7", "тайна", "edu") if word in text]
    assert load_model(Report, text) == model(shipped, SCHOOLS[0])


def test_a_municipality_sees_its_schools(shipped: Catalogue) -> None:
    report = model(shipped, DISTRICT)
    assert [(school.unit.id, school.figures.cells[0].value) for school in report.schools] == [("А", 5.0), ("Б", 77.7)]


GREW = {"earlier_period": "2024/2025", "change": 20.0, "moved": "grew", "progress": "worsened"}


def test_a_conclusion_tells_whom_it_is_about(shipped: Catalogue) -> None:
    conclusions = model(shipped, SCHOOLS[0], judged("А", CHEMISTRY, **GREW)).conclusions
    (line,) = conclusions.lines
    assert (line.kind, line.figure.what, line.figure.whom) == ("worsened", "Доля «2» за ВПР в 5–8-х классах", "химия")
    assert (line.figure.now.n, line.figure.before.n, line.figure.base) == (6, 2, "20\u00a0работ")
    assert conclusions.moved == (line.figure,)


@pytest.mark.parametrize("moved", ["", "same", "unclear", "incomparable"])
def test_a_word_of_change_needs_a_claim(shipped: Catalogue, moved: str) -> None:
    conclusions = model(
        shipped, SCHOOLS[0], judged("А", CHEMISTRY, **{**GREW, "moved": moved, "progress": ""})
    ).conclusions
    assert (conclusions.lines, conclusions.moved) == ((), ())


def test_figures_of_which_nothing_is_claimed_are_counted_by_the_reason(shipped: Catalogue) -> None:
    rows = [
        judged("А", moved="unclear", change_reason="детей слишком мало для вывода"),
        judged("А", CHEMISTRY, moved="unclear", change_reason="часть ячеек пуста"),
        judged("А", indicator="1.1.2-m2", value=5.0),
        judged("А", CHEMISTRY, indicator="1.1.2-m2", moved="incomparable", change_reason="другая шкала"),
    ]
    conclusions = model(shipped, SCHOOLS[0], *rows).conclusions
    assert (conclusions.few, conclusions.alone) == (1, 1)
    assert conclusions.unclear == (("часть ячеек пуста", 1),)
    assert conclusions.incomparable == (("другая шкала", 1),)


def test_the_same_children_are_told_as_such(shipped: Catalogue) -> None:
    """All of them in a table; a line only where the claim holds; none of them lacks a year before."""
    moved = {"improved": 1.0, "unchanged": 9.0, "worsened": 10.0, "value": 5.0}
    rows = [
        judged("А", same_children="more_worsened", **moved),
        judged("А", indicator="1.1.2-m2", same_children="unclear", same_children_reason="мало", **moved),
    ]
    conclusions = model(shipped, SCHOOLS[0], *rows).conclusions
    fell, unclear = conclusions.followed
    assert [(line.kind, line.figure) for line in conclusions.lines] == [("same_children", fell)]
    assert (fell.improved, fell.unchanged, fell.worsened, unclear.same_children_reason) == (1, 9, 10, "мало")
    assert (conclusions.moved, conclusions.alone) == ((), 0)


def test_a_municipality_is_told_who_misses_the_target(shipped: Catalogue) -> None:
    target: dict[str, Any] = {"target": "не более 5 %", "state": "missed"}
    rows = [judged("М", **target), judged("Б", **target), judged("А", target="не более 5 %", state="reached")]
    assert [view.missed_by for view in model(shipped, DISTRICT, *rows).conclusions.targets] == [("Школа Б",)]
    assert [view.missed_by for view in model(shipped, SCHOOLS[1], *rows).conclusions.targets] == [()]


def test_the_first_page_has_something_of_each_kind(shipped: Catalogue) -> None:
    """Targets first, then changes, differences and signals; what there is no room for is counted."""
    subjects = [(("subject", f"Предмет {number}"),) for number in range(9)]
    rows = [judged("А", stratum, state="missed", target="0 %") for stratum in subjects]
    rows += [judged("А", CHEMISTRY, **GREW)]
    rows.append(judged("А", stands="above", rest_value=3.0, signals="journal_lower;journal_higher"))
    conclusions = model(shipped, SCHOOLS[0], *rows).conclusions
    assert [line.kind for line in conclusions.lines] == ["missed"] * 3 + ["worsened", "stands"]
    assert conclusions.more == len(rows) - len(conclusions.lines)


def test_a_signal_is_told_where_it_is_raised_and_of_whom(shipped: Catalogue) -> None:
    lower, higher = (shipped.signals[name] for name in ("journal_lower", "journal_higher"))
    rows = [judged("А", CHEMISTRY, signals=lower.id), judged("Б", signals=lower.id), judged("А", signals=higher.id)]
    (spec,) = [document for document in documents_of(shipped) if document.document == "vpr"]
    made = builder(shipped, *rows)
    own, district = (
        made.report(spec, unit, members, []).conclusions.signals
        for unit, members in ((SCHOOLS[0], []), (DISTRICT, SCHOOLS))
    )
    assert [(view.text, view.where) for view in own] == [
        (lower.title, ("химия — 30,0 % (20\u00a0работ)",)),
        (higher.title, ("в целом — 5,0 % (20\u00a0работ)",)),
    ]
    assert district[0].told == ("Школа А (химия)", "Школа Б (в целом)")
    assert district[0].caveat == lower.caveat


def test_the_municipality_is_told_some_of_many_signals_of_an_organisation(shipped: Catalogue) -> None:
    strata = [(("subject", f"предмет {number}"),) for number in range(8)]
    rows = [judged("А", stratum, signals="journal_lower") for stratum in strata]
    (spec,) = [document for document in documents_of(shipped) if document.document == "vpr"]
    made = builder(shipped, *rows)
    (signal,) = made.report(spec, DISTRICT, SCHOOLS, []).conclusions.signals
    named = "; ".join(f"предмет {number}" for number in range(5))
    assert (signal.told, signal.where) == ((f"Школа А ({named} и ещё 3)",), ("Школа А",))
    (signal,) = made.report(spec, SCHOOLS[0], [], []).conclusions.signals
    assert len(signal.where) == len(strata)


def test_long_names_leave_room_for_fewer(shipped: Catalogue) -> None:
    rows = [judged("А", (("subject", f"{number}" * 200),), **GREW) for number in range(9)]
    assert len(model(shipped, SCHOOLS[0], *rows).conclusions.lines) == 2


def test_recommendations_of_a_document_are_those_of_its_indicators(shipped: Catalogue) -> None:
    rows = [
        advice("А", "one", indicators="1.1.2-m1; 9.9.9-m1"),
        advice("А", "other", indicators="1.4.1-s1"),
        advice("А", "open; too", "unknown", indicators="1.1.1-m1"),
        advice("Б", "others", indicators="1.1.2-m1"),
    ]
    report = model(shipped, SCHOOLS[0], recommendations=rows)
    assert [view.rule for view in report.recommendations] == ["one"]
    assert report.recommendations[0].effect == "Доля отметок за ВПР в 4-х классах: отметка «2» (1.1.1-m1)"
    assert [one.rules for one in report.unjudged] == [("open", "too")]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "5,0"),
        ({"small": True}, "5,0*"),
        ({"value": None, "status": "no_data"}, "н/д"),
        ({"value": None, "status": "not_applicable"}, "—"),
        ({"ci_low": None, "value": 100.0}, "100,0"),
        ({"indicator": "1.1.5-m3", "level": "municipality", "value": 80.0, "ci_low": None}, "80,0"),
        ({"indicator": "1.1.1-s1", "unit": "чел.", "ci_low": None, "value": 1234.0}, "1\u00a0234"),
    ],
)
def test_how_a_value_is_shown(shipped: Catalogue, changes: dict[str, Any], shown: str) -> None:
    results = Results.of({name: [{**ROW, **changes}[name]] for name in ROW})
    made = replace(builder(shipped), results=results)
    assert [cell.shown for cell in made.figures(SCHOOLS[0], Period(2025)).cells] == [shown]
