"""Use case: returned forms to the file of answers that ``compute`` reads."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.forms.answers_file import AnswerRow, AnswersFile, answers_path, statements_path, written
from quality_cli.app.forms.publishing import publish_files
from quality_cli.app.forms.receipts import receipts
from quality_cli.app.workspace.manifest import MANIFEST
from quality_cli.app.workspace.publish import held, refuse
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import Question, asked_of_units, everything_asked
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.core.paths import shown_path
from quality_cli.core.periods import Period
from quality_cli.core.progress import Progress, silent
from quality_cli.core.where import Scalar
from quality_cli.datasets.contracts.contract import STATEMENTS
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.readers.folder import data_files
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.tables.table import Tables
from quality_cli.documents.forms.book import RESPONDENTS
from quality_cli.documents.forms.returned import Answer, FormReader, ReturnedForm, Stated
from quality_cli.engine.completeness.statements import Statement, dataset_named


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that counts, and the form it came with."""

    answer: Answer
    form: ReturnedForm


@dataclass(frozen=True, slots=True)
class Gathered:
    """What returned forms say: the forms, the answers that count by school year, unit and question, and the tables of
    which there is nothing, with the last form that says so, by school year, unit and dataset."""

    forms: tuple[ReturnedForm, ...]
    answers: Mapping[Period, Mapping[tuple[str, str], Taken]]
    stated: Mapping[Period, Mapping[tuple[str, str], tuple[Stated, ReturnedForm]]]

    def statements(self, period: Period) -> Iterator[Statement]:
        """What a school year's forms say there is nothing of."""
        for (unit, dataset), (said, _) in self.stated.get(period, {}).items():
            yield Statement(unit, period.start, dataset, "", said.place)


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
                if key in rows and _is_foreign(questions[key[1]], taken.form, tables.organisations):
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


def gather(
    folder: Path, catalogue: Catalogue, tables: Tables, period: Period | None, findings: Findings,
    progress: Progress = silent,
) -> Gathered:  # fmt: skip
    """Read every file of ``folder``; of two answers of one unit to one question the newer form's counts."""
    if not folder.is_dir():
        raise NothingToDoError(f"нет папки с формами «{folder}»; укажите её: --from ПАПКА")
    questions = everything_asked(catalogue)
    reader = FormReader(
        questions, tables.organisations, findings, Recogniser(catalogue.specs.layouts, catalogue.specs.contracts)
    )
    paths = [path for path in data_files(folder, findings) if path.name != MANIFEST]
    forms: list[ReturnedForm] = []
    for number, path in enumerate(paths):
        name = shown_path(path.relative_to(folder))
        progress("Формы", name, number, len(paths))
        forms += reader.read(path, name, period)
    progress("Формы", "", len(paths), len(paths))
    forms.sort(key=lambda form: (form.is_book, form.version, form.modified, form.file))
    answers: dict[Period, dict[tuple[str, str], Taken]] = defaultdict(dict)
    concerned = {
        year: asked_of_units(tuple(questions.values()), tables, catalogue.specs.contracts, year)
        for year in {form.period for form in forms}
    }
    stated: dict[Period, dict[tuple[str, str], tuple[Stated, ReturnedForm]]] = defaultdict(dict)
    for form in forms:
        for said in form.stated:
            dataset = dataset_named(said.table, catalogue.specs.contracts)
            if dataset is None:
                message = f"таблицы «{quoted(said.table, frozenset())}» нет: «таких нет» не учтено"
                findings.warning("form.row", message, said.place, "составьте форму заново: quality forms make")
            else:
                stated[form.period][form.unit, dataset] = said, form
        asked = {question.id for question in concerned[form.period].get(form.unit, ())}
        for answer in form.answers.values():
            if answer.question not in asked:
                message = f"вопрос {answer.question} этой организации не задают: ответ не учтён"
                findings.warning("form.not_asked", message, answer.place, "проверьте, чья это форма")
                continue
            if _is_foreign(questions[answer.question], form, tables.organisations):
                who = RESPONDENTS[questions[answer.question].respondent]
                message = (
                    f"на вопрос {answer.question} отвечает {who}, а ответила организация: учтено, пока нет другого"
                )
                findings.warning("form.respondent", message, answer.place, "составьте книгу: quality forms make")
            key = (form.unit, answer.question)
            before = answers[form.period].get(key)
            answers[form.period][key] = _newer(before, Taken(answer, form), questions[answer.question], findings)
    return Gathered(tuple(forms), dict(answers), dict(stated))


def _is_foreign(question: Question, form: ReturnedForm, tree: OrgTree) -> bool:
    """Whether an organisation answers what another is asked about it."""
    return not form.is_book and not question.is_answered_by(tree[form.unit])


def _newer(before: Taken | None, now: Taken, question: Question, findings: Findings) -> Taken:
    """The later answer, with what it leaves blank taken from the earlier; a difference is told."""
    if before is None:
        return now
    names = [field.name for field in question.fields]
    old, new = ({name: taken.answer.values.get(name) for name in names} for taken in (before, now))
    if now.form.is_book and not before.form.is_book:
        return now
    if any(None not in (old[name], new[name]) and old[name] != new[name] for name in names):
        message = (
            f"две формы одной организации отвечают на вопрос {question.id} по-разному: "
            f"{_told(old)} («{before.form.file}») и {_told(new)} («{now.form.file}»); учтён ответ более новой"
        )
        findings.warning("form.conflict", message, now.answer.place, "оставьте одну форму")
        return now
    values = {**before.answer.values, **now.answer.values}
    return Taken(Answer(question.id, values, now.answer.place), now.form)


def _told(values: Mapping[str, Scalar | None]) -> str:
    """Values for a message: a text is not repeated."""
    told = ("текст" if isinstance(value, str) else written(value) for value in values.values() if value is not None)
    return ", ".join(f"«{word}»" for word in told)


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
