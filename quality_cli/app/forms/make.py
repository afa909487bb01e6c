"""Use case: collection forms — the workbooks that ask each unit, and what lies beside them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.forms.letters import REMARKS, remarks, remarks_text, reminder
from quality_cli.app.forms.publishing import publish_files
from quality_cli.app.forms.survey import Owed, Survey, lacking_tables, survey
from quality_cli.app.forms.tables import blank_table, is_fillable
from quality_cli.app.workspace.config import Options, template_folders
from quality_cli.app.workspace.publish import refuse
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import ANSWERS, Respondent
from quality_cli.catalogue.questions import (
    Question,
    term,
)
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.findings import Findings
from quality_cli.core.ids import closest
from quality_cli.core.names import Names
from quality_cli.core.organisations import Level, OrgTree, Unit
from quality_cli.core.paths import distinct_names, safe_name
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.layout import canonical_layout
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.values.organisations import OrgMatcher, absence
from quality_cli.documents.docx.docx import to_docx
from quality_cli.documents.forms.blank import FILE_NAME
from quality_cli.documents.forms.book import RESPONDENTS, Book, book_workbook
from quality_cli.documents.forms.make import Form, form_workbook
from quality_cli.documents.forms.tables import OwedTable
from quality_cli.documents.report.spec import BLANK
from quality_cli.documents.templates.renderer import Renderer, read_templates


@dataclass(frozen=True, slots=True)
class MadeForm:
    """A form (or, of another ``respondent`` than the unit, a book) that was written: its file, how many answers it asks
    for, how many tables the unit has not handed in."""

    unit: Unit
    file: str
    questions: int
    tables: int
    respondent: Respondent = "organisation"


def make_forms(
    workspace: Workspace,
    out: Path,
    units: Sequence[str] = (),
    *,
    all_questions: bool = False,
    in_round: str = "",
    numbers: bool = False,
    findings: Findings | None = None,
) -> list[MadeForm]:
    """Write a form for every unit (or the ``units`` named) that has something to answer; returns what was written.

    With ``numbers`` they ask for numbers in the place of lists that have not come. With ``in_round`` the forms ask
    what is asked in that round of the school year, else what is asked in no round.

    ``findings`` receives what is told of ``out``. Raises :class:`NothingToDoError` where nobody has anything to
    answer, :class:`OutputError` where a form in ``out`` has been changed since it was written: it may have been
    filled in.
    """
    options, progress = workspace.options, workspace.progress
    refuse(out, options.data)
    found = survey(workspace, numbers=numbers)
    wanted = _units(found.tables, units, found.period)
    in_round = _round(found.catalogue, in_round)
    lacking = {} if in_round else lacking_tables(workspace, found.period)
    forms = []
    to_ask: dict[str, tuple[Question, ...]] = {}
    for unit in found.tables.organisations:
        asked = found.asked.get(unit.id, ())
        left = asked if all_questions or not asked else found.missing(unit.id)
        to_ask[unit.id] = tuple(question for question in left if question.round == in_round)
        questions = tuple(question for question in to_ask[unit.id] if question.is_answered_by(unit))
        tables = tuple(owed.table for owed in lacking.get(unit.id, ()))
        if (questions or tables) and (not wanted or unit.id in wanted):
            forms.append(_form(found, unit.id, questions, tables, options))
    books = [
        Book(
            *whose,
            found.period,
            asked,
            office_name(options, found.tables, whose[0].id),
            found.catalogue.settings.version,
        )
        for whose, asked in to_others(found.tables.organisations, to_ask, wanted).items()
    ]
    if not forms and not books:
        raise NothingToDoError(
            f"за {found.period} учебный год{', ' * bool(in_round)}{in_round} спрашивать нечего: "
            "ответы уже есть в данных; "
            "формы со всеми вопросами составит --all-questions"
        )
    folders = file_names([form.unit for form in forms], "", "")
    files = _names([form.unit for form in forms], found.period, in_round)
    names = {unit_id: f"{folders[unit_id]}/{name}" for unit_id, name in files.items()}
    written: dict[str, bytes] = {}
    for number, form in enumerate(forms):
        progress("Формы", form.unit.name, number, len(forms))
        written[names[form.unit.id]] = form_workbook(form)
    books_named = [(book, _book_name(book, in_round, found.tables.organisations)) for book in books]
    written |= {name: book_workbook(book) for book, name in books_named}
    progress("Формы", "", len(forms), len(forms))
    if not in_round:
        written |= _beside(workspace, found, forms, folders, lacking)
    told = Findings() if findings is None else findings
    publish_files(out, written, options, told, only=not (units or options.directions or in_round))
    made = [MadeForm(form.unit, names[form.unit.id], len(form.questions), len(form.tables)) for form in forms]
    return made + [MadeForm(book.municipality, name, book.answers, 0, book.respondent) for book, name in books_named]


def to_others(
    tree: OrgTree, asked: Mapping[str, Sequence[Question]], wanted: Collection[str] = ()
) -> dict[tuple[Unit, Respondent], tuple[tuple[Question, tuple[Unit, ...]], ...]]:
    """What is asked of others than the units it is about: by municipality and respondent, each question with its units
    (those ``wanted``, or all where their municipality is), in the order of the catalogue and of the register."""
    found: dict[tuple[Unit, Respondent], dict[str, tuple[Question, list[Unit]]]] = {}
    for unit in tree:
        municipality = tree.ancestor(unit.id, Level.MUNICIPALITY)
        if municipality is None or (wanted and not {unit.id, municipality.id} & set(wanted)):
            continue
        for question in asked.get(unit.id, ()):
            if not question.is_answered_by(unit):
                own = found.setdefault((municipality, question.respondent), {})
                own.setdefault(question.id, (question, []))[1].append(unit)
    return {whose: tuple((question, tuple(units)) for question, units in own.values()) for whose, own in found.items()}


def _book_name(book: Book, in_round: str, tree: OrgTree) -> str:
    """The name of a book's file; the municipality is named where there are several."""
    whose = f" {book.municipality.name}" if len(tree.at(Level.MUNICIPALITY)) > 1 else ""
    year = str(book.period).replace("/", "-")
    return safe_name(f"Книга {year} {in_round} {RESPONDENTS[book.respondent]}{whose}".replace("  ", " ")) + ".xlsx"


def office_name(options: Options, tables: Tables, unit_id: str) -> str:
    """Who gathers the forms: the office of ``quality.yaml``, else the municipality of the unit."""
    municipality = tables.organisations.ancestor(unit_id, Level.MUNICIPALITY)
    told = f"управление образования, {municipality.full_name}" if municipality else "управление образования"
    return options.office.name or told


def file_names(units: Sequence[Unit], prefix: str, suffix: str) -> dict[str, str]:
    """File names by unit; units of one name are told apart by their codes."""
    plain = {unit.id: f"{prefix} {unit.name}" for unit in units}
    names = distinct_names({key: (text, f"{safe_name(text)[:80]} {safe_name(key)}") for key, text in plain.items()})
    return {key: name + suffix for key, name in names.items()}


def _names(units: Sequence[Unit], period: Period, in_round: str) -> dict[str, str]:
    return file_names(units, f"Форма {str(period).replace('/', '-')} {in_round}".rstrip(), ".xlsx")


def _round(catalogue: Catalogue, wanted: str) -> str:
    """The round of forms that is named, in any case of letters."""
    rounds = catalogue.specs.contracts[ANSWERS].rounds
    found = next((word for word in rounds if word.casefold() == wanted.strip().casefold()), "")
    if wanted and not found:
        raise ConfigurationError(f"этапа «{wanted}» в формах нет{closest(wanted, rounds)}; есть: {', '.join(rounds)}")
    return found


def _beside(
    workspace: Workspace,
    found: Survey,
    forms: Sequence[Form],
    folders: Mapping[str, str],
    lacking: Mapping[str, tuple[Owed, ...]],
) -> dict[str, bytes]:
    """What lies beside the form in the folder of each unit: blank tables, remarks, a reminder."""
    options, specs, period = workspace.options, found.catalogue.specs, found.period
    exported = {
        layout.dataset for layout in specs.layouts if layout != canonical_layout(specs.contracts[layout.dataset])
    }
    said = remarks(found.tables)
    templates = template_folders(options)
    blank = next(folder / BLANK for folder in templates if (folder / BLANK).is_file())
    written: dict[str, bytes] = {}
    with Renderer(read_templates(templates), Names({})) as renderer:
        for form in forms:
            unit, folder = form.unit, folders[form.unit.id]
            own = lacking.get(unit.id, ())
            for owed in own:
                if owed.dataset not in exported and is_fillable(specs.contracts[owed.dataset]):
                    whose = [unit] if unit.level is Level.ORGANISATION else None
                    content = blank_table(specs, owed.dataset, period, found.tables, whose)
                    written[f"{folder}/{safe_name(f'{FILE_NAME} {owed.table.title}')}.xlsx"] = content
            if unit.id in said:
                written[f"{folder}/{REMARKS}"] = remarks_text(unit, period, said[unit.id])
            terms = {question.id: term(question.due, period) for question in form.questions}
            asked = [question for question in found.to_answer(unit.id) if question.is_answered_by(unit)]
            missing = [question for question in form.questions if question in found.missing(unit.id)]
            tables = [(owed.table.title, owed.table.lacking, owed.term) for owed in own]
            if missing or tables:
                text = reminder(unit, period, form.office, len(asked), missing, terms, (), tables, options, renderer)
                written[f"{folder}/Напоминание.docx"] = to_docx(text, blank, {}, "Напоминание")
    return written


def _form(
    found: Survey, unit_id: str, questions: tuple[Question, ...], tables: tuple[OwedTable, ...], options: Options
) -> Form:
    settings = found.catalogue.settings
    return Form(
        unit=found.tables.organisations[unit_id],
        period=found.period,
        questions=questions,
        sections={
            **{direction.id: f"{direction.id}. {direction.title}" for direction in settings.directions},
            **{name: f"Вместо таблицы «{own.title}»" for name, own in found.catalogue.specs.contracts.items()},
        },
        office=office_name(options, found.tables, unit_id),
        catalogue=settings.version,
        tables=tables,
    )


def _units(tables: Tables, wanted: Sequence[str], period: Period) -> set[str]:
    """Units of a school year by code, login or name."""
    matcher, tree = OrgMatcher(tables.organisations), tables.organisations
    found = set()
    for text in wanted:
        unit_id = text if text in tree else matcher.find((text,)).unit_id
        if unit_id is None:
            known = [word for unit in tree for word in (unit.id, unit.name)]
            raise ConfigurationError(f"нет организации «{text}» в реестре{closest(text, known)}")
        if not tree[unit_id].exists(period.start):
            _, message, hint = absence(tree[unit_id], period.start)
            raise ConfigurationError(f"{message}; {hint}")
        found.add(unit_id)
    return found
