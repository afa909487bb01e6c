"""A layout laid over a header: which sheet column each column of the contract is read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.layout import Layout, match_text
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header import Header
from quality_cli.datasets.recognition.stacked import unstacked
from quality_cli.datasets.recognition.unpivoted import series_of, unpivoted

Member = tuple[str, float | None, int]
"""A column of a family: its label, its stated maximum or None, its place in the sheet."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet with its layout: index of the header row and, for each column, the cells it is read from.

    ``columns`` maps a column of the contract to sheet columns in order of preference; ``families`` maps a family
    to its members. Nothing is read of ``repeated``: columns of the contract (or members of a family, «task.1») whose
    name several sheet columns have, and nobody says which of them counts. ``names`` are the headers by sheet column,
    ``unread`` those of them that mean nothing to the dataset, ``series`` all names of those that have become rows.
    """

    sheet: RawSheet
    layout: Layout
    contract: Contract
    header: int
    columns: Mapping[str, tuple[int, ...]]
    families: Mapping[str, tuple[Member, ...]]
    repeated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    unread: Mapping[int, str] = field(default_factory=dict)
    series: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def read(self) -> frozenset[int]:
        """Sheet columns that values are read from."""
        members = (index for family in self.families.values() for _, _, index in family)
        return frozenset((*(index for where in self.columns.values() for index in where), *members))

    @property
    def unclaimed(self) -> dict[int, str]:
        """Headers of the sheet columns that are no column of the contract."""
        claimed = self.read.union(*self.repeated.values())
        return {index: name for index, name in self.names.items() if index not in claimed}


def laid(sheet: RawSheet, layout: Layout, contract: Contract, header: Header) -> tuple[Recognised, Header]:
    """The layout over the header, and the header with the columns that a stacked sheet gets."""
    if layout.stacked:
        sheet, header = unstacked(sheet, header, (name for names in layout.columns.values() for name in names))
    single = {name: column for name, column in contract.columns.items() if column.type != "numbers"}
    columns: dict[str, tuple[int, ...]] = {}
    turned: dict[int, tuple[str, ...]] = {}
    if layout.unpivot is not None and (series := series_of(header, layout.unpivot, contract)) is not None:
        turned = {index: header.names[index] for index in series.columns}
        sheet, header, new = unpivoted(sheet, header, series, layout.unpivot, contract)
        columns = {name: (index,) for name, index in new.items()}
    repeated: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for name in (layout.columns.keys() & single) - columns.keys():  # one sheet column may serve two of these
        columns[name], repeated[name] = _chosen([header.where(text) for text in spellings(layout, contract, name)])
        taken.update(columns[name], repeated[name])
    own: set[int] = set()
    for name, column in single.items():
        if name not in columns:
            found = [[at for at in header.where(text) if at not in taken] for text in (column.title, *column.headers)]
            columns[name], repeated[name] = _chosen(found if column.type == "organisation" else [list(chain(*found))])
            own.update(columns[name], repeated[name])
    taken |= own
    families: dict[str, tuple[Member, ...]] = {}
    for name, column in contract.columns.items():
        if column.type == "numbers":
            families[name], several = _members(layout.columns.get(name, []), header, taken)
            repeated |= {f"{name}.{label}": where for label, where in several.items()}
    titles = {index: header.names[index][-1] for index in header.named}
    ordered = {name: columns[name] for name in single}
    told = {name: where for name, where in repeated.items() if where}
    return Recognised(sheet, layout, contract, header.row, ordered, families, told, titles, series=turned), header


def spellings(layout: Layout, contract: Contract, name: str) -> list[str]:
    """How a layout that names a column may find it: as it says; where it is recognised by any spelling of that column,
    by each of them, too."""
    column, written = contract.columns[name], layout.columns[name]
    is_any = layout.recognise.any_spelling and column.title in layout.recognise.headers
    return list(dict.fromkeys((*written, column.title, *column.headers))) if is_any else written


def _chosen(found: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Sheet columns to read, from those that each spelling in order of preference has; else those that are too many."""
    if any(len(set(where)) > 1 for where in found):
        return (), tuple(sorted(set().union(*found)))
    return tuple(dict.fromkeys(index for where in found for index in where)), ()


def _members(
    templates: Sequence[str], header: Header, taken: set[int]
) -> tuple[tuple[Member, ...], dict[str, tuple[int, ...]]]:
    members: dict[str, list[Member]] = {}
    for index, names in enumerate(header.names):
        if index not in taken and (place := family_label(templates, names)):
            members.setdefault(place[0], []).append((*place, index))
    several = {label: tuple(at for *_, at in same) for label, same in members.items() if len(same) > 1}
    return tuple(same[0] for same in members.values() if len(same) == 1), several


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
