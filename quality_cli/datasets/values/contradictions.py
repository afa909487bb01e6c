"""Where a sheet contradicts itself: what the texts around a table say against the table under them.

Nothing is changed: what stands in the rows is taken, and the contradiction is told. What a layout has such texts for
(``facts``, ``skip_rows``) is compared, whatever the dataset.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.unpivoted import Unpivoted
from quality_cli.datasets.values.body import Body


class Contradictions:
    """Tells of one sheet."""

    def __init__(self, found: Recognised, body: Body, findings: Findings) -> None:
        self._sheet = found.sheet
        self._body = body
        self._findings = findings

    def of_counts(self) -> None:
        """Rows that a banner announces against rows up to the next banner."""
        banners = sorted(self._body.stated)
        bounds = [*banners, len(self._sheet.rows)]
        for row, end in zip(banners, bounds[1:], strict=True):
            stated = self._body.stated[row]
            held = int(((self._body.rows > row) & (self._body.rows < end)).sum())
            if held != stated:
                message = f"указано строк: {stated}, а в таблице их {held}"
                hint = "таблица обрезана, или в ней лишние строки: запросите её ещё раз"
                self._findings.error("sheet.count", message, self._place(self._sheet.line(row) + 1), hint)

    def of_totals(self) -> None:
        """Totals of a row («Всего») against the sum of its parts."""
        for total in self._sheet.wrong if isinstance(self._sheet, Unpivoted) else ():
            message = "итог в строке не равен сумме её частей; взяты части, итог к ним не прибавлен"
            note = f"итог {total.stated:g}, сумма {total.parts:g}"
            place = replace(RawSheet.place(self._sheet, total.row, total.column), note=note)
            self._findings.error("cell.total", message, place, "исправьте неверное число или заполните пустые ячейки")

    def of_facts(self, column: Column, facts: Sequence[Any], where: Sequence[int], values: np.ndarray) -> None:
        """What texts around the table say of a column, against each other and against its cells."""
        hint = "исправьте неверное: название, имя файла или столбец"
        if len(set(facts)) > 1:
            told = " и ".join(f"«{_shown(fact)}»" for fact in dict.fromkeys(facts))
            taken = "в расчёт взят столбец" if where else f"взято «{_shown(facts[0])}»"
            message = f"«{column.title}»: вокруг таблицы сказано {told}; {taken}"
            self._findings.error("fact.conflict", message, self._place(), hint)
        if facts and where:
            known = np.array([value is not None and value == value for value in values.tolist()], dtype=bool)  # noqa: PLR0124
            unlike = np.flatnonzero(known & (values != facts[0]))
            if len(unlike):
                places = tuple(self._body.place(row, where[0]) for row in unlike[: self._findings.sample])
                message = f"столбец «{column.title}» не соответствует сказанному вокруг таблицы: «{_shown(facts[0])}»"
                self._findings.add(Finding("fact.conflict", Severity.ERROR, message, places, hint, len(unlike)))

    def _place(self, row: int = 0) -> Place:
        return Place(self._sheet.file, self._sheet.sheet, row=row)


def _shown(fact: Any) -> str:
    """A value that a layout's place has matched: a known word or a number, never a cell."""
    return f"{fact:g}" if isinstance(fact, float) else str(fact)
