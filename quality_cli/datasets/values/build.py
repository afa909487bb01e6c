"""A recognised sheet to values by its contract; every cell or row left out is a finding."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings, Severity
from quality_cli.datasets.contracts.column import FAMILY_FILLED, FAMILY_HEADS, FAMILY_MAX, PLACE, Column, Head
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Unpivot, normalise
from quality_cli.datasets.quoting import header_text, words_of
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.recognition.unpivoted import Unpivoted
from quality_cli.datasets.tables.table import CELL, FILE, PERIOD, ROW, SHEET, Columns, column_values
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.cells import as_objects
from quality_cli.datasets.values.contradictions import Contradictions
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.datasets.values.parse import BAD, EMPTY, expected, is_empty, parse_cells
from quality_cli.datasets.values.people import Pseudonyms
from quality_cli.datasets.values.sheet_cells import SheetCells
from quality_cli.datasets.values.sheet_findings import SheetFindings
from quality_cli.datasets.values.sheet_people import SheetPeople
from quality_cli.datasets.values.sheet_units import SheetUnits


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
        self._sheet = found.sheet
        self._contract = found.contract
        self._facts = facts_of(found)
        self._body = Body(found, matcher)
        self._count = len(self._body.rows)
        self._rejected = np.zeros(self._count, dtype=bool)
        self._left_out = np.zeros(self._count, dtype=bool)
        self._contradictions = Contradictions(found, self._body, findings)
        told = self._findings = SheetFindings(found, self._body, findings, words_of(self._contract.vocabulary) | words)
        self._cells = SheetCells(self._body, told)
        self._people = SheetPeople(found, self._body, self._cells, pseudonyms, told)
        self._units = SheetUnits(found, self._body, matcher, self._facts, told) if matcher is not None else None

    def build(self) -> Columns | None:
        """Values by column, or None where the sheet holds nothing that can be used."""
        self._report_totals()
        if self._body.filled_down:
            message = "строки без организации отнесены к той, что записана над ними один раз"
            total = self._body.filled_down
            self._findings.at(self._findings.sheet, "row.filled_down", Severity.INFO, message, total=total)
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
                assert self._units is not None
                values.update(self._units.of(name, column))
            else:
                values[name] = self._values(name, column)
        self._rejected |= self._units.unknown if self._units is not None else False
        self._leave_empty_totals_out(values)
        self._people.tell_unread()
        self._complete_totals(values)
        if not self._required_known(values):
            return None
        if self._units is not None:
            self._units.follow_register(values, self._rejected)
        values.update(self._people.classes_of_named(values))
        self._people.tell(values, self._rejected)
        return self._kept(values)

    def _report_totals(self) -> None:
        if len(self._body.totals):
            self._tell_totals(self._body.totals)
        elif not self._count and (self._is_excused or not self._contract.obligations):
            message = f"в таблице «{self._contract.title}» нет ни одной строки"
            self._findings.at(self._findings.sheet, "sheet.empty", Severity.INFO, message)

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
        message = "итоговая строка не сложена со строками, которые в ней уже есть"
        self._findings.at_rows("row.total", Severity.INFO, message, rows)

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
            header = header_text(self._found.series[column][0])
            message = f"столбец «{header}»: не понять «{self._findings.quoted(part)}»"
            hint = f"{_like(layout.unpivot, self._contract)}; остальное в ячейке прочитано"
            place = RawSheet.place(self._sheet, row, column)
            self._findings.at(place, "cell.value", Severity.ERROR, message, hint)

    def _values(self, name: str, column: Column) -> np.ndarray:
        where = self._found.columns[name]
        values = column_values([None], numeric=column.is_numeric).repeat(self._count)
        for index in where:
            values = np.where(pd.isna(values), self._cells.parsed(column, index), values)
            if column.personal:
                values[self._people.without_code(column, index)] = None
        if name in self._facts:
            facts = self._told(name, column)
            self._contradictions.of_facts(column, facts, where, values)
            if not where and facts:
                values[:] = facts[0]
        if column.default is not None:
            blank = pd.isna(values) & ~self._body.cut(where)
            for index in where:
                blank &= ~self._cells.misread[index]  # what is not understood is not blank
            values[blank] = column.default
        return self._people.of(name, column, values) if column.personal else values

    def _told(self, name: str, column: Column) -> list[Any]:
        """What the texts around the table tell of a column; the first that is not understood is told."""
        values = parse_cells(self._facts[name], column)
        if values[0] is BAD:
            message = f"«{column.title}»: не понять «{self._findings.quoted(self._facts[name][0])}»"
            self._findings.at(self._findings.sheet, "cell.value", Severity.ERROR, message, expected(column))
            return []
        return [value for value in values if value is not BAD and value is not None]

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
            own = self._cells.parsed(column if top is None else column.model_copy(update={"max": top}), index)
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
            self._findings.at_cells("row.short", Severity.ERROR, message, [first], short, hint)

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
                hint = f"{expected(column)}; строки пропущены"
                self._findings.at(self._findings.sheet, "sheet.fact", Severity.ERROR, message, hint, self._count)
            elif missing.any():
                self._rejected |= missing
                message = f"строка пропущена: нет значения «{column.title}»"
                rows = np.flatnonzero(missing)
                self._findings.at_cells("row.rejected", Severity.ERROR, message, where or [0], rows, expected(column))
        return usable

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
