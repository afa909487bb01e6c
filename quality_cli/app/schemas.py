"""JSON Schemas of the files of a catalogue: editors complete the YAML and underline mistakes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from quality_cli.catalogue import keys as of_catalogue
from quality_cli.catalogue.goals import Goals
from quality_cli.catalogue.model import Group, Settings
from quality_cli.catalogue.rules import keys as of_rules
from quality_cli.catalogue.rules.model import RulesFile
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.ids import closest
from quality_cli.datasets.contracts import keys as of_datasets
from quality_cli.datasets.contracts.specs import DatasetFile
from quality_cli.datasets.contracts.words import Words
from quality_cli.documents.report import keys as of_documents
from quality_cli.documents.report.spec import DocumentSpec

SCHEMAS: Mapping[str, tuple[type[BaseModel], str]] = {
    "indicators": (Group, "Группа показателей"),
    "datasets": (DatasetFile, "Набор данных"),
    "documents": (DocumentSpec, "Документ"),
    "recommendations": (RulesFile, "Правила рекомендаций"),
    "goals": (Goals, "Цели направления"),
    "catalogue": (Settings, "Настройки каталога"),
    "words": (Words, "Общие слова таблиц"),
}
"""Kinds of files: the model of each and its title."""

KEYS: Mapping[type[BaseModel], Mapping[str, str]] = {
    **of_datasets.KEYS,
    **of_catalogue.KEYS,
    **of_rules.KEYS,
    **of_documents.KEYS,
}
"""What every key means, by the model it belongs to."""

_EXTENDED = {"indicators", "datasets"}
_ADDED = {"Indicator": ["id"], "Column": [], "Direction": ["id"], "Rule": ["id"], "Sentences": []}
"""What must be given of things that a file may only change or take from ``defaults``; the program tells the rest."""

_WORDS = [True, False, "да", "нет", "yes", "no"]  # editors take да and нет for text


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of a kind of files; put ``# yaml-language-server: $schema=…`` at the head of a file.

    Raises :class:`ConfigurationError` for an unknown kind.
    """
    if kind not in SCHEMAS:
        raise ConfigurationError(f"нет схемы «{kind}»{closest(kind, SCHEMAS)}; есть: {', '.join(SCHEMAS)}")
    model, title = SCHEMAS[kind]
    schema = model.model_json_schema(by_alias=True)
    _each(schema, _for_editors)
    for described, keys in KEYS.items():
        target = schema if described is model else schema.get("$defs", {}).get(described.__name__)
        for name, text in keys.items() if target else ():
            target["properties"][name]["description"] = text
    for name, required in _ADDED.items():
        if name in schema.get("$defs", {}):
            schema["$defs"][name]["required"] = required
    if kind in _EXTENDED:
        schema["properties"]["extends"] = {"type": "string", "description": "что дополняет этот файл своего каталога"}
        schema["anyOf"] = [{"required": ["extends"]}, {"required": schema.pop("required")}]
    elif kind == "catalogue":
        schema.pop("required")  # one's own file replaces the settings that it names
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _for_editors(node: dict[str, Any]) -> None:
    """What concerns Python is left out; yes and no may be written as our reader understands them."""
    if "properties" in node:
        node.pop("description", None)  # of the class, for developers
    if node.get("type") == "boolean":
        del node["type"]
        node["enum"] = list(_WORDS)


def _each(node: object, change: Callable[[dict[str, Any]], None]) -> None:
    inner: Iterable[object] = ()
    if isinstance(node, dict):
        change(node)
        inner = list(node.values())
    elif isinstance(node, list):
        inner = node
    for item in inner:
        _each(item, change)
