"""Loading of dataset contracts, their layouts and the scales that travel with the catalogue."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.yamlfile import Document, KeyPath, read_yaml, validate
from quality_cli.datasets.contracts.column import places_in
from quality_cli.datasets.contracts.conditions import Mistake, no_column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.dangling import dangling
from quality_cli.datasets.contracts.layout import Layout, canonical_layout
from quality_cli.datasets.contracts.links import Links
from quality_cli.datasets.contracts.words import Words, read_words

Uses: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Indicators by the dataset and the column that they rest on."""


class DatasetFile(Contract):
    """A file of ``indicator_specs/datasets``: a contract and the layouts of its real exports.

    A file of the user's own catalogue may instead hold ``extends`` with the name of a dataset and only what it adds:
    columns, their headers, values and words for a missing value, layouts; any other key replaces the dataset's.
    """

    layouts: list[Layout] = []


@dataclass(frozen=True, slots=True)
class Specs:
    """Everything the readers need: contracts by dataset, layouts, tables that travel with the catalogue, and what
    rests on which column and on which link between people (the loader of the catalogue knows)."""

    contracts: Mapping[str, Contract]
    layouts: tuple[Layout, ...]
    scale_files: tuple[Path, ...]
    uses: Uses = field(default_factory=dict)
    links: Links = field(default_factory=dict)
    words: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read of dataset files; ``broken`` are datasets with a mistake, which nothing is checked against."""

    specs: Specs
    mistakes: tuple[Finding, ...]
    broken: frozenset[str]


def load_specs(catalogues: Sequence[Path]) -> Specs:
    """Load ``datasets/*.yaml`` and ``scales/*.csv`` of the catalogue folders; a later folder overrides an earlier.

    Raises :class:`CatalogueError` with every mistake of every file.
    """
    loaded = read_specs(catalogues)
    if loaded.mistakes:
        raise CatalogueError(loaded.mistakes)
    return loaded.specs


def read_specs(catalogues: Sequence[Path]) -> Loaded:
    """The same with the mistakes beside what is sound, so that those of other files can be told at once."""
    files: dict[str, DatasetFile] = {}
    documents: dict[str, Document] = {}
    scales: list[Path] = []
    mistakes: list[Finding] = []
    broken: set[str] = set()
    for catalogue in catalogues:
        here: set[str] = set()
        for path in sorted((catalogue / "datasets").glob("*.yaml")):
            name = path.stem
            try:
                written = read_yaml(path, f"{catalogue.name}/datasets/{path.name}")
                name = _name(written.data) or name
                document = _extended(written, documents)
                dataset = validate(DatasetFile, document)
            except CatalogueError as error:
                mistakes += error.findings
                broken.add(name)
                continue
            if dataset.dataset in here:
                mistakes.append(document.mistake(f"набор «{dataset.dataset}» в этой папке уже описан", ("dataset",)))
            here.add(dataset.dataset)
            files[dataset.dataset], documents[dataset.dataset] = dataset, document
        scales += sorted(path for path in (catalogue / "scales").glob("*.csv") if path.is_file())  # no pipe
    words = Words()
    try:
        words = read_words(catalogues)
    except CatalogueError as error:
        mistakes += error.findings
    whole = {name: _with_values(dataset, files, words) for name, dataset in files.items()}
    faults = set(broken)
    for name, dataset in whole.items():
        if not mentions(documents[name].data, broken):
            found = (*_unknown_values(files[name], files), *_misspelt(dataset), *dangling(dataset, whole))
            mistakes += [documents[name].mistake(message, path) for message, path in found]
            faults |= {name} if found else set()
    layouts = [
        layout.model_copy(update={"dataset": name}) for name, dataset in whole.items() for layout in dataset.layouts
    ]
    layouts += [canonical_layout(dataset) for dataset in whole.values() if not dataset.union]
    return Loaded(Specs(dict(whole), tuple(layouts), tuple(scales), words=words), tuple(mistakes), frozenset(faults))


def _name(data: Any) -> str:
    """The dataset that a file is about."""
    return str(data.get("dataset") or data.get("extends") or "") if isinstance(data, dict) else ""


def mentions(data: Any, names: Collection[str]) -> bool:
    """Whether a file (or a part of it) names any of the datasets: as a word of its own or before the point."""
    if not names:
        return False
    if isinstance(data, dict | list):
        return any(mentions(item, names) for item in (data.values() if isinstance(data, dict) else data))
    return isinstance(data, str) and data.partition(".")[0] in names


def _extended(document: Document, known: Mapping[str, Document]) -> Document:
    """The document with what it extends; what it adds comes first, so that its positions stay true."""
    own = document.data
    if not isinstance(own, dict) or "extends" not in own:
        return document
    base = known.get(str(own["extends"]))
    if base is None:
        message = f"нет набора данных «{own['extends']}»{closest(own['extends'], known)}"
        raise CatalogueError([document.mistake(message, ("extends",))])
    merged = {**base.data, **{key: value for key, value in own.items() if key != "extends"}}
    if isinstance(own.get("columns"), dict):
        columns = base.data["columns"]
        merged["columns"] = columns | {name: _added(columns.get(name), more) for name, more in own["columns"].items()}
    if isinstance(own.get("layouts"), list):
        named = [item.get("layout") for item in own["layouts"] if isinstance(item, dict)]
        merged["layouts"] = own["layouts"] + [
            item for item in base.data.get("layouts", []) if item["layout"] not in named
        ]
    return Document(document.file, merged, document.positions)


def _added(base: Any, more: Any) -> Any:
    """A column with more spellings: lists and words are added to, the rest is replaced."""
    if isinstance(base, list) and isinstance(more, list):
        return [*more, *(item for item in base if item not in more)]
    if isinstance(base, dict) and isinstance(more, dict):
        return base | {key: _added(base.get(key), value) for key, value in more.items()}
    return more


def _with_values(dataset: DatasetFile, files: Mapping[str, DatasetFile], words: Words) -> DatasetFile:
    """The dataset with the values that its columns take from columns of other datasets and from all catalogues."""
    columns = {name: words.given_to(column) for name, column in dataset.columns.items()}
    for name, column in columns.items():
        other, _, source = column.values_of.partition(".")
        if other in files and source in files[other].columns:
            columns[name] = column.model_copy(update={"values": files[other].columns[source].values})
    return dataset.model_copy(update={"columns": columns})


def _unknown_values(dataset: DatasetFile, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    known = [f"{other}.{name}" for other in files for name, column in files[other].columns.items() if column.values]
    for name, column in dataset.columns.items():
        if column.values_of and column.values_of not in known:
            message = f"нет значений у «{column.values_of}»{closest(column.values_of, known)}"
            yield message, ("columns", name, "values_of")


def _misspelt(dataset: DatasetFile) -> Iterator[Mistake]:
    """Columns that a layout names but the contract does not have, and layouts of what nobody hands in."""
    if dataset.union and dataset.layouts:
        yield "объединение таблиц никто не присылает: раскладки — у самих таблиц", ("layouts",)
    for index, layout in enumerate(dataset.layouts):
        for name, path in _columns_named(layout):
            if name not in dataset.columns:
                yield no_column(dataset, name), ("layouts", index, *path)


def _columns_named(layout: Layout) -> Iterator[tuple[str, KeyPath]]:
    yield from ((name, ("columns", name)) for name in layout.columns)
    yield from ((name, ("fill", name)) for name in layout.fill)
    if layout.unpivot is not None:
        for key in ("headers", "cells"):
            for index, text in enumerate(getattr(layout.unpivot, key)):
                yield from ((name, ("unpivot", key, index)) for name in places_in(text))
        if layout.unpivot.value:
            yield layout.unpivot.value, ("unpivot", "value")
    if layout.recognise.adds_up is not None:
        parts, whole = layout.recognise.adds_up.parts, layout.recognise.adds_up.whole
        yield from ((name, ("recognise", "adds_up", "parts", index)) for index, name in enumerate(parts))
        if isinstance(whole, str):
            yield whole, ("recognise", "adds_up", "whole")
    for key in ("blank_ignoring", "optional"):
        yield from ((name, (key, index)) for index, name in enumerate(getattr(layout, key)))
    for index, fact in enumerate(layout.facts):
        yield from ((name, ("facts", index, "text")) for name in places_in(fact.text))
    for index, text in enumerate(layout.recognise.above):
        yield from ((name, ("recognise", "above", index)) for name in places_in(text))
