"""Several tables on one sheet, and headers that are repeated in one table.

A table under another with the same header has texts of its own above it (subject, grade): it is read with those. Where
they do not tell what the texts above the first table do, or where the header is another, the table is refused as a
whole: its rows would be taken for rows of the first. A header that is repeated without such texts, as on every printed
page, is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quality_cli.core.findings import Findings, Place
from quality_cli.datasets.contracts.layout import match_text, normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.values.parse import is_empty

_TITLE = 2
"""A row of a title fills at most so many cells."""
_LOOKED_INTO = 200
"""Rows of what may be another table that are looked at."""
_TRIED = 30
"""Places under a blank row where another table is looked for."""
_APART = "перенесите её на отдельный лист или в отдельный файл"


def tables_in(found: Recognised, recogniser: Recogniser, findings: Findings) -> list[Recognised]:
    """The tables of a recognised sheet: itself, and those under it with the same header. Rows keep their numbers."""
    if found.layout.stacked:  # its rows have been moved
        return [found]
    if above := _above(found, recogniser):
        message = f"над таблицей «{found.contract.title}» стоит ещё одна: {above}; она не прочитана"
        findings.error("table.second", message, Place(found.sheet.file, found.sheet.sheet, row=1), _APART)
    again = _repeated(found)
    end, foreign = _foreign(found, again, recogniser)
    if not again and foreign is None:
        return [found]
    rows = list(found.sheet.rows)
    if foreign is not None:
        message = f"под таблицей «{found.contract.title}» стоит ещё одна: {foreign}; она не прочитана"
        _refuse(rows, end, len(rows), found, message, findings)
    own, blank = _facts(found), 0
    parts: list[tuple[int, int]] = [(0, found.header)]
    for number, header in enumerate(again):
        if header >= end:
            break
        top, is_titled = _titles(found, header)
        told = _facts(replace(found, sheet=_only(found.sheet, rows, top, len(rows)), header=header))
        if own.keys() <= told.keys() and told:
            parts.append((top, header))
        elif told or (own and is_titled):
            following = again[number + 1] if number + 1 < len(again) else len(rows)
            stop = min(_titles(found, following)[0] if following < len(rows) else following, end)
            named = "над ней не сказано всё, что сказано над первой"
            message = f"на листе ещё одна таблица с тем же заголовком, но {named}: она не прочитана"
            _refuse(rows, top, stop, found, message, findings)
        else:
            blank += 1
            rows[top : header + 1] = [[]] * (header + 1 - top)
    if blank:
        place = Place(found.sheet.file, found.sheet.sheet, row=again[0] + 1)
        message = "заголовок таблицы повторён среди строк (как на каждой печатной странице): повторы пропущены"
        findings.info("row.header", message, place, total=blank)
    ends = [*(top for top, _ in parts[1:]), len(rows)]
    return [
        replace(found, sheet=_only(found.sheet, rows, top, stop), header=header)
        for (top, header), stop in zip(parts, ends, strict=True)
    ]


def _only(sheet: RawSheet, rows: Sequence[Sequence[object]], top: int, stop: int) -> RawSheet:
    """The sheet with nothing in it but the rows of one table, at their places."""
    return replace(sheet, rows=[*([[]] * top), *rows[top:stop], *([[]] * (len(rows) - stop))])


def _refuse(
    rows: list[Sequence[object]], top: int, stop: int, found: Recognised, message: str, findings: Findings
) -> None:
    lost = sum(any(row) for row in rows[top:stop])
    place = Place(found.sheet.file, found.sheet.sheet, row=top + 1)
    findings.error("table.second", f"{message} (строк: {lost})", place, _APART)
    rows[top:stop] = [[]] * (stop - top)


def _facts(found: Recognised) -> dict[str, tuple[str, ...]]:
    """What the texts above a table tell; not the name of the file, which is the same for all of them."""
    return facts_of(replace(found, sheet=replace(found.sheet, file="")))


def _signature(row: Sequence[object]) -> tuple[str, ...]:
    texts = [normalise(str(cell)) if not is_empty(cell) else "" for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _repeated(found: Recognised) -> list[int]:
    """Rows below the header that are the same header."""
    rows, header = found.sheet.rows, _signature(found.sheet.rows[found.header])
    first = next((index for index, text in enumerate(header) if text), None)
    if first is None:
        return []
    wanted = str(rows[found.header][first]).strip().casefold()
    return [
        index
        for index in range(found.header + 1, len(rows))
        if first < len(rows[index])
        and isinstance(cell := rows[index][first], str)
        and cell.strip().casefold() == wanted
        and _signature(rows[index]) == header
    ]


def _titles(found: Recognised, header: int) -> tuple[int, bool]:
    """The first row of the titles above a repeated header, and whether there are words of its own among them."""
    rows = found.sheet.rows
    known = {signature for row in rows[: found.header] if (signature := _signature(row))}
    top, index, is_titled = header, header - 1, False
    while index > found.header:
        row, signature = rows[index], _signature(rows[index])
        if len([text for text in signature if text]) > _TITLE and signature not in known:
            break
        if signature in known or _tells(found, row):
            top = index
        is_titled |= bool(signature) and signature not in known
        index -= 1
    return top, is_titled


def _tells(found: Recognised, row: Sequence[object]) -> bool:
    """Whether a row says what the layout looks for above its table."""
    layout, cells = found.layout, [str(cell) for cell in row if not is_empty(cell)]
    above = [*layout.recognise.above, *(fact.text for fact in layout.facts if fact.source == "above")]
    labels = [fact.text for fact in layout.facts if fact.source == "label"]
    texts = [(text, cell) for text in above for cell in cells]
    texts += [(text, " ".join(cells[at : at + 2])) for text in labels for at in range(len(cells) - 1)]
    return any(match_text(text, cell, found.contract) is not None for text, cell in texts)


def _foreign(found: Recognised, again: Sequence[int], recogniser: Recogniser) -> tuple[int, str | None]:
    """Where a table with another header begins under a blank row, and what it is."""
    rows = found.sheet.rows
    for start in _after_gaps(rows, found.header + 1):
        some = rows[start : start + _LOOKED_INTO]
        if any(start <= header < start + len(some) for header in again):
            continue
        if any(_is_header(row, recogniser) for row in some[:_TRIED]):
            other = recogniser.recognise(RawSheet(found.sheet.file, found.sheet.sheet, some))
            layout = getattr(other, "layout", None)
            if layout is not None:
                return start, layout.title
    return len(rows), None


def _above(found: Recognised, recogniser: Recogniser) -> str | None:
    """What a table with another header is that stands above the recognised one and ends with a blank row."""
    rows = found.sheet.rows[: found.header]
    gap = next((index for index in range(len(rows) - 1, 0, -1) if not any(rows[index])), 0)
    if not any(_is_header(row, recogniser) for row in rows[: min(gap, _TRIED)]):
        return None
    other = recogniser.recognise(RawSheet(found.sheet.file, found.sheet.sheet, rows[:gap]))
    return getattr(getattr(other, "layout", None), "title", None)


def _after_gaps(rows: Sequence[Sequence[object]], first: int) -> Iterator[int]:
    tried = 0
    for index in range(first + 1, len(rows)):
        if tried < _TRIED and any(rows[index]) and not any(rows[index - 1]):
            tried += 1
            yield index


def _is_header(row: Sequence[object], recogniser: Recogniser) -> bool:
    texts = [cell for cell in row if not is_empty(cell)]
    if len(texts) <= _TITLE or not all(isinstance(text, str) for text in texts):
        return False
    return 2 * sum(map(recogniser.knows, map(str, texts))) >= len(texts)
