"""How headers of a sheet resemble the columns of a dataset: same spelling, known elsewhere, or merely alike."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, TypeAlias

from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Layout, normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.recognition.laid import family_label
from quality_cli.datasets.values.organisations import LOGIN
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells

Likeness: TypeAlias = Literal["exact", "synonym", "close", "content"]
"""As the layout has it, as the dataset knows it elsewhere, merely alike, or known by the cells below alone."""

_ALIKE = 0.65
_BY_LOGIN = _NUMBERED = 0.9
_SAMPLE_ROWS = 50
_NUMBER = Column(title="число", type="number")
_ORDER: Mapping[Likeness, int] = {"exact": 0, "synonym": 1, "close": 2}


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header of the sheet and the column it seems to be; ``similarity`` from 0 to 1, 1 for a known spelling."""

    header: str
    column: str = ""
    likeness: Likeness | None = None
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Family:
    """How headers of a family of columns are written."""

    templates: tuple[str, ...]
    likeness: Likeness


def match_headers(
    sheet: RawSheet, header: Header, layout: Layout, contract: Contract, layouts: Sequence[Layout]
) -> tuple[tuple[HeaderMatch, ...], dict[str, Family]]:
    """Every header of the sheet with its column, and the families of columns among them."""
    same = [other for other in layouts if other.dataset == contract.dataset]
    matches = _assigned(sheet, layout, contract, same, header)
    families = dict(_families(layout, contract, same, [match.header for match in matches if not match.column]))
    return tuple(_of_family(match, families) for match in matches), families


def names_of(header: Header) -> list[str]:
    """The fullest name of each column that has one, in order."""
    return [names[0] for names in header.names if names]


def _assigned(
    sheet: RawSheet, layout: Layout, contract: Contract, layouts: Sequence[Layout], header: Header
) -> tuple[HeaderMatch, ...]:
    """Every header with its column: what the layout says first, then other known spellings, then the most alike.

    A column takes one alike header, and only where it has no other; an organisation may have a login besides.
    """
    at = [index for index, names in enumerate(header.names) if names]
    candidates: list[tuple[int, float, int, int, str, Likeness]] = []
    for order, (name, column) in enumerate(contract.columns.items()):
        if column.type == "numbers":
            continue
        own = layout.columns.get(name) or [column.title, *column.headers]
        elsewhere = [
            *(column.title, *column.headers),
            *(text for other in layouts for text in other.columns.get(name, [])),
        ]
        for index in at:
            likeness, share = _likeness(header.names[index], own, elsewhere)
            if likeness in ("close", None):
                likeness, share = _by_content(_cells(sheet, header, index), column, likeness, share)
            if likeness is not None:
                rank = -1 if likeness == "exact" and name in layout.columns else _ORDER[likeness]
                candidates.append((rank, -share, index, order, name, likeness))
    chosen: dict[int, HeaderMatch] = {}
    filled: set[str] = set()
    for _, negative, index, _, name, likeness in sorted(candidates):
        another = contract.columns[name].type == "organisation" and -negative >= _BY_LOGIN
        if index not in chosen and (likeness != "close" or name not in filled or another):
            chosen[index] = HeaderMatch(header.names[index][0], name, likeness, -negative)
            filled.add(name)
    return tuple(chosen.get(index, HeaderMatch(header.names[index][0])) for index in at)


def _likeness(names: Sequence[str], own: Sequence[str], elsewhere: Sequence[str]) -> tuple[Likeness | None, float]:
    if best_like(names, own)[1] == 1:
        return "exact", 1.0
    share = best_like(names, [*own, *elsewhere])[1]
    return ("synonym" if share == 1 else "close" if share else None), share


def best_like(names: Iterable[str], spellings: Sequence[str]) -> tuple[str, float]:
    """The name most like one of the spellings and how alike; 0 where none is alike enough."""
    pairs = ((_similarity(normalise(name), normalise(text)), name) for name in names for text in spellings)
    share, name = max(pairs, key=lambda pair: pair[0], default=(0.0, ""))
    return (name, share) if share else ("", 0.0)


@lru_cache(maxsize=100_000)
def _similarity(name: str, spelling: str) -> float:
    """1 for the same text, 0 for texts not alike; words of one that are all in the other («Учебный предмет») are."""
    if name == spelling:
        return 1.0
    short, long = sorted((name, spelling), key=len)
    if not any(map(str.isalpha, short)):
        return 0.0
    words = _ALIKE + (1 - _ALIKE) * len(short) / len(long) / 2 if set(short.split()) <= set(long.split()) else 0.0
    letters = SequenceMatcher(None, short, long, autojunk=False).ratio()
    return max(words, min(letters, 0.99) if letters >= _ALIKE else 0.0)


def _cells(sheet: RawSheet, header: Header, index: int) -> list[object]:
    rows = sheet.rows[header.row + 1 : header.row + 1 + _SAMPLE_ROWS]
    return [row[index] for row in rows if index < len(row) and not is_empty(row[index])]


def _by_content(
    cells: Sequence[object], column: Column, likeness: Likeness | None, share: float
) -> tuple[Likeness | None, float]:
    """A likeness of headers judged by what stands below: logins make an organisation and nothing else, numbers none.

    Any other column must understand at least half of the cells.
    """
    logins = sum(LOGIN.search(str(cell)) is not None for cell in cells)
    if cells and 2 * logins > len(cells):
        return ("close", max(share, _BY_LOGIN)) if column.type == "organisation" else (None, 0.0)
    if cells and column.type == "organisation" and not any(value is BAD for value in parse_cells(cells, _NUMBER)):
        return None, 0.0
    understood = sum(value is not None and value is not BAD for value in parse_cells(cells, column))
    return (likeness, share) if 2 * understood >= len(cells) else (None, 0.0)


def _families(
    layout: Layout, contract: Contract, layouts: Sequence[Layout], unknown: Sequence[str]
) -> Iterator[tuple[str, Family]]:
    """Templates of the families of columns that the unknown headers fit: known ones or those they have in common."""
    for name, column in contract.columns.items():
        if column.type != "numbers":
            continue
        known = dict.fromkeys(text for other in (layout, *layouts) for text in other.columns.get(name, []))
        fitting = [text for text in known if any(family_label([text], [header]) for header in unknown)]
        common = {} if fitting else _common(unknown)
        templates = fitting or [text for text, members in common.items() if members > 1]
        if templates:
            yield name, Family(tuple(templates), "exact" if fitting else "close")


def _common(unknown: Sequence[str]) -> dict[str, int]:
    """Numbered headers («Задание 1», «Задание 2 (3 б)») as templates with the number of headers of each."""
    found: dict[str, int] = {}
    for header in unknown:
        parts = re.fullmatch(r"([^\d{]*)\d\S*?(\s*\(\d+[^\d{]*\)|[^\d{]*)", header)
        if parts:
            label = "{number}" if header.isdigit() else "{label}"
            template = parts[1] + label + re.sub(r"\d+", "{max}", parts[2])
            found[template] = found.get(template, 0) + 1
    return found


def _of_family(match: HeaderMatch, families: Mapping[str, Family]) -> HeaderMatch:
    if not match.column:
        for name, family in families.items():
            if family_label(family.templates, [match.header]):
                return HeaderMatch(
                    match.header, name, family.likeness, 1.0 if family.likeness == "exact" else _NUMBERED
                )
    return match
