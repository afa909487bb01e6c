"""What returned forms say together: the answers that count, by school year, unit and question."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.forms.answers_file import written
from quality_cli.app.workspace.manifest import MANIFEST
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.questions import Question, asked_of_units, everything_asked
from quality_cli.core.errors import NothingToDoError
from quality_cli.core.findings import Finding, Findings, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.core.paths import shown_path
from quality_cli.core.periods import Period
from quality_cli.core.progress import Progress, silent
from quality_cli.core.where import Scalar
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.readers.folder import data_files
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.tables.table import Tables
from quality_cli.documents.forms.answers import Answer
from quality_cli.documents.forms.book import RESPONDENTS
from quality_cli.documents.forms.returned import FormReader, ReturnedForm, Stated
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


def gather(
    folder: Path, catalogue: Catalogue, tables: Tables, period: Period | None, findings: Findings,
    progress: Progress = silent,
) -> Gathered:  # fmt: skip
    """What the forms in the files of ``folder`` say together (:func:`together`)."""
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
    return together(forms, catalogue, tables, findings)


def together(forms: Sequence[ReturnedForm], catalogue: Catalogue, tables: Tables, findings: Findings) -> Gathered:
    """Of two answers of one unit to one question that of the newer form counts; what is not asked is left out."""
    questions = everything_asked(catalogue)
    forms = sorted(forms, key=lambda form: (form.is_book, form.version, form.modified, form.file))
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
            if is_foreign(questions[answer.question], form, tables.organisations):
                who = RESPONDENTS[questions[answer.question].respondent]
                message = (
                    f"на вопрос {answer.question} отвечает {who}, а ответила организация: учтено, пока нет другого"
                )
                findings.warning("form.respondent", message, answer.place, "составьте книгу: quality forms make")
            key = (form.unit, answer.question)
            before = answers[form.period].get(key)
            answers[form.period][key] = _newer(before, Taken(answer, form), questions[answer.question], findings)
    return Gathered(tuple(forms), dict(answers), dict(stated))


def is_foreign(question: Question, form: ReturnedForm, tree: OrgTree) -> bool:
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
            f"{_told(old)} («{before.form.file}») и {_told(new)} («{now.form.file}»); учтён ответ из второй"
        )
        places = (now.answer.place, before.answer.place)
        findings.add(Finding("form.conflict", Severity.WARNING, message, places, "оставьте одну форму"))
        return now
    values = {**before.answer.values, **now.answer.values}
    return Taken(Answer(question.id, values, now.answer.place), now.form)


def _told(values: Mapping[str, Scalar | None]) -> str:
    """Values for a message: a text is not repeated."""
    told = ("текст" if isinstance(value, str) else written(value) for value in values.values() if value is not None)
    return ", ".join(f"«{word}»" for word in told)
