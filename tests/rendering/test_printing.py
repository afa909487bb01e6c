"""Every document of the sample district as paper: pages, margins, fonts, and not a word lost on the way."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from printing import DPI, Printed, printed

pytestmark = pytest.mark.long

PIXEL = 25.4 / DPI
MARGINS = {"portrait": (30, 10, 20), "landscape": (20, 20, 10)}
"""Left, right, bottom in millimetres, as the blank has them; the number of the page stands in the upper one."""


@pytest.fixture(scope="module")
def prints(sample_out: Path, once: Callable[[str, Callable[[Path], object]], Path]) -> list[Printed]:
    documents = sorted((sample_out / "documents").rglob("*.docx"))
    folder = once("printed", lambda folder: printed(documents, folder))
    return [Printed(document, folder / f"{number}.pdf") for number, document in enumerate(documents)]


def test_every_document_is_printed(prints: list[Printed]) -> None:
    assert len(prints) > 80
    assert {p.docx.parent.name.split(" ")[0][:2] for p in prints} == {"99", "vo", "ds"}
    assert [p.docx.name for p in prints if not 2 <= len(p.pages) <= 20] == []


def test_nothing_leaves_the_margins(prints: list[Printed]) -> None:
    out = []
    for document in prints:
        for number, page in enumerate(document.pages, start=1):
            side = "portrait" if page.width < page.height else "landscape"
            sizes = {round(page.width), round(page.height)}
            free = (page.left, page.right, page.bottom)
            if sizes != {210, 297} or any(f < m - PIXEL for f, m in zip(free, MARGINS[side], strict=True)):
                out.append((document.docx, number, free))
    assert out == []


def test_no_page_is_empty(prints: list[Printed]) -> None:
    empty = [(p.docx, number) for p in prints for number, page in enumerate(p.pages, 1) if len(page.words) < 2]
    assert empty == []


def test_fonts_are_those_of_the_blank_and_in_the_file(prints: list[Printed]) -> None:
    fonts = {font for document in prints for font in document.fonts}
    assert {name.partition("-")[0] for name, _ in fonts} == {"LiberationSerif"}  # it stands for Times New Roman
    assert all(embedded for _, embedded in fonts)


def _pieces(words: Iterable[str]) -> Counter[str]:
    """Words cut where a line may end, after a hyphen; without dashes of lists and lines to write on."""
    pieces = (piece for word in words for piece in re.findall(r"[^-–]+[-–]*", word))
    return Counter(piece for piece in pieces if piece.strip("_"))


def test_what_is_written_is_printed(prints: list[Printed]) -> None:
    """A header of a table is repeated on its next page; nothing else is, and no word is cut or broken in a column."""
    for document in prints:
        written, on_paper = _pieces(document.written), _pieces(document.printed)
        assert not written - on_paper, document.docx
        numbers = {piece for piece in on_paper if re.fullmatch(r"\d+\.", piece)}  # of lists: Word writes them itself
        assert set(on_paper) - numbers <= set(written), document.docx
