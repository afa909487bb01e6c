"""Use case: returned forms to the file of answers that ``compute`` reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.forms.answers_file import AnswerRow, AnswersFile, answers_path, statements_path
from quality_cli.app.forms.gathered import Gathered, Taken, gather, is_foreign
from quality_cli.app.forms.publishing import publish_files
from quality_cli.app.forms.receipts import receipts
from quality_cli.app.workspace.publish import held, refuse
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import Question, everything_asked
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.contract import STATEMENTS
from quality_cli.documents.forms.returned import ReturnedForm


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did: forms read, answers in them that count, tables with nothing to hand in, files written."""

    forms: tuple[ReturnedForm, ...]
    answers: int
    statements: int
    files: tuple[Path, ...]
    findings: Findings
    receipts: tuple[str, ...] = ()


def collect_forms(workspace: Workspace, folder: Path, to_receipts: Path | None = None) -> Collected:
    """Read the forms of ``folder`` and put their answers into the data folder, one file for each school year.

    With ``to_receipts`` a receipt for each sender is written there.
    Answers already there are kept unless a form says otherwise. Raises :class:`NothingToDoError` where no form could
    be read, :class:`quality_cli.core.errors.OutputError` where the answers cannot be written.
    """
    options, catalogue, tables = workspace.options, workspace.catalogue, workspace.tables
    if to_receipts is not None:
        refuse(to_receipts, options.data)
        refuse(to_receipts, folder)
    findings = Findings()
    gathered = gather(folder, catalogue, tables, options.period, findings, workspace.progress)
    if not gathered.forms:
        told = "".join(f"\n  {finding}" for finding in findings)
        raise NothingToDoError(f"в папке «{folder}» нет ни одной формы, которую можно учесть{told}")
    questions = everything_asked(catalogue)
    paths = []
    for period, answers in sorted(gathered.answers.items()):
        path = answers_path(options.data, period)
        file = AnswersFile(path, period, catalogue.specs.contracts[ANSWERS], tables.organisations)
        with held(path.with_name(f".{path.name}.lock"), f"с файлом «{path}»"):
            rows = file.read()
            for key, taken in answers.items():
                if key in rows and is_foreign(questions[key[1]], taken.form, tables.organisations):
                    continue
                row = _row(file, key, taken, questions[key[1]])
                if key in rows:
                    row = _joined(file, rows[key], row, questions[key[1]], taken, findings)
                rows[key] = row
            file.write(rows, tuple(questions))
        paths.append(path)
    paths += [_put_statements(workspace, gathered, period) for period in sorted(gathered.stated)]
    total, stated = (sum(map(len, own.values())) for own in (gathered.answers, gathered.stated))
    written = receipts(gathered.forms, findings, tables.organisations) if to_receipts is not None else {}
    if to_receipts is not None:
        publish_files(to_receipts, written, options, findings, only=True)
    return Collected(gathered.forms, total, stated, tuple(paths), findings, tuple(written))


def _put_statements(workspace: Workspace, gathered: Gathered, period: Period) -> Path:
    """Add what a school year's forms state to its file; where it lies."""
    contracts = workspace.catalogue.specs.contracts
    path = statements_path(workspace.options.data, period)
    file = AnswersFile(path, period, contracts[STATEMENTS], workspace.tables.organisations, "table")
    with held(path.with_name(f".{path.name}.lock"), f"с файлом «{path}»"):
        rows = file.read()
        for (unit, dataset), (_, form) in gathered.stated[period].items():
            title = contracts[dataset].title
            rows.setdefault((unit, title), file.row(unit, title, {}, form.file, f"{form.modified:%d.%m.%Y}"))
        file.write(rows, [contract.title for contract in contracts.values()])
    return path


def _row(file: AnswersFile, key: tuple[str, str], taken: Taken, question: Question) -> AnswerRow:
    form = taken.form
    stratum = dict(question.fact.stratum) if question.fact is not None else {}
    return file.row(*key, {**taken.answer.values, **stratum}, form.file, f"{form.modified:%d.%m.%Y}")


def _joined(
    file: AnswersFile, before: AnswerRow, now: AnswerRow, question: Question, taken: Taken, findings: Findings
) -> AnswerRow:
    """The new answer over the one gathered before."""
    names: Sequence[str] = [field.name for field in question.fields]
    if file.same(before, now, names):
        return AnswerRow(now.unit, now.question, {**before.cells, **{k: v for k, v in now.cells.items() if v}})
    message = f"ответ на вопрос {question.id} изменён: было {file.told(before, names)}, стало {file.told(now, names)}"
    place = Place(file.path.name)
    findings.add(
        Finding("form.changed", Severity.WARNING, message, (taken.answer.place, place), "проверьте, какой верен")
    )
    return now
