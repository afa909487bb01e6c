"""The identity of a run: everything its output depends on, by named components, each as names with what they hold.

Two runs of one identity give the same bytes, so the later one need not be made; where identities differ, the names
that differ say what has changed. It is taken before anything is read. What only says where things lie or how the work
is done (``NEUTRAL``) is no part of it, nor is the key of the pseudonyms: no figure depends on it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from quality_cli.app.workspace.config import Options
from quality_cli.core.paths import is_hidden, shown_path
from quality_cli.core.program import program_of
from quality_cli.core.resources import CATALOGUE, TEMPLATES
from quality_cli.core.russian import counted

Identity: TypeAlias = Mapping[str, Mapping[str, str]]
"""By component, by the name of a file, an option, a layer of the code or a library: what it holds, mostly a hash."""

INPUTS = "inputs"

NEUTRAL = frozenset({"data", "catalogue", "templates", "out", "key", "cache", "written"})
"""Options that name places, whose content has a component of its own or no effect, or only the way of working. Any
other field of :class:`Options` counts, also one that is added later."""

_TITLES = {
    INPUTS: "данные",
    "options": "настройки",
    "catalogue": "каталог",
    "templates": "шаблоны",
    "code": "программа",
    "documents": "справки",
}
_FILES = ("файл", "файла", "файлов")


def rules_of(options: Options, program: Path) -> dict[str, dict[str, str]]:
    """Every component but the inputs: how they are turned into results and documents; ``program`` is our code."""
    return {
        "options": dict(_options(options)),
        "catalogue": _files({"": CATALOGUE, "своё/": options.catalogue}),
        "templates": _files({"": TEMPLATES, "своё/": options.templates}),
        "code": program_of(program),
    }


def digest_of(*parts: Any) -> str:
    """One SHA-256, in hexadecimal, of plain data."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def changes(before: Identity, now: Identity) -> dict[str, list[str]]:
    """The names that differ, by component; components that are equal are left out."""
    found = {}
    for component, told in now.items():
        known = before.get(component, {})
        names = sorted({name for name in (*told, *known) if told.get(name) != known.get(name)})
        if names:
            found[component] = names
    return found


def changes_in_words(found: Mapping[str, Sequence[str]]) -> str:
    """«данные (3 файла), настройки (signatory.name), каталог (1 файл)»."""
    return ", ".join(f"{_TITLES[component]} ({_named(component, names)})" for component, names in found.items())


def _named(component: str, names: Sequence[str]) -> str:
    return counted(len(names), *_FILES) if component in (INPUTS, "catalogue", "templates") else ", ".join(names)


def _options(options: Options) -> Iterator[tuple[str, str]]:
    """Each option by a hash: a name in the settings is not repeated where nobody expects it."""
    for field in fields(options):
        if field.name not in NEUTRAL:
            yield from _hashed(field.name, getattr(options, field.name))


def _hashed(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        for inner in type(value).model_fields:
            yield from _hashed(f"{name}.{inner}", getattr(value, inner))
    elif isinstance(value, tuple | list):
        yield name, digest_of([item.model_dump() if isinstance(item, BaseModel) else item for item in value])
    else:
        yield name, digest_of(value if isinstance(value, bool | int | None) else str(value))


def _files(folders: Mapping[str, Path | None]) -> dict[str, str]:
    """Files under the folders by their names there, those of a folder of one's own under its prefix."""
    return {
        f"{prefix}{name}": _content(path)
        for prefix, folder in folders.items()
        if folder is not None
        for path in sorted(folder.rglob("*"))
        if not is_hidden(name := shown_path(path.relative_to(folder))) and path.is_file()
    }


def _content(path: Path) -> str:
    """SHA-256 of a file; what cannot be opened is told when it is needed."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
