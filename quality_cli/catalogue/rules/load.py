"""Reading of the rules: the files of ``recommendations``, the user's own over the shipped ones."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.ids import closest, indicator_order
from quality_cli.core.names import Names
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.where import columns_in_order
from quality_cli.core.yamlfile import Document, KeyPath, read_yaml, validate

FOLDER = "recommendations"


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The rules in the order of directions, the sentences by their keys.

    By rule: ``written`` where it stands, ``directions`` its direction, ``actions`` the action as recommendations print
    it. ``left_out`` warns of shipped rules that name what the user's own catalogue does not have any more.
    """

    rules: tuple[Rule, ...]
    texts: Mapping[str, Sentences]
    written: Mapping[str, tuple[Document, KeyPath]]
    directions: Mapping[str, str]
    actions: Mapping[str, str]
    left_out: tuple[Finding, ...]

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
    read = _read(folders)
    mistakes = list(_unknown_off(catalogue, read.rules, folders))
    actions, names = Actions(catalogue), names_of(catalogue)
    directions = {name: actions.direction(rule.indicator) for name, rule in read.rules.items()}
    kept: list[Rule] = []
    left_out: list[Finding] = []
    for rule in sorted(read.rules.values(), key=lambda rule: indicator_order(directions[rule.id])):
        if _is_off(rule, catalogue):
            continue
        wrong = list(mistakes_of_rule(rule, catalogue, names, actions))
        if wrong and own is not None and rule.id in read.shipped:
            told, place = wrong[0]
            message = f"правило {rule.id} поставляемого каталога не действует: {told}"
            left_out.append(replace(read.mistake(rule.id, message, place, "catalogue.rule"), severity=Severity.WARNING))
            continue
        kept.append(rule)
        mistakes += [read.mistake(rule.id, told, place) for told, place in wrong]
        mistakes += _unsaid(rule, read, names)
    mistakes += [read.mistake(rule_id, told, ("when",)) for told, rule_id in contradictions(kept, read.texts)]
    if mistakes:
        raise CatalogueError(list(dict.fromkeys(mistakes)))
    printed = {rule.id: actions.words(rule) for rule in kept}
    return Rules(tuple(kept), read.texts, read.written, directions, printed, tuple(left_out))


def _unsaid(rule: Rule, read: "_Read", names: Names) -> Iterator[Finding]:
    """What is wrong with the sentences of a rule."""
    if rule.text_key not in read.texts:
        told = f"нет текста «{rule.text_key}»{closest(rule.text_key, read.texts)}"
        yield read.mistake(rule.id, told, ("text" if rule.text else "id",))
        return
    for told, inner in mistakes_of_sentences(rule, read.texts[rule.text_key], names):
        yield read.said[rule.text_key].mistake(told, ("texts", rule.text_key, *inner))


@dataclass(frozen=True, slots=True)
class _Read:
    """Rules and sentences as the files give them, each with where it was given last; ``shipped`` are rules that the
    user's own folder does not give."""

    rules: dict[str, Rule] = field(default_factory=dict)
    texts: dict[str, Sentences] = field(default_factory=dict)
    written: dict[str, tuple[Document, KeyPath]] = field(default_factory=dict)
    said: dict[str, Document] = field(default_factory=dict)
    shipped: set[str] = field(default_factory=set)

    def mistake(self, rule_id: str, told: str, inner: KeyPath, code: str = "catalogue.invalid") -> Finding:
        """A finding inside a rule."""
        document, path = self.written[rule_id]
        return document.mistake(told, (*path, *inner), code)


def _read(folders: Sequence[Path]) -> _Read:
    """Everything the folders give; raises :class:`CatalogueError` where a file cannot be understood."""
    read = _Read()
    files, mistakes = _files(folders)
    for folder, document in files:
        try:
            file = validate(RulesFile, document)
        except CatalogueError as error:
            mistakes += error.findings
            continue
        for index, rule in enumerate(file.rules):
            read.rules[rule.id] = rule
            read.written[rule.id] = (document, ("rules", index))
            (read.shipped.add if folder == CATALOGUE else read.shipped.discard)(rule.id)
        read.texts.update(file.texts)
        read.said.update(dict.fromkeys(file.texts, document))
    if mistakes:
        raise CatalogueError(mistakes)
    return read


def _files(folders: Sequence[Path]) -> tuple[list[tuple[Path, Document]], list[Finding]]:
    """The files with their folders, each rule and text with what it changes; ids that one folder gives twice."""
    found: list[tuple[Path, Document]] = []
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
            found.append((folder, _merged(document, rules, texts)))
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
