"""A column has one encoded form, whatever it is kept in: decoded, it is what it was."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.datasets.tables.batches import ArrowBatch, Batch, FrameBatch

WHOLE = {
    "int8": st.integers(-128, 127),
    "uint8": st.integers(0, 255),
    "int16": st.integers(-(2**15), 2**15 - 1),
    "int64": st.integers(-3, 2**40),
}


def decoded(batch: Batch) -> list[object]:
    column = batch.encoded("c")
    assert column.codes.min(initial=0) >= -1
    assert column.codes.max(initial=-1) < len(column.values)
    assert len(set(column.values.to_pylist())) == len(column.values)
    return list(column.decoded().to_pylist())


@pytest.mark.parametrize("kind", WHOLE)
@given(data=st.data())
def test_whole_numbers_of_every_width(kind: str, data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.none() | WHOLE[kind], max_size=300))
    found = decoded(ArrowBatch(pa.table({"c": pa.array(cells, kind)})))
    assert found == [None if cell is None else float(cell) for cell in cells]


def test_numbers_whose_span_is_wider_than_their_type() -> None:
    cells = [*range(-128, 128), None]  # less the least of them they would be 255, which no int8 is
    assert decoded(ArrowBatch(pa.table({"c": pa.array(cells, pa.int8())}))) == cells


def test_numbers_too_large_to_be_exact_are_read_as_near_as_can_be() -> None:
    cells = [2**64 - 1, 2**64 - 2, None]
    assert decoded(ArrowBatch(pa.table({"c": pa.array(cells, pa.uint64())}))) == [2.0**64, 2.0**64, None]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True, None, False]),
        pa.array([1.5, None, float("nan"), -0.5]),
        pa.array(["б", None, "а", "б"]),
        pa.array(["б", None, "а", "б"]).dictionary_encode(),
        pa.array(["б", None, "а", "б"], pa.large_string()),
        pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint8()), pa.array(["а", "б"])),
        pa.nulls(3, pa.string()),
        pa.nulls(3, pa.int8()),
        pa.array([], pa.int16()),
    ],
    ids=lambda column: f"{column.type}",
)
def test_columns_of_a_file(column: pa.Array) -> None:
    plain = [None if cell is None or cell != cell else cell for cell in column.to_pylist()]  # noqa: PLR0124 - NaN
    assert decoded(ArrowBatch(pa.table({"c": column}))) == plain


def test_columns_of_a_frame() -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["б", None, "а"])})
    assert decoded(FrameBatch(frame)) == ["б", None, "а"]
    assert decoded(FrameBatch(pd.DataFrame({"c": [2.0, np.nan, 1.0]}))) == [2.0, None, 1.0]
