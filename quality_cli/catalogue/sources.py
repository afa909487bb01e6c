"""Files of catalogue folders as YAML documents: the user's own folder over the shipped one, defaults filled in."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.yamlfile import Document, Marks, read_yaml

OTHERS = ("datasets", "documents", "goals", "recommendations", "signals")
"""Folders of a catalogue whose files are no groups of indicators."""


def settings_of(folders: Sequence[Path]) -> Document:
    """``catalogue.yaml`` of the last folder that has one, over the settings of those before it.

    Directions are added to those known, the own ones first, so that positions in the own file stay true.
    """
    data: dict[str, Any] = {}
    last = None
    for folder in folders:
        if (folder / "catalogue.yaml").is_file():
            last = read_yaml(folder / "catalogue.yaml", f"{folder.name}/catalogue.yaml")
            if not isinstance(last.data, dict):
                return last
            data |= {**last.data, **_directions(last.data, data)}
    assert last is not None
    return Document(last.file, data, last.positions)


def _directions(own: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(own.get("directions"), list):
        return {}
    named = [item.get("id") for item in own["directions"] if isinstance(item, dict)]
    return {"directions": [*own["directions"], *(d for d in before.get("directions", []) if d["id"] not in named)]}


def groups_of(folders: Sequence[Path]) -> tuple[dict[str, Document], list[Finding]]:
    """Files of groups by the group's number, those of a later folder over an earlier one's; their mistakes."""
    sources: dict[str, Document] = {}
    mistakes = [mistake for folder in folders for mistake in _gather(folder, sources)]
    return sources, mistakes


def _gather(folder: Path, sources: dict[str, Document]) -> Iterator[Finding]:
    here: set[str] = set()
    for path in sorted(folder.glob("*/*.yaml")):
        if path.parent.name in OTHERS:
            continue
        try:
            document = read_yaml(path, f"{folder.name}/{path.parent.name}/{path.name}")
            name, document = _extended(_with_defaults(document), sources)
        except CatalogueError as error:
            yield from error.findings
            continue
        if name in here:
            yield document.mistake(f"группа {name} в этом каталоге уже описана", ("group",))
        here.add(name)
        sources[name] = document


def documents_of_folders(folders: Sequence[Path]) -> tuple[dict[str, Document], list[Finding]]:
    """Files of documents by name, those of a later folder instead of an earlier one's; their mistakes of syntax."""
    read, mistakes = files_of_folders(folders, "documents")
    return dict(read), mistakes


def files_of_folders(folders: Sequence[Path], kind: str) -> tuple[list[tuple[str, Document]], list[Finding]]:
    """Files of the folder ``kind`` (``goals``) by name, those of an earlier folder first; their mistakes of syntax."""
    read: list[tuple[str, Document]] = []
    mistakes: list[Finding] = []
    for path in (path for folder in folders for path in sorted((folder / kind).glob("*.yaml"))):
        try:
            read.append((path.stem, read_yaml(path)))
        except CatalogueError as error:
            mistakes += error.findings
    return read, mistakes


def _extended(document: Document, known: Mapping[str, Document]) -> tuple[str, Document]:
    """The name of the group and the document with what it extends.

    Keys that an indicator gives replace those of the indicator of the same id, the others stay; its items come
    first, so that their positions stay true.
    """
    own = document.data if isinstance(document.data, dict) else {}
    if "extends" not in own:
        return str(own.get("group", "")), document
    name = str(own["extends"])
    if name not in known:
        raise CatalogueError([document.mistake(f"нет группы «{name}»{closest(name, known)}", ("extends",))])
    base = known[name].data
    items = {item["id"]: item for item in base["indicators"]}
    changed = [
        items.get(item.get("id"), {}) | item if isinstance(item, dict) else item for item in own.get("indicators", [])
    ]
    touched = [item.get("id") for item in changed if isinstance(item, dict)]
    rest = [item for item in base["indicators"] if item["id"] not in touched]
    merged = {**base, **{key: value for key, value in own.items() if key != "extends"}, "indicators": changed + rest}
    return name, Document(document.file, merged, document.positions)


def _with_defaults(document: Document) -> Document:
    """The group's ``defaults`` copied into every indicator that does not say otherwise."""
    data: Any = document.data
    if not isinstance(data, dict) or not isinstance(data.get("defaults"), dict):
        return document
    items = data.get("indicators")
    if not isinstance(items, list):
        return document
    filled = [{**data["defaults"], **item} if isinstance(item, dict) else item for item in items]
    return Document(document.file, {**data, "indicators": filled}, partial(_marks_of_defaults, document, len(items)))


def _marks_of_defaults(document: Document, count: int) -> Marks:
    """A mistake in a default is shown in ``defaults``, not in each indicator."""
    marks = dict(document.marks)
    for path, mark in document.marks.items():
        if path[:1] == ("defaults",) and len(path) > 1:
            for index in range(count):
                marks.setdefault(("indicators", index, *path[1:]), mark)
    return marks
