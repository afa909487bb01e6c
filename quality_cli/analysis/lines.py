"""A table as lines of text: a column's distinct values are written once each, rows are put together by pyarrow.

Hundreds of thousands of cells hold some thousands of different values, so this costs little more than the file itself.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_AT_ONCE = 1 << 16
"""Rows joined at a time: a string array holds 2 GB."""


def written(column: pa.ChunkedArray | pa.Array, write: Callable[[Any], str]) -> pa.Array:
    """The column as strings; ``write`` is called once for every distinct value, None being an empty cell."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    words = pa.array([write(value) for value in values.dictionary.to_pylist()], pa.string()).take(values.indices)
    return words.fill_null(write(None)) if words.null_count else words


def lines(parts: Sequence[pa.Array | str], rows: int) -> Iterator[memoryview]:
    """UTF-8 text of all rows: in each, the parts in their order, strings as they are; some rows at a time."""
    for start in range(0, rows, _AT_ONCE):
        sliced = [part if isinstance(part, str) else part.slice(start, _AT_ONCE) for part in parts]
        joined = pc.binary_join_element_wise(*sliced, "")
        _, offsets, text = joined.buffers()
        ends = memoryview(offsets).cast("i")
        yield memoryview(text)[ends[joined.offset] : ends[joined.offset + len(joined)]]
