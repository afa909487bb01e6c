"""A number taken apart agrees with the results, for every indicator of the sample."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from calling import call

from quality_cli.app.compute import Computed
from quality_cli.app.explain import explain
from quality_cli.app.workspace.config import resolve_options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.questions import questions_of
from quality_cli.datasets.derivation.reference import truth
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.statements import statements_in
from quality_cli.engine.explain.explanation import Explainer, FigureExplanation
from quality_cli.engine.plan.plan import make_plan

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
UNITS = {"99-01", "vo-06", "ds-03"}


@pytest.fixture(scope="module")
def explainer(sample: Computed) -> Explainer:
    catalogue = sample.catalogue
    plan = make_plan(catalogue.indicators.values(), catalogue.figures, sample.tables, catalogue.specs.contracts)
    return Explainer(plan, sample.tables, Coverage(sample.completeness, plan, sample.tables))


def _amount(trace: FigureExplanation, role: str) -> float:
    """What is counted when every condition has been applied: the last step of a role, in all sources together."""
    last = {step.source: step.amount for step in trace.steps if step.role == role}
    return sum(last.values())


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.long)])
def test_the_trace_agrees_with_the_results(sample: Computed, explainer: Explainer, every: int) -> None:
    """The first row of each figure and one of ``every`` others."""
    figures = {(figure.indicator, figure.part): figure for figure in sample.catalogue.figures}
    compared: set[Figure] = set()
    for number, row in enumerate(sample.results):
        figure = figures[row.indicator, row.part]
        wanted = row.org_id in UNITS and row.period == "2025/2026" and "," not in row.by
        if not wanted or row.numerator is None or figure.condition is not None:
            continue
        if figure in compared and number % every:
            continue
        trace = explainer(figure, row.org_id, 2025, dict(row.stratum))
        told = [_amount(trace, role) for role in ("numerator", "excluded", "unknown")]
        assert told == [row.numerator, row.excluded, row.unknown], row
        assert row.denominator is None or _amount(trace, "denominator") == row.denominator, row
        if figure.inside:
            counted = {step.role: step.rows for step in trace.steps}
            assert len(trace.gaps) == counted.get("denominator", 0) - counted.get("numerator", 0), row
        compared.add(figure)
    derived = {figure for figure in figures.values() if figure.condition is not None}
    assert compared == set(figures.values()) - derived


def test_a_share_of_organisations_tells_the_value_of_each(sample_data: Path) -> None:
    told = explain(Workspace(resolve_options(data=sample_data)), "1.4.1-М2", "99-01")
    known = [value for value in told.members.values() if value is not None]
    assert told.row.denominator == len(known)
    assert told.row.numerator == sum(value == 100 for value in known)
    assert told.row.unknown == len(told.members) - len(known)


def test_own_values_make_every_share_of_organisations(sample: Computed) -> None:
    """What is told of each organisation is what the share counts, and its own results say the same."""
    catalogue, tables = sample.catalogue, sample.tables
    chosen = [
        i for i in catalogue.indicators.values() if i.measure == "share_of_orgs" or any(p.condition for p in i.parts)
    ]
    plan = make_plan(chosen, catalogue.figures, tables, catalogue.specs.contracts, (2025,))
    questions = tuple(questions_of(catalogue).values())
    reports = completeness(plan, tables, questions, statements_in(tables))
    executor = Executor(plan, tables, coverage=Coverage(reports, plan, tables))
    shares = [figure for figure in plan.figures if figure.condition is not None]
    assert shares
    for figure in shares:
        row = sample.results.find(figure.indicator, "99-01", "2025/2026", figure.part)
        assert row is not None
        members = executor.members(figure, 2025)
        known = [{"value": value} for value in members.values() if value is not None]
        assert figure.condition is not None
        assert (row.numerator, row.denominator, row.unknown) == (
            sum(truth(figure.condition, value, {}) is True for value in known),
            len(known),
            len(members) - len(known),
        ), figure.indicator


def test_explain_in_words(small_data: Path) -> None:
    outcome = call("explain", "1.1.1-m1", "--org", "vo-01", "--part", "mark=2", "--data", str(small_data), "--gaps")
    assert outcome.code == 0, outcome.err
    for words in (
        "Формула: распределение, %",
        "Класс: 4",
        "Отметка: 2",
        "знаменатель",
        "Ф1_",
        "не выполнено «Отметка: 2»",
    ):
        assert words in outcome.out


def test_explain_for_programs(small_data: Path) -> None:
    outcome = call("explain", "1.1.1-m1", "--org", "edu990101", "--part", "mark=2", "--data", str(small_data), "--json")
    told = json.loads(outcome.out)
    assert (told["version"], told["org_id"], told["part"]) == (1, "vo-01", "mark=2")
    assert sum(map(len, told["files"].values())) == told["denominator"]
    assert "gaps" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["1.1.1-m9", "--org", "vo-01"], 2, "нет показателя «1.1.1-m9»"),
        (["1.1.1-m1", "--org", "vo-99"], 2, "нет организации «vo-99»; возможно, «vo-"),
        (["1.1.1-m1", "--org", "vo-01", "--part", "mark=9"], 2, "нет части «mark=9»; есть: «mark=2»"),
        (["1.1.1-m1", "--org", "vo-01", "--stratum", "klass=4"], 2, "разрез «klass=4» не годится; бывает: subject=…"),
        (["1.1.1-m1", "--org", "vo-01", "--stratum", "subject"], 2, "разрез «subject» не годится; бывает: subject=…"),
        (["1.1.2-m1", "--org", "vo-01", "--stratum", "grade=5;subjekt=а"], 2, "нет значения «5;subjekt=а»"),
        (["1.1.2-m1", "--org", "vo-01", "--stratum", "grade=5;grade=6"], 2, "разрез «grade» назван дважды: «5» и «6»"),
        (["1.1.1-m1", "--org", "vo-01", "--stratum", "subject=Химия"], 11, "в результатах нет показателя 1.1.1-m1"),
    ],
)
def test_what_cannot_be_explained_is_told(small_data: Path, arguments: list[str], code: int, message: str) -> None:
    outcome = call("explain", *arguments, "--data", str(small_data))
    assert outcome.code == code
    assert message in outcome.err


def test_a_stratum_is_taken_as_the_results_write_it(make_data: Callable[[Path, str], Path], tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", "Ф1_Математика 5 класс.xlsx")
    arguments = ("explain", "1.1.2-m1", "--org", "vo-01", "--data", data, "--json")
    apart = call(*arguments, "--stratum", "subject=Математика", "--stratum", "grade=5")
    assert apart.code == 0, apart.err
    whole = call(*arguments, "--stratum", json.loads(apart.out)["stratum"])
    assert (whole.out, json.loads(whole.out)["stratum"]) == (apart.out, "grade=5;subject=Математика")


def test_rows_made_of_single_cells_are_told_by_their_cells(tmp_path: Path) -> None:
    shutil.copy(SAMPLE / "Реестр организаций.xlsx", tmp_path)
    header = "Год;ОО;Логин;4 РУ;4 МА;5 РУ;5 МА;Количество маркеров"
    text = f"{header}\n2026;;edu990107;1;;0;1;2\n"
    (tmp_path / "перечень.csv").write_text(text, encoding="utf-8")
    for options in ((), (), ("--no-cache",)):  # read, then taken up
        asked = ("explain", "1.1.5-m2", "--org", "99-01", "--data", tmp_path, "--period", "2025/2026", *options)
        told = json.loads(call(*asked, "--json").out)
        assert told["files"] == {"перечень.csv": [2]}
        assert told["cells"] == {"перечень.csv": ["D2", "G2"]}
        assert "ячейки: D2, G2" in call(*asked).out
