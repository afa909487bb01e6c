"""The order in which results name the values of a stratifier."""

from collections.abc import Sequence
from typing import Any

from quality_cli.datasets.contracts.column import Column


def in_order(values: Sequence[Any], column: Column) -> list[int]:
    """Positions of the values: numbers ascending, words in the order of the contract and then by the alphabet, an
    unknown value (None) last."""
    listed = {word: position for position, word in enumerate(column.values)}

    def key(position: int) -> tuple[bool, float, str]:
        value = values[position]
        if value is None or column.is_numeric:
            return value is None, value or 0, ""
        return False, listed.get(value, len(listed)), value

    return sorted(range(len(values)), key=key)
