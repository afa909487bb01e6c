"""What texts around a table tell once for all its rows."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath

from quality_cli.datasets.contracts.layout import match_text
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.values.parse import is_empty


def facts_of(found: Recognised) -> dict[str, tuple[str, ...]]:
    """What is told above the table and in the name of the file, by column, in the order of the layout's facts."""
    sheet = found.sheet
    above = sheet.rows[: found.header]
    path = PurePath(sheet.file)
    texts = {
        "above": [str(cell) for row in above for cell in row if not is_empty(cell)],
        "label": [pair for row in above for pair in _labelled(row)],
        "file": [path.stem],
        "folder": [folder.name for folder in path.parents if folder.name],
    }
    facts: dict[str, list[str]] = {}
    for fact in found.layout.facts:
        for text in texts[fact.source]:
            for name, value in (match_text(fact.text, text, found.contract) or {}).items():
                facts.setdefault(name, []).append(value)
    for name, constant in found.layout.fill.items():
        if name not in facts and not found.columns.get(name):
            facts[name] = [str(constant)]
    return {name: tuple(values) for name, values in facts.items()}


def _labelled(row: Sequence[object]) -> list[str]:
    cells = [str(cell) for cell in row if not is_empty(cell)]
    return [f"{label} {value}" for label, value in pairwise(cells)]
