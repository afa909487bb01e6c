"""Returned collection forms: answers are found by the number and the text of a question, wherever the row has gone.

The stamp says whose form it is; where it is lost (another format, a copied sheet), the visible cells do.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from quality_cli.catalogue.questions import EVIDENCE, NOTE, NUMBER, Field, Question, in_round_of
from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.ids import INDICATOR_ID, normalise_indicator_id
from quality_cli.core.organisations import Level, OrgTree
from quality_cli.core.periods import Period
from quality_cli.core.russian import counted
from quality_cli.core.where import Scalar
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import RawSheet, UnreadableFileError
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.recognition.sheet_warnings import noted
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.organisations import OrgMatcher, absence
from quality_cli.datasets.values.parse import BAD, expected, is_empty, parse_cells
from quality_cli.documents.forms import make as forms
from quality_cli.documents.forms import tables
from quality_cli.documents.forms.cells import line, similar, understood
from quality_cli.documents.forms.make import Stamp, answer_kind
from quality_cli.documents.forms.tables import means_nothing

_SEARCHED_ROWS = 40
_TITLES = {normalise(title): title for title in (*forms.TITLES, forms.ORGANISATION)}
_YEARS = re.compile(r"(?<!\d)20\d\d\s*[/–-]\s*(?:20)?\d\d(?!\d)")
_NO_EVIDENCE = frozenset({"нет", "отсутствует"})
_TEXT = Column(title="Текст", type="text")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: values by column of the dataset of answers, and where it stands."""

    question: str
    values: Mapping[str, Scalar]
    place: Place


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


@dataclass(frozen=True, slots=True)
class _Grid:
    """The list of questions (or of tables) in a sheet: the row of headers, the sheet column of each title from 0."""

    sheet: RawSheet
    header: int
    columns: Mapping[str, int]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """By cell the top and the bottom row of the cells that it is merged with over several rows."""

    def rows(self) -> Iterator["_Row"]:
        """Rows below the headers."""
        return (_Row(self, index) for index in range(self.header + 1, len(self.sheet.rows)))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table of questions."""

    grid: _Grid
    index: int

    def cell(self, title: str) -> object:
        """What stands in a column; what is merged over several rows stands in each of them."""
        column = self.grid.columns.get(title, -1)
        top, _ = self.grid.merged.get((self.index, column), (self.index, self.index))
        cells = self.grid.sheet.rows[top]
        return cells[column] if 0 <= column < len(cells) else None

    def place(self, title: str = forms.ANSWER) -> Place:
        return self.grid.sheet.place(self.index, self.grid.columns.get(title, 0))

    @property
    def merged(self) -> tuple[int, int] | None:
        """The rows that the answer is merged over."""
        return self.grid.merged.get((self.index, self.grid.columns[forms.ANSWER]))

    @property
    def is_uncached(self) -> bool:
        """Whether the answer is a formula that was saved without a value."""
        return (self.index, self.grid.columns[forms.ANSWER]) in self.grid.sheet.uncached

    @property
    def is_filled(self) -> bool:
        return any(not is_empty(self.cell(title)) for title in (forms.ANSWER, forms.EVIDENCE, forms.REMARK))


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
        grids = [grid for sheet in shown_sheets if (grid := _grid(sheet)) is not None]
        of_tables = [grid for sheet in shown_sheets if (grid := _grid_of_tables(sheet)) is not None]
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
        reader = _FormRows(stamp, self._questions, self._by_text, self._findings)
        answers = reader.read(rows)
        reader.report_silent(Place(shown, grids[0].sheet.sheet if grids else ""))
        stated = tuple(self._stated(of_tables))
        return [ReturnedForm(shown, unit, year, version, modified, answers, stated)]

    def _of_book(
        self, books: Sequence[_Grid], stamp: Stamp | None, file: str, year: Period, version: tuple[int, str],
        modified: datetime.datetime,
    ) -> Iterator[ReturnedForm]:  # fmt: skip
        """What a book says of each organisation; a row of nobody known is told and left out."""
        by_unit: dict[str, list[_Row]] = {}
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
        reader = _FormRows(stamp, self._questions, self._by_text, self._findings, is_book=True)
        for unit, rows in by_unit.items():
            yield ReturnedForm(file, unit, year, version, modified, reader.read(rows), (), is_book=True)
        reader.report_silent(Place(file))

    def _stated(self, grids: Sequence[_Grid]) -> Iterator[Stated]:
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

    def _unit(self, stamp: Stamp | None, grids: list[_Grid], shown: str) -> str | None:
        """Whose form it is; an organisation named above the questions must not be another than the stamp's."""
        named = [unit for text in _texts_above(grids) if (unit := self._matcher.find((text,)).unit_id) is not None]
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

    def _year(self, stamp: Stamp | None, grids: list[_Grid], shown: str, wanted: Period | None) -> Period | None:
        texts = [stamp.period] if stamp else [*_texts_above(grids), PurePath(shown).stem]
        found = [period for text in texts if (period := _period(text)) is not None]
        year = found[0] if found else wanted
        if year is None or wanted not in (None, year):
            message = f"форма за {year} учебный год, а собирается {wanted}" if year else "учебный год не указан"
            self._findings.error("form.period", f"{message}: файл не учтён", Place(shown), "попросите форму этого года")
            return None
        return year


class _FormRows:
    """Understands the rows of one form."""

    def __init__(
        self, stamp: Stamp | None, questions: Mapping[str, Question], by_text: Mapping[str, Question],
        findings: Findings, *, is_book: bool = False,
    ) -> None:  # fmt: skip
        self._is_book = is_book
        self._silent = self._asked = 0
        self._questions, self._by_text, self._findings = questions, by_text, findings
        rows = stamp.rows if stamp else ()
        self._stamped = {item.question: item.text for item in rows}
        self._stamped_ids = {normalise(item.text): item.question for item in rows}

    def read(self, rows: Sequence[_Row]) -> dict[str, Answer]:
        """Answers by question."""
        found: dict[str, tuple[Question, list[_Row]]] = {}
        for row in rows:
            question = self._question(row)
            if question is not None:
                found.setdefault(question.id, (question, []))[1].append(row)
        for text in () if self._is_book else self._stamped.values():
            lost = self._by_text.get(normalise(text))
            if lost is not None:
                found.setdefault(lost.id, (lost, []))
        answers = {name: self._answer(question, own) for name, (question, own) in found.items()}
        self._within_their_whole(answers, {name: own for name, (_, own) in found.items()})
        self._silent += sum(answer is None for answer in answers.values())
        self._asked += len(answers)
        return {name: answer for name, answer in answers.items() if answer is not None}

    def report_silent(self, place: Place) -> None:
        """Tell how many questions of all that was read have no answer."""
        if self._silent:
            hint = "какие именно, покажет quality forms status --json; напоминание составит --remind"
            self._findings.warning("form.unanswered", f"без ответа: {self._silent} из {self._asked}", place, hint)

    def _within_their_whole(self, answers: dict[str, Answer | None], rows: Mapping[str, Sequence[_Row]]) -> None:
        """Numbers that are above what they are a part of are told and not taken."""
        for name, answer in list(answers.items()):
            fact = self._questions[name].fact
            whole = answers.get(in_round_of(fact.within, fact.round)) if fact is not None and fact.within else None
            if answer is None or whole is None:
                continue
            part, all_of_them = (own.values.get(NUMBER) for own in (answer, whole))
            if isinstance(part, int | float) and isinstance(all_of_them, int | float) and part > all_of_them:
                message = f"часть больше целого: {part:g}, а в вопросе {whole.question} — {all_of_them:g}; не учтено"
                hint = "исправьте то из двух чисел, которое неверно"
                self._tell(Severity.ERROR, "form.above_whole", message, rows[name][0], hint)
                answers[name] = None

    def _question(self, row: _Row) -> Question | None:
        """The question of the catalogue that a row belongs to: by its number, else by its text."""
        question_id, visible = _question_id(row.cell(forms.NUMBER)), line(row.cell(forms.TEXT))
        if question_id is None and visible:
            question_id = self._stamped_ids.get(normalise(visible))
        return self._resolved(question_id, self._stamped.get(question_id or "") or visible, row)

    def _resolved(self, question_id: str | None, text: str, row: _Row) -> Question | None:
        """The question of today's catalogue: of the same text, whatever its number was when the form was made."""
        same = self._by_text.get(normalise(text)) if text else None
        current = self._questions.get(question_id or "")
        if same is not None:
            if question_id not in (None, same.id) and row.is_filled:
                message = f"вопрос {question_id} теперь носит номер {same.id}: ответ отнесён к нему"
                self._tell(Severity.INFO, "form.renumbered", message, row)
            return same
        if current is not None and (not text or similar(text, current.text)):
            if text and row.is_filled:
                message = f"формулировка вопроса {question_id} с тех пор уточнена: проверьте ответ"
                self._tell(Severity.WARNING, "form.reworded", message, row)
            return current
        if not row.is_filled:
            return None
        if current is not None:
            message = f"под номером {question_id} теперь другой вопрос: ответ не учтён"
            self._tell(Severity.ERROR, "form.replaced", message, row, "задайте этот вопрос заново: quality forms make")
        elif question_id is not None:
            message = f"вопроса {question_id} в каталоге больше нет: ответ не учтён"
            self._tell(Severity.WARNING, "form.dropped", message, row)
        else:
            message = "строка не относится ни к одному вопросу и не учтена"
            self._tell(Severity.WARNING, "form.row", message, row, "перенесите ответ в строку вопроса")
        return None

    def _answer(self, question: Question, rows: Sequence[_Row]) -> Answer | None:
        """The answer that stands in the rows of a question; each of its fields has a row, others repeat them."""
        values: dict[str, Scalar] = {}
        count = len(question.fields)
        for position, row in enumerate(rows):
            field = question.fields[position % count]
            value, rest = self._value(row, field)
            if value is not None and values.setdefault(field.name, value) != value:
                message = f"на вопрос {question.id} в одной форме два разных ответа: учтён первый"
                self._tell(Severity.ERROR, "form.repeated", message, row, "оставьте одну строку")
                continue
            remark = "; ".join(filter(None, (rest, self._text(row, forms.REMARK))))
            texts = ((EVIDENCE, self._text(row, forms.EVIDENCE)), (NOTE, remark))
            for name, text in texts:
                if text:
                    values.setdefault(name, text)
        answered = {field.name for field in question.fields} & values.keys()
        if not answered:
            if values:
                message = "есть подтверждение или пояснение, но нет ответа: строка не учтена"
                self._tell(Severity.WARNING, "form.half", message, rows[0], "укажите ответ")
            return None
        if any(values.get(field.name) is True for field in question.fields) and not values.get(EVIDENCE):
            message = "ответ «да» без подтверждения"
            where = rows[0].place(forms.EVIDENCE)
            self._findings.warning("form.evidence", message, where, "назовите документ или дайте ссылку")
        return Answer(question.id, values, rows[0].place())

    def _value(self, row: _Row, field: Field) -> tuple[Scalar | None, str]:
        """What the answer cell says, and the words after «да» or «нет»."""
        cell = row.cell(forms.ANSWER)
        if row.is_uncached:
            message = "вместо ответа формула, сохранённая без значения: он не учтён"
            self._tell(Severity.ERROR, "form.formula", message, row, "впишите само значение")
            return None, ""
        if row.merged is not None and not is_empty(cell):
            if row.index == row.merged[0]:
                message = (
                    f"ответ объединён со следующими строками, {row.merged[1] - row.merged[0] + 1} подряд: не учтён"
                )
                hint = "отмените объединение ячеек и ответьте на каждый вопрос"
                self._tell(Severity.ERROR, "form.merged", message, row, hint)
            return None, ""
        value, rest = understood(cell, field)
        if value is BAD:
            message = f"ответ «{quoted(line(cell), words_of(field.column.values))}» не понять: он не учтён"
            hint = expected(field.column) + (", без знака %" if field.percent else "")
            self._tell(Severity.ERROR, "form.value", message, row, hint)
            return None, ""
        if field.percent and isinstance(value, int | float) and 0 < value < 1:
            message = "указано меньше одного процента"
            self._tell(
                Severity.WARNING, "form.percent", message, row, f"ждали так: {answer_kind(field)}, например 78,5"
            )
        return value, rest

    def _text(self, row: _Row, title: str) -> str:
        text = line(row.cell(title))
        (value,) = parse_cells([text], _TEXT)
        blank = value is None or (title == forms.EVIDENCE and normalise(text) in _NO_EVIDENCE)
        return "" if blank else text

    def _tell(self, severity: Severity, code: str, message: str, row: _Row, hint: str = "") -> None:
        self._findings.add(Finding(code, severity, message, (row.place(),), hint))


def _stamp(sheets: Sequence[RawSheet]) -> Stamp | None:
    sheet = next((sheet for sheet in sheets if sheet.sheet == forms.STAMP), None)
    return Stamp.read(sheet.rows) if sheet is not None else None


def _grid(sheet: RawSheet) -> _Grid | None:
    """The table of questions by its headers; by the numbers of questions where the headers are gone."""
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        found = {_TITLES[word]: column for column, cell in enumerate(row) if (word := normalise(cell)) in _TITLES}
        if len(found) >= 3:
            before = found.get(forms.EVIDENCE, 0) - 1
            if before >= 0 and before not in found.values():
                found.setdefault(forms.ANSWER, before)  # called otherwise
            return _Grid(sheet, index, found, _merged_down(sheet))
    for index, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if _question_id(cell) is not None:
                columns = {title: column + step for step, title in enumerate(forms.TITLES)}
                return _Grid(sheet, index - 1, columns, _merged_down(sheet))
    return None


def _merged_down(sheet: RawSheet) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Cells that are merged over several rows, each with the first and the last of these."""
    tall = [(top, left, min(bottom, len(sheet.rows) - 1)) for top, left, bottom, _ in sheet.merged]
    return {(row, left): (top, bottom) for top, left, bottom in tall if bottom > top for row in range(top, bottom + 1)}


def _grid_of_tables(sheet: RawSheet) -> _Grid | None:
    """The list of tables not handed in, by its headers."""
    titles = {normalise(title): title for title in tables.TITLES}
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        found = {titles[word]: column for column, cell in enumerate(row) if (word := normalise(cell)) in titles}
        if {tables.TABLE, tables.NOTHING} <= found.keys():
            return _Grid(sheet, index, found)
    return None


def _texts_above(grids: list[_Grid]) -> list[str]:
    """Texts above the tables, each also without a label before a colon."""
    texts = [line(cell) for grid in grids for row in grid.sheet.rows[: grid.header + 1] for cell in row]
    return [part for text in texts if text for part in (text, text.partition(":")[2].strip()) if part]


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


def _question_id(cell: object) -> str | None:
    head, colon, part = str(cell or "").strip().partition(":")
    number = normalise_indicator_id(head)
    return f"{number}{colon}{part.strip()}" if INDICATOR_ID.match(number) else None
