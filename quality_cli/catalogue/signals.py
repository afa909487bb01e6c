"""Signals: what of a figure is worth a second look, as data (``signals.yaml``).

A signal is «сигнал, требующий проверки», never a verdict: it says what it needs, what it may mean besides, and where
its threshold comes from. Its condition is over facts of one row of the results; facts of another row have a name and a
dot before them: ``whole.ci_high``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.model import IndicatorId, ReportLevel
from quality_cli.core.conditions import Where
from quality_cli.core.errors import CatalogueError
from quality_cli.core.findings import Finding
from quality_cli.core.ids import choice, closest
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE, AlsoIn, Compare, Condition, OneOf, Scalar, columns_in_order, walk
from quality_cli.core.yamlfile import Document, KeyPath, Strict, read_yaml, validate
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.datasets.contracts.contract import Contract

SIGNALS = "signals.yaml"

WHOLE, EARLIER, COHORT, MARGIN = "whole", "earlier", "cohort", "margin"
"""Other rows of the same figure: of the municipality; of the school year before; of the school year before and the
grade before, so of the same cohort; of the same unit without the last stratifier."""

FACTS = (
    *("value", "numerator", "denominator", "excluded", "unknown", "matched", "possible_low", "possible_high"),
    *("base", "ci_low", "ci_high"),
)
"""Columns of the results that are facts of a row."""

DIFFERENCE = "difference"
"""A fact of another row: the value of the row itself less the value there."""

RANKS = "rank_correlation"
"""A fact of what a figure counts by two stratifiers that are numbers (``across``): Spearman's coefficient of them."""

_VIEWS = {
    WHOLE: "муниципалитет",
    EARLIER: "прошлый учебный год",
    COHORT: "прошлый учебный год и класс на один младше",
    MARGIN: "то же без последнего разреза",
}


class Beside(Strict):
    """Another figure of the same unit, school year and stratum; without ``indicator``, of the same indicator."""

    indicator: IndicatorId | None = None
    part: str = ""


class Signal(Strict):
    """One signal. ``by`` are the stratifiers of the rows it looks at, none: the total; ``stratum`` are values of some
    of them, where it does not look at every stratum.

    It is raised where ``requires`` and ``when`` hold for certain. ``requirement`` says ``requires`` in words.
    ``beside``: figures whose facts the conditions name, by the name before the dot. ``across``: the two other
    stratifiers of the figure, whose rank correlation is a fact of each row.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = Field(min_length=1)
    indicator: IndicatorId
    part: str = ""
    by: list[str] = []
    stratum: dict[str, Scalar] = {}
    across: list[str] = Field(default=[], max_length=2)
    levels: list[ReportLevel] = Field(default=[Level.ORGANISATION], min_length=1)
    beside: dict[str, Beside] = {}
    requires: Where = Field(default=TRUE)
    when: Where
    requirement: str = Field(min_length=1)
    caveat: str = Field(min_length=1)
    source: str = Field(min_length=1)
    off: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the conditions name, each once."""
        return tuple(dict.fromkeys((*columns_in_order(self.requires), *columns_in_order(self.when))))


class SignalFile(Strict):
    """``signals.yaml``: the signals; those of a later catalogue replace what they name of those of the same id."""

    signals: list[Signal]


def read_signals(
    folders: Sequence[Path],
    figures: Mapping[str, Sequence[Figure]],
    contracts: Mapping[str, Contract],
    off: frozenset[str],
) -> dict[str, Signal]:
    """The signals of all catalogue folders by id, but for those that are off or rest on what the last one has taken
    away.

    Raises :class:`CatalogueError` with every mistake of every file.
    """
    written: dict[str, dict[str, Any]] = {}
    found: dict[str, Signal] = {}
    mistakes: list[Finding] = []
    for path in (folder / SIGNALS for folder in folders if (folder / SIGNALS).is_file()):
        try:
            document = read_yaml(path, f"{path.parent.name}/{path.name}")
            document = _over(document, written)
            signals = validate(SignalFile, document).signals
        except CatalogueError as error:
            mistakes += error.findings
            continue
        seen: set[str] = set()
        for number, signal in enumerate(signals):
            wrong = [*mistakes_of(signal, figures, contracts, off)]
            if signal.id in seen:
                wrong = [(f"сигнал «{signal.id}» в этом файле уже описан", ("id",))]
            seen.add(signal.id)
            if wrong and path.parent != folders[-1]:
                continue  # the own catalogue has put another group in the place of its indicator's
            mistakes += [document.mistake(message, ("signals", number, *inner)) for message, inner in wrong]
            found[signal.id] = signal
        written |= {item["id"]: item for item in document.data["signals"]}
    if mistakes:
        raise CatalogueError(mistakes)
    return {name: signal for name, signal in found.items() if not (signal.off or _rests_on(signal) & off)}


def _over(document: Document, known: Mapping[str, Mapping[str, Any]]) -> Document:
    """The document whose signals take from those of the same id what they do not say."""
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("signals"), list):
        return document
    items = [
        {**known.get(str(item.get("id")), {}), **item} if isinstance(item, dict) else item for item in data["signals"]
    ]
    return Document(document.file, {**data, "signals": items}, document.positions)


def _rests_on(signal: Signal) -> set[str]:
    return {signal.indicator, *(other.indicator or signal.indicator for other in signal.beside.values())}


def mistakes_of(
    signal: Signal,
    figures: Mapping[str, Sequence[Figure]],
    contracts: Mapping[str, Contract],
    off: frozenset[str],
) -> Iterator[Mistake]:
    """What a signal names that the catalogue does not have: figures, stratifiers, facts; each with its place."""
    yield from _figure(signal.indicator, signal.part, figures, off, ())
    if signal.indicator in figures:
        by = figures[signal.indicator][0].by
        told = [(), *((name,) for name in by), by]
        for number, name in enumerate(signal.by):
            if name not in by:
                known = closest(name, by) or (f"; есть: {', '.join(by)}" if by else ": он не раскладывается")
                yield f"у показателя {signal.indicator} нет разреза «{name}»{known}", ("by", number)
        if set(signal.by) <= set(by) and tuple(signal.by) not in told:
            yield f"показатель {signal.indicator} раскладывают по одному разрезу или по всем: {', '.join(by)}", ("by",)
        yield from _across(signal, by, contracts[figures[signal.indicator][0].population])
    for name in signal.stratum:
        if name not in signal.by:
            yield f"разреза «{name}» нет в by{closest(name, signal.by)}", ("stratum", name)
    for name, other in signal.beside.items():
        if name in _VIEWS or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"«{name}» значит другое или написано не латиницей: выберите другое имя", ("beside", name)
        yield from _figure(other.indicator or signal.indicator, other.part, figures, off, ("beside", name))
    for key in ("requires", "when"):
        yield from _conditions(getattr(signal, key), signal, (key,))
    if COHORT in {fact.partition(".")[0] for fact in signal.facts} and "grade" not in signal.by:
        yield f"«{COHORT}» — {_VIEWS[COHORT]}: для него нужен разрез grade", ("by",)
    if MARGIN in {fact.partition(".")[0] for fact in signal.facts} and len(signal.by) not in (1, 2):
        yield f"«{MARGIN}» — {_VIEWS[MARGIN]}: для него нужен один разрез или два", ("by",)


def _across(signal: Signal, by: Sequence[str], contract: Contract) -> Iterator[Mistake]:
    if RANKS in signal.facts and len(signal.across) != 2:
        yield f"«{RANKS}» сопоставляет два разреза: назовите их в across", ("across",)
    for number, name in enumerate(signal.across):
        if name not in by or not contract.is_numeric(name):
            numbers = [one for one in by if contract.is_numeric(one)]
            yield f"по «{name}» не сопоставить{choice(name, numbers, 'разрезы-числа')}", ("across", number)
    if signal.across and sorted((*signal.by, *signal.across)) != sorted(by):
        yield f"by и across вместе — все разрезы показателя {signal.indicator}: {', '.join(by)}", ("across",)


def _figure(
    indicator: str, part: str, figures: Mapping[str, Sequence[Figure]], off: frozenset[str], path: KeyPath
) -> Iterator[Mistake]:
    if indicator not in figures:
        if indicator not in off:
            yield f"нет показателя «{indicator}»{closest(indicator, figures)}", (*path, "indicator")
        return
    parts = [figure.part for figure in figures[indicator]]
    if part not in parts:
        if not part:
            yield f"показатель {indicator} считается только по частям{choice(part, parts, 'есть')}", (*path, "part")
        else:
            yield f"у показателя {indicator} нет части «{part}»{choice(part, parts, 'есть')}", (*path, "part")


def _conditions(condition: Condition, signal: Signal, path: KeyPath) -> Iterator[Mistake]:
    """A fact that nobody knows, and a comparison of a number with a word."""
    if any(isinstance(node, AlsoIn) for node in walk(condition)):
        yield "сигнал смотрит только в результаты: also_in в нём не бывает", (*path, "also_in")
        return
    known = [*FACTS, RANKS, *(f"{view}.{fact}" for view in (*_VIEWS, *signal.beside) for fact in (*FACTS, DIFFERENCE))]
    listed = f"; есть: {', '.join(FACTS)}"
    for name in columns_in_order(condition):
        if name not in known:
            yield f"нет сведения «{name}»{closest(name, known) or listed}", (*path, name)
    for node in walk(condition):
        values = node.values if isinstance(node, OneOf) else (node.value,) if isinstance(node, Compare) else ()
        for value in values:
            if isinstance(value, str | bool):
                yield f"«{node.column}» — число, а сравнивается не с числом", (*path, node.column)  # type: ignore[union-attr]
