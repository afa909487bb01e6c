from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.core.russian import (
    agreed,
    counted,
    date_ru,
    enumerate_ru,
    num,
    pct,
    plural,
    pp,
    typography,
    unit_after,
)

NARROW = "\u202f"


@pytest.mark.parametrize(
    ("n", "word"),
    [(0, "школ"), (1, "школа"), (2, "школы"), (5, "школ"), (11, "школ"), (12, "школ"), (21, "школа"), (104, "школы"),
     (111, "школ"), (1.5, "школы"), (3.0, "школы"), (-1, "школа")],
)  # fmt: skip
def test_noun_agrees_with_number(n: float, word: str) -> None:
    assert plural(n, "школа", "школы", "школ") == word


@given(st.integers(0, 10**9))
def test_plural_follows_cldr(n: int) -> None:
    if n % 10 == 1 and n % 100 != 11:
        expected = "one"
    elif n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14}:
        expected = "few"
    else:
        expected = "many"
    assert plural(n, "one", "few", "many") == expected


@pytest.mark.parametrize(
    ("n", "unit", "word"),
    [(1, "работ", "работа"), (23, "работ", "работы"), (5, "работ", "работ"), (3, "чел.", "чел."), (2, "%", "%")],
)
def test_a_unit_that_is_a_word_agrees_with_its_number(n: float, unit: str, word: str) -> None:
    assert unit_after(n, unit) == word


@pytest.mark.parametrize(
    ("phrase", "form"),
    [
        ("Доля «2»", "выросла"),
        ("Численность педагогов", "выросла"),
        ("Количество школ", "выросло"),
        ("Наличие планов", "выросло"),
        ("Охват дополнительным образованием", "вырос"),
        ("Средний балл", "вырос"),
        ("Отметки «4» и «5»", "выросли"),
        ("Обучающиеся с уровнем", "выросли"),
    ],
)
def test_a_verb_agrees_with_the_first_word(phrase: str, form: str) -> None:
    assert agreed(phrase, "вырос", "выросла", "выросло", "выросли") == form


def test_counted_keeps_number_and_noun_on_one_line() -> None:
    assert counted(5, "школа", "школы", "школ") == "5\u00a0школ"
    assert counted(2.0, "школа", "школы", "школ") == "2\u00a0школы"
    assert counted(12.5, "процент", "процента", "процентов") == "12,5\u00a0процента"


@pytest.mark.parametrize(
    ("x", "text"),
    [(5, "5"), (5.0, "5,0"), (12.25, "12,3"), (0.05, "0,1"), (-3.44, "−3,4"), (-0.04, "0,0"), (1234567, "1 234 567"),
     (12345.6, "12 345,6"), (None, "н/д"), (float("nan"), "н/д"), (1e22, "10 000 000 000 000 000 000 000,0")],
)  # fmt: skip
def test_num(x: float | None, text: str) -> None:
    assert num(x) == text.replace(" ", "\u00a0")


def test_num_digits() -> None:
    assert num(2.345, 2) == "2,35"
    assert num(2.5, 0) == "3"


def test_percentages_and_points() -> None:
    assert pct(12.5) == "12,5\u00a0%"
    assert pct(None) == "н/д"
    assert pp(3.4) == "+3,4\u00a0п.\u00a0п."
    assert pp(-3.4) == "−3,4\u00a0п.\u00a0п."
    assert pp(-0.01) == "0,0\u00a0п.\u00a0п."
    assert pp(None) == "н/д"


@given(st.floats(allow_infinity=True, allow_nan=True) | st.integers() | st.none())
def test_numbers_never_need_the_narrow_space(x: float | None) -> None:
    assert NARROW not in num(x) + pct(x) + pp(x)


def test_enumeration() -> None:
    assert enumerate_ru([]) == ""
    assert enumerate_ru(["a"]) == "a"
    assert enumerate_ru(["a", "b"]) == "a и b"
    assert enumerate_ru(["a", "b", "c"]) == "a, b и c"


def test_date() -> None:
    assert date_ru(date(2026, 11, 5)) == "5\u00a0ноября 2026\u00a0г."


@pytest.mark.parametrize(
    "text",
    ["№~5", "слово~— слово", "5~%", "в 2026~г.", "в г.~Красноярск", "на 3~п.~п.", "И.~И.~Иванова"],
)
def test_no_line_break_inside(text: str) -> None:
    assert typography(text.replace("~", " ")) == text.replace("~", "\u00a0")


@given(st.text())
def test_typography_changes_spaces_only(text: str) -> None:
    assert typography(text).replace("\u00a0", " ").split() == text.replace("\u00a0", " ").split()
