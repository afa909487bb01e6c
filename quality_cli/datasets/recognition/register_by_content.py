"""A register under headers nobody knows is seen by its cells: codes, and the code of the unit that each is part of."""

from collections.abc import Sequence
from itertools import permutations

from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.recognition.header_similarity import HeaderMatch, best_like
from quality_cli.datasets.values.parse import BAD, is_empty, parse_cells

_ROWS = 1000
"""So many rows tell what the columns are."""


def register_columns(sheet: RawSheet, header: Header, contract: Contract) -> tuple[HeaderMatch, ...]:
    """Every header with the column of the register that the cells below it make it; empty where they make no tree.

    A tree: one column tells the rows apart, another repeats its codes and nothing else, a third has kinds of units and
    a fourth a name in every row.
    """
    rows = [row for row in sheet.rows[header.row + 1 :][:_ROWS] if not all(map(is_empty, row))]
    cells = {
        at: ["" if at >= len(row) or is_empty(row[at]) else normalise(row[at]) for row in rows] for at in header.named
    }
    kinds = [at for at, own in cells.items() if _are_kinds(own, contract)]
    tree = next((pair for pair in permutations(cells, 2) if _is_tree(cells[pair[0]], cells[pair[1]])), None)
    if len(rows) < 3 or len(kinds) != 1 or tree is None:
        return ()
    found = dict(zip((*tree, kinds[0]), ("id", "parent", "kind"), strict=True))
    name = _name([at for at in cells if at not in found and all(cells[at])], header, contract)
    if name is None or len(found) < 3:
        return ()
    found[name] = "name"
    return tuple(_match(header.names[at][-1], found.get(at, ""), contract) for at in header.named)


def _is_tree(codes: Sequence[str], above: Sequence[str]) -> bool:
    parents = set(filter(None, above))
    return all(codes) and len(set(codes)) == len(codes) and bool(parents) and parents < set(codes) and not all(above)


def _are_kinds(cells: Sequence[str], contract: Contract) -> bool:
    return all(cells) and not any(value is BAD for value in parse_cells(cells, contract.columns["kind"]))


def _name(places: Sequence[int], header: Header, contract: Contract) -> int | None:
    """The column most like that of names, else the first of those that have words in every row."""
    column = contract.columns["name"]
    texts = {header.names[at][-1]: at for at in reversed(places)}
    like, _ = best_like(texts, [column.title, *column.headers])
    return texts[like] if like else min(places, default=None)


def _match(header: str, name: str, contract: Contract) -> HeaderMatch:
    if not name:
        return HeaderMatch(header)
    known = map(normalise, (contract.columns[name].title, *contract.columns[name].headers))
    return HeaderMatch(header, name, "exact" if normalise(header) in known else "content", 1.0)
