"""Tables in text: CSV and its kin from any program, in the encodings that are still met."""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from itertools import chain, islice

from quality_cli.datasets.readers.limits import MAX_CELLS, MAX_COLUMNS
from quality_cli.datasets.readers.sheets import RawSheet, unreadable

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_ANSI = ("cp1251", "cp866")
_SAMPLE = 65_536
_DELIMITERS = ";\t,"
_SEARCHED_LINES = 30
_COMMAS_OF_PROSE = 2
_END = "\ufffe end of the table"
_SAVE_AS_UTF8 = "сохраните таблицу как «CSV UTF-8» или как .xlsx"
_QUOTES = "проверьте, закрыты ли кавычки, или сохраните таблицу как .xlsx"


def read_delimited(content: bytes, shown: str) -> RawSheet:
    """The only sheet of a text file; raises :class:`UnreadableFileError`."""
    text = decoded(content, shown)
    delimiter = _delimiter(text)
    if text.count(delimiter) + text.count("\n") + text.count("\r") > MAX_CELLS:
        raise unreadable(
            shown, "file.too_big", f"в таблице больше {MAX_CELLS:,} ячеек".replace(",", " "), "разделите её"
        )
    try:
        *rows, end = csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=delimiter)
    except csv.Error as error:
        raise unreadable(shown, "file.damaged", "в таблице CSV не разделить столбцы", _QUOTES) from error
    if end != [_END]:
        raise unreadable(shown, "file.damaged", "в таблице CSV кавычки открыты и не закрыты", _QUOTES)
    if max(map(len, rows), default=0) > MAX_COLUMNS:
        raise unreadable(shown, "file.too_big", f"в таблице больше {MAX_COLUMNS} столбцов", "оставьте нужные столбцы")
    _check_swallowed(rows, delimiter, shown)
    return RawSheet(shown, "", rows)


def is_prose(content: bytes, shown: str) -> bool:
    """Whether nothing in the first lines of a text parts columns: a letter, not a table."""
    lines = decoded(content, shown)[:_SAMPLE].splitlines()[:_SEARCHED_LINES]
    return not any(";" in line or "\t" in line or line.count(",") > _COMMAS_OF_PROSE for line in lines)


def decoded(content: bytes, shown: str) -> str:
    """The text: by its byte order mark, else UTF-8, else the old encoding in which it reads as Russian."""
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise _badly_encoded(content, shown, error.start) from error
    if b"\0" in content:
        raise unreadable(shown, "file.damaged", "это не текст: внутри двоичные данные", _SAVE_AS_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _nearly_utf8(content[:_SAMPLE]):
            raise _badly_encoded(content, shown, error.start) from error
    sample = content[:_SAMPLE]
    encoding = max(_ANSI, key=lambda name: _likeness(sample.decode(name, "replace")))
    return content.decode(encoding, "replace")


def _badly_encoded(content: bytes, shown: str, position: int) -> Exception:
    line = content.count(b"\n", 0, position) + 1
    return unreadable(shown, "file.encoding", f"в строке {line} испорчены байты текста", _SAVE_AS_UTF8)


def _nearly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    return len(re.findall("[А-яЁё]", text)) > 10 * text.count("\ufffd")


_COMMON = frozenset("оеаинтсрвлкмдпу")
_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_PRINTED = frozenset("«»“”„–—…№°§\xa0")


def _likeness(text: str) -> float:
    """How much a text looks like Russian: common small letters for, signs that nobody types against."""
    score = 0.0
    for sign in text:
        if sign in _COMMON:
            score += 1
        elif sign.lower() in _RUSSIAN:
            score += 0.3
        elif sign > "\x7f" and sign not in _PRINTED:
            score -= 1
    return score


def _delimiter(text: str) -> str:
    """What parts the columns of the header: decimal commas of the rows below must not outvote it."""
    lines = [line for line in islice(io.StringIO(text[:_SAMPLE]), _SEARCHED_LINES) if line.strip()]
    header = next((line for line in lines if max(map(line.count, _DELIMITERS)) > 1), lines[0] if lines else "")
    return max(_DELIMITERS, key=header.count)


def _check_swallowed(rows: Sequence[Sequence[str]], delimiter: str, shown: str) -> None:
    """Refuse a table in which a stray quote has swallowed the end of a row and what follows into one cell."""
    inner = max(map(len, rows[:_SEARCHED_LINES]), default=0) - 1
    for number, row in enumerate(rows, start=1):
        for cell in row:
            if ("\n" in cell or "\r" in cell) and cell.count(delimiter) >= inner > 0:
                message = f"в строке {number} лишняя кавычка: следующая строка попала в ту же ячейку"
                raise unreadable(shown, "file.damaged", message, _QUOTES)
