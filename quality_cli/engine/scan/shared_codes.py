"""Which values of several batches are the same.

Most values stand in one batch only. Equal values have equal fingerprints, so a value whose fingerprint stands alone is
like no other; only the few others are compared themselves: numbers are sorted instead of words.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.datasets.tables.encoded import Array


def shared_codes(batches: Sequence[pa.Array]) -> list[Array]:
    """For each batch of values (words or numbers) codes: two values have the same where they are equal."""
    if not pa.types.is_string(batches[0].type):
        batches = [pa.array(values.to_numpy() + 0.0) for values in batches]  # 0.0 and -0.0 are equal
    prints = [_fingerprints(values) for values in batches]
    ordered = np.sort(np.concatenate(prints))
    shared = pd.Index(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    codes = np.arange(len(ordered), dtype=np.int32)
    alike = [np.flatnonzero(shared.get_indexer(own) >= 0) for own in prints]
    starts = np.cumsum([0, *map(len, prints)])
    place = np.concatenate([own + start for own, start in zip(alike, starts.tolist(), strict=False)])
    chosen = [values.take(pa.array(own)) for values, own in zip(batches, alike, strict=True)]
    same = pa.concat_arrays(chosen).dictionary_encode().indices.to_numpy()
    first = np.zeros(int(same.max(initial=-1)) + 1, dtype=np.int32)
    first[same[::-1]] = place[::-1]
    codes[place] = first[same]
    return np.split(codes, starts[1:-1])


def _fingerprints(values: pa.Array) -> Array:
    """A number for each value, the same for equal values: of a word its beginning, its end and its length."""
    if not pa.types.is_string(values.type):
        return np.asarray(values.to_numpy().view(np.uint64))
    _, offsets, text = values.buffers()
    bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    data = np.concatenate([np.frombuffer(text or b"", np.uint8), np.zeros(8, np.uint8)])
    words = np.ndarray(len(data) - 7, np.uint64, data.data, strides=(1,))  # eight bytes from any place on
    start, length = bounds[:-1], np.diff(bounds)
    mask = np.uint64(2**64 - 1) >> (8 * (8 - np.minimum(length, 8))).astype(np.uint64)
    mask[length == 0] = 0
    head, tail = words[start] & mask, words[np.maximum(bounds[1:] - 8, start)] & mask
    found: Array = (
        head * np.uint64(0x9E3779B97F4A7C15) ^ tail * np.uint64(0xC2B2AE3D27D4EB4F) ^ length.astype(np.uint64)
    )
    return found
