"""Loading of the catalogue: every mistake of every file at once, as ``file:line:column``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from quality_cli.catalogue.bind import mistakes_of
from quality_cli.catalogue.figures import Figure, figures_of
from quality_cli.catalogue.goals import Aims, Known, read_aims
from quality_cli.catalogue.model import Group, Indicator, Off, Settings
from quality_cli.catalogue.rounds import of_rounds
from quality_cli.catalogue.signals import Signal, read_signals
from quality_cli.catalogue.sources import documents_of_folders, groups_of, settings_of
from quality_cli.catalogue.uses import links_of, uses_of
from quality_cli.core.errors import CatalogueError, ConfigurationError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest, indicator_order, normalise_indicator_id
from quality_cli.core.resources import CATALOGUE
from quality_cli.core.yamlfile import Document, KeyPath, validate
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.contracts.specs import Loaded, Specs, mentions, read_specs


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything that says what is measured; indicators by id, in the order of the source, and the figures of each.

    ``written``: by id the document that describes an indicator and the path to it there. ``signals``: by id.
    """

    settings: Settings
    groups: tuple[Group, ...]
    indicators: Mapping[str, Indicator]
    figures_of: Mapping[str, tuple[Figure, ...]]
    specs: Specs
    documents: Mapping[str, Document]
    written: Mapping[str, tuple[Document, KeyPath]]
    aims: Aims
    off: frozenset[str] = frozenset()
    signals: Mapping[str, Signal] = field(default_factory=dict)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures; the same objects each time."""
        return tuple(chain.from_iterable(self.figures_of.values()))

    def group_of(self, indicator_id: str) -> Group:
        """The group that holds an indicator."""
        return next(group for group in self.groups if any(item.id == indicator_id for item in group.indicators))

    def unknown(self, indicators: Sequence[str], directions: Sequence[str]) -> Iterator[tuple[str, KeyPath]]:
        """What is wrong with ids (any spelling) and directions that nobody knows, each with its place in the lists."""
        for index, text in enumerate(indicators):
            wanted = normalise_indicator_id(text)
            if wanted not in self.indicators:
                yield f"нет показателя «{text}»{closest(wanted, self.indicators)}", ("indicators", index)
        known = {group.direction for group in self.groups}
        for index, direction in enumerate(directions):
            if direction not in known:
                yield f"нет направления «{direction}»; есть: {', '.join(sorted(known))}", ("directions", index)

    def select(self, indicators: Sequence[str] = (), directions: Sequence[str] = ()) -> list[Indicator]:
        """Indicators by id (any spelling) and direction; all when nothing is asked.

        Raises :class:`ConfigurationError` for unknown ids and directions.
        """
        if mistakes := [message for message, _ in self.unknown(indicators, directions)]:
            raise ConfigurationError("\n".join(mistakes))
        wanted = {normalise_indicator_id(text) for text in indicators}
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

    A file of the own folder defines a group anew, or with ``extends`` only changes and adds indicators of a group;
    its ``catalogue.yaml`` replaces the settings it names and may switch indicators and datasets off.

    Raises :class:`CatalogueError` with all mistakes, :class:`ConfigurationError` where ``own`` is no folder.
    """
    if own is not None and not own.is_dir():
        raise ConfigurationError(f"нет папки каталога «{own}»")
    folders = [CATALOGUE, *([own] if own else [])]
    loaded = read_specs(folders)
    specs = loaded.specs
    documents, unread = documents_of_folders(folders)
    settings, written, unsettled = _settings(folders)
    sources, mistakes = groups_of(folders)
    mistakes = [*loaded.mistakes, *unread, *unsettled, *mistakes]
    groups: list[Group] = []
    for name in sorted(sources, key=indicator_order):
        try:
            group, found = _group(sources[name], loaded, settings)
        except CatalogueError as error:
            mistakes += error.findings
            continue
        mistakes += found
        groups.append(group)
    mistakes += _repeated(groups, sources)
    if mistakes or settings is None:  # what is switched off may be among what could not be read
        raise CatalogueError(mistakes)
    off, unknown = _switched_off(settings, groups, specs, written)
    if unknown:
        raise CatalogueError(unknown)
    kept = [
        group.model_copy(update={"indicators": [item for item in group.indicators if item.id not in off]})
        for group in groups
    ]
    indicators = {indicator.id: indicator for group in kept for indicator in group.indicators}
    figures = {
        name: tuple(of_rounds(figure, specs.contracts) for figure in figures_of(indicator))
        for name, indicator in indicators.items()
    }
    directions = [direction.id for direction in settings.directions]
    aims, wrong = read_aims(folders, directions, Known(indicators, figures, specs.contracts, off))
    if wrong:
        raise CatalogueError(wrong)
    uses = uses_of(figures, specs.contracts)
    return Catalogue(
        settings=settings,
        groups=tuple(group for group in kept if group.indicators),
        indicators=indicators,
        off=off,
        figures_of=figures,
        specs=replace(specs, uses=uses, links=links_of(figures, specs.contracts, uses)),
        documents=documents,
        written=_written(sources.values()),
        aims=aims,
        signals=read_signals(folders, figures, specs.contracts, off),
    )


def _written(sources: Iterable[Document]) -> dict[str, tuple[Document, KeyPath]]:
    return {
        item["id"]: (document, ("indicators", index))
        for document in sources
        for index, item in enumerate(document.data["indicators"])
    }


def _settings(folders: Sequence[Path]) -> tuple[Settings | None, Document, Sequence[Finding]]:
    """The settings, None where they cannot be understood, and their mistakes."""
    try:
        written = settings_of(folders)
        settings = validate(Settings, written)
    except CatalogueError as error:
        return None, Document("", {}, dict), error.findings
    settings.directions.sort(key=lambda direction: indicator_order(direction.id))
    return settings, written, ()


def _switched_off(
    settings: Settings, groups: Sequence[Group], specs: Specs, document: Document
) -> tuple[frozenset[str], list[Finding]]:
    """Indicators that ``off`` names by id, group, direction or a dataset they rest on; names that are unknown."""
    if settings.off == Off():
        return frozenset(), []
    names: dict[str, set[str]] = defaultdict(set)
    datasets: dict[str, set[str]] = defaultdict(set, {name: set() for name in specs.contracts})
    for group in groups:
        for indicator in group.indicators:
            for name in (indicator.id, group.group, group.direction):
                names[name].add(indicator.id)
            for name in {dataset for figure in figures_of(indicator) for dataset in figure.datasets}:
                datasets[name].add(indicator.id)
    off: set[str] = set()
    mistakes = []
    for key, known in (("indicators", names), ("datasets", datasets)):
        for index, written in enumerate(getattr(settings.off, key)):
            name = normalise_indicator_id(written) if key == "indicators" else written
            if name in known:
                off |= known[name]
            else:
                message = f"выключать нечего: в каталоге нет «{written}»{closest(name, known)}"
                mistakes.append(document.mistake(message, ("off", key, index)))
    return frozenset(off), mistakes


def _group(document: Document, loaded: Loaded, settings: Settings | None) -> tuple[Group, list[Finding]]:
    """The group and its mistakes; of what rests on something that is broken itself nothing more is told."""
    group = validate(Group, document)
    mistakes: list[Finding] = []
    directions = [direction.id for direction in settings.directions] if settings else [group.direction]
    if group.direction not in directions:
        message = (
            f"нет направления «{group.direction}»{closest(group.direction, directions)}: его описывает catalogue.yaml"
        )
        mistakes.append(document.mistake(message, ("direction",)))
    for index, indicator in enumerate(group.indicators):
        written = document.data["indicators"][index]
        if mentions(written, loaded.broken) or loaded.broken & {REGISTER, indicator.dataset}:
            continue
        for message, inner in mistakes_of(indicator, loaded.specs.contracts):
            mistakes.append(document.mistake(message, ("indicators", index, *inner)))
    ordered = sorted(group.indicators, key=lambda item: indicator_order(item.id))
    return group.model_copy(update={"indicators": ordered}), mistakes


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
