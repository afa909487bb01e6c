"""Documents as paper: one LibreOffice prints them to PDF, poppler's tools tell what stands where on each page."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path

import numpy as np
from docx import Document
from numpy.typing import NDArray

MM = 72 / 25.4
"""Points in a millimetre."""
DPI = 50
INK = 160
"""Anything darker than this of 255 is printed."""

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


@dataclass(frozen=True)
class Page:
    """A page in millimetres: its size, its words and the free space on each side of the ink."""

    width: float
    height: float
    words: tuple[tuple[str, float], ...]
    """Each with its distance from the upper edge."""
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Printed:
    """A document and its print."""

    docx: Path
    pdf: Path

    @cached_property
    def pages(self) -> list[Page]:
        """The pages, looked at as text and as pictures."""
        told = _run("pdftotext", "-bbox", self.pdf, "-").decode()
        pictures = _run("pdftoppm", "-gray", "-r", DPI, self.pdf)
        return [
            Page(float(width) / MM, float(height) / MM, tuple(_words(body)), *_free(picture))
            for (width, height, body), picture in zip(_PAGE.findall(told), _pictures(pictures), strict=True)
        ]

    @cached_property
    def fonts(self) -> list[tuple[str, bool]]:
        """Names of the fonts and whether each is in the file."""
        lines = _run("pdffonts", self.pdf).decode().splitlines()
        at = lines[0].index("emb ")
        return [(line.split()[0].partition("+")[2], line[at:].startswith("yes")) for line in lines[2:]]

    @cached_property
    def written(self) -> list[str]:
        """Words of the document as Word stores them: of paragraphs and of cells, a merged cell once."""
        document = Document(str(self.docx))
        texts = [paragraph.text for paragraph in document.paragraphs]
        for table in document.tables:
            texts += [text for row in table.rows for text in dict.fromkeys(_cells(row))]
        return " ".join(texts).split()

    @cached_property
    def printed(self) -> list[str]:
        """Words of the print without the running head."""
        return [word for page in self.pages for word, top in page.words if top > HEAD]


HEAD = 16.0
"""Above this (mm) stands the number of the page."""


def printed(documents: Sequence[Path], folder: Path) -> list[Printed]:
    """Print documents, whatever they are called, with one process of LibreOffice."""
    copies = []
    for number, document in enumerate(documents):
        copies.append(folder / f"{number}.docx")
        copies[-1].write_bytes(document.read_bytes())
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    _run("soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, *copies)
    return [Printed(document, copy.with_suffix(".pdf")) for document, copy in zip(documents, copies, strict=True)]


def _run(*command: object) -> bytes:
    return subprocess.run([str(word) for word in command], capture_output=True, check=True, timeout=600).stdout


def _cells(row: object) -> Iterator[str]:
    for cell in row.cells:  # type: ignore[attr-defined]
        yield cell.text


def _words(body: str) -> Iterator[tuple[str, float]]:
    for _, top, _, _, word in _WORD.findall(body):
        yield unescape(word), float(top) / MM


def _pictures(stream: bytes) -> Iterator[NDArray[np.uint8]]:
    """Grey pictures, one behind the other (PGM)."""
    while stream:
        _, size, _, rest = stream.split(b"\n", 3)
        width, height = map(int, size.split())
        yield np.frombuffer(rest[: width * height], np.uint8).reshape(height, width)
        stream = rest[width * height :]


def _free(picture: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Millimetres without ink: left, right, top, bottom."""
    rows, columns = (np.flatnonzero((picture < INK).any(axis=axis)) for axis in (1, 0))
    height, width = picture.shape
    if not len(rows):
        return (width / DPI * 25.4,) * 2 + (height / DPI * 25.4,) * 2
    edges = columns[0], width - 1 - columns[-1], rows[0], height - 1 - rows[-1]
    return tuple(float(edge) / DPI * 25.4 for edge in edges)  # type: ignore[return-value]
