"""The completeness of the data of a call: contracts and register, tables, and what ``quality.yaml`` states."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from quality_cli.analysis.matrix import Term
from quality_cli.app.workspace.config import CONFIG_NAME
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import QUESTION, Question, questions_of, questions_of_facts, term
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.ids import INDICATOR_ID, closest
from quality_cli.core.periods import Period
from quality_cli.core.russian import counted
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.tables.table import FILE, ROW, SHEET
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.engine.completeness.completeness import completeness
from quality_cli.engine.completeness.needs import needs_of
from quality_cli.engine.completeness.reports import Completeness, Report
from quality_cli.engine.completeness.statements import Statement, statements_in
from quality_cli.engine.plan.plan import Plan

if TYPE_CHECKING:
    from quality_cli.app.workspace.workspace import Workspace


def completeness_of(workspace: "Workspace", plan: Plan, more: Iterable[Statement] = ()) -> Completeness:
    """Where every report stands that a plan over the tables of the call rests on; ``more`` statements count too.

    Raises :class:`ConfigurationError` where ``none`` names an organisation that is not in the register.
    """
    tables, catalogue = workspace.tables, workspace.catalogue
    questions = tuple(questions_of(catalogue).values())
    numbers = tuple(questions_of_facts(catalogue).values()) if workspace.answered else ()
    found = completeness(plan, tables, questions, (*statements_in(tables), *_configured(workspace), *more), numbers)
    unknown = _answers_to_nothing(workspace, (*questions, *numbers))
    return replace(found, findings=(*found.findings, *unknown))


def terms_of(workspace: "Workspace") -> Term:
    """By when a report is to be there: an answer by the month of its question, rows of a table by that of the last of
    the indicators that rest on it."""
    catalogue = workspace.catalogue
    contracts, questions = catalogue.specs.contracts, questions_of(catalogue)
    months: dict[str, set[str]] = {}
    for indicator in workspace.indicators:
        if indicator.due:
            for dataset in needs_of(catalogue.figures_of[indicator.id], contracts):
                months.setdefault(dataset, set()).add(indicator.due)

    def last_day(report: Report, period: Period) -> date | None:
        asked = questions.get(dict(report.key).get(QUESTION, "")) if report.dataset == ANSWERS else None
        due = {asked.due} if asked is not None else months.get(report.dataset, set())
        return max((day for month in due if (day := term(month, period)) is not None), default=None)

    return last_day


def _answers_to_nothing(workspace: "Workspace", questions: Sequence[Question]) -> Iterator[Finding]:
    """Answers to what nobody asks: of another catalogue, or mistyped; each question once."""
    if ANSWERS not in workspace.tables:
        return
    frame = workspace.tables[ANSWERS].frame
    known = {dict(question.key)[QUESTION] for question in questions}
    for name in map(str, frame[QUESTION].dropna().unique()):
        indicator = name.partition(":")[0]
        if name in known or indicator in workspace.catalogue.off:
            continue
        rows = frame[frame[QUESTION] == name]
        first = rows.iloc[0]
        told = name if INDICATOR_ID.match(indicator) else quoted(name, frozenset())
        number = counted(len(rows), "строка", "строки", "строк")
        message = f"вопроса «{told}» в каталоге нет: ответы на него не учтены ({number})"
        place = Place(str(first[FILE]), str(first[SHEET] or ""), row=int(first[ROW]))
        hint = f"исправьте обозначение или соберите форму заново{closest(name, known)}"
        yield Finding("answer.unknown", Severity.WARNING, message, (place,), hint)


def _configured(workspace: "Workspace") -> Iterator[Statement]:
    """Statements of ``quality.yaml``."""
    tree = workspace.tables.organisations
    matcher = OrgMatcher(tree)
    for item in workspace.options.none:
        unit = None if item.org else ""
        if item.org:
            unit = item.org if item.org in tree else matcher.find((item.org,)).unit_id
        if unit is None:
            near = closest(item.org, [word for unit in tree for word in (unit.id, unit.name)])
            raise ConfigurationError(f"{CONFIG_NAME}, none: нет организации «{item.org}» в реестре{near}")
        period = Period.parse(item.period).start if item.period else None
        yield Statement(unit, period, item.table, item.report, Place(CONFIG_NAME))
