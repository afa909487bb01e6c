"""Sheets where a row naming an organisation is followed by rows of its figures, as one row per organisation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quality_cli.core.findings import Place
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import SEPARATOR, Header
from quality_cli.datasets.values.parse import is_empty


@dataclass(frozen=True, slots=True)
class Unstacked(RawSheet):
    """A sheet whose cells were moved; ``origin`` tells where each moved cell stands in the file."""

    origin: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def place(self, row: int, column: int) -> Place:
        """The place of a cell in the file itself."""
        row, column = self.origin.get((row, column), (row, column))
        return RawSheet.place(self, row, column)


def unstacked(sheet: RawSheet, header: Header, spellings: Iterable[str]) -> tuple[RawSheet, Header]:
    """Move the figures of each organisation into its row; their columns go by «строка / столбец».

    A row of figures is known by the first part of the ``spellings``. Rows keep their numbers; a row of figures
    with no organisation above it, or told already, stays as it is.
    """
    labels = {normalise(spelling.split(SEPARATOR)[0]) for spelling in spellings if SEPARATOR in spelling}
    named = [index for index, names in enumerate(header.names) if names]
    first, figures = named[0], named[1:]
    rows = [list(row) for row in sheet.rows]
    columns: dict[tuple[str, int], int] = {}
    names = list(header.names)
    origin: dict[tuple[int, int], tuple[int, int]] = {}
    uncached = set(sheet.uncached)
    owner, told = -1, set[str]()
    for index in range(header.row + 1, len(rows)):
        row = sheet.rows[index]
        if first >= len(row) or is_empty(row[first]):
            continue
        label = normalise(row[first])
        if label not in labels:
            owner, told = index, set[str]()
        elif owner >= 0 and label not in told:
            told.add(label)
            for column in figures:
                if not _filled(row, column) and (index, column) not in uncached:
                    continue
                key = (label, column)
                if key not in columns:
                    columns[key] = len(names)
                    names.append((f"{row[first]}{SEPARATOR}{names[column][0]}",))
                target = columns[key]
                rows[owner] += [None] * (target + 1 - len(rows[owner]))
                rows[owner][target] = row[column] if column < len(row) else None
                origin[owner, target] = (index, column)
            rows[index] = []
    texts = header.texts | {normalise(name) for added in names[len(header.names) :] for name in added}
    rows[header.row] += [name for added in names[len(rows[header.row]) :] for name in added]
    target_of = {source: target for target, source in origin.items()}
    moved = Unstacked(
        sheet.file,
        sheet.sheet,
        rows,
        hidden=sheet.hidden,
        hidden_rows=sheet.hidden_rows,
        uncached=tuple(target_of.get(cell, cell) for cell in sheet.uncached),
        hidden_columns=sheet.hidden_columns,
        exponents=tuple(target_of.get(cell, cell) for cell in sheet.exponents),
        origin=origin,
    )
    return moved, Header(header.row, tuple(names), texts, header.levels)


def _filled(row: Sequence[object], column: int) -> bool:
    return column < len(row) and not is_empty(row[column])
