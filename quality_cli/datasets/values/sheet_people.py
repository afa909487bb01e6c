"""The people of one sheet: pseudonyms in place of their codes or names, and what is wrong with these."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from quality_cli.core.findings import Severity
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.body import Body
from quality_cli.datasets.values.cells import Cells, as_objects
from quality_cli.datasets.values.namesakes import GRADE, LETTER
from quality_cli.datasets.values.parse import class_named, is_empty
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
from quality_cli.datasets.values.sheet_cells import SheetCells
from quality_cli.datasets.values.sheet_findings import SheetFindings

_NO_CODES = (
    (
        DAMAGED,
        "код испорчен: программа сделала из него число с порядком, дату или округлила его",
        "запросите выгрузку с кодами в текстовом формате, не открывая её в Excel",
    ),
    (NOTHING, "вместо кода нули, прочерк, ошибка или слово", "впишите постоянные условные коды"),
)
"""Why a code is none: what is told of it and what to do."""


class SheetPeople:
    """People of a sheet, told apart by ``pseudonyms``."""

    def __init__(
        self, found: Recognised, body: Body, cells: SheetCells, pseudonyms: Pseudonyms, findings: SheetFindings
    ) -> None:
        self._sheet = found.sheet
        self._contract = found.contract
        self._columns = found.columns
        self._body = body
        self._pseudonyms = pseudonyms
        self._findings = findings
        self._cells = cells
        self._unclaimed = found.unclaimed
        self._codeless = np.zeros(len(body.rows), dtype=bool)
        self._codes: dict[str, Cells] = {}
        self._born: tuple[int, Column, np.ndarray, np.ndarray] | None = None

    def without_code(self, column: Column, where: int) -> np.ndarray:
        """For each row, whether the code in it is none; such codes are told."""
        cells = self._body.cells(where)
        why = cells.each(no_code)
        exponents = {row for row, at in self._sheet.exponents if at == where}
        if exponents:
            why[np.isin(self._body.rows, list(exponents)) & cells.filled] = DAMAGED
        for kind, problem, hint in _NO_CODES:
            message = f"столбец «{column.title}»: {problem}, люди этих строк неизвестны"
            rows = np.flatnonzero(why == kind)
            self._findings.at_cells("person.code", Severity.ERROR, message, [where], rows, hint)
        no_codes = np.array([reason is not None for reason in why], dtype=bool)
        self._codeless |= no_codes
        return no_codes

    def of(self, name: str, column: Column, told: np.ndarray) -> np.ndarray:
        """Pseudonyms in place of codes; of names where the sheet has no codes."""
        assert column.personal is not None
        person = column.personal
        if pd.isna(told).all():
            told = self._names(name, column, told)
        self._codes[name] = cells = Cells.of(told.tolist())
        return cells.each(lambda words: None if is_empty(words) else self._pseudonyms(person, str(words)))

    def classes_of_named(self, values: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
        """What tells children of one name apart (:mod:`.namesakes`), where children are told by name."""
        pupils = [cells for name, cells in self._codes.items() if self._contract.columns[name].personal == "pupil"]
        if not any(is_name(str(told)) for cells in pupils for told in cells.distinct):
            return {}
        count = len(self._body.rows)
        grades, letters = np.full(count, np.nan), np.full(count, None, dtype=object)
        for name, column in self._contract.columns.items():
            if column.type == "letter":
                letters = np.where(pd.isna(letters), values[name], letters)
            if column.spelled and column.is_numeric:
                grades = np.where(np.isnan(grades), values[name], grades)
            for index in self._columns[name] if column.spelled == "class" else ():
                classes = self._body.cells(index).each(class_named)
                letters = as_objects(own or (told and told[1]) for own, told in zip(letters, classes, strict=True))
                whole = np.array([np.nan if told is None else told[0] for told in classes])
                grades = np.where(np.isnan(grades), whole, grades)
        return {GRADE: grades, LETTER: letters}

    def tell(self, values: Mapping[str, np.ndarray], rejected: np.ndarray) -> None:
        """Tell who cannot be told from whom in the rows that are kept."""
        self._tell_nameless(values, rejected)
        self._tell_births(values)
        self._tell_writings(values, rejected)

    def tell_unread(self) -> None:
        """Personal columns that are not needed: what they are, never what is in them."""
        for index, header in self._unclaimed.items():
            kind = personal_kind(header)
            if kind is not None:
                message = f"столбец с личными данными не прочитан: {kind}"
                self._findings.at(self._findings.header(index), "column.personal", Severity.INFO, message)

    def _names(self, name: str, column: Column, unknown: np.ndarray) -> np.ndarray:
        """Names in place of the codes that the sheet lacks; the columns they are read from become claimed."""
        where = name_columns(self._unclaimed, self._contract.columns).get(name)
        if where is None:
            return unknown
        for index in where:
            del self._unclaimed[index]
        parts = zip(*(self._cells.parsed(column, index) for index in where), strict=True)
        names = as_objects(" ".join(str(part) for part in row if part is not None) or None for row in parts)
        if name == next(first for first, column in self._contract.columns.items() if column.personal):
            self._note_births(names, column)
        return names

    def _note_births(self, names: np.ndarray, column: Column) -> None:
        """A date of birth is no part of a pseudonym (another table may lack it), but it shows namesakes."""
        birth = next((index for index, header in self._unclaimed.items() if is_birth_date(header)), None)
        if birth is not None:
            dates = self._body.cells(birth).each(lambda cell: None if is_empty(cell) else str(cell).strip())
            self._born = birth, column, names, dates

    def _tell_births(self, values: Mapping[str, np.ndarray]) -> None:
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
            place = self._findings.header(birth)
            self._findings.at(place, "person.namesakes", Severity.WARNING, message, hint, total)

    def _tell_nameless(self, values: Mapping[str, np.ndarray], rejected: np.ndarray) -> None:
        """People of the key without a code or a name."""
        for name in self._contract.key:
            column, where = self._contract.columns[name], self._columns[name]
            if column.personal:
                rows = np.flatnonzero(pd.isna(values[name]) & ~rejected & ~self._codeless)
                message = f"нет значения «{column.title}»: этих людей ни с кем не сопоставить, повтор строки не виден"
                severity = Severity.WARNING if where else Severity.INFO
                hint = "впишите постоянный условный код"
                self._findings.at_cells("person.missing", severity, message, where, rows, hint)

    def _tell_writings(self, values: Mapping[str, np.ndarray], rejected: np.ndarray) -> None:
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
                self._tell_written(name, np.isin(cells.codes, numbers) & ~rejected, message, Severity.INFO)
            if here.any():
                told_apart = self._at_once(who[cells.codes], here[cells.codes], values, rejected)
                for how in dict.fromkeys(filter(None, told_apart.tolist())):
                    message = f"{title} друг от друга в одной организации только {how}: сочтены за одного человека"
                    self._tell_written(name, told_apart == how, message, Severity.WARNING)

    def _at_once(
        self, who: np.ndarray, how: np.ndarray, values: Mapping[str, np.ndarray], rejected: np.ndarray
    ) -> np.ndarray:
        """For each row whose person another row of its organisation tells otherwise, the difference; else «»."""
        units = values.get(self._contract.organisation or "", np.zeros(len(who)))
        rows = pd.DataFrame({"who": who, "unit": units, "how": how})[~rejected & (who >= 0)]
        ways = rows.groupby(["who", "unit"])["how"]
        found = np.full(len(who), "", dtype=object)
        found[rows.index] = np.where(ways.transform("nunique") > 1, ways.transform("max"), "")
        return found

    def _tell_written(self, name: str, which: np.ndarray, message: str, severity: Severity) -> None:
        hint = "пишите код одинаково везде, в Excel — текстом; если это разные люди, дайте им разные коды"
        self._findings.at_cells("person.spelling", severity, message, self._columns[name], np.flatnonzero(which), hint)
