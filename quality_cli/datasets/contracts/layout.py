"""Layouts: how a real export maps onto a dataset (``indicator_specs/datasets/*.yaml``, key ``layouts``).

A file is recognised by what stands in it: texts above the header and normalised headers, never by position.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from quality_cli.core.where import Scalar
from quality_cli.core.yamlfile import Strict
from quality_cli.datasets.contracts.blank import LISTS
from quality_cli.datasets.contracts.column import PLACE, places_in
from quality_cli.datasets.contracts.contract import Contract


class Recognise(Strict):
    """What must be there: texts above the header row and headers in one row, as written or in any known spelling."""

    above: list[str] = []
    headers: list[str] = Field(min_length=1)
    any_spelling: bool = False
    adds_up: "AddsUp | None" = None


class AddsUp(Strict):
    """Columns of a row that make up a whole, a number or another column: the same headers stand over counts and over
    shares, and only the numbers tell which they are."""

    parts: list[str] = Field(min_length=2)
    whole: float | str


class Unpivot(Strict):
    """Columns of the export that become rows of the table, and cells that become several.

    Every filled cell below a header that fits one of ``headers`` is a row: the places of the text fill columns of the
    dataset («{grade} {subject}» in «4 РУ»), the cell fills the column ``value``. With ``cells`` instead a cell is a
    list, and each part of it between «,» and «;» is a row, by a text with places. ``absent``: what in a cell says that
    there is no such row; an empty text stands for a row without one filled cell, which is told otherwise.
    ``totals``: headers of columns that sum up the others; they are compared and never added.
    """

    headers: list[str] = Field(min_length=1)
    value: str = ""
    cells: list[str] = []
    absent: list[str] = []
    totals: list[str] = []

    @model_validator(mode="after")
    def _one_way(self) -> "Unpivot":
        if bool(self.value) == bool(self.cells):
            raise ValueError("у «unpivot» должен быть ровно один ключ: value или cells")
        if not all(map(places_in, self.cells or self.headers)):
            raise ValueError("в тексте нужно место для столбца набора: «{grade} класс»")
        return self

    @property
    def filled(self) -> list[str]:
        """The columns of the dataset that get their values so, each once."""
        places = (name for text in (*self.headers, *self.cells) for name in places_in(text))
        return list(dict.fromkeys([*places, *filter(None, [self.value])]))


class Fact(Strict):
    """A value told once for the whole sheet, by a text with {column} places in it."""

    source: Literal["above", "label", "file", "folder"]
    text: str


class Layout(Strict):
    """One layout of one dataset.

    ``skip_rows``: texts of rows of one or two cells that are no data; the place {rows} in one of them is the number of
    rows that follow, up to the next such row. ``totals``: texts in the organisation's cell of
    rows that sum up others; where there are any, a row of a unit with units below it is such a row, too. ``footer``:
    texts that begin the signatures under the table. ``stacked``: a row that names an organisation alone is followed
    by rows of its figures (:mod:`quality_cli.datasets.recognition.stacked`). ``fill``: what such an export is about and
    nowhere says, by column. ``optional``: columns of the contract
    that such an export may come without. ``companions``: titles of the sheets that come with it and hold no data.
    ``marks``: by family of columns, what stands in a row above the header that says a word of each of them.
    """

    layout: str
    dataset: str = ""
    title: str
    recognise: Recognise
    facts: list[Fact] = []
    columns: dict[str, list[str]] = {}
    skip_rows: list[str] = []
    totals: list[str] = []
    footer: list[str] = []
    stacked: bool = False
    blank_ignoring: list[str] = []
    fill: dict[str, Scalar] = {}
    unpivot: Unpivot | None = None
    optional: list[str] = []
    companions: list[str] = []
    marks: dict[str, str] = {}
    source: str = ""


def canonical_layout(contract: Contract) -> Layout:
    """Our own documented table of a dataset: headers are the titles of its columns."""
    titles = [column.title for column in contract.columns.values()]
    required = [column.title for column in contract.columns.values() if column.required]
    return Layout(
        layout=f"{contract.dataset}.table",
        dataset=contract.dataset,
        title=f"таблица «{contract.title}»",
        recognise=Recognise(headers=required or titles, any_spelling=True),
        companions=[LISTS],
    )


_SPACES = re.compile(r"\s+")
_EDGES = " .,:;*()"


def composed(text: str) -> str:
    """Letters in one piece («й», not «и» and a breve, as file names come from macOS), spaces that break."""
    return unicodedata.normalize("NFC", text).replace("\xa0", " ")


def normalise(text: object) -> str:
    """Compare headers and names: case, ё, quotes, spaces and edge punctuation do not matter."""
    text = str(text)
    if text.isascii() and text.isalnum():  # most cells are
        return text.lower()
    folded = composed(text).casefold().replace("ё", "е").translate(_QUOTES)
    return _SPACES.sub(" ", folded).strip(_EDGES)


_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟″'`’‘", '"'))

LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
"""Small Latin letters to the Cyrillic ones that look the same."""
_APART = re.compile(r'[\s.,"\-‐‑‒–—−]+')
_JOINED = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)| ?(/) ?")
_NUMERIC = re.compile(r"[-+]?[\d.,\s]+")


@lru_cache(maxsize=1 << 14)
def spelling(text: str) -> str:
    """Compare words of cells: besides what :func:`normalise` passes over, dots, commas, quotes and hyphens inside,
    spaces about a slash and between digits and letters, and Latin letters that look like Cyrillic ones;
    numbers stay as they are."""
    plain = normalise(text)
    if _NUMERIC.fullmatch(plain):
        return plain
    words = _APART.sub(" ", plain.translate(LOOKALIKES)).strip()
    return _JOINED.sub(lambda met: met[1] or " ", words) or plain


@lru_cache(maxsize=1 << 14)  # texts around a table are looked through once for each layout
def _cleaned(text: str) -> str:
    return _SPACES.sub(" ", composed(text))


ROWS = "rows"
"""The place of the number of rows that a banner announces."""


@lru_cache(maxsize=4096)
def _compiled(text: str, kinds: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    patterns = dict(kinds)
    parts = PLACE.split(text)
    pieces = []
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append(f"(?P<{part}>{patterns.get(part, '.+?')})")
        else:
            pieces.append(r"\s*".join(re.escape(word) for word in re.split(r"\s+", part)))
    if len(parts) > 1 and not parts[-1] and pieces[-2].endswith(".+?)"):
        pieces.append(r"\s*$")
    return re.compile("".join(pieces), re.IGNORECASE)


def match_text(text: str, value: str, contract: Contract, *, whole: bool = False) -> Mapping[str, str] | None:
    """Find ``text`` with its {column} places in ``value``; return the places' words, or None.

    A place of a category matches only the known spellings of that column, an integer only digits; so no
    expression is written in the catalogue and none can run away.
    """
    pattern = contract.patterns.get(text)
    if pattern is None:
        kinds = tuple((name, contract.columns[name].place) for name in places_in(text) if name in contract.columns)
        pattern = contract.patterns[text] = _compiled(text, kinds)
    cleaned = _cleaned(value)
    match = pattern.fullmatch(cleaned.strip()) if whole else pattern.search(cleaned)
    return {name: found.strip() for name, found in match.groupdict().items()} if match else None
