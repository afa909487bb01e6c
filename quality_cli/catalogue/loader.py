"""Loading of the catalogue: every mistake of every file at once, as ``file:line:column``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality_cli.catalogue.bind import mistakes_of
from quality_cli.catalogue.figures import Figure, figures_of
from quality_cli.catalogue.model import Group, Indicator, Settings
from quality_cli.core.errors import CatalogueError, ConfigurationError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest, indicator_order, normalise_indicator_id
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.yamlfile import Document, KeyPath, read_yaml, validate
from quality_cli.datasets.specs import Specs, load_specs


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that says what is measured; indicators by id, in the order of the source."""

    settings: Settings
    groups: tuple[Group, ...]
    indicators: Mapping[str, Indicator]
    figures: tuple[Figure, ...]
    specs: Specs
    documents: Mapping[str, Document]

    def group_of(self, indicator_id: str) -> Group:
        """The group that holds an indicator."""
        return next(group for group in self.groups if any(item.id == indicator_id for item in group.indicators))

    def select(self, indicators: Sequence[str] = (), directions: Sequence[str] = ()) -> list[Indicator]:
        """Indicators by id (any spelling) and direction; all when nothing is asked.

        Raises :class:`ConfigurationError` for an unknown id or direction.
        """
        wanted = {normalise_indicator_id(text): text for text in indicators}
        for wanted_id, text in wanted.items():
            if wanted_id not in self.indicators:
                raise ConfigurationError(f"нет показателя «{text}»{closest(wanted_id, self.indicators)}")
        known = {group.direction for group in self.groups}
        for direction in directions:
            if direction not in known:
                raise ConfigurationError(f"нет направления «{direction}»; есть: {', '.join(sorted(known))}")
        if not wanted and not directions:
            return list(self.indicators.values())
        return [
            indicator
            for group in self.groups
            for indicator in group.indicators
            if indicator.id in wanted or group.direction in directions
        ]


def load_catalogue(own: Path | None = None) -> Catalogue:
    """Load the shipped catalogue and, over it, the user's own folder.

    Raises :class:`CatalogueError` with all mistakes, :class:`ConfigurationError` where ``own`` is no folder.
    """
    if own is not None and not own.is_dir():
        raise ConfigurationError(f"нет папки каталога «{own}»")
    folders = [CATALOGUE, *([own] if own else [])]
    specs = load_specs(folders)
    settings = next(
        validate(Settings, read_yaml(folder / "catalogue.yaml", f"{folder.name}/catalogue.yaml"))
        for folder in reversed(folders)
        if (folder / "catalogue.yaml").is_file()
    )
    mistakes: list[Finding] = []
    groups: dict[str, Group] = {}
    sources: dict[str, Document] = {}
    for folder in folders:
        here: set[str] = set()
        for path in sorted(folder.glob("*/*.yaml")):
            if path.parent.name in ("datasets", "documents"):
                continue
            try:
                document = read_yaml(path, f"{folder.name}/{path.parent.name}/{path.name}")
                group, found = _group(document, specs)
            except CatalogueError as error:
                mistakes += error.findings
                continue
            mistakes += found
            if group.group in here:
                mistakes.append(document.mistake(f"группа {group.group} в этом каталоге уже описана", ("group",)))
            here.add(group.group)
            groups[group.group], sources[group.group] = group, document
    mistakes += _repeated(groups.values(), sources)
    if mistakes:
        raise CatalogueError(mistakes)
    ordered = sorted(groups.values(), key=lambda group: indicator_order(group.group))
    indicators = {indicator.id: indicator for group in ordered for indicator in group.indicators}
    return Catalogue(
        settings=settings,
        groups=tuple(ordered),
        indicators=indicators,
        figures=tuple(figure for indicator in indicators.values() for figure in figures_of(indicator)),
        specs=specs,
        documents={path.stem: read_yaml(path) for folder in folders for path in _document_files(folder)},
    )


def _document_files(folder: Path) -> list[Path]:
    return sorted((folder / "documents").glob("*.yaml"))


def _group(document: Document, specs: Specs) -> tuple[Group, list[Finding]]:
    group = validate(Group, _with_defaults(document))
    mistakes: list[Finding] = []
    for index, indicator in enumerate(group.indicators):
        for message, inner in mistakes_of(indicator, specs.contracts):
            mistakes.append(document.mistake(message, ("indicators", index, *inner)))
    return group, mistakes


def _with_defaults(document: Document) -> Document:
    """The group's ``defaults`` copied into every indicator that does not say otherwise."""
    data: Any = document.data
    if not isinstance(data, dict) or not isinstance(data.get("defaults"), dict):
        return document
    items = data.get("indicators")
    if not isinstance(items, list):
        return document
    filled = [{**data["defaults"], **item} if isinstance(item, dict) else item for item in items]
    return Document(document.file, {**data, "indicators": filled}, _marks_of_defaults(document, len(items)))


def _marks_of_defaults(document: Document, count: int) -> dict[KeyPath, tuple[int, int]]:
    """A mistake in a default is shown in ``defaults``, not in each indicator."""
    marks = dict(document.marks)
    for path, mark in document.marks.items():
        if path[:1] == ("defaults",) and len(path) > 1:
            for index in range(count):
                marks.setdefault(("indicators", index, *path[1:]), mark)
    return marks


def _repeated(groups: Iterable[Group], sources: Mapping[str, Document]) -> list[Finding]:
    seen: dict[str, str] = {}
    mistakes = []
    for group in groups:
        for index, indicator in enumerate(group.indicators):
            if indicator.id in seen:
                message = f"показатель {indicator.id} уже описан в группе {seen[indicator.id]}"
                mistakes.append(sources[group.group].mistake(message, ("indicators", index, "id")))
            seen[indicator.id] = group.group
    return mistakes
