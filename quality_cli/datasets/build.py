"""A recognised sheet to values by its contract; every cell or row left out is a finding."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.contract import Column
from quality_cli.datasets.layout import match_text
from quality_cli.datasets.organisations import OrgMatcher
from quality_cli.datasets.people import Pseudonyms, is_birth_date, name_columns, personal_kind
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.recognise import Recognised
from quality_cli.datasets.table import FILE, PERIOD, ROW, SHEET, Columns
from quality_cli.datasets.values import BAD, Value, expected, is_empty, parse_cells

_FAMILY_MAX = "max"


class SheetBuilder:
    """Understands one sheet; ``findings`` receives what is wrong with it, ``pseudonyms`` stand for people."""

    def __init__(
        self, found: Recognised, matcher: OrgMatcher | None, findings: Findings, pseudonyms: Pseudonyms
    ) -> None:
        self._found = found
        self._matcher = matcher
        self._findings = findings
        self._pseudonyms = pseudonyms
        self._sheet = found.sheet
        self._contract = found.contract
        self._facts = facts_of(found)
        self._words = words_of(self._contract.vocabulary)
        self._unclaimed = _unclaimed(found)
        self._rejected: set[int] = set()
        self._totals = 0
        self._rows = self._without_totals(self._data_rows())

    def build(self) -> Columns | None:
        """Values by column, or None where the sheet holds nothing that can be used."""
        if not self._rows:
            if not self._totals:
                self._report_blank()
            return None
        values: dict[str, list[Any]] = {}
        for name, column in self._contract.columns.items():
            if column.type == "numbers":
                values.update(self._family(name, column))
            elif column.type == "organisation":
                values.update(self._organisations(name, column))
            else:
                values[name] = self._values(name, column)
        self._report_unread()
        if not self._required_known(values):
            return None
        return self._kept(values)

    def _report_blank(self) -> None:
        place = Place(self._sheet.file, self._sheet.sheet)
        if self._contract.empty_means == "zero":
            self._findings.info("sheet.empty", f"в таблице «{self._contract.title}» нет ни одной строки", place)
            return
        message = "форма не заполнена: под заголовком нет ни одной строки с данными"
        self._findings.error("sheet.blank", message, place, "запросите заполненную форму")

    def _data_rows(self) -> list[int]:
        found, layout = self._found, self._found.layout
        ignored = set(layout.blank_ignoring)
        telling = [index for name, where in found.columns.items() if name not in ignored for index in where]
        telling += [index for members in found.families.values() for _, _, index in members]
        rows = []
        signed = False
        for index in range(found.header + 1, len(self._sheet.rows)):
            row = self._sheet.rows[index]
            signed = signed or self._has(layout.footer, row)
            if signed and not self._is_complete(row):
                continue
            if not any(column < len(row) and not is_empty(row[column]) for column in telling):
                continue
            if sum(not is_empty(cell) for cell in row) <= 2 and self._has(layout.skip_rows, row):
                continue
            rows.append(index)
        return rows

    def _has(self, texts: Sequence[str], cells: Sequence[object]) -> bool:
        """Whether one of the layout's texts stands in one of the cells."""
        return any(
            match_text(text, str(cell), self._contract) is not None
            for text in texts
            for cell in cells
            if not is_empty(cell)
        )

    def _is_complete(self, row: Sequence[object]) -> bool:
        """Whether the row holds something for every required column that stands in the sheet: signatures do not."""
        required = [where for name, where in self._found.columns.items() if self._contract.columns[name].required]
        return all(any(i < len(row) and not is_empty(row[i]) for i in where) for where in required if where)

    def _without_totals(self, rows: list[int]) -> list[int]:
        """Rows of organisations; rows that sum up others are left out and counted in a finding."""
        totals, column = self._found.layout.totals, self._contract.organisation
        if not totals or column is None:
            return rows
        kept = [index for index in rows if not self._is_total(self._named(index, column), totals)]
        self._totals = len(rows) - len(kept)
        if self._totals:
            place = Place(self._sheet.file, self._sheet.sheet)
            message = "итоговые строки (вся выборка, регион, муниципалитет) не сложены со строками организаций"
            self._findings.info("row.total", message, place, total=self._totals)
        return kept

    def _named(self, index: int, column: str) -> tuple[str, ...]:
        row = self._sheet.rows[index]
        cells = (row[where] for where in self._found.columns[column] if where < len(row))
        return tuple(str(cell).strip() for cell in cells if not is_empty(cell))

    def _is_total(self, cells: tuple[str, ...], totals: Sequence[str]) -> bool:
        assert self._matcher is not None
        return self._has(totals, cells) or self._matcher.is_above(self._matcher.find(cells).unit_id)

    def _cells(self, column: int) -> list[object]:
        rows = self._sheet.rows
        return [rows[index][column] if column < len(rows[index]) else None for index in self._rows]

    def _values(self, name: str, column: Column) -> list[Value]:
        values: list[Value] = [None] * len(self._rows)
        for where in self._found.columns[name]:
            parsed = self._parsed(column, where)
            values = [new if old is None else old for old, new in zip(values, parsed, strict=True)]
        if not self._found.columns[name] and name in self._facts:
            values = [self._fact(name, column)] * len(self._rows)
        if column.default is not None:
            values = [column.default if value is None else value for value in values]
        if column.personal:
            told = values if any(value is not None for value in values) else self._names(name, column)
            return [None if value is None else self._pseudonyms(column.personal, str(value)) for value in told]
        return values

    def _names(self, name: str, column: Column) -> list[Value]:
        """Names in place of the codes that the sheet lacks; the columns they are read from become claimed."""
        where = name_columns(self._unclaimed, self._contract.columns).get(name)
        if where is None:
            return [None] * len(self._rows)
        for index in where:
            del self._unclaimed[index]
        parts = zip(*(self._parsed(column, index) for index in where), strict=True)
        names: list[Value] = [" ".join(str(part) for part in row if part is not None) or None for row in parts]
        if name == next(first for first, column in self._contract.columns.items() if column.personal):
            self._report_namesakes(names, column)
        return names

    def _report_namesakes(self, names: Sequence[Value], column: Column) -> None:
        """A date of birth is no part of a pseudonym (another table may lack it), but it shows namesakes."""
        birth = next((index for index, header in self._unclaimed.items() if is_birth_date(header)), None)
        if birth is None or column.personal is None:
            return
        born: dict[str, set[str]] = defaultdict(set)
        for told, date in zip(names, self._cells(birth), strict=True):
            if told is not None and not is_empty(date):
                born[self._pseudonyms(column.personal, str(told))].add(str(date).strip())
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

    def _fact(self, name: str, column: Column) -> Value:
        (value,) = parse_cells(self._facts[name][:1], column)
        if value is not BAD:
            return value
        place = Place(self._sheet.file, self._sheet.sheet)
        shown = quoted(self._facts[name][0], self._words)
        self._findings.error("cell.value", f"«{column.title}»: не понять «{shown}»", place, expected(column))
        return None

    def _parsed(self, column: Column, where: int) -> list[Value]:
        cells = self._cells(where)
        values = parse_cells(cells, column)
        for position, value in enumerate(values):
            if value is BAD:
                values[position] = None
                place = self._sheet.place(self._rows[position], where)
                shown = quoted(cells[position], self._words)
                self._findings.error(
                    "cell.value", f"столбец «{column.title}»: не понять «{shown}»", place, expected(column)
                )
        return values

    def _family(self, name: str, column: Column) -> dict[str, list[Any]]:
        members = self._found.families[name]
        values: dict[str, list[Any]] = {
            f"{name}.{label}": self._parsed(column if top is None else column.model_copy(update={"max": top}), index)
            for label, top, index in members
        }
        tops = [top for _, top, _ in members]
        if members and None not in tops:
            values[f"{name}.{_FAMILY_MAX}"] = [sum(filter(None, tops))] * len(self._rows)
        return values

    def _organisations(self, name: str, column: Column) -> dict[str, list[Any]]:
        assert self._matcher is not None
        where = self._found.columns[name]
        if where:
            cells = [self._named(index, name) for index in self._rows]
        else:
            cells = [tuple(self._facts.get(name, ()))] * len(self._rows)
        matches = [self._matcher.find(cell) for cell in cells]
        unknown: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for position, (cell, match) in enumerate(zip(cells, matches, strict=True)):
            if match.unit_id is None and column.required:
                unknown[cell].append(position)
                self._rejected.add(position)
        for cell, positions in unknown.items():
            self._report_unknown(cell, positions, where)
        return {name: [m.unit_id for m in matches], "login": [m.login for m in matches]}

    def _report_unknown(self, cell: tuple[str, ...], positions: Sequence[int], where: Sequence[int]) -> None:
        assert self._matcher is not None
        candidates = self._matcher.find(cell).candidates
        shown = " | ".join(quoted(part, self._words) for part in cell)
        places: tuple[Place, ...] = (Place(self._sheet.file, self._sheet.sheet),)
        if where:
            places = tuple(self._sheet.place(self._rows[position], where[0]) for position in positions)
            message = f"организации «{shown}» нет в реестре" if cell else "организация не указана"
            hint = "добавьте её логин или написание названия в реестр организаций"
        else:
            message = "не понять, какая организация сдала форму"
            hint = "положите файл в папку с логином организации, например edu240101"
        if candidates:
            message = f"название «{shown}» неоднозначно: {'; '.join(candidates)}"
            hint = "укажите логин или полное название"
        message = f"{message}; строки пропущены"
        self._findings.add(Finding("org.unknown", Severity.ERROR, message, places, hint, len(positions)))

    def _required_known(self, values: Mapping[str, Sequence[Any]]) -> bool:
        usable = True
        for name, column in self._contract.columns.items():
            if not column.required or column.type == "organisation":
                continue
            missing = [position for position, value in enumerate(values[name]) if value is None]
            if len(missing) == len(self._rows):
                usable = False
                self._findings.error(
                    "sheet.fact",
                    f"столбца «{column.title}» нет ни в таблице, ни над ней, ни в имени файла",
                    Place(self._sheet.file, self._sheet.sheet),
                    f"{expected(column)}; строки пропущены",
                    len(self._rows),
                )
                continue
            for position in missing:
                self._rejected.add(position)
                where = self._found.columns[name]
                place = self._sheet.place(self._rows[position], where[0] if where else 0)
                self._findings.error(
                    "row.rejected", f"строка пропущена: нет значения «{column.title}»", place, expected(column)
                )
        return usable

    def _kept(self, values: Mapping[str, list[Any]]) -> Columns | None:
        keep = [position for position in range(len(self._rows)) if position not in self._rejected]
        if not keep:
            return None
        columns = {name: [cells[position] for position in keep] for name, cells in values.items()}
        rule = self._contract.period
        columns[PERIOD] = [year + rule.shift for year in columns[rule.column]] if rule else [None] * len(keep)
        columns[FILE] = [self._sheet.file] * len(keep)
        columns[SHEET] = [self._sheet.sheet] * len(keep)
        columns[ROW] = [self._rows[position] + 1 for position in keep]
        return columns


def _unclaimed(found: Recognised) -> dict[int, str]:
    """Headers of the sheet columns that nothing is read from."""
    claimed = {index for where in found.columns.values() for index in where}
    claimed |= {index for members in found.families.values() for _, _, index in members}
    header = found.sheet.rows[found.header]
    return {index: str(cell) for index, cell in enumerate(header) if index not in claimed and not is_empty(cell)}


def facts_of(found: Recognised) -> dict[str, tuple[str, ...]]:
    """What texts around the table tell, by column: candidates in the order of the layout's facts."""
    sheet = found.sheet
    above = sheet.rows[: found.header]
    path = PurePath(sheet.file)
    texts = {
        "above": [str(cell) for row in above for cell in row if not is_empty(cell)],
        "label": [pair for row in above for pair in _labelled(row)],
        "file": [path.stem],
        "folder": [folder.name for folder in path.parents if folder.name],
    }
    facts: dict[str, list[str]] = {}
    for fact in found.layout.facts:
        for text in texts[fact.source]:
            for name, value in (match_text(fact.text, text, found.contract) or {}).items():
                facts.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in facts.items()}


def _labelled(row: Sequence[object]) -> list[str]:
    cells = [str(cell) for cell in row if not is_empty(cell)]
    return [f"{label} {value}" for label, value in pairwise(cells)]
