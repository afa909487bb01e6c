"""Unwanted characters and the guard against formulas: one table for every place that text is put."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.core.text import cleaned, escaped, guarded, printed, unguarded, writable

FORMULAS = [
    *("=1", "+1", "-1", "@A1", "\t=1", "\r1", "\n1", "\tсписок", "="),
    *("＝1", "＋1", "－1", "＠A1", "﹦1", "﹢1", "﹣1", "﹫A1"),
    *(" =1", "  @A", "\xa0=1", "\u200b=1", "\ufeff=1", "\u202e=1", "\x00=1", "\u3000＝1", " \t=1", "\x0b=1"),
]
HARMLESS = ["", "Школа", "1-4", "a=b", "'=1", "−5", "— тире", "–", "№ 5", " школа", "5", '"=1"', "\u200bшкола", "(=1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_take_for_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text())
def test_the_guard_is_taken_away_again_and_nothing_guarded_begins_a_formula(text: str) -> None:
    safe = guarded(text)
    bare = "".join(sign for sign in safe if not unicodedata.category(sign).startswith(("C", "Z")))
    assert not unicodedata.normalize("NFKC", bare[:1]).startswith(("=", "+", "-", "@"))
    assert text.startswith("'") or unguarded(safe) == text


@given(st.text(st.characters(codec=None)))
def test_every_place_gets_what_it_can_hold(text: str) -> None:
    assert printed(text).encode() is not None
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in printed(text))
    assert not any(sign < " " and sign not in "\t\n\r" for sign in writable(text))
    writable(text).encode()
    assert escaped(text).isprintable() or any(unicodedata.category(sign) == "Zs" for sign in text)
    assert all(sign in "\t\n\r" or sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in cleaned(text))
