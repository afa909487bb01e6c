"""Which layout a sheet has: the header row is searched, texts above it are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from quality_cli.core.ids import closest
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Layout, match_text, normalise
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header, headers
from quality_cli.datasets.recognition.stacked import unstacked
from quality_cli.datasets.values.parse import is_empty

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
    best: tuple[tuple[int, int, int], Recognised] | None = None
    near: tuple[float, NearMiss] | None = None
    candidates = list(headers(sheet))
    for layout in layouts:
        contract = contracts[layout.dataset]
        required = [required_spellings(layout, contract, header) for header in layout.recognise.headers]
        for header in candidates:
            found = [bool(spellings & header.texts) for spellings in required]
            share = sum(found) / len(found)
            if share < _NEAR or not fits_above(layout.recognise.above, contract, sheet, header):
                continue
            if share == 1:
                result = _recognised(sheet, layout, contract, header)
                score = (len(layout.recognise.above), result.explained(), -header.levels)
                if best is None or score > best[0]:
                    best = (score, result)
            elif len(found) > 2 and (near is None or share > near[0]):
                near = (share, _near_miss(layout, contract, header, found))
    return best[1] if best else near[1] if near else None


def required_spellings(layout: Layout, contract: Contract, header: str) -> set[str]:
    """What a required header may look like: as written, or for our own tables in any way its column allows."""
    for column in contract.columns.values():
        if layout.recognise.any_spelling and header == column.title:
            return {normalise(spelling) for spelling in (header, *column.headers)}
    return {normalise(header)}


def fits_above(texts: Sequence[str], contract: Contract, sheet: RawSheet, header: Header) -> bool:
    """Whether every one of the texts stands above the header."""
    if not texts:
        return True
    above = [str(cell) for row in sheet.rows[: header.row] for cell in row if not is_empty(cell)]
    return all(any(match_text(text, cell, contract) is not None for cell in above) for text in texts)


def _recognised(sheet: RawSheet, layout: Layout, contract: Contract, header: Header) -> Recognised:
    if layout.stacked:
        sheet, header = unstacked(sheet, header, (name for names in layout.columns.values() for name in names))
    single = {name: column for name, column in contract.columns.items() if column.type != "numbers"}
    columns = {name: _where(layout.columns.get(name, []), header, set()) for name in single}
    taken = {index for where in columns.values() for index in where}
    for name, column in single.items():
        if name not in layout.columns:
            columns[name] = _where([column.title, *column.headers], header, taken)
    taken |= {index for where in columns.values() for index in where}
    families: dict[str, tuple[tuple[str, float | None, int], ...]] = {}
    for name, column in contract.columns.items():
        if column.type == "numbers":
            families[name] = tuple(
                (label, top, index)
                for index, names in enumerate(header.names)
                if index not in taken and (place := family_label(layout.columns.get(name, []), names))
                for label, top in (place,)
            )
    return Recognised(sheet, layout, contract, header.row, columns, families)


def _where(spellings: Sequence[str], header: Header, taken: set[int]) -> tuple[int, ...]:
    """Sheet columns whose header is one of the spellings, the preferred spelling first."""
    found = dict.fromkeys(index for spelling in spellings for index in header.where(spelling))
    return tuple(index for index in found if index not in taken)


def family_label(templates: Sequence[str], names: Sequence[str]) -> tuple[str, float | None] | None:
    """Label and stated maximum of a column of a family, by the first template that one of its names fits."""
    for template, name in product(templates, names):
        found = match_text(template, name, _LABEL, whole=True)
        if found is not None:
            label, top = found.get("label") or found["number"], found.get("max")
            return label.replace(" ", ""), float(top.replace(",", ".")) if top else None
    return None


_LABEL = Contract.model_validate(
    {
        "dataset": "header",
        "title": "заголовок",
        "grain": "столбец",
        "columns": {
            "max": {"title": "максимум", "type": "number"},
            "label": {"title": "обозначение", "type": "text"},
            "number": {"title": "номер", "type": "integer"},
        },
    }
)


def _near_miss(layout: Layout, contract: Contract, header: Header, found: Sequence[bool]) -> NearMiss:
    missing = tuple(name for name, is_found in zip(layout.recognise.headers, found, strict=True) if not is_found)
    known = words_of((*contract.vocabulary, *layout.recognise.headers))
    others = sorted(text for text in header.texts if quoted(text, known, misspelt=True) == text)
    similar = [f"«{name}»{closest(normalise(name), others)}" for name in missing]
    return NearMiss(layout, header.row, missing, ", ".join(similar))
