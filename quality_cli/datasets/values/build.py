"""A recognised sheet to values by its contract; every cell or row left out is a finding."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.where import BETWEEN
from quality_cli.datasets.contracts.column import FAMILY_FILLED, FAMILY_HEADS, FAMILY_MAX, PLACE, Column, Head
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Unpivot, normalise
from quality_cli.datasets.quoting import HIDDEN, header_text, quoted, words_of
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.recognition.unpivoted import Unpivoted
from quality_cli.datasets.tables.table import CELL, FILE, PERIOD, ROW, SHEET, Columns, column_values
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.cells import Cells, as_objects, coded
from quality_cli.datasets.values.contradictions import Contradictions
from quality_cli.datasets.values.namesakes import GRADE, LETTER
from quality_cli.datasets.values.organisations import Match, OrgMatcher, absence
from quality_cli.datasets.values.parse import (
    BAD,
    DASHES,
    DATE_MADE,
    EMPTY,
    class_named,
    expected,
    is_empty,
    is_made_date,
    made_of,
    nearest,
    parse_cells,
    unread_values,
)
from quality_cli.datasets.values.people import (
    DAMAGED,
    NOTHING,
    Pseudonyms,
    is_birth_date,
    name_columns,
    no_code,
    personal_kind,
)
from quality_cli.datasets.values.person_codes import difference, is_code, is_name

_DISTINCT = 100
"""So many different problems of one column are told apart; the others only as many as they are."""
_NO_CODES = (
    (
        DAMAGED,
        "код испорчен: программа сделала из него число с порядком, дату или округлила его",
        "запросите выгрузку с кодами в текстовом формате, не открывая её в Excel",
    ),
    (NOTHING, "вместо кода нули, прочерк, ошибка или слово", "впишите постоянные условные коды"),
)
"""Why a code is none: what is told of it and what to do."""


class SheetBuilder:
    """Understands one sheet; ``findings`` receives what is wrong with it, ``pseudonyms`` stand for people, ``words``
    may be repeated besides those of the contract.

    A blank sheet ``is_excused`` where its file states that there is nothing to write.
    """

    def __init__(
        self, found: Recognised, matcher: OrgMatcher | None, findings: Findings, pseudonyms: Pseudonyms,
        words: frozenset[str] = frozenset(), *, is_excused: bool = False,
    ) -> None:  # fmt: skip
        self._is_excused = is_excused
        self._found = found
        self._matcher = matcher
        self._findings = findings
        self._pseudonyms = pseudonyms
        self._sheet = found.sheet
        self._contract = found.contract
        self._facts = facts_of(found)
        self._words = words_of(self._contract.vocabulary) | words
        self._unclaimed = found.unclaimed
        self._body = Body(found, matcher)
        self._count = len(self._body.rows)
        self._rejected = np.zeros(self._count, dtype=bool)
        self._left_out = np.zeros(self._count, dtype=bool)
        self._codeless = np.zeros(self._count, dtype=bool)
        self._misread: dict[int, np.ndarray] = {}
        self._contradictions = Contradictions(found, self._body, findings)
        self._codes: dict[str, Cells] = {}
        self._born: tuple[int, Column, np.ndarray, np.ndarray] | None = None

    def build(self) -> Columns | None:
        """Values by column, or None where the sheet holds nothing that can be used."""
        self._report_totals()
        if self._body.filled_down:
            message = "строки без организации отнесены к той, что записана над ними один раз"
            whole = Place(self._sheet.file, self._sheet.sheet)
            self._findings.info("row.filled_down", message, whole, total=self._body.filled_down)
        self._contradictions.of_counts()
        self._contradictions.of_totals()
        self._report_parts()
        if not self._count:
            return None
        self._report_short()
        values: dict[str, np.ndarray] = {}
        for name, column in self._contract.columns.items():
            if column.type == "numbers":
                values.update(self._family(name, column))
            elif column.type == "organisation":
                values.update(self._organisations(name, column))
            else:
                values[name] = self._values(name, column)
        self._leave_empty_totals_out(values)
        self._report_unread()
        self._complete_totals(values)
        if not self._required_known(values):
            return None
        self._follow_register(values)
        self._report_nameless(values)
        self._classes_of_named(values)
        self._report_births(values)
        self._report_writings(values)
        return self._kept(values)

    def _report_totals(self) -> None:
        place = Place(self._sheet.file, self._sheet.sheet)
        if len(self._body.totals):
            self._tell_totals(self._body.totals)
        elif not self._count and (self._is_excused or not self._contract.obligations):
            self._findings.info("sheet.empty", f"в таблице «{self._contract.title}» нет ни одной строки", place)

    @property
    def blank(self) -> Mapping[str, Any] | None:
        """Of a form that nobody has filled in what the texts around it tell, by column; None of any other sheet."""
        if self._count or len(self._body.totals) or self._is_excused or not self._contract.obligations:
            return None
        told: dict[str, Any] = {}
        for name, facts in self._facts.items():
            column = self._contract.columns[name]
            if column.type == "organisation":
                told[name] = self._matcher.find(facts).unit_id if self._matcher else None
            elif values := self._told(name, column):
                told[name] = values[0]
        return told

    def _tell_totals(self, rows: np.ndarray) -> None:
        """Rows of the sheet that sum up others and are neither counted nor compared with them."""
        file, sheet = self._sheet.file, self._sheet.sheet
        places = tuple(
            Place(file, sheet, row=self._sheet.line(row) + 1) for row in rows[: self._findings.sample].tolist()
        )
        message = "итоговая строка не сложена со строками, которые в ней уже есть"
        self._findings.add(Finding("row.total", Severity.INFO, message, places, total=len(rows)))

    def _complete_totals(self, values: Mapping[str, np.ndarray]) -> None:
        """A total says what every row of its sheet says; one that lacks what else a row must tell is left out."""
        sums, left_out = self._body.sums, np.zeros(self._count, dtype=bool)
        for name, column in self._contract.columns.items():
            if not sums.any() or not column.required:
                continue
            unknown = pd.isna(values[name])
            told = pd.unique(values[name][~sums & ~unknown])
            if column.type != "organisation" and len(told) == 1:
                values[name][sums & unknown] = told[0]
            else:
                left_out |= sums & unknown
        if left_out.any():
            self._rejected |= left_out
            self._left_out = left_out
            self._tell_totals(self._body.rows[left_out])

    def _report_parts(self) -> None:
        """Parts of lists that are no rows because they fit no text of the layout."""
        layout = self._found.layout
        for row, column, part in self._sheet.unread if isinstance(self._sheet, Unpivoted) else ():
            message = f"столбец «{header_text(self._found.series[column][0])}»: не понять «{quoted(part, self._words)}»"
            hint = f"{_like(layout.unpivot, self._contract)}; остальное в ячейке прочитано"
            self._findings.error("cell.value", message, RawSheet.place(self._sheet, row, column), hint)

    def _values(self, name: str, column: Column) -> np.ndarray:
        where = self._found.columns[name]
        values = self._unknown(column)
        for index in where:
            values = np.where(pd.isna(values), self._parsed(column, index), values)
            if column.personal:
                values[self._told_no_codes(column, index)] = None
        if name in self._facts:
            facts = self._told(name, column)
            self._contradictions.of_facts(column, facts, where, values)
            if not where and facts:
                values[:] = facts[0]
        if column.default is not None:
            blank = pd.isna(values) & ~self._body.cut(where)
            for index in where:
                blank &= ~self._misread[index]  # what is not understood is not blank
            values[blank] = column.default
        return self._people(name, column, values) if column.personal else values

    def _unknown(self, column: Column) -> np.ndarray:
        return column_values([None], numeric=column.is_numeric).repeat(self._count)

    def _people(self, name: str, column: Column, told: np.ndarray) -> np.ndarray:
        """Pseudonyms in place of codes; of names where the sheet has no codes."""
        assert column.personal is not None
        person = column.personal
        if pd.isna(told).all():
            told = self._names(name, column)
        self._codes[name] = cells = Cells.of(told.tolist())
        return cells.each(lambda words: None if is_empty(words) else self._pseudonyms(person, str(words)))

    def _classes_of_named(self, values: dict[str, np.ndarray]) -> None:
        """What tells children of one name apart (:mod:`.namesakes`), where children are told by name."""
        pupils = [cells for name, cells in self._codes.items() if self._contract.columns[name].personal == "pupil"]
        if not any(is_name(str(told)) for cells in pupils for told in cells.distinct):
            return
        grades, letters = np.full(self._count, np.nan), np.full(self._count, None, dtype=object)
        for name, column in self._contract.columns.items():
            if column.type == "letter":
                letters = np.where(pd.isna(letters), values[name], letters)
            if column.spelled and column.is_numeric:
                grades = np.where(np.isnan(grades), values[name], grades)
            for index in self._found.columns[name] if column.spelled == "class" else ():
                classes = self._body.cells(index).each(class_named)
                letters = as_objects(own or (told and told[1]) for own, told in zip(letters, classes, strict=True))
                whole = np.array([np.nan if told is None else told[0] for told in classes])
                grades = np.where(np.isnan(grades), whole, grades)
        values[GRADE], values[LETTER] = grades, letters

    def _told_no_codes(self, column: Column, where: int) -> np.ndarray:
        """For each row, whether the code in it is none; such codes are told."""
        cells = self._body.cells(where)
        why = cells.each(no_code)
        exponents = {row for row, at in self._sheet.exponents if at == where}
        if exponents:
            why[np.isin(self._body.rows, list(exponents)) & cells.filled] = DAMAGED
        for kind, problem, hint in _NO_CODES:
            rows = np.flatnonzero(why == kind)
            if len(rows):
                places = tuple(self._body.place(row, where) for row in rows[: self._findings.sample])
                message = f"столбец «{column.title}»: {problem}, люди этих строк неизвестны"
                self._findings.add(Finding("person.code", Severity.ERROR, message, places, hint, len(rows)))
        no_codes = np.array([reason is not None for reason in why], dtype=bool)
        self._codeless |= no_codes
        return no_codes

    def _names(self, name: str, column: Column) -> np.ndarray:
        """Names in place of the codes that the sheet lacks; the columns they are read from become claimed."""
        where = name_columns(self._unclaimed, self._contract.columns).get(name)
        if where is None:
            return self._unknown(column)
        for index in where:
            del self._unclaimed[index]
        parts = zip(*(self._parsed(column, index) for index in where), strict=True)
        names = as_objects(" ".join(str(part) for part in row if part is not None) or None for row in parts)
        if name == next(first for first, column in self._contract.columns.items() if column.personal):
            self._note_births(names, column)
        return names

    def _note_births(self, names: np.ndarray, column: Column) -> None:
        """A date of birth is no part of a pseudonym (another table may lack it), but it shows namesakes."""
        birth = next((index for index, header in self._unclaimed.items() if is_birth_date(header)), None)
        if birth is not None and column.personal is not None:
            dates = self._body.cells(birth).each(lambda cell: None if is_empty(cell) else str(cell).strip())
            self._born = birth, column, names, dates

    def _report_births(self, values: Mapping[str, np.ndarray]) -> None:
        """Namesakes that only their dates of birth tell apart: nothing else contradicts that they are one child."""
        if self._born is None:
            return
        birth, column, names, dates = self._born
        known = [values[name] for name in (self._contract.organisation or "", GRADE, LETTER) if name in values]
        born: dict[tuple[object, ...], set[str]] = defaultdict(set)
        for told, date, *places in zip(names, dates, *known, strict=True):
            if told is not None and date is not None:
                born[self._pseudonyms(column.personal or "pupil", str(told)), *map(str, places)].add(date)
        total = sum(len(dates) > 1 for dates in born.values())
        if total:
            message = "под одним именем люди с разными датами рождения: они сочтены за одного человека"
            hint = f"добавьте столбец «{column.title}» с постоянным условным кодом"
            self._findings.warning("person.namesakes", message, self._header_place(birth), hint, total)

    def _report_unread(self) -> None:
        """Personal columns that are not needed: what they are, never what is in them."""
        for index, header in self._unclaimed.items():
            kind = personal_kind(header)
            if kind is not None:
                message = f"столбец с личными данными не прочитан: {kind}"
                self._findings.info("column.personal", message, self._header_place(index))

    def _header_place(self, column: int) -> Place:
        return self._sheet.place(self._found.header, column)

    def _told(self, name: str, column: Column) -> list[Any]:
        """What the texts around the table tell of a column; the first that is not understood is told."""
        values = parse_cells(self._facts[name], column)
        if values[0] is BAD:
            place = Place(self._sheet.file, self._sheet.sheet)
            shown = quoted(self._facts[name][0], self._words)
            self._findings.error("cell.value", f"«{column.title}»: не понять «{shown}»", place, expected(column))
            return []
        return [value for value in values if value is not BAD and value is not None]

    def _parsed(self, column: Column, where: int) -> np.ndarray:
        """Values of a sheet column, None or NaN for unknown; cells that are not understood are told."""
        cells = self._body.cells(where)
        values = parse_cells(cells.distinct, column)
        lost = [value is BAD or (column.several and str(value).endswith(BETWEEN)) for value in values]
        bad = self._misread[where] = np.array(lost, dtype=bool)[cells.codes]
        if bad.any():
            unread = unread_values(cells.distinct, column) if column.several else [[cell] for cell in cells.distinct]
            told = [
                ("; ".join(quoted(part, self._words) for part in parts), made_of(cell))
                for cell, parts in zip(cells.distinct, unread, strict=True)
            ]
            shown = Cells(cells.codes[bad], told)
            for number, ((text, made), positions) in enumerate(_grouped(shown, np.flatnonzero(bad))):
                problem = f"«{text}»" if number < _DISTINCT else "многие другие значения"
                hint = f"{expected(column)}{made}{nearest(text, column)}"
                self._tell("cell.value", f"столбец «{column.title}»: не понять {problem}", positions, where, hint)
        if column.type == "flag":
            self._report_dashes(column, cells, where)
        if column.type == "text" and not column.personal:
            self._report_dates(column, cells, where)
        known = [None if value is BAD else value for value in values]
        return column_values(known, numeric=column.is_numeric or column.type == "numbers").take(cells.codes)

    def _report_dates(self, column: Column, cells: Cells, where: int) -> None:
        """Dates among words: Excel makes them of a class («5-1») or a number of a variant."""
        dates = [
            isinstance(cell, datetime.date) or (isinstance(cell, str) and is_made_date(cell)) for cell in cells.distinct
        ]
        if any(dates):
            rows = np.flatnonzero(np.array(dates, dtype=bool)[cells.codes])
            if len(rows):
                places = tuple(self._body.place(row, where) for row in rows[: self._findings.sample])
                message = f"столбец «{column.title}»: в ячейке дата, прочитана как текст"
                self._findings.add(
                    Finding("cell.date", Severity.WARNING, message, places, DATE_MADE.removeprefix("; "), len(rows))
                )

    def _report_dashes(self, column: Column, cells: Cells, where: int) -> None:
        """A dash among answers may be a no, or nobody's answer: it is none, and that is told."""
        rows = np.flatnonzero(cells.each(lambda cell: isinstance(cell, str) and normalise(cell) in DASHES))
        if len(rows):
            places = tuple(self._body.place(row, where) for row in rows[: self._findings.sample])
            message = f"столбец «{column.title}»: прочерк — и «нет», и «не известно»; он принят за пустую ячейку"
            hint = "впишите «нет», где ответ — «нет»"
            self._findings.add(Finding("cell.dash", Severity.WARNING, message, places, hint, len(rows)))

    def _tell(self, code: str, message: str, positions: np.ndarray, where: int, hint: str) -> None:
        """An error at the cells of a sheet column in some rows of data."""
        places = tuple(self._body.place(position, where) for position in positions[: self._findings.sample])
        self._findings.add(Finding(code, Severity.ERROR, message, places, hint, len(positions)))

    def _family(self, name: str, column: Column) -> dict[str, np.ndarray]:
        """A column for each member, what their headers say, the sum of the stated maxima, and whether the row fills any
        of them.

        Where a member was not understood, or the row ends before it, all of them are unknown: a sum of the others
        would pass for the whole. So are they where each of them is a word: such a row tells of no number.
        """
        members = self._found.families[name]
        skips = {normalise(word) for word in column.missing}
        spelled = {normalise(word) for value, words in column.values.items() for word in words if word != value}
        values, lost, filled, numbered = {}, *np.zeros((3, self._count), dtype=bool)
        for label, top, index in members:
            cells = self._body.cells(index)
            own = self._parsed(column if top is None else column.model_copy(update={"max": top}), index)
            told = cells.each(lambda cell: not is_empty(cell) and normalise(cell) not in EMPTY).astype(bool)
            skipped = told & cells.each(lambda cell: normalise(cell) in skips).astype(bool)
            lost |= self._body.cut([index]) | (told & np.isnan(own) & ~skipped)
            filled |= told
            numbered |= ~np.isnan(own) & ~cells.each(lambda cell: normalise(cell) in spelled).astype(bool)
            values[f"{name}.{label}"] = own
        for own in values.values():
            own[lost | ~numbered] = np.nan
        if members:
            values[f"{name}.{FAMILY_HEADS}"] = as_objects([self._heads(name)]).repeat(self._count)
            values[f"{name}.{FAMILY_FILLED}"] = np.where(lost & ~filled, np.nan, filled)
        tops = [top for _, top, _ in members]
        if members and None not in tops:
            values[f"{name}.{FAMILY_MAX}"] = np.full(self._count, sum(filter(None, tops)))
        return values

    def _heads(self, name: str) -> str:
        """What the headers of a family say, with what a row above them says of each."""
        asked = normalise(self._found.layout.marks.get(name, ""))
        above = (row for row in self._sheet.rows[: self._found.header] if asked)
        marks: Sequence[object] = next((row for row in above if asked in map(normalise, row)), ())
        return "\n".join(
            str(Head(label, "" if top is None else f"{top:g}", _mark(marks, index)))
            for label, top, index in self._found.families[name]
        )

    def _leave_empty_totals_out(self, values: Mapping[str, np.ndarray]) -> None:
        """A total of 0 over nothing is what a formula gives in a row that nobody has filled in: it tells nothing."""
        for name, column in self._contract.columns.items():
            family = column.derive.sum_of if column.derive is not None else None
            if isinstance(family, str) and self._found.families.get(family):
                values[name][(values[name] == 0) & (values[f"{family}.{FAMILY_FILLED}"] != 1)] = np.nan

    def _report_short(self) -> None:
        """Rows of a text table that end before the columns that are read do."""
        short = np.flatnonzero(self._body.cut(self._body.read))
        if len(short):
            first = min(where for where in self._body.read if self._body.cut([where])[short].any())
            message = "строка короче заголовка: чего в ней нет, то неизвестно"
            hint = (
                "файл обрезан, или значения в строке разделены иначе, чем в заголовке: "
                "запросите выгрузку ещё раз или сохраните таблицу как .xlsx"
            )
            self._tell("row.short", message, short, first, hint)

    def _report_nameless(self, values: Mapping[str, np.ndarray]) -> None:
        """People of the key without a code or a name."""
        for name in self._contract.key:
            column = self._contract.columns[name]
            rows = np.flatnonzero(pd.isna(values[name]) & ~self._rejected & ~self._codeless)
            if column.personal and len(rows):
                where = self._found.columns[name]
                places = tuple(self._body.place(row, where[0]) for row in rows[: self._findings.sample] if where)
                message = f"нет значения «{column.title}»: этих людей ни с кем не сопоставить, повтор строки не виден"
                hint = "впишите постоянный условный код"
                whole = (Place(self._sheet.file, self._sheet.sheet),)
                severity = Severity.WARNING if where else Severity.INFO
                self._findings.add(Finding("person.missing", severity, message, places or whole, hint, len(rows)))

    def _report_writings(self, values: Mapping[str, np.ndarray]) -> None:
        """Codes of people that are written in two ways: here or in a file read before, never what they are."""
        for name, cells in self._codes.items():
            column = self._contract.columns[name]
            assert column.personal is not None
            first: dict[str, tuple[int, str]] = {}
            who, here = np.full(len(cells.distinct), -1), np.full(len(cells.distinct), "", dtype=object)
            elsewhere: dict[tuple[str, str], list[int]] = defaultdict(list)
            for number, told in enumerate(map(str, cells.distinct)):
                if is_empty(cells.distinct[number]):
                    continue
                pseudonym = self._pseudonyms(column.personal, told)
                other, file = self._pseudonyms.first(pseudonym, told, self._sheet.file)
                if not is_code(told):
                    continue
                who[number], own = first.setdefault(pseudonym, (number, told))
                if who[number] != number:
                    here[number] = difference(own, told)
                if file != self._sheet.file and (how := difference(other, told)):
                    elsewhere[file, how].append(number)
            title = f"столбец «{column.title}»: коды отличаются"
            for (file, how), numbers in elsewhere.items():
                message = f"{title} от кодов в «{file}» только {how}: это те же люди"
                self._tell_writings(name, np.isin(cells.codes, numbers), message, Severity.INFO)
            if here.any():
                told_apart = self._at_once(who[cells.codes], here[cells.codes], values)
                for how in dict.fromkeys(filter(None, told_apart.tolist())):
                    message = f"{title} друг от друга в одной организации только {how}: сочтены за одного человека"
                    self._tell_writings(name, told_apart == how, message, Severity.WARNING)

    def _at_once(self, who: np.ndarray, how: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """For each row whose person another row of its organisation tells otherwise, the difference; else «»."""
        units = values.get(self._contract.organisation or "", np.zeros(self._count))
        rows = pd.DataFrame({"who": who, "unit": units, "how": how})[~self._rejected & (who >= 0)]
        ways = rows.groupby(["who", "unit"])["how"]
        found = np.full(self._count, "", dtype=object)
        found[rows.index] = np.where(ways.transform("nunique") > 1, ways.transform("max"), "")
        return found

    def _tell_writings(self, name: str, which: np.ndarray, message: str, severity: Severity) -> None:
        rows = np.flatnonzero(which & ~self._rejected)
        if len(rows):
            hint = "пишите код одинаково везде, в Excel — текстом; если это разные люди, дайте им разные коды"
            self._findings.add(Finding("person.spelling", severity, message, self._places(name, rows), hint, len(rows)))

    def _organisations(self, name: str, column: Column) -> dict[str, np.ndarray]:
        assert self._matcher is not None
        where = self._found.columns[name]
        if where:
            codes, told = self._body.named(where)
        else:
            codes, told = np.zeros(self._count, dtype=np.intp), [self._facts.get(name, ())]
        matches = [self._matcher.find(cells) for cells in told]
        codes, matches = self._with_totals(codes, told, matches)
        if column.required:
            unknown = np.array([match.unit_id is None for match in matches], dtype=bool)[codes] & ~self._body.sums
            self._rejected |= unknown
            problems = _grouped(Cells(codes[unknown], told), np.flatnonzero(unknown))
            for number, (cells, positions) in enumerate(problems):
                self._report_unknown(cells, positions, where, apart=number < _DISTINCT)
        by_match = Cells(codes, matches)
        return {name: by_match.each(lambda match: match.unit_id), "login": by_match.each(lambda match: match.login)}

    def _with_totals(
        self, codes: np.ndarray, told: list[tuple[str, ...]], matches: list[Match]
    ) -> tuple[np.ndarray, list[Match]]:
        """The same where a total that names nobody is of the nearest unit above all that its rows name: those since the
        total before it, or all of the sheet."""
        assert self._matcher is not None
        sums = self._body.sums
        silent = sums & np.array([not cells for cells in told], dtype=bool)[codes]
        units = [match.unit_id for match in matches]
        before = -1
        for row in np.flatnonzero(sums).tolist():
            chosen = slice(before + 1, row) if row > before + 1 else slice(None)
            before = row
            if silent[row]:
                named = {unit for code in np.unique(codes[chosen][~sums[chosen]]) if (unit := units[code]) is not None}
                codes[row] = len(matches)
                matches.append(Match(self._matcher.tree.nearest_above(named)))
        return codes, matches

    def _report_unknown(
        self, cells: tuple[str, ...], positions: np.ndarray, where: Sequence[int], *, apart: bool
    ) -> None:
        assert self._matcher is not None
        match = self._matcher.find(cells)
        candidates = match.candidates
        similar = self._matcher.similar(cells) if apart else ()
        shown = " | ".join(quoted(part, self._words) for part in cells) if apart else HIDDEN
        code = "org.unknown"
        if where:
            message = f"организации «{shown}» нет в реестре" if cells else "организация не указана"
            hint = "добавьте её логин или написание названия в реестр организаций"
        else:
            message = "не понять, какая организация сдала форму"
            hint = "положите файл в папку с логином организации, например edu240101"
        if match.rival:
            code, message = "org.conflict", match.rival
            hint = "исправьте неверное; если это логин той же организации, добавьте его в реестр организаций"
        elif candidates:
            code, message = "org.ambiguous", f"«{shown}» может быть любой из организаций: {'; '.join(candidates)}"
            hint = "укажите логин или полное название"
        elif similar and where:
            hint = f"похожи: {'; '.join(similar)}; {hint}"
        places = self._places(self._contract.organisation or "", positions)
        self._findings.add(Finding(code, Severity.ERROR, f"{message}; строки пропущены", places, hint, len(positions)))

    def _required_known(self, values: Mapping[str, np.ndarray]) -> bool:
        usable = True
        for name, column in self._contract.columns.items():
            if not column.required or column.type == "organisation":
                continue
            missing = pd.isna(values[name]) & ~self._left_out
            where = self._found.columns[name]
            if missing.sum() == self._count and not where:
                usable = False
                message = f"столбца «{column.title}» нет ни в таблице, ни над ней, ни в имени файла"
                place = Place(self._sheet.file, self._sheet.sheet)
                hint = f"{expected(column)}; строки пропущены"
                self._findings.error("sheet.fact", message, place, hint, self._count)
            elif missing.any():
                self._rejected |= missing
                message = f"строка пропущена: нет значения «{column.title}»"
                positions = np.flatnonzero(missing)
                self._tell("row.rejected", message, positions, where[0] if where else 0, expected(column))
        return usable

    def _follow_register(self, values: Mapping[str, np.ndarray]) -> None:
        """Rows of organisations that are not there in the row's school year: of a closed one they become its
        successor's, else they are left out."""
        name, rule = self._contract.organisation, self._contract.period
        if self._matcher is None or name is None or rule is None:
            return
        tree, years = self._matcher.tree, values[rule.column] + rule.shift
        dated = {unit.id for unit in tree if unit.is_dated}
        rows = np.flatnonzero(~self._rejected & pd.Series(values[name]).isin(dated).to_numpy() & ~np.isnan(years))
        asked = Cells.of([(unit_id, int(year)) for unit_id, year in zip(values[name][rows], years[rows], strict=True)])
        for (unit_id, year), positions in _grouped(asked, rows):
            unit, successor = tree[unit_id], tree.successor(unit_id, year)
            if successor is unit:
                continue
            code, message, hint = absence(unit, year)
            severity = Severity.ERROR
            if successor is None:
                self._rejected[positions] = True
                message += ": строки пропущены"
            else:
                values[name][positions] = successor.id
                code, severity = "org.succeeded", Severity.WARNING
                message += f": строки отнесены к правопреемнику «{successor.name}»"
                hint = "если это не так, исправьте год, организацию или дату в реестре"
            self._findings.add(Finding(code, severity, message, self._places(name, positions), hint, len(positions)))

    def _places(self, name: str, positions: np.ndarray) -> tuple[Place, ...]:
        """The cells of a column in some rows; the sheet where it has no such column."""
        where = self._found.columns[name]
        if not where:
            return (Place(self._sheet.file, self._sheet.sheet),)
        return tuple(self._body.place(position, where[0]) for position in positions[: self._findings.sample])

    def _kept(self, values: Mapping[str, np.ndarray]) -> Columns | None:
        keep = np.flatnonzero(~self._rejected)
        if not len(keep):
            return None
        columns = {name: cells[keep] for name, cells in values.items()}
        rule = self._contract.period
        columns[PERIOD] = columns[rule.column] + rule.shift if rule else np.full(len(keep), np.nan)
        columns[FILE] = as_objects([self._sheet.file]).repeat(len(keep))
        columns[SHEET] = as_objects([self._sheet.sheet]).repeat(len(keep))
        rows = self._body.rows[keep]
        if isinstance(self._sheet, Unpivoted):
            columns[CELL] = as_objects(self._sheet.source(row) or None for row in rows.tolist())
            rows = np.asarray(self._sheet.lines)[rows]
        columns[ROW] = rows + 1.0
        return columns


def _mark(row: Sequence[object], index: int) -> str:
    return "" if index >= len(row) or is_empty(row[index]) else str(row[index])


def _like(unpivot: Unpivot | None, contract: Contract) -> str:
    """How the parts of a list are written, with the titles of columns for places."""
    texts = unpivot.cells if unpivot is not None else []
    shown = (PLACE.sub(lambda place: f"[{contract.columns[place[1]].title}]", text) for text in texts)
    return f"ожидается: {', '.join(f'«{text}»' for text in shown)}"


def _grouped(texts: Cells, positions: np.ndarray) -> Iterable[tuple[Any, np.ndarray]]:
    """Positions by what is said at them, in order of appearance."""
    codes, keys = coded([texts[row] for row in range(len(texts))])
    order = np.argsort(codes, kind="stable")
    return zip(keys, np.split(positions[order], np.flatnonzero(np.diff(codes[order])) + 1), strict=False)
