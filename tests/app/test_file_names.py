"""Whatever an organisation is called, its files stay in the folder they are written to and apart from each other."""

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.app.forms.make import file_names
from quality_cli.core.organisations import Unit
from quality_cli.core.paths import distinct_names, safe_name

TRICKS = [
    *(
        "../../etc/passwd",
        "..\\..\\windows",
        "/etc/passwd",
        "C:\\temp\\x",
        "C:",
        "..",
        ".",
        "",
        " ",
        "~",
        "-rf",
        "=cmd",
    ),
    *(
        "школа\x00.xlsx",
        "школа\n\r\t",
        "\u202eslx.школа",
        "а\u200bб",
        "x" * 500,
        'МБОУ «Лес» "<|>*?',
        "школа. ",
        "=cmd",
    ),
    *("CON", "con.xlsx", "Aux", "nul.", "COM1", "lpt9.txt", "COM¹", "CON" * 60, "🏫" * 120, "Я" * 300),
]
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}


def _is_plain(name: str) -> bool:
    """Whether a name is one part of a path on any system, begins with no dot and can be printed."""
    alone = Path(name).name == name == PureWindowsPath(name).name and not PureWindowsPath(name).drive
    short = len(name) <= 120 and len(name.encode()) <= 240
    ends = (
        not name.startswith(".")
        and not name.endswith((".", " "))
        and name.split(".", maxsplit=1)[0].casefold() not in RESERVED
    )
    return alone and name not in ("", ".", "..") and ends and short and name.isprintable()


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_paths_give_plain_names(trick: str) -> None:
    assert _is_plain(safe_name(trick))


@given(st.text(max_size=40))
def test_any_text_gives_a_plain_name(text: str) -> None:
    assert _is_plain(safe_name(text))


COMBINED = [unicodedata.normalize("NFD", "Йод"), "Йод", "Ёлка №1", "Ёлка No1"]
SAME = [*COMBINED, "Школа", "школа", "Шко\u200bла", "Школа.", "CON", "con", "я" * 130, "я" * 140]
CODES = ["s:1", "s-1", "s/1", "S:1", "s1", "1", "", "\ud800", "é", "é"]


@given(st.dictionaries(st.sampled_from(CODES) | st.text(max_size=5), st.sampled_from(SAME) | st.text(max_size=5)))
def test_no_two_organisations_share_a_folder_and_the_order_does_not_matter(named: dict[str, str]) -> None:
    wanted = {code: (f"{code} {name}", name) for code, name in named.items()}
    names = distinct_names(wanted)
    for form in ("NFC", "NFD", "NFKC"):
        assert len({unicodedata.normalize(form, name).casefold() for name in names.values()}) == len(names)
    assert all(map(_is_plain, names.values()))
    assert distinct_names(dict(reversed(wanted.items()))) == names


def test_ordinary_names_are_as_they_always_were() -> None:
    wanted = {"vo-01": ("vo-01 МБОУ «Верхнеозёрская СОШ № 1»",), "vo-02": ("vo-02 МБОУ «Верхнеозёрская СОШ № 2»",)}
    assert list(distinct_names(wanted).values()) == [
        "vo-01 МБОУ Верхнеозёрская СОШ № 1",
        "vo-02 МБОУ Верхнеозёрская СОШ № 2",
    ]


def test_codes_that_look_the_same_in_a_name_are_told_apart() -> None:
    names = distinct_names({"s:1": ("s:1 Школа",), "s-1": ("s-1 Школа",), "s-2": ("s-2 Школа",)})
    assert names["s-2"] == "s-2 Школа"
    assert len({names["s:1"], names["s-1"]} - {"s-1 Школа"}) == 2
    assert all(name.startswith("s-1 Школа ") for key, name in names.items() if key != "s-2")


def test_forms_of_organisations_of_one_name_are_apart() -> None:
    units = [Unit(f"{number}", name, name, "школа") for number, name in enumerate([*TRICKS, "Школа", "школа", "ШКОЛА"])]
    names = list(file_names(units, "Форма", ".xlsx").values())
    assert len({name.casefold() for name in names}) == len(names)
    assert all(_is_plain(name.removesuffix(".xlsx")) for name in names)
