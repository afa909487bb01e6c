"""One table from all sheets of a dataset; a row that repeats another is kept once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.datasets.contracts.column import FAMILY_FILLED, FAMILY_HEADS
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.keys import NO_KEY, coded, combined, find
from quality_cli.datasets.tables.table import (
    CELL,
    FILE,
    PERIOD,
    ROW,
    SHEET,
    SHIPPED,
    Columns,
    Table,
    column_array,
    column_values,
)

_LOGIN = "login"


def join(contract: Contract, parts: Sequence[Columns], findings: Findings, collected: Collection[str] = ()) -> Table:
    """One table from the values of all sheets; a row repeated by the contract's key is kept once, the first.

    A row whose key is not wholly known repeats nothing. Parts of the catalogue come last: what the analyst puts into
    the data folder corrects them without a word. What a file of ``collected`` says again is no news: the answers of a
    form that lies beside what was collected from it.
    """
    frame = _frame(contract, parts)
    if contract.key:
        key = _key(contract, frame)
        repeated = pd.Series(key).duplicated().to_numpy() & (key != NO_KEY)
        shipped = frame[FILE].astype(str).str.startswith(SHIPPED).to_numpy()
        told = np.flatnonzero(repeated & ~shipped)
        if len(told):
            first = np.flatnonzero(~repeated)
            _report_repeated(contract, frame, told, first[find(key[told], key[first])], findings, collected)
        frame = frame[~repeated].reset_index(drop=True)
    return Table(contract, frame)


def _key(contract: Contract, frame: pd.DataFrame) -> Array:
    """The key of each row; the login it was found by tells apart children of one organisation, known or not, and a
    blank round is the year itself."""
    parts = [coded([frame[name]]) for name in contract.key if name != contract.round]
    blank_too = [name for name in (_LOGIN, contract.round) if name in frame]
    parts += [(codes + 1, values + 1) for codes, values in (coded([frame[name]]) for name in blank_too)]
    return combined(parts, len(frame))


def _frame(contract: Contract, parts: Sequence[Columns]) -> pd.DataFrame:
    """All parts one under another; a column that a part lacks is unknown there."""
    single = [name for name, column in contract.columns.items() if column.type != "numbers"]
    names = dict.fromkeys([*single, *(name for part in parts for name in part)])
    gathered: dict[str, Any] = {}
    for name in names:
        column = contract.columns.get(name)
        numeric = column.is_numeric if column else _is_member(name) or name in (PERIOD, ROW)
        unknown = column_values([None], numeric=numeric)
        cells = [part[name] if name in part else unknown.repeat(len(part[ROW])) for part in parts]
        gathered[name] = column_array(np.concatenate(cells) if cells else unknown[:0], numeric=numeric)
    return pd.DataFrame(gathered)


def _is_member(name: str) -> bool:
    """Whether a column is one number of a family."""
    return "." in name and not name.endswith(f".{FAMILY_HEADS}")


def _report_repeated(
    contract: Contract, frame: pd.DataFrame, rows: Array, firsts: Array, findings: Findings, collected: Collection[str]
) -> None:
    """Tell of rows that repeat others; those that contradict in the same columns are one finding for each sheet."""
    differing = _differing(contract, frame, rows, firsts)
    files, sheets = (coded([frame[name]])[0] for name in (FILE, SHEET))
    kinds = np.column_stack([files[rows], sheets[rows], files[firsts], *differing.values()])
    for alike in _groups(kinds):
        places = tuple(
            replace(_place(frame, rows[pair]), note=f"первая — {_place(frame, firsts[pair])}")
            for pair in alike[: findings.sample]
        )
        original = str(frame[FILE].iat[firsts[alike[0]]])
        titles = [title for title, differs in differing.items() if differs[alike[0]]]
        where, hint = f" из «{original}»", "оставьте верную из двух выгрузок"
        if original == places[0].file:
            where, hint = "", "оставьте верную из двух строк"
        if titles:
            message = f"строка противоречит уже прочитанной{where} и не учтена: {'; '.join(titles)}"
            findings.add(Finding("row.conflict", Severity.ERROR, message, places, hint, len(alike)))
        elif places[0].file not in collected:
            message = f"строка повторяет уже прочитанную{where} и не учтена ({contract.title})"
            hint = hint.replace("верную", "одну")
            findings.add(Finding("row.duplicate", Severity.WARNING, message, places, hint, len(alike)))


def _place(frame: pd.DataFrame, row: int) -> Place:
    told = frame[[name for name in (FILE, SHEET, ROW, CELL) if name in frame]].iloc[row]
    cell = told.get(CELL)
    return Place(str(told[FILE]), str(told[SHEET]), cell if isinstance(cell, str) else "", row=int(told[ROW]))


def _groups(kinds: Array) -> Iterator[Array]:
    """Positions of equal rows, in order of their first."""
    _, first, kind = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(kind.ravel(), kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(kind.ravel()[order])) + 1)
    return (groups[number] for number in np.argsort(first))


def _differing(contract: Contract, frame: pd.DataFrame, rows: Array, firsts: Array) -> Mapping[str, Array]:
    """By title of a column, which of the rows contradict their first ones; free text may be told differently."""
    found: dict[str, Array] = {}
    for name in map(str, frame):
        column = contract.columns.get(name.split(".")[0])
        if column is None or column.type == "text" or name.endswith((f".{FAMILY_FILLED}", f".{FAMILY_HEADS}")):
            continue
        codes, _ = coded([frame[name]])
        new, old = codes[rows], codes[firsts]
        differs = (new >= 0) & (old >= 0) & (new != old)
        found[column.title] = found.get(column.title, False) | differs
    return found
