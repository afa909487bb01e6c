"""What goes with a form: a reminder of what is missing, remarks on what was sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath

from quality_cli.app.workspace.config import Options
from quality_cli.catalogue.questions import Question
from quality_cli.core.findings import SEVERITY_RU, Finding, Severity
from quality_cli.core.organisations import Unit
from quality_cli.core.periods import Period
from quality_cli.core.russian import date_ru
from quality_cli.datasets.tables.table import FILE, Tables
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.documents.report.build import unit_view
from quality_cli.documents.templates.markdown import publishable
from quality_cli.documents.templates.model import REMINDER, OpenQuestion, OpenTable, Reminder, Signatory
from quality_cli.documents.templates.renderer import Renderer

REMARKS = "Замечания к присланному.txt"
"""The file of remarks in the folder of an organisation."""


def reminder(
    unit: Unit,
    period: Period,
    office: str,
    asked: int,
    missing: Sequence[Question],
    terms: Mapping[str, date | None],
    overdue: Collection[str],
    tables: Sequence[tuple[str, str, date | None]],
    options: Options,
    renderer: Renderer,
) -> str:
    """A reminder in Markdown; ``tables`` are titles, what of each is lacking and by when it is to be there."""
    questions = tuple(
        OpenQuestion(question.id, question.text, date_ru(day) if (day := terms.get(question.id)) else "",
                     overdue=question.id in overdue)
        for question in missing
    )  # fmt: skip
    model = Reminder(
        unit=unit_view(unit),
        period=str(period),
        office=office,
        signatory=Signatory(**options.signatory.model_dump()),
        asked=asked,
        answered=asked - len(missing),
        overdue=len(overdue),
        questions=questions,
        tables=tuple(OpenTable(title, lacking, date_ru(day) if day else "") for title, lacking, day in tables),
    )
    return publishable(renderer.render(REMINDER, model))


def remarks(tables: Tables) -> Mapping[str, list[Finding]]:
    """Findings by unit: of files whose rows are all of one unit, or, where nothing of a file was read, whose name or
    folder names it. What is mere information is left out."""
    owners: dict[str, set[str]] = defaultdict(set)
    for table in tables.by_dataset.values():
        column = table.contract.organisation
        if column is not None and column in table.contract.columns:
            told = table.part([FILE, column])[[FILE, column]].drop_duplicates().dropna()
            for file, unit in told.itertuples(index=False):
                owners[str(file)].add(str(unit))
    matcher = OrgMatcher(tables.organisations)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in tables.findings:
        if finding.severity is Severity.INFO:
            continue
        files = {place.file for place in finding.places}
        whose = {unit for file in files for unit in owners.get(file) or named(file, matcher)}
        if len(whose) == 1:
            found[whose.pop()].append(finding)
    return found


def remarks_text(unit: Unit, period: Period, findings: Iterable[Finding]) -> bytes:
    """The remarks as a text that any office program opens."""
    lines = [f"Замечания к присланному за {period} учебный год", unit.full_name, ""]
    lines += [
        f"{number}. {SEVERITY_RU[finding.severity].capitalize()}. {finding}."
        for number, finding in enumerate(findings, 1)
    ]
    lines += ["", "Исправьте названное и пришлите файлы заново; если в файле всё верно, напишите об этом."]
    return "\r\n".join(lines).encode("utf-8-sig")


def named(file: str, matcher: OrgMatcher) -> set[str]:
    """The unit that a file or a folder on the way to it is called by."""
    path = PurePosixPath(file)
    found = (matcher.find((part,)).unit_id for part in (path.stem, *reversed(path.parts[:-1])))
    return {unit for unit in found if unit is not None}
