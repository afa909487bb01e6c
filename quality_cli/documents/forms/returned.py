"""Returned collection forms: answers are found by the number and the text of a question, wherever the row has gone.

The stamp says whose form it is; where it is lost (another format, a copied sheet), the visible cells do.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from quality_cli.catalogue.questions import Question
from quality_cli.core.findings import Findings, Place
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.russian import counted
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.quoting import quoted
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import RawSheet, UnreadableFileError
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.recognition.sheet_warnings import noted
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.organisations import OrgMatcher, absence
from quality_cli.datasets.values.parse import is_empty
from quality_cli.documents.forms import make as forms
from quality_cli.documents.forms import tables
from quality_cli.documents.forms.answers import Answer, FormRows
from quality_cli.documents.forms.cells import line
from quality_cli.documents.forms.grids import Grid, Row, grid_of_questions, grid_of_tables, texts_above
from quality_cli.documents.forms.make import Stamp
from quality_cli.documents.forms.tables import means_nothing

_YEARS = re.compile(r"(?<!\d)20\d\d\s*[/–-]\s*(?:20)?\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Stated:
    """A table of which the form says that there is nothing for it, and where it does."""

    table: str
    place: Place


@dataclass(frozen=True, slots=True)
class ReturnedForm:
    """What one file says of one unit; of two forms of one unit that with the later ``version``, then ``modified``,
    counts. ``is_book``: one who answers for several units says it."""

    file: str
    unit: str
    period: Period
    version: tuple[int, str]
    modified: datetime.datetime
    answers: Mapping[str, Answer]
    stated: tuple[Stated, ...] = ()
    is_book: bool = False


class FormReader:
    """Reads returned forms against the questions of the catalogue; ``findings`` receives what is wrong with them.

    Tables that came among the forms are known by ``recogniser`` and told of: reading the data folder takes them.
    """

    def __init__(
        self, questions: Mapping[str, Question], tree: OrgTree, findings: Findings, recogniser: Recogniser | None = None
    ) -> None:
        self._recogniser = recogniser
        self._questions = questions
        self._by_text = {normalise(question.text): question for question in questions.values()}
        self._tree = tree
        self._matcher = OrgMatcher(tree)
        self._findings = findings

    def read(self, path: Path, shown: str, period: Period | None) -> list[ReturnedForm]:
        """The answers of one file by unit; none where it is no form, of nobody known, or of another school year."""
        try:
            sheets = read_file(path, shown, self._findings)
        except UnreadableFileError as error:
            self._findings.add(error.finding)
            return []
        if sheets is None:
            hint = "попросите прислать саму форму в Excel"
            self._findings.warning("form.not_table", "это не таблица: файл пропущен", Place(shown), hint)
            return []
        return self.understand(sheets, shown, period, _modified(path))

    def understand(
        self, sheets: Sequence[RawSheet], shown: str, period: Period | None, modified: datetime.datetime
    ) -> list[ReturnedForm]:
        """The same of the sheets of a file that was read."""
        stamp = _stamp(sheets)
        shown_sheets = [sheet for sheet in sheets if sheet.sheet != forms.STAMP]
        grids = [grid for sheet in shown_sheets if (grid := grid_of_questions(sheet)) is not None]
        of_tables = [grid for sheet in shown_sheets if (grid := grid_of_tables(sheet)) is not None]
        if not grids and (not of_tables or (stamp is not None and stamp.rows)):
            if self._report_tables(shown_sheets):
                return []
            hint = f"пришлите файл целиком; в CSV сохраняется один лист — нужен «{forms.QUESTIONS}»"
            self._findings.error("form.unknown", "в файле нет вопросов формы: файл не прочитан", Place(shown), hint)
            return []
        for grid in (grid for grid in grids if forms.ANSWER not in grid.columns):
            message = f"столбца «{forms.ANSWER}» нет: лист не прочитан"
            where = Place(shown, grid.sheet.sheet, row=grid.header + 1)
            self._findings.error("form.column", message, where, "верните столбец или пришлите форму заново")
        grids = [grid for grid in grids if forms.ANSWER in grid.columns]
        if stamp is None:
            message = "служебного листа нет или он изменён: ответы найдены по номерам вопросов и названию организации"
            self._findings.info("form.stamp", message, Place(shown))
        books = [grid for grid in grids if forms.ORGANISATION in grid.columns]
        is_named = not books or stamp is not None
        unit = self._unit(stamp, [*grids, *of_tables], shown) if is_named else ""
        year = self._year(stamp, [*grids, *of_tables], shown, period)
        if unit is None or year is None:
            return []
        if unit and not self._tree[unit].exists(year.start):
            code, message, hint = absence(self._tree[unit], year.start)
            self._findings.error(code, f"{message}: файл не учтён", Place(shown), hint)
            return []
        version = stamp.version if stamp else (0, "")
        if books:
            return list(self._of_book(books, stamp, shown, year, version, modified))
        rows = [row for grid in grids for row in grid.rows()]
        reader = FormRows(stamp, self._questions, self._by_text, self._findings)
        answers = reader.read(rows)
        reader.report_silent(Place(shown, grids[0].sheet.sheet if grids else ""))
        stated = tuple(self._stated(of_tables))
        return [ReturnedForm(shown, unit, year, version, modified, answers, stated)]

    def _of_book(
        self, books: Sequence[Grid], stamp: Stamp | None, file: str, year: Period, version: tuple[int, str],
        modified: datetime.datetime,
    ) -> Iterator[ReturnedForm]:  # fmt: skip
        """What a book says of each organisation; a row of nobody known is told and left out."""
        by_unit: dict[str, list[Row]] = {}
        for row in (row for grid in books for row in grid.rows()):
            name = line(row.cell(forms.ORGANISATION))
            found = self._matcher.find((name,)).unit_id if name else None
            if found is not None and self._tree[found].exists(year.start):
                by_unit.setdefault(found, []).append(row)
            elif row.is_filled:
                told = f"организации «{quoted(name, frozenset())}» в реестре нет" if name else "организация не названа"
                hint = "впишите название, как в реестре"
                where = row.place(forms.ORGANISATION)
                self._findings.error("form.unit", f"{told}: ответ не учтён", where, hint)
        reader = FormRows(stamp, self._questions, self._by_text, self._findings, is_book=True)
        for unit, rows in by_unit.items():
            yield ReturnedForm(file, unit, year, version, modified, reader.read(rows), (), is_book=True)
        reader.report_silent(Place(file))

    def _stated(self, grids: Sequence[Grid]) -> Iterator[Stated]:
        """Tables of which the form says that there is nothing for them."""
        for row in (row for grid in grids for row in grid.rows()):
            said = line(row.cell(tables.NOTHING))
            if means_nothing(said):
                yield Stated(line(row.cell(tables.TABLE)), row.place(tables.NOTHING))
            elif said and not is_empty(said):
                message = f"в столбце «{tables.NOTHING}» стоит «{quoted(said, frozenset())}»: не учтено"
                hint = f"выберите «{tables.SAID}» или оставьте ячейку пустой"
                self._findings.error("form.value", message, row.place(tables.NOTHING), hint)

    def _report_tables(self, sheets: Sequence[RawSheet]) -> bool:
        """Tell of tables of data among the sheets; whether there are any."""
        results = [self._recogniser.recognise(sheet) for sheet in sheets] if self._recogniser is not None else []
        found = [result for result in results if isinstance(result, Recognised)]
        for sheet in found:
            rows = len(Body(noted(sheet, Findings()), None).rows)
            told = counted(rows, "строка", "строки", "строк")
            message = f"это {sheet.layout.title}, {told}, а не форма: ответов в ней не ищут"
            where = Place(sheet.sheet.file, sheet.sheet.sheet)
            self._findings.info("form.table", message, where, "положите файл в папку данных: его прочитает расчёт")
        return bool(found)

    def _unit(self, stamp: Stamp | None, grids: list[Grid], shown: str) -> str | None:
        """Whose form it is; an organisation named above the questions must not be another than the stamp's."""
        named = [unit for text in texts_above(grids) if (unit := self._matcher.find((text,)).unit_id) is not None]
        named.sort(key=lambda unit: self._tree[unit].level is not Level.ORGANISATION)
        if stamp is None:
            bare = _YEARS.sub(" ", PurePath(shown).stem).replace("Форма", " ")
            found = next(iter(named), None) or self._matcher.find((bare,)).unit_id
            message = "не понять, какая организация прислала форму"
        elif stamp.org not in self._tree:
            found, message = None, f"организации с кодом «{quoted(stamp.org, frozenset())}» нет в реестре"
        else:
            own = self._tree[stamp.org]
            others = [self._tree[unit] for unit in named if self._tree[unit].level is own.level]
            strange = next((unit for unit in others if unit is not own), None)
            found = own.id if strange is None else None
            message = f"форма составлена для «{own.name}», а в ней указано «{strange.name if strange else ''}»"
        if found is None:
            hint = "впишите в лист вопросов название организации, как в реестре, или пришлите её собственную форму"
            self._findings.error("form.unit", f"{message}: файл не учтён", Place(shown), hint)
        return found

    def _year(self, stamp: Stamp | None, grids: list[Grid], shown: str, wanted: Period | None) -> Period | None:
        texts = [stamp.period] if stamp else [*texts_above(grids), PurePath(shown).stem]
        found = [period for text in texts if (period := _period(text)) is not None]
        year = found[0] if found else wanted
        if year is None or wanted not in (None, year):
            message = f"форма за {year} учебный год, а собирается {wanted}" if year else "учебный год не указан"
            self._findings.error("form.period", f"{message}: файл не учтён", Place(shown), "попросите форму этого года")
            return None
        return year


def _stamp(sheets: Sequence[RawSheet]) -> Stamp | None:
    sheet = next((sheet for sheet in sheets if sheet.sheet == forms.STAMP), None)
    return Stamp.read(sheet.rows) if sheet is not None else None


def _modified(path: Path) -> datetime.datetime:
    """When the file was written; the earliest moment there is for a time that no calendar has."""
    try:
        return datetime.datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        return datetime.datetime.min


def _period(text: str) -> Period | None:
    found = _YEARS.search(text)
    try:
        return Period.parse(found[0]) if found else None
    except ValueError:
        return None
