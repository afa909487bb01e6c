"""Whatever an organisation is called, its files stay in the folder they are written to and apart from each other."""

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_cli.app.forms.make import file_names
from quality_cli.app.report import safe_name
from quality_cli.core.organisations import Unit

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
]


def _is_plain(name: str) -> bool:
    """Whether a name is one part of a path on any system, begins with no dot and can be printed."""
    alone = Path(name).name == name == PureWindowsPath(name).name and not PureWindowsPath(name).drive
    return alone and name not in ("", ".", "..") and not name.startswith(".") and name.isprintable()


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_paths_give_plain_names(trick: str) -> None:
    assert _is_plain(safe_name(trick))


@given(st.text(max_size=40))
def test_any_text_gives_a_plain_name(text: str) -> None:
    assert _is_plain(safe_name(text))
    assert len(safe_name(text)) <= 120


def test_forms_of_organisations_of_one_name_are_apart() -> None:
    units = [Unit(f"{number}", name, name, "школа") for number, name in enumerate([*TRICKS, "Школа", "школа", "ШКОЛА"])]
    names = list(file_names(units, "Форма", ".xlsx").values())
    assert len({name.casefold() for name in names}) == len(names)
    assert all(_is_plain(name) for name in names)
