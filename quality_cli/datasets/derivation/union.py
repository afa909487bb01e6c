"""Unions: a dataset whose rows are those of other tables, so that one child of several lists is counted once."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings
from quality_cli.datasets.contracts.contract import Contract, Member
from quality_cli.datasets.derivation.derive import derive
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Table, column_array, column_values


def unions(contracts: Mapping[str, Contract], tables: Mapping[str, Table], findings: Findings) -> dict[str, Table]:
    """The unions of which any table is there; every row keeps its file, sheet and number."""
    found = {}
    for name, contract in contracts.items():
        members = [member for member in contract.union if member.dataset in tables]
        if members:
            read = {name: table.frame for name, table in tables.items()}
            parts = [_part(contract, member, tables[member.dataset], read) for member in members]
            found[name] = derive(Table(contract, _joined(contract, parts)), read, findings)
    return found


def _part(contract: Contract, member: Member, table: Table, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of one table that belong to the union, under its own names."""
    rows = table.frame[Evaluator(table.frame, frames)(member.where).true]
    theirs = {name: member.theirs(name, contract, table.contract) for name in contract.columns}
    part = {name: rows[column] for name, column in theirs.items() if column in rows}
    if contract.period:
        part[contract.period.column] = rows[PERIOD] - contract.period.shift
    return pd.DataFrame({**part, **{name: rows[name] for name in (PERIOD, FILE, SHEET, ROW)}})


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
