"""Use case: who has handed in what, what is overdue, and reminders to those who have not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from quality_cli.app.forms.answers_file import RECEIVED, SOURCE, AnswersFile, answers_path
from quality_cli.app.forms.gathered import gather
from quality_cli.app.forms.letters import reminder
from quality_cli.app.forms.make import file_names, office_name, to_others
from quality_cli.app.forms.publishing import publish_files
from quality_cli.app.forms.survey import Survey, survey
from quality_cli.app.workspace.completeness import completeness_of
from quality_cli.app.workspace.config import Options, template_folders
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.model import ANSWERS, Respondent
from quality_cli.catalogue.questions import EVIDENCE, Question, term
from quality_cli.core.findings import Findings
from quality_cli.core.names import Names
from quality_cli.core.organisations import Unit
from quality_cli.core.periods import Period
from quality_cli.documents.forms.book import RESPONDENTS
from quality_cli.documents.templates.renderer import Renderer, read_templates
from quality_cli.engine.completeness.reports import Completeness, Report


@dataclass(frozen=True, slots=True)
class Standing:
    """What one unit has answered: ``files`` are the forms with the day each was received, as far as it is known.

    Of another ``respondent`` than the unit a question is answered once it is of all organisations it is asked of.
    """

    unit: Unit
    asked: tuple[Question, ...]
    missing: tuple[Question, ...]
    overdue: tuple[Question, ...]
    evidence: int
    files: tuple[tuple[str, str], ...]
    terms: Mapping[str, date | None]
    respondent: Respondent = "organisation"

    @property
    def name(self) -> str:
        """Who it is of, for people."""
        return (
            self.unit.name if self.respondent == "organisation" else f"{self.unit.name}: {RESPONDENTS[self.respondent]}"
        )

    @property
    def answered(self) -> int:
        """How many questions are answered."""
        return len(self.asked) - len(self.missing)

    @property
    def next_term(self) -> date | None:
        """The nearest term of what is missing."""
        return min((day for question in self.missing if (day := self.terms[question.id])), default=None)

    def cells(self) -> list[str]:
        """The standing as a row of a table: name, asked, answered, with evidence, overdue, nearest term, files."""
        day = self.next_term
        numbers = (len(self.asked), self.answered, self.evidence, len(self.overdue))
        files = "; ".join(f"{file} ({received})" if received else file for file, received in self.files)
        return [self.name, *map(str, numbers), f"{day:%d.%m.%Y}" if day else "", files]

    def record(self) -> dict[str, Any]:
        """The standing for a program."""
        return {
            "org_id": self.unit.id,
            "org_name": self.unit.name,
            "respondent": self.respondent,
            "asked": len(self.asked),
            "answered": self.answered,
            "evidence": self.evidence,
            "missing": [question.id for question in self.missing],
            "overdue": [question.id for question in self.overdue],
            "next_term": str(self.next_term) if self.next_term else None,
            "files": [{"file": file, "received": received or None} for file, received in self.files],
        }


def form_status(
    workspace: Workspace, today: date, folder: Path | None = None
) -> tuple[Survey, list[Standing], Findings, Completeness]:
    """Standings in register order and where all reports stand; with ``folder``, as they will be once its forms are
    collected.

    A question is overdue the day after its term. Findings are those of the forms of ``folder``.
    """
    found = survey(workspace)
    evidence = {key: bool(known.values.get(EVIDENCE)) for key, known in found.known.items()}
    sources = {key: (known.file, "") for key, known in found.known.items()} | _sources(found, workspace.options.data)
    findings = Findings()
    completeness = workspace.completeness
    if folder is not None:
        gathered = gather(folder, found.catalogue, found.tables, found.period, findings, workspace.progress)
        for key, taken in gathered.answers.get(found.period, {}).items():
            evidence[key] = evidence.get(key, False) or bool(taken.answer.values.get(EVIDENCE))
            sources[key] = (taken.form.file, f"{taken.form.modified:%d.%m.%Y}")
        stated = tuple(gathered.statements(found.period))
        if stated:
            completeness = completeness_of(workspace, workspace.plan, stated)
        completeness = _answered(completeness, found.period, gathered.answers.get(found.period, {}))
    tree = found.tables.organisations
    to_answer = {unit_id: found.to_answer(unit_id) for unit_id in found.asked}
    addressed: list[tuple[Unit, Respondent, Sequence[tuple[Question, tuple[Unit, ...]]]]] = [
        (
            unit,
            "organisation",
            [(question, (unit,)) for question in to_answer[unit.id] if question.is_answered_by(unit)],
        )
        for unit in map(tree.__getitem__, found.asked)
    ]
    addressed += [(*whose, asked) for whose, asked in to_others(tree, to_answer).items()]
    standings = []
    for unit, respondent, asked in addressed:
        lacking = [question for question, units in asked if any((own.id, question.id) not in evidence for own in units)]
        terms = {question.id: term(question.due, found.period) for question, _ in asked}
        done = [
            (own.id, question.id) for question, units in asked for own in units if (own.id, question.id) in evidence
        ]
        standing = Standing(
            unit=unit,
            asked=tuple(question for question, _ in asked),
            missing=tuple(lacking),
            overdue=tuple(item for item in lacking if (day := terms[item.id]) is not None and day < today),
            evidence=sum(evidence[key] for key in done),
            files=tuple(dict.fromkeys(sources[key] for key in done)),
            terms=terms,
            respondent=respondent,
        )
        if asked:
            standings.append(standing)
    return found, standings, findings, completeness


def _answered(completeness: Completeness, period: Period, answers: Collection[tuple[str, str]]) -> Completeness:
    """Completeness with the answers (unit, question) of a school year that are not in the data folder yet."""

    def came(report: Report, unit: str) -> bool:
        return (unit, ":".join(value for _, value in report.key)) in answers

    return completeness.with_more(ANSWERS, period.start, came)


def write_reminders(
    found: Survey,
    standings: Sequence[Standing],
    options: Options,
    out: Path,
    findings: Findings | None = None,
) -> list[str]:
    """Write a reminder to every unit that has something missing; returns file names.

    ``findings`` receives what is told of ``out``.

    Reminders of an earlier run that are no longer due are removed, so that nobody is reminded in vain.
    """
    late = [standing for standing in standings if standing.missing]
    names = {
        (unit_id, respondent): name
        for respondent in dict.fromkeys(item.respondent for item in late)
        for unit_id, name in file_names(
            [item.unit for item in late if item.respondent == respondent],
            "Напоминание" if respondent == "organisation" else f"Напоминание ({RESPONDENTS[respondent]})",
            ".md",
        ).items()
    }
    with Renderer(read_templates(template_folders(options)), Names({})) as renderer:
        files = {
            names[item.unit.id, item.respondent]: _reminder(found, item, options, renderer).encode() for item in late
        }
    publish_files(out, files, options, Findings() if findings is None else findings, only=True)
    return list(files)


def _reminder(found: Survey, standing: Standing, options: Options, renderer: Renderer) -> str:
    unit = standing.unit
    if standing.respondent != "organisation":
        unit = replace(unit, full_name=f"{RESPONDENTS[standing.respondent]}, {unit.full_name}")
    office = office_name(options, found.tables, unit.id)
    overdue = {question.id for question in standing.overdue}
    return reminder(
        *(unit, found.period, office, len(standing.asked), standing.missing, standing.terms, overdue, ()),
        *(options, renderer),
    )


def _sources(found: Survey, data: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """The form and the day behind each gathered answer."""
    contract = found.catalogue.specs.contracts[ANSWERS]
    path = answers_path(data, found.period)
    rows = AnswersFile(path, found.period, contract, found.tables.organisations).read()
    return {
        key: (row.cells[SOURCE], row.cells.get(RECEIVED, ""))
        for key, row in rows.items()
        if row.cells.get(SOURCE) and key in found.known and found.known[key].file == path.name
    }
