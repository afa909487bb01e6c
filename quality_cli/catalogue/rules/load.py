"""Reading of the rules: the files of ``recommendations``, the user's own over the shipped ones."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.names import names_of
from quality_cli.catalogue.rules.facts import other_figures
from quality_cli.catalogue.rules.mistakes import (
    Actions,
    contradictions,
    fields_in,
    mistakes_of_rule,
    mistakes_of_sentences,
)
from quality_cli.catalogue.rules.model import FigureName, Rule, RulesFile, Sentences
from quality_cli.catalogue.sources import settings_of
from quality_cli.core.errors import CatalogueError, ConfigurationError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest, indicator_order
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import columns_in_order
from quality_cli.core.yamlfile import Document, KeyPath, read_yaml, validate

FOLDER = "recommendations"


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The rules in the order of directions, the sentences by their keys.

    By rule: ``written`` where it stands, ``directions`` its direction, ``actions`` the action as recommendations print
    it.
    """

    rules: tuple[Rule, ...]
    texts: Mapping[str, Sentences]
    written: Mapping[str, tuple[Document, KeyPath]]
    directions: Mapping[str, str]
    actions: Mapping[str, str]

    def sentences(self, rule: Rule) -> Sentences:
        """What a rule says."""
        return self.texts[rule.text_key]

    def about(self, indicators: Container[str]) -> list[Rule]:
        """The rules about these indicators."""
        return [rule for rule in self.rules if rule.indicator in indicators]

    def find(self, rule_id: str) -> Rule:
        """The rule of an id; raises :class:`ConfigurationError` where there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        known = [rule.id for rule in self.rules]
        raise ConfigurationError(
            f"нет правила «{rule_id}»{closest(rule_id, known)}; правила — в папке {FOLDER} каталога"
        )


def figures_of(rule: Rule, sentences: Sentences | None = None) -> list[FigureName]:
    """The figures whose facts a rule asks about, its own first; those that its sentences name too, where given."""
    columns = list(chain.from_iterable(map(columns_in_order, rule.conditions)))
    if sentences is not None:
        columns += [name for _, text in sentences for name in fields_in(text)]
    return list(dict.fromkeys((rule.figure, *other_figures(columns))))


def load_rules(catalogue: Catalogue, own: Path | None = None) -> Rules:
    """The rules of the shipped catalogue and, over them, those of the user's own folder.

    A rule of the own folder with a known id changes the keys it gives, as do sentences of a known key; what ``off``
    names, and what is about indicators that are switched off, is left out. Raises :class:`CatalogueError` with every
    mistake of every file.
    """
    folders = [CATALOGUE, *([own] if own else [])]
    files, mistakes = _files(folders)
    rules: dict[str, Rule] = {}
    texts: dict[str, Sentences] = {}
    written: dict[str, tuple[Document, KeyPath]] = {}
    said: dict[str, Document] = {}
    for document in files:
        try:
            file = validate(RulesFile, document)
        except CatalogueError as error:
            mistakes += error.findings
            continue
        for index, rule in enumerate(file.rules):
            rules[rule.id] = rule
            written[rule.id] = (document, ("rules", index))
        texts |= file.texts
        said |= dict.fromkeys(file.texts, document)
    if mistakes:
        raise CatalogueError(mistakes)
    mistakes += _unknown_off(catalogue, rules, folders)
    actions, names = Actions(catalogue), names_of(catalogue)
    directions = {rule.id: actions.direction(rule.indicator) for rule in rules.values()}
    ordered = sorted(rules.values(), key=lambda rule: indicator_order(directions[rule.id]))
    kept = [rule for rule in ordered if not _is_off(rule, catalogue)]
    for rule in kept:
        document, path = written[rule.id]
        mistakes += [
            document.mistake(told, (*path, *inner)) for told, inner in mistakes_of_rule(rule, catalogue, names, actions)
        ]
        if rule.text_key not in texts:
            told = f"нет текста «{rule.text_key}»{closest(rule.text_key, texts)}"
            mistakes.append(document.mistake(told, (*path, "text" if rule.text else "id")))
            continue
        sentences, source = texts[rule.text_key], said[rule.text_key]
        for told, inner in mistakes_of_sentences(rule, sentences, names):
            mistakes.append(source.mistake(told, ("texts", rule.text_key, *inner)))
    for told, rule_id in contradictions(kept, texts):
        document, path = written[rule_id]
        mistakes.append(document.mistake(told, (*path, "when")))
    if mistakes:
        raise CatalogueError(list(dict.fromkeys(mistakes)))
    return Rules(tuple(kept), texts, written, directions, {rule.id: actions.words(rule) for rule in kept})


def _files(folders: Sequence[Path]) -> tuple[list[Document], list[Finding]]:
    """The files, each rule and text with what it changes; ids that one folder gives twice."""
    found: list[Document] = []
    mistakes: list[Finding] = []
    rules: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for folder in folders:
        here: dict[str, str] = {}
        for path in sorted((folder / FOLDER).glob("*.yaml")):
            try:
                document = read_yaml(path, f"{folder.name}/{FOLDER}/{path.name}")
            except CatalogueError as error:
                mistakes += error.findings
                continue
            mistakes += _repeated(document, here)
            found.append(_merged(document, rules, texts))
    return found, mistakes


def _repeated(document: Document, here: dict[str, str]) -> Iterator[Finding]:
    for key, path, name in _named(document.data):
        if key in here:
            yield document.mistake(f"{name} уже есть в «{here[key]}»", path)
        here[key] = document.file


def _named(data: Any) -> Iterator[tuple[str, KeyPath, str]]:
    """What a file gives, in order: a key of each rule and text, its path and what it is called."""
    if not isinstance(data, dict):
        return
    items, texts = data.get("rules"), data.get("texts")
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            yield f"rule {item['id']}", ("rules", index, "id"), f"правило «{item['id']}»"
    for name in texts if isinstance(texts, dict) else {}:
        yield f"text {name}", ("texts", name), f"текст «{name}»"


def _merged(document: Document, rules: dict[str, Any], texts: dict[str, Any]) -> Document:
    """The document with what its rules and texts change; adds them to those known."""
    data = document.data
    if not isinstance(data, dict):
        return document
    changed = dict(data)
    if isinstance(data.get("rules"), list):
        changed["rules"] = [
            rules.get(str(item.get("id")), {}) | item if isinstance(item, dict) else item for item in data["rules"]
        ]
        rules |= {str(item.get("id")): item for item in changed["rules"] if isinstance(item, dict)}
    if isinstance(data.get("texts"), dict):
        changed["texts"] = {
            str(key): texts.get(str(key), {}) | item if isinstance(item, dict) else item
            for key, item in data["texts"].items()
        }
        texts |= {key: item for key, item in changed["texts"].items() if isinstance(item, dict)}
    return Document(document.file, changed, document.positions)


def _is_off(rule: Rule, catalogue: Catalogue) -> bool:
    """Whether it is switched off itself or asks about an indicator that is."""
    figures = figures_of(rule)
    return rule.id in catalogue.settings.off.rules or any(figure.indicator in catalogue.off for figure in figures)


def _unknown_off(catalogue: Catalogue, rules: Mapping[str, Rule], folders: Sequence[Path]) -> Iterator[Finding]:
    for index, name in enumerate(catalogue.settings.off.rules):
        if name not in rules:
            message = f"выключать нечего: в каталоге нет правила «{name}»{closest(name, rules)}"
            yield settings_of(folders).mistake(message, ("off", "rules", index))
