"""Which layout a sheet has: the header row is searched, texts above it are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality_cli.core.ids import closest
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.layout import Layout, match_text, normalise
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.sheets import RawSheet
from quality_cli.datasets.values import is_empty

_SEARCHED_ROWS = 30
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet with its layout: index of the header row and, for each column, the cells it is read from.

    ``columns`` maps a column of the contract to sheet columns in order of preference; ``families`` maps a family
    to (label, stated maximum or None, sheet column).
    """

    sheet: RawSheet
    layout: Layout
    contract: Contract
    header: int
    columns: Mapping[str, tuple[int, ...]]
    families: Mapping[str, tuple[tuple[str, float | None, int], ...]]

    def explained(self) -> int:
        """How many sheet columns the layout understands."""
        single = {index for where in self.columns.values() for index in where}
        return len(single | {index for members in self.families.values() for _, _, index in members})


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The layout a sheet resembles most, and the headers it lacks."""

    layout: Layout
    header: int
    missing: tuple[str, ...]
    hint: str


def recognise(
    sheet: RawSheet, layouts: Sequence[Layout], contracts: Mapping[str, Contract]
) -> Recognised | NearMiss | None:
    """The most specific layout that fits, else the nearest one, else None."""
    best: tuple[tuple[int, int], Recognised] | None = None
    near: tuple[float, NearMiss] | None = None
    rows = [
        [normalise(cell) if isinstance(cell, str) else "" if cell is None else normalise(_plain(cell)) for cell in row]
        for row in sheet.rows[:_SEARCHED_ROWS]
    ]
    for layout in layouts:
        contract = contracts[layout.dataset]
        required = [_spellings(layout, contract, header) for header in layout.recognise.headers]
        for index, row in enumerate(rows):
            present = set(row)
            found = [bool(spellings & present) for spellings in required]
            share = sum(found) / len(found)
            if share < _NEAR or not _fits_above(layout, contract, sheet, index):
                continue
            if share == 1:
                result = _columns(sheet, layout, contract, index)
                score = (len(layout.recognise.above), result.explained())
                if best is None or score > best[0]:
                    best = (score, result)
            elif len(found) > 2 and (near is None or share > near[0]):
                near = (share, _near_miss(layout, contract, index, found, row))
    return best[1] if best else near[1] if near else None


def _plain(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _spellings(layout: Layout, contract: Contract, header: str) -> set[str]:
    """What a required header may look like: as written, or for our own tables in any way its column allows."""
    for column in contract.columns.values():
        if layout.recognise.any_spelling and header == column.title:
            return {normalise(spelling) for spelling in (header, *column.headers)}
    return {normalise(header)}


def _fits_above(layout: Layout, contract: Contract, sheet: RawSheet, header: int) -> bool:
    if not layout.recognise.above:
        return True
    above = [str(cell) for row in sheet.rows[:header] for cell in row if not is_empty(cell)]
    return all(any(match_text(text, cell, contract) is not None for cell in above) for text in layout.recognise.above)


def _columns(sheet: RawSheet, layout: Layout, contract: Contract, header: int) -> Recognised:
    cells = [str(_plain(cell)) if not is_empty(cell) else "" for cell in sheet.rows[header]]
    names = [normalise(cell) for cell in cells]
    single = {name: column for name, column in contract.columns.items() if column.type != "numbers"}
    columns = {name: _where(layout.columns.get(name, []), names, set()) for name in single}
    taken = {index for where in columns.values() for index in where}
    for name, column in single.items():
        if name not in layout.columns:
            columns[name] = _where([column.title, *column.headers], names, taken)
    taken |= {index for where in columns.values() for index in where}
    families: dict[str, tuple[tuple[str, float | None, int], ...]] = {}
    for name, column in contract.columns.items():
        if column.type == "numbers":
            families[name] = tuple(
                (label, top, index)
                for index, cell in enumerate(cells)
                if cell and index not in taken and (place := _family_label(layout.columns.get(name, []), cell))
                for label, top in (place,)
            )
    return Recognised(sheet, layout, contract, header, columns, families)


def _where(spellings: Sequence[str], names: Sequence[str], taken: set[int]) -> tuple[int, ...]:
    """Sheet columns whose header is one of the spellings, the preferred spelling first."""
    wanted = dict.fromkeys(map(normalise, spellings))
    return tuple(index for text in wanted for index, name in enumerate(names) if name == text and index not in taken)


def _family_label(templates: Sequence[str], header: str) -> tuple[str, float | None] | None:
    for template in templates:
        found = match_text(template, header, _LABEL, whole=True)
        if found is not None:
            top = found.get("max")
            return found["label"].replace(" ", ""), float(top.replace(",", ".")) if top else None
    return None


_LABEL = Contract.model_validate(
    {
        "dataset": "header",
        "title": "заголовок",
        "grain": "столбец",
        "columns": {"max": {"title": "максимум", "type": "number"}, "label": {"title": "номер", "type": "text"}},
    }
)


def _near_miss(layout: Layout, contract: Contract, header: int, found: Sequence[bool], row: Sequence[str]) -> NearMiss:
    missing = tuple(name for name, is_found in zip(layout.recognise.headers, found, strict=True) if not is_found)
    known = words_of((*contract.vocabulary, *layout.recognise.headers))
    others = [cell for cell in row if cell and quoted(cell, known, misspelt=True) == cell]
    similar = [f"«{name}»{closest(normalise(name), others)}" for name in missing]
    return NearMiss(layout, header, missing, ", ".join(similar))
