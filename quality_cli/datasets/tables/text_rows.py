"""Cells of a small text table: all that printing a worked example takes, without a frame."""

from typing import TypeAlias

RawTable: TypeAlias = tuple[list[str], list[list[str]]]
"""Header and rows."""


class TextTableError(ValueError):
    """A text table names an unknown dataset or column, or holds a cell that the contract does not understand."""


def text_rows(text: str) -> RawTable:
    """Cells of a text table; raise :class:`TextTableError` where a row is longer or shorter than the header."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    if not lines:
        raise TextTableError("таблица пуста: нужна хотя бы строка заголовка")
    for line in lines[1:]:
        if len(line) != len(lines[0]):
            raise TextTableError(f"в строке «{' | '.join(line)}» ячеек {len(line)}, а столбцов {len(lines[0])}")
    return lines[0], lines[1:]
