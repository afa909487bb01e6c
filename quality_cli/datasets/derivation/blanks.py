"""Blank forms: how bad one is depends on whether what it asks for has come in another file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quality_cli.core.findings import Findings, Place
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import Table


@dataclass(frozen=True, slots=True)
class Blank:
    """A sheet of a dataset without a row of data; ``told`` is what the texts around it say, by column: its
    organisation (None: not understood), year, subject."""

    contract: Contract
    place: Place
    told: Mapping[str, Any]


def tell_blanks(blanks: Iterable[Blank], tables: Mapping[str, Table], findings: Findings) -> None:
    """An error where nothing of it has come; else told for the record, or as a doubt where nobody says whose it is."""
    message = "форма не заполнена: под заголовком нет ни одной строки с данными"
    hint = "запросите заполненную форму; если сведений и правда нет, об этом говорит таблица «Сведений нет»"
    for blank in blanks:
        table = tables.get(blank.contract.dataset)
        if table is None or not _has_rows(table, blank.told):
            findings.error("sheet.blank", message, blank.place, hint)
        elif blank.contract.organisation in blank.told:
            findings.info("sheet.blank", "пустой бланк: этот отчёт получен в другом файле", blank.place)
        else:
            doubt = "таблица пуста, и не сказано, чья она; от других такие строки получены"
            findings.warning("sheet.blank", doubt, blank.place, hint)


def _has_rows(table: Table, told: Mapping[str, Any]) -> bool:
    """Whether a table has a row that says all that is told."""
    rows = np.ones(len(table), dtype=bool)
    for name, value in told.items():
        rows &= (table.frame[name] == value).to_numpy()
    return bool(rows.any())
