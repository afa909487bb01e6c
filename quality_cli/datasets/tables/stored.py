"""Whether a prepared table keeps its columns in a form that can be read: numbers as numbers, words as words."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.types as kinds

from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import PERIOD

_WORDS = (kinds.is_string, kinds.is_large_string, kinds.is_string_view, kinds.is_binary, kinds.is_null)
"""Old programs write words as bytes."""


def unsuitable(schema: pa.Schema, contract: Contract) -> Iterator[tuple[str, str]]:
    """Columns that cannot be read as the contract has them, each with what it must hold; an empty one is unknown."""
    for field in schema:
        if field.name != PERIOD and field.name not in contract.columns:
            continue
        kind = field.type.value_type if kinds.is_dictionary(field.type) else field.type
        if contract.is_numeric(field.name):
            if not _is_number(kind) and not kinds.is_null(kind):
                yield field.name, "числа (целые, float32, float64 или decimal), да и нет"
        elif not any(is_word(kind) for is_word in _WORDS):
            column = contract.columns[field.name]
            yield field.name, "даты строками вида «2026-09-01»" if column.type == "date" else "слова (строки)"


def _is_number(kind: pa.DataType) -> bool:
    plain = kinds.is_integer(kind) or kinds.is_boolean(kind) or kinds.is_decimal(kind)
    return bool(plain or kinds.is_float32(kind) or kinds.is_float64(kind))
