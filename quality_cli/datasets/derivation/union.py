"""Unions: a dataset whose rows are those of other tables, so that one child of several lists is counted once."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings, Place
from quality_cli.datasets.contracts.column import FAMILY_HEADS, Column, Head
from quality_cli.datasets.contracts.contract import Contract, FamilyRows, Member
from quality_cli.datasets.derivation.derive import derive
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.prepared import PreparedTable
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Table, column_array, column_values
from quality_cli.datasets.values.parse import BAD, expected, parse_cells


def unions(contracts: Mapping[str, Contract], tables: Mapping[str, Table], findings: Findings) -> dict[str, Table]:
    """The unions of which any table is there; every row keeps its file, sheet and number."""
    found = {}
    for name, contract in contracts.items():
        members = [member for member in contract.union if _is_there(member, tables)]
        if members:
            read = {name: table.frame for name, table in tables.items()}
            parts = [_part(contract, member, tables[member.dataset], read, findings) for member in members]
            found[name] = derive(Table(contract, _joined(contract, parts)), read, findings)
    return found


def _is_there(member: Member, tables: Mapping[str, Table]) -> bool:
    """Whether a table has come, and of one whose columns become rows, any of these: a prepared table has none."""
    if member.dataset not in tables or member.unpivot is None:
        return member.dataset in tables
    table = tables[member.dataset]
    return not isinstance(table, PreparedTable) and f"{member.unpivot.family}.{FAMILY_HEADS}" in table.frame


def _part(
    contract: Contract, member: Member, table: Table, frames: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    """The rows of one table that belong to the union, under its own names."""
    rows = table.frame[Evaluator(table.frame, frames)(member.where).true]
    theirs = {name: member.theirs(name, contract, table.contract) for name in contract.columns}
    part = {name: rows[column] for name, column in theirs.items() if column in rows}
    if contract.period:
        part[contract.period.column] = rows[PERIOD] - contract.period.shift
    whole = pd.DataFrame({**part, **{name: rows[name] for name in (PERIOD, FILE, SHEET, ROW)}})
    return whole if member.unpivot is None else _unpivoted(contract, member.unpivot, rows, whole, findings)


def _unpivoted(
    contract: Contract, rule: FamilyRows, rows: pd.DataFrame, whole: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    """A row for each known cell of a family; of a row without any known one, for each of its cells.

    An empty cell beside others tells of nothing that was to be done; where nothing is known something was not
    understood.
    """
    heads = rows[f"{rule.family}.{FAMILY_HEADS}"].cat
    taken: list[Array] = []
    told: dict[str, list[Array]] = {name: [] for name in rule.filled.values()}
    for number, text in enumerate(heads.categories):
        here, columns = np.flatnonzero(heads.codes.to_numpy() == number), Head.told(text)
        values = rows[[f"{rule.family}.{head.label}" for head in columns]].to_numpy()[here]
        row, column = np.nonzero(~np.isnan(values) | np.isnan(values).all(axis=1, keepdims=True))
        taken.append(here[row])
        for key, name in rule.filled.items():
            if key == "value":
                told[name].append(values[row, column])
            else:
                written = [getattr(head, "top" if key == "max" else key) or None for head in columns]
                told[name].append(_understood(contract.columns[name], written, rows.iloc[here], findings)[column])
    chosen = np.concatenate(taken) if taken else np.zeros(0, dtype=np.intp)
    found = whole.iloc[chosen].reset_index(drop=True)
    for name, cells in told.items():
        numeric = contract.columns[name].is_numeric
        kind = np.float64 if numeric else object
        found[name] = column_array(np.concatenate([np.empty(0, kind), *cells]).astype(kind), numeric=numeric)
    return found


def _understood(column: Column, written: list[str | None], rows: pd.DataFrame, findings: Findings) -> Array:
    """What stands above the columns of a family, as values of a column; what is not understood is told."""
    values = parse_cells(written, column)
    for cell in dict.fromkeys(str(cell) for cell, value in zip(written, values, strict=True) if value is BAD):
        place = Place(str(rows[FILE].iat[0]), str(rows[SHEET].iat[0]))
        shown = quoted(cell, words_of((column.title, *column.values)))
        findings.error("cell.value", f"«{column.title}»: не понять «{shown}»", place, expected(column))
    return column_values([None if value is BAD else value for value in values], numeric=column.is_numeric)


def _joined(contract: Contract, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All parts one under another; a column that a table lacks is unknown in its rows."""
    gathered = {}
    for name in (*contract.columns, PERIOD, FILE, SHEET, ROW):
        numeric = name in (PERIOD, ROW) or (name in contract.columns and contract.columns[name].is_numeric)
        unknown = column_values([None], numeric=numeric)
        kind = np.float64 if numeric else object
        cells = [part[name].astype(kind).to_numpy() if name in part else unknown.repeat(len(part)) for part in parts]
        gathered[name] = column_array(_known(np.concatenate(cells), numeric=numeric), numeric=numeric)
    return pd.DataFrame(gathered)


def _known(cells: np.ndarray, *, numeric: bool) -> np.ndarray:
    """Unknown words as None."""
    if not numeric:
        cells[pd.isna(cells)] = None
    return cells
