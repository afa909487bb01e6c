"""Strata as pairs, and their text in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.core.strata import Stratum, decode_stratum, encode_stratum, stratum_of

STRATA = st.lists(st.tuples(st.text(), st.text())).map(tuple)
SPECIAL = st.lists(st.tuples(*[st.text(alphabet="\\;=а\n", max_size=6)] * 2), max_size=4).map(tuple)


@given(STRATA | SPECIAL)
def test_any_text_survives_a_file(stratum: Stratum) -> None:
    assert decode_stratum(encode_stratum(stratum)) == stratum


@given(SPECIAL, SPECIAL)
def test_no_two_strata_are_written_alike(one: Stratum, two: Stratum) -> None:
    assert (encode_stratum(one) == encode_stratum(two)) == (one == two)


@pytest.mark.parametrize(
    ("stratum", "text"),
    [
        ((), ""),
        ((("grade", "4"), ("subject", "Математика")), "grade=4;subject=Математика"),
        ((("partner", "Лес»; договор=2"),), r"partner=Лес»\; договор\=2"),
        ((("partner", ""),), "partner="),
    ],
)
def test_how_a_stratum_is_written(stratum: Stratum, text: str) -> None:
    assert encode_stratum(stratum) == text


@pytest.mark.parametrize("text", ["grade", "grade=4;", ";grade=4", "grade=4=5", "a\\b=1", "a=1\\"])
def test_what_nobody_wrote_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="разрез записан неверно"):
        decode_stratum(text)


def test_values_of_any_type() -> None:
    given = [("a", True), ("b", 4.0), ("c", 5), ("d", "x")]
    assert stratum_of(given) == (("a", "1"), ("b", "4"), ("c", "5"), ("d", "x"))
