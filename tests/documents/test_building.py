"""The report model made of results: whose figures it holds, and how they are shown."""

from typing import Any

import pytest

from quality_cli.analysis.results import Results
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.core.organisations import OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.documents.report.build import Builder
from quality_cli.documents.report.spec import DocumentSpec, documents_of
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


def model(catalogue: Catalogue, unit: Unit, rule: str = "") -> Report:
    """The report of the ВПР document; ``rule`` is the only rule of observations."""
    results = Results.of({name: [row[name] for row in ROWS] for name in ROW})
    (spec,) = [document for document in documents_of(catalogue) if document.document == "vpr"]
    changed = {"by": ["subject"], "id": rule, "indicator": "1.1.2-m1", "compare": "previous", "moves": "up"}
    data = {**spec.model_dump(), "observations": [{**changed, "at_least": 10.0}] if rule else []}
    answers: dict[tuple[str, str, str], Any] = {}
    tree = OrgTree([DISTRICT, *SCHOOLS])
    builder = Builder(catalogue, results, tree, answers, {}, Period(2025), Office(), Signatory())
    return builder.report(DocumentSpec.model_validate(data), unit, SCHOOLS if unit is DISTRICT else [], ["a.png"])


def test_a_school_sees_itself_and_its_municipality_only(shipped: Catalogue) -> None:
    text = dump_model(model(shipped, SCHOOLS[0]))
    assert "Школа А" in text
    assert "41.4" in text
    assert not [word for word in ("Школа Б", "77.7", "тайна", "edu") if word in text]
    assert load_model(Report, text) == model(shipped, SCHOOLS[0])


def test_a_municipality_sees_its_schools(shipped: Catalogue) -> None:
    report = model(shipped, DISTRICT)
    assert [(school.unit.id, school.figures.cells[0].value) for school in report.schools] == [("А", 5.0), ("Б", 77.7)]


def test_an_observation_tells_whom_it_is_about(shipped: Catalogue) -> None:
    (found,) = model(shipped, SCHOOLS[0], "grew").observations
    assert (found.rule, found.stratum, found.change) == ("grew", {"subject": "Химия"}, 20.0)
    assert found.where["grade"] == ("5", "6", "7", "8")
    assert (found.now.n, found.base.n) == (6, 2)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "5,0"),
        ({"small": True}, "5,0*"),
        ({"value": None, "status": "no_data"}, "н/д"),
        ({"value": None, "status": "not_applicable"}, "—"),
        ({"ci_low": None, "value": 100.0}, "100,0"),
        ({"indicator": "1.1.1-s1", "unit": "чел.", "ci_low": None, "value": 1234.0}, "1\u00a0234"),
    ],
)
def test_how_a_value_is_shown(shipped: Catalogue, changes: dict[str, Any], shown: str) -> None:
    results = Results.of({name: [{**ROW, **changes}[name]] for name in ROW})
    builder = Builder(shipped, results, OrgTree([DISTRICT, *SCHOOLS]), {}, {}, Period(2025), Office(), Signatory())
    assert [cell.shown for cell in builder.figures(SCHOOLS[0], Period(2025)).cells] == [shown]
