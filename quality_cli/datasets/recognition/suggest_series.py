"""Headers of an unknown sheet that are one series («1-й год» … «11-й год», «РУ-4», «МА-4»), as a layout that turns them
into rows: for datasets that know such layouts under other headers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Layout, Recognise, Unpivot
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.recognition.header_similarity import HeaderMatch, match_headers
from quality_cli.datasets.recognition.recognise import means_nothing
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells

_LEAST = 3
"""So many headers alike are a series."""
_TOTAL = re.compile(r"\s*(?:всего|итого|в\s+том\s+числе\s+всего)\b", re.IGNORECASE)
_SAMPLE_ROWS = 50


def turned_layout(
    sheet: RawSheet, header: Header, layout: Layout, contract: Contract, layouts: Sequence[Layout]
) -> tuple[Layout, tuple[HeaderMatch, ...]] | None:
    """The layout with the series of this header and its other headers, and what each header is; None without a series
    or where nobody is named beside it."""
    unpivot = layout.unpivot
    if unpivot is None or not unpivot.value or contract.organisation is None:
        return None
    templates = {index: text for index in header.named if (text := _template(header.names[index], unpivot, contract))}
    common = Counter(templates.values()).most_common(1)
    if not common or common[0][1] < _LEAST:
        return None
    series = [index for index, text in templates.items() if text == common[0][0]]
    if not re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", common[0][0])) and not _is_scale(header, series, unpivot):
        return None
    totals = [at for at in header.named if at not in series and any(map(_TOTAL.match, header.names[at]))]
    gone = {*series, *totals}
    rest = replace(header, names=tuple(() if index in gone else names for index, names in enumerate(header.names)))
    matches = match_headers(sheet, rest, layout, contract, layouts)[0] if rest.named else ()
    told = dict(zip(rest.named, matches, strict=True))
    if any(match.column in unpivot.filled for match in matches):
        return None  # the table says in a column of its own what the series would say
    if not any(match.column == contract.organisation for match in matches):
        place = next((at for at in rest.named if not told[at].column and _are_words(sheet, header, at)), None)
        if place is None:
            return None
        told[place] = HeaderMatch(header.names[place][0], contract.organisation, "content", 1.0)
    columns: dict[str, list[str]] = {}
    for match in told.values():
        if match.column:
            columns.setdefault(match.column, []).append(match.header)
    own = layout.model_copy(
        update={
            "layout": f"{contract.dataset}.own",
            "title": f"{layout.title}, свой вид",
            "source": "",
            "recognise": Recognise(headers=list(dict.fromkeys(header.names[at][-1] for at in told if told[at].column))),
            "columns": columns,
            "unpivot": unpivot.model_copy(
                update={"headers": [common[0][0]], "totals": [header.names[index][0] for index in totals]}
            ),
        }
    )
    told |= {index: HeaderMatch(header.names[index][0], unpivot.value, "content", 1.0) for index in series}
    told |= {index: HeaderMatch(header.names[index][0]) for index in totals}
    return own, tuple(told[index] for index in sorted(told))


def _is_scale(header: Header, series: Sequence[int], unpivot: Unpivot) -> bool:
    """Whether headers without a word of their own are one: a row of data has numbers, too, but not one after another
    and nothing else. Where they tell several facts («РУ-4») no number stands alone."""
    if len(unpivot.filled) > 2:
        return True
    numbers = [int(digits[0]) for at in series if (digits := re.search(r"\d+", header.names[at][0]))]
    others = [header.names[at][-1] for at in header.named if at not in series]
    return (
        len(numbers) > _LEAST
        and all(after - before == 1 for before, after in pairwise(numbers))
        and not any(re.fullmatch(r"[\d.,\s]+", other) for other in others)
    )


def _template(names: Sequence[str], unpivot: Unpivot, contract: Contract) -> str:
    """The fullest name with places for all that the series tells; empty where it lacks any of it."""
    text = names[0]
    if "{" in text:
        return ""
    for name in sorted(unpivot.filled, key=lambda name: contract.columns[name].is_numeric):  # digits may be in words
        if name == unpivot.value:
            continue
        found = re.search(f"(?:{contract.columns[name].place})(?![^\\W\\d_])", text, re.IGNORECASE)
        if found is None or BAD in parse_cells([found[0]], contract.columns[name]):
            return ""
        text = text[: found.start()] + f"{{{name}}}" + text[found.end() :]
    return text.strip(" .,:;*()") if re.search(r"\d", re.sub(r"\{\w+\}", "", text)) is None else ""


def _are_words(sheet: RawSheet, header: Header, index: int) -> bool:
    if means_nothing(header.names[index][-1]):
        return False
    rows = sheet.rows[header.row + 1 :][:_SAMPLE_ROWS]
    cells = [row[index] for row in rows if index < len(row) and not is_empty(row[index])]
    return bool(cells) and all(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in cells)
