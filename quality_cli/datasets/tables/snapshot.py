"""A snapshot: everything one reading gave, as bytes from which the same tables come back without reading.

Arrow's stream format, squeezed as a whole: a Parquet file for each of two dozen small tables costs twenty times as much
to take up. A column becomes one of pandas only when somebody asks for it. People are pseudonyms in it, as in any table.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import ArrowBatch, Batch
from quality_cli.datasets.tables.table import SourceFile, Table, Tables
from quality_cli.datasets.values.people import Pseudonyms

_SQUEEZED = "lz4"
_SIZE = 8
_LARGEST = 1 << 40
_ABOUT = b"about"


@dataclass(frozen=True, slots=True)
class _About:
    """What a snapshot tells besides the rows; ``key``: the fingerprint of the key where people were met, ``forms`` of
    what forms were understood by where there were any."""

    tables: list[str]
    totals: list[str]
    findings: list[dict[str, Any]]
    files: list[dict[str, Any]]
    units: list[dict[str, Any]]
    key: str | None
    forms: str | None


def packed(tables: Tables, pseudonyms: Pseudonyms, forms: str | None = None) -> bytes:
    """The snapshot of tables read under these pseudonyms, ``forms`` among them understood by the rules of that
    fingerprint; raises ``ValueError`` for a text that no file can hold."""
    about = _About(
        tables=list(tables.by_dataset),
        totals=list(tables.totals),
        findings=[asdict(finding) for finding in tables.findings],
        files=[asdict(file) for file in tables.files],
        units=tables.organisations.records(),
        key=pseudonyms.fingerprint if pseudonyms.used else None,
        forms=forms,
    )
    sink = pa.BufferOutputStream()
    told = json.dumps(asdict(about), ensure_ascii=False).encode()
    with pa.ipc.new_stream(sink, pa.schema([], metadata={_ABOUT: told})):
        pass
    for table in (*tables.by_dataset.values(), *tables.totals.values()):
        stored = _stored(table.frame)
        with pa.ipc.new_stream(sink, stored.schema) as stream:
            stream.write_table(stored)
    whole = sink.getvalue()
    squeezed: bytes = pa.compress(whole, _SQUEEZED, asbytes=True)
    return int(whole.size).to_bytes(_SIZE, "big") + squeezed


def unpacked(
    content: bytes,
    contracts: Mapping[str, Contract],
    findings: Findings,
    pseudonyms: Pseudonyms,
    forms: str | None = None,
) -> Tables | None:
    """The tables of a snapshot that :func:`packed` made, its findings added to ``findings``.

    None where its people are under another key than that of ``pseudonyms``, its forms were understood by other rules
    than those of the fingerprint ``forms``, or where it cannot be taken up.
    """
    try:
        tables = _unpacked(content, contracts, pseudonyms, forms)
    except (pa.ArrowException, ArithmeticError, AttributeError, LookupError, MemoryError, OSError, TypeError,
            ValueError):  # fmt: skip
        return None  # whole but of another make: as good as none
    if tables is not None:
        findings.extend(tables.findings)
        tables = replace(tables, findings=findings)
    return tables


def _unpacked(
    content: bytes, contracts: Mapping[str, Contract], pseudonyms: Pseudonyms, forms: str | None
) -> Tables | None:
    size = int.from_bytes(content[:_SIZE], "big")
    if size > _LARGEST:
        raise ValueError("no snapshot is so large")
    stream = pa.BufferReader(pa.decompress(pa.py_buffer(content)[_SIZE:], size, _SQUEEZED))
    with pa.ipc.open_stream(stream) as first:
        about = _About(**json.loads(first.schema.metadata[_ABOUT]))
        first.read_all()  # to the start of the next
    if (about.key is not None and about.key != pseudonyms.fingerprint) or about.forms not in (None, forms):
        return None
    tables, totals = (
        {name: _next(stream, contracts[name]) for name in names} for names in (about.tables, about.totals)
    )
    findings = Findings()
    findings.extend(map(_finding, about.findings))
    tree, files = OrgTree.from_records(about.units), tuple(map(_file, about.files))
    return Tables(tables, tree, files, findings, totals=totals)


def _next(stream: pa.BufferReader, contract: Contract) -> "StoredTable":
    stored = pa.ipc.open_stream(stream).read_all()
    stored.validate(full=True)
    return StoredTable(contract, stored)


class StoredTable(Table):
    """Rows of one dataset as they were stored; ``frame`` is made when it is first asked for."""

    def __init__(self, contract: Contract, stored: pa.Table) -> None:
        self.contract = contract
        self._stored = stored
        self._batch = _StoredBatch(stored)

    def __len__(self) -> int:
        return int(self._stored.num_rows)

    @cached_property
    def frame(self) -> pd.DataFrame:
        return self._batch.frame(self._stored.column_names)

    def part(self, columns: Sequence[str]) -> pd.DataFrame:
        return self._batch.frame(columns)

    def sample(self, columns: Sequence[str], periods: Collection[int], rows: int) -> Batch:
        taken = np.arange(0, len(self), max(1, len(self) // rows))
        return ArrowBatch(self._stored.select(list(dict.fromkeys(columns))).take(pa.array(taken)))


class _StoredBatch(ArrowBatch):
    """All rows of a stored table; a frame of the same columns is made once, whoever asks."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__(table)
        self._frames: dict[tuple[str, ...], pd.DataFrame] = {}

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        names = tuple(columns)
        if names not in self._frames:
            self._frames[names] = super().frame(names)
        return self._frames[names]


def _stored(frame: pd.DataFrame) -> pa.Table:
    return pa.table({str(name): _array(column) for name, column in frame.items()})


def _array(column: pd.Series) -> pa.Array:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array(column.to_numpy(dtype="float64"))
    places = column.cat.codes.to_numpy()
    words = pa.array(column.cat.categories.astype(object), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places < 0), words)


def _finding(told: Mapping[str, Any]) -> Finding:
    places = tuple(Place(**place) for place in told["places"])
    return Finding(**{**told, "severity": Severity(told["severity"]), "places": places})


def _file(told: Mapping[str, Any]) -> SourceFile:
    return SourceFile(**{**told, "datasets": tuple(told["datasets"]), "layouts": tuple(told["layouts"])})
