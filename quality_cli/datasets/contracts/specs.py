"""Loading of dataset contracts, their layouts and the scales that travel with the catalogue."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, AlsoIn, Compare, Condition, walk
from quality_cli.core.yamlfile import Document, KeyPath, read_yaml, validate
from quality_cli.datasets.contracts.conditions import Mistake, conditions, no_column, same_person, several_values
from quality_cli.datasets.contracts.contract import (
    REGISTER,
    Check,
    Contract,
    Derivation,
    EarlierValue,
    ExistsIn,
    Member,
    ScaleLookup,
    Total,
    Whole,
    with_reports,
)
from quality_cli.datasets.contracts.layout import Layout, canonical_layout, places_in
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
            found = (*_unknown_values(files[name], files), *_misspelt(dataset), *_dangling(dataset, whole))
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
    """Columns that a layout names but the contract does not have."""
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


def _dangling(dataset: DatasetFile, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    """Datasets, columns and literals that the conditions and derivations name but that do not exist."""
    if REGISTER in files:
        yield from conditions(dataset.concerns, files[REGISTER], files, ("concerns",))
        yield from _dangling_reports(dataset, files)
    for name, column in dataset.columns.items():
        if column.derive is not None:
            behind = [node.dataset for node in walk(column.derive.where or TRUE) if isinstance(node, AlsoIn)]
            if any(other in files and files[other].union for other in behind):
                message = "объединение таблиц составляется после вывода столбцов: смотрите в сами таблицы"
                yield message, ("columns", name, "derive")
            if column.derive.gives_numbers and not column.is_numeric:
                yield "так выводятся числа, а столбец из слов: укажите type: number", ("columns", name, "type")
            for message, path in _dangling_in(column.derive, dataset, files):
                yield message, ("columns", name, "derive", *path)
    for index, member in enumerate(dataset.union):
        for message, path in _dangling_member(member, dataset, files):
            yield message, ("union", index, *path)
    if dataset.union and dataset.layouts:
        yield "объединение таблиц никто не присылает: раскладки — у самих таблиц", ("layouts",)
    for index, check in enumerate(dataset.checks):
        for message, path in _dangling_check(check, dataset, files):
            yield message, ("checks", index, *path)


def _without_year(condition: Condition, own: Contract, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    """What is told of a row once cannot differ by school year: a table without one cannot look into one with it."""
    lists = [node for node in walk(condition) if isinstance(node, AlsoIn) and not node.any_year]
    for name in (node.dataset for node in lists if node.dataset in files and own.period is None):
        if files[name].period is not None:
            message = (
                f"набор «{own.dataset}» верен для любого учебного года, а «{name}» ведётся по годам: напишите "
                "«years: any», если годится любой, или проверяйте это в самом показателе"
            )
            yield message, ("where",)


def _dangling_reports(dataset: DatasetFile, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    for number, obligation in enumerate(dataset.reports or ()):
        for name, values in obligation.each.items():
            for index, value in enumerate(values):
                for message, _ in conditions(Compare(name, "eq", value), dataset, files, ()):
                    yield message, ("reports", number, "each", name, index)
        for index, other in enumerate(obligation.drawn_in):
            if other not in files:
                yield f"набора «{other}» нет{closest(other, files)}", ("reports", number, "drawn_in", index)
                continue
            for name in (name for name in obligation.each if name not in files[other].columns):
                yield f"в наборе «{other}» нет столбца «{name}»", ("reports", number, "drawn_in", index)
        if obligation.who is not None:
            register = with_reports(files[REGISTER], dataset, obligation)
            yield from conditions(obligation.who, register, files, ("reports", number, "who"))


def _dangling_in(rule: Derivation, dataset: DatasetFile, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    yield from conditions(rule.only, dataset, files, ("only",))
    if rule.where is not None:
        yield from conditions(rule.where, dataset, files, ("where",))
        yield from _without_year(rule.where, dataset, files)
    yield from ((no_column(dataset, name), ("sum_of",)) for name in rule.summed if name not in dataset.columns)
    yield from _dangling_numbers(rule, dataset)
    yield from _dangling_rounds(rule, dataset)
    if rule.map is not None:
        yield from _lacking(dataset, {("column",): rule.map.column}, ("map",))
    if rule.earlier is not None:
        yield from _dangling_earlier(rule.earlier, dataset, files)
    if rule.scale is None:
        return
    scales = files.get(rule.scale.dataset)
    if scales is None:
        yield f"нет набора данных «{rule.scale.dataset}»{closest(rule.scale.dataset, files)}", ("scale", "dataset")
        return
    for own, name, path in _scale_columns(rule.scale, dataset, scales):
        yield from several_values(own, name, ("scale", *path))
        if name not in own.columns:
            yield no_column(own, name), ("scale", *path)


def _dangling_rounds(rule: Derivation, dataset: DatasetFile) -> Iterator[Mistake]:
    """Columns by which rounds are compared that do not exist or cannot be."""
    if rule.since_main is not None and rule.since_main not in dataset.columns:
        yield no_column(dataset, rule.since_main), ("since_main",)
    elif rule.since_main is not None and not dataset.columns[rule.since_main].is_numeric:
        yield f"столбец «{rule.since_main}» не из чисел и не да/нет: изменения по нему не найти", ("since_main",)
    for index, name in enumerate(rule.latest_round or ()):
        if name not in dataset.columns:
            yield no_column(dataset, name), ("latest_round", index)


def _dangling_numbers(rule: Derivation, dataset: DatasetFile) -> Iterator[Mistake]:
    """Families and numbers that do not exist."""
    for key in ("max_of", "filled_of"):
        family = getattr(rule, key)
        if family is not None and (family not in dataset.columns or dataset.columns[family].type != "numbers"):
            yield f"в наборе «{dataset.dataset}» нет семейства столбцов (type: numbers) «{family}»", (key,)
    for index, name in enumerate(rule.difference or ()):
        if name not in dataset.columns:
            yield no_column(dataset, name), ("difference", index)
        elif not dataset.columns[name].is_numeric or dataset.columns[name].type == "flag":
            yield f"столбец «{name}» не из чисел: разности с ним не найти", ("difference", index)
    if rule.share_of is not None:
        for key in ("share", "of"):
            name = getattr(rule.share_of, key)
            if name not in dataset.columns:
                yield no_column(dataset, name), ("share_of", key)
            elif not dataset.columns[name].is_numeric:
                yield f"столбец «{name}» не из чисел: доли от него не взять", ("share_of", key)


def _dangling_earlier(rule: EarlierValue, dataset: Contract, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    other = files.get(rule.dataset)
    if other is None:
        yield f"нет набора данных «{rule.dataset}»{closest(rule.dataset, files)}", ("earlier", "dataset")
        return
    for own, name in rule.match.items():
        if own not in dataset.columns:
            yield no_column(dataset, own), ("earlier", "match", own)
        if name not in other.columns:
            yield no_column(other, name), ("earlier", "match", own)
        yield from same_person(dataset, own, other, name, ("earlier", "match", own))
        yield from several_values(dataset, own, ("earlier", "match", own))
        yield from several_values(other, name, ("earlier", "match", own))
    if rule.value not in other.columns:
        yield no_column(other, rule.value), ("earlier", "value")


def _dangling_member(member: Member, dataset: Contract, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    other = files.get(member.dataset)
    if member.dataset == REGISTER:
        yield (
            "реестр организаций в объединение не входит: в union стоят таблицы со строками об учениках и делах",
            ("dataset",),
        )
        return
    if other is None:
        yield f"нет набора данных «{member.dataset}»{closest(member.dataset, files)}", ("dataset",)
        return
    if other.union:
        yield f"«{member.dataset}» — само объединение: перечислите его таблицы", ("dataset",)
        return
    if (other.period is None) != (dataset.period is None) or (other.organisation is None) != (
        dataset.organisation is None
    ):
        yield "у объединения и его таблиц должны быть одинаково указаны «period» и «organisation»", ("dataset",)
    yield from conditions(member.where, other, files, ("where",))
    yield from _without_year(member.where, other, files)
    yield from _lacking(dataset, {("columns", own): own for own in member.columns}, ())
    yield from ((no_column(other, t), ("columns", o)) for o, t in member.columns.items() if t not in other.columns)
    for name, column in dataset.columns.items():
        theirs = other.columns.get(member.theirs(name, dataset, other))
        if theirs is None or (dataset.period and name == dataset.period.column):
            continue
        path = ("columns", name) if name in member.columns else ("dataset",)
        yield from same_person(dataset, name, other, member.theirs(name, dataset, other), path)
        strange = [word for word in theirs.values if word not in column.values] if column.type == "category" else []
        if column.is_numeric != theirs.is_numeric or column.several < theirs.several:
            yield f"столбец «{name}» и столбец «{theirs.title}» набора «{member.dataset}» разного вида", path
        elif strange or (column.type == "category" and theirs.type != "category"):
            told = ", ".join(strange) or "любой текст"
            yield f"в столбце «{name}» объединения нет значений набора «{member.dataset}»: {told}", path


def _dangling_check(check: Check, dataset: Contract, files: Mapping[str, DatasetFile]) -> Iterator[Mistake]:
    yield from conditions(check.only, dataset, files, ("only",))
    if check.must is not None:
        yield from conditions(check.must, dataset, files, ("must",))
    if check.exists_in is not None:
        yield from _dangling_list(check.exists_in, dataset, files, ("exists_in",))
    if check.total is not None:
        yield from _lacking(dataset, {**_items("by", check.total.by), **_quantity(check.total)}, ("total",))
        yield from _dangling_list(check.total.at_most, dataset, files, ("total", "at_most"))
    if check.one is not None:
        yield from _lacking(dataset, {("value",): check.one.value, **_items("per", check.one.per)}, ("one",))


def _dangling_list(
    rule: ExistsIn | Whole, dataset: Contract, files: Mapping[str, DatasetFile], path: KeyPath
) -> Iterator[Mistake]:
    """Mistakes of a reference to another table."""
    other = files.get(rule.dataset)
    if other is None:
        yield f"нет набора данных «{rule.dataset}»{closest(rule.dataset, files)}", (*path, "dataset")
        return
    yield from _lacking(dataset, {("match", own): own for own in rule.match}, path)
    yield from _lacking(other, {("match", own): name for own, name in rule.match.items()}, path)
    yield from _lacking(other, _quantity(rule), path)
    yield from conditions(rule.where, other, files, (*path, "where"))


def _items(key: str, names: Sequence[str]) -> dict[KeyPath, str]:
    return {(key, index): name for index, name in enumerate(names)}


def _quantity(rule: ExistsIn | Whole | Total) -> dict[KeyPath, str]:
    return {(key,): name for key in ("sum", "distinct") if (name := getattr(rule, key, None))}


def _lacking(contract: Contract, named: Mapping[KeyPath, str], path: KeyPath) -> Iterator[Mistake]:
    for inner, name in named.items():
        if name not in contract.columns:
            yield no_column(contract, name), (*path, *inner)
        yield from several_values(contract, name, (*path, *inner))


def _scale_columns(rule: ScaleLookup, dataset: Contract, scales: Contract) -> Iterator[tuple[Contract, str, KeyPath]]:
    yield dataset, rule.score, ("score",)
    yield from ((scales, name, ("thresholds", name)) for name in rule.thresholds)
    for index, name in enumerate(rule.match):
        yield from ((own, name, ("match", index)) for own in (dataset, scales))
