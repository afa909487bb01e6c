"""Values of several batches have the same code where they are equal, and only there."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.engine.scan.shared_codes import shared_codes

WORDS = st.text(st.sampled_from("аЯ1ё"), max_size=12) | st.sampled_from(["", "12345678", "12345678а", "а12345678"])
NUMBERS = st.sampled_from([0.0, -0.0, 1.5, -3.0, 1e300])


def batches(values: st.SearchStrategy[str] | st.SearchStrategy[float]) -> st.SearchStrategy[list[list[str | float]]]:
    return st.lists(st.lists(values, max_size=6, unique=True), min_size=1, max_size=4)


@given(batches(WORDS) | batches(NUMBERS))
def test_equal_values_have_equal_codes(told: list[list[str | float]]) -> None:
    numeric = any(isinstance(value, float) for values in told for value in values)
    arrays = [pa.array(values, pa.float64() if numeric else pa.string()) for values in told]
    codes = shared_codes(arrays)
    assert [len(own) for own in codes] == [len(values) for values in told]
    met: dict[str | float, set[int]] = {}
    for values, own in zip(told, codes, strict=True):
        for value, code in zip(values, own.tolist(), strict=True):
            met.setdefault(value, set()).add(code)
    assert all(len(found) == 1 for found in met.values())
    assert len(set().union(*met.values())) == len(met)


def test_a_slice_of_values_is_read_from_its_own_place() -> None:
    whole = pa.array(["б", "а", "ба", "аб", "а"])
    first, second = shared_codes([whole.slice(1, 2), whole.slice(2)])
    assert first[1] == second[0]
    assert first[0] == second[2]
    assert len(np.unique(np.concatenate([first, second]))) == 3
