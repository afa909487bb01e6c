"""A table as lines of text: a column's distinct values are written once each, rows are put together by pyarrow.

Hundreds of thousands of cells hold some thousands of different values, so this costs little more than the file itself.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_AT_ONCE = 1 << 12
"""Rows put together at a time: few enough to stay in the processor's cache."""


def written(column: pa.ChunkedArray | pa.Array, write: Callable[[Any], str]) -> pa.DictionaryArray:
    """The column as strings; ``write`` is called once for every distinct value, and for None: an empty cell."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    words = values.dictionary.to_pylist()
    if values.null_count:
        words.append(None)
    indices = values.indices.fill_null(len(words) - 1)
    return pa.DictionaryArray.from_arrays(indices, pa.array(map(write, words), pa.string()))


def lines(parts: Sequence[pa.Array | str], rows: int) -> Iterator[memoryview]:
    """UTF-8 text of all rows: in each, the parts in their order, strings as they are; some rows at a time."""
    for start in range(0, rows, _AT_ONCE):
        joined = pc.binary_join_element_wise(*(_some(part, start) for part in parts), "")
        _, offsets, text = joined.buffers()
        ends = memoryview(offsets).cast("i")
        yield memoryview(text)[ends[joined.offset] : ends[joined.offset + len(joined)]]


def _some(part: pa.Array | str, start: int) -> pa.Array | str:
    if isinstance(part, str):
        return part
    some = part.slice(start, _AT_ONCE)
    return some.dictionary_decode() if isinstance(some, pa.DictionaryArray) else some
