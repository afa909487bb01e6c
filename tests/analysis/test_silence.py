"""The sample with something not handed in: what was fed by it says so, nothing else changes, nothing becomes a zero."""

from collections.abc import Iterator, Set

import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Result, Results
from quality_cli.app.compute import Computed
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.questions import questions_of
from quality_cli.core.organisations import Level
from quality_cli.core.strata import names_of
from quality_cli.datasets.tables.table import Table, Tables
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.needs import Cases, needs_of
from quality_cli.engine.completeness.reports import Report
from quality_cli.engine.completeness.statements import statements_in
from quality_cli.engine.plan.plan import make_plan
from tests.analysis.test_received import without

LISTS = {"registers", "vpr_objectivity", "practices"}
"""Tables that are one report, whoever stands in them: of one organisation the less they are still received."""
ASIDE = {"statements", "vpr_classes", "vpr_journal", "vpr_marks", "vpr_scores"}
"""Tables that nobody owes."""


def rests_on(figure: Figure, catalogue: Catalogue) -> Set[str]:
    """The datasets that a figure or another source of it looks into."""
    return needs_of([figure, *figure.other_sources], catalogue.specs.contracts).keys()


def results_on(catalogue: Catalogue, tables: Tables, dataset: str) -> Results:
    """The results of the indicators that rest on a dataset, with what is behind them."""
    ids = {figure.indicator for figure in catalogue.figures if dataset in rests_on(figure, catalogue)}
    chosen = [item for item in catalogue.indicators.values() if item.id in ids]
    plan = make_plan(chosen, catalogue.figures, tables, catalogue.specs.contracts, (2025,))
    reports = completeness(plan, tables, tuple(questions_of(catalogue).values()), statements_in(tables))
    coverage = Coverage(reports, plan, tables)
    return assess(Executor(plan, tables, coverage=coverage).run(), 0, coverage)


def only(tables: Tables, dataset: str, column: str, value: str) -> Tables:
    """The tables where of a dataset nothing came but the rows with a value, and nobody states anything."""
    left = without(tables, str.isprintable, "statements").by_dataset
    table = left[dataset]
    kept = Table(table.contract, table.frame[table.frame[column] == value])
    return Tables({**left, dataset: kept}, tables.organisations)


def told_of(results: Results, column: str) -> Iterator[tuple[str, Result]]:
    """The rows that are about one value of a column, with the value."""
    for row in results:
        value = dict(row.stratum).get(column)
        if value is not None:
            yield value, row


def test_of_municipal_protocols_only_nothing_is_told_of_another_stage(sample: Computed) -> None:
    tables = only(sample.tables, "achievements", "stage", "муниципальный")
    results = results_on(sample.catalogue, tables, "achievements")
    found = list(told_of(results, "stage"))
    assert {stage for stage, row in found if row.value is not None} == {"муниципальный"}
    assert {row.status for stage, row in found if stage != "муниципальный"} <= {"no_data", "not_applicable"}


@pytest.mark.parametrize("form", ["Билет в будущее", "волонтёрское объединение", "профориентационная консультация"])
def test_of_one_form_only_the_figures_on_others_have_no_value(sample: Computed, form: str) -> None:
    catalogue = sample.catalogue
    results = results_on(catalogue, only(sample.tables, "participation", "form", form), "participation")
    of_form = Cases([Report("participation", (("form", form),))], catalogue.specs.contracts["participation"])
    on_others = {
        (figure.indicator, figure.part)
        for figure in catalogue.figures
        for rows in [needs_of([figure], catalogue.specs.contracts).get("participation", ())]
        if rows and not of_form.touched(rows).any()
    }
    told_none = [row for row in results if (row.indicator, row.part) in on_others]
    assert len(told_none) > 100
    assert {row.status for row in told_none} <= {"no_data", "not_applicable"}
    assert {row.value for row in told_none} == {None}
    assert any(row.value for row in results)


@pytest.mark.parametrize(
    ("dataset", "column", "value"), [("kdr", "study", "КДР6 чтение"), ("achievements", "stage", "региональный")]
)
def test_a_stratum_does_not_vanish_with_its_only_reporter(
    sample: Computed, dataset: str, column: str, value: str
) -> None:
    """Nothing but the contract names it then."""
    whole = without(sample.tables, str.isprintable, "statements")
    table = whole[dataset]
    organisation, of_value = table.contract.organisation or "", table.frame[column] == value
    unit = table.frame.loc[of_value & (table.frame["period"] == 2025), organisation].astype(str).min()
    others = table.frame[~of_value | (table.frame[organisation] == unit)]
    alone = Tables({**whole.by_dataset, dataset: Table(table.contract, others)}, whole.organisations)
    before = {row.key: row for row in results_on(sample.catalogue, alone, dataset)}
    after = {row.key: row for row in results_on(sample.catalogue, without(alone, unit.__eq__, dataset), dataset)}
    before = {
        key: row for key, row in before.items() if "earlier_level" not in names_of(row.stratum)
    }  # no report's to say
    assert before.keys() - after.keys() == set()
    fed = {key for key, row in before.items() if (column, value) in row.stratum and row.value is not None}
    found = [after[key] for key in fed]
    assert Level.MUNICIPALITY in {row.level for row in found}
    assert {row.status for row in found} <= {"no_data", "partial"}
    assert all(row.received < row.expected and missed(row, None, unit, whole) for row in found)


@pytest.mark.long
def test_whatever_an_organisation_did_not_hand_in_is_missed_where_it_was_needed(sample: Computed) -> None:
    """For every table that anybody owes and every organisation of it its rows are taken away. Every value stays a row;
    only of drawn subjects it is then not known which were drawn: those that nobody else wrote either are not told. Nor
    are strata that no report names (the stage of a contest) and in which nobody else has anything."""
    catalogue, whole = sample.catalogue, without(sample.tables, str.isprintable, "statements")
    tried = 0
    for dataset, table in whole.by_dataset.items():
        organisation = table.contract.organisation
        if organisation is None or table.contract.union or dataset in {"organisations", *LISTS, *ASIDE}:
            continue
        before = {row.key: row for row in results_on(catalogue, whole, dataset)}
        for unit in sorted(set(table.frame[organisation].dropna().astype(str))):
            after = {row.key: row for row in results_on(catalogue, without(whole, unit.__eq__, dataset), dataset)}
            wrong = [row for key, row in after.items() if not missed(row, before.get(key), unit, whole)]
            assert wrong == [], f"{dataset}, {unit}: {wrong[:3]}"
            gone = [row for key, row in before.items() if key not in after and row.value is not None]
            drawn = {name for rule in table.contract.obligations for name in rule.drawn}
            left = {(row.period, row.stratum) for row in after.values()}
            undrawn = [
                row
                for row in gone
                if not drawn.isdisjoint(name for name, _ in row.stratum)
                and (row.org_id == unit or (row.period, row.stratum) not in left)
            ]
            each = [rule.each for rule in table.contract.obligations]
            elsewhere = {(row.indicator, row.part, row.stratum) for row in after.values()}
            unnamed = [
                row
                for row in gone
                if not any(all(value in words.get(name, ()) for name, value in row.stratum) for words in each)
                and (row.indicator, row.part, row.stratum) not in elsewhere
            ]
            lost = [row for row in gone if row not in undrawn and row not in unnamed]
            assert lost == [], f"{dataset}, {unit}: {lost[:3]}"
            tried += 1
    assert tried > 100


def missed(row: Result, was: Result | None, unit: str, tables: Tables) -> bool:
    """Whether a row is as it was or says that the unit has not handed in what it needs."""
    if was is not None and (told(row) == told(was) or row.status == "not_applicable"):
        return True
    named = row.org_id == unit or (row.level != Level.ORGANISATION and tables.organisations[unit].name in row.note)
    return row.status in ("partial", "no_data", "conflict") and named


def told(row: Result) -> tuple[object, ...]:
    """What people see of a figure."""
    return row.value, row.numerator, row.denominator, row.status, row.expected, row.received
