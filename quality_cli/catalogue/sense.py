"""Definitions that cannot mean what they say: each is refused with what to write instead.

The language lets every key stand beside every other, and the engine counts whatever it is given: a mean without a
column is 1 everywhere, a share without a numerator is 100 %. Such a figure looks like any other, so it is refused
before it is counted.
"""

from collections.abc import Iterator

from quality_cli.catalogue.figures import Figure, figures_of, layers_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.where import AllOf, Compare, Condition, Known, OneOf, Scalar
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.datasets.contracts.contract import REGISTER

_RATIOS = ("share", "distribution", "rate", "mean")
_UNITS = {"share": "%", "distribution": "%", "share_of_orgs": "%", "flag": "да/нет"}


def nonsense(indicator: Indicator) -> Iterator[Mistake]:
    """Mistakes of an indicator whose datasets and columns all exist, each with the path inside it."""
    yield from _idle_keys(indicator)
    told: set[str] = set()
    for layers, figure in zip(layers_of(indicator), figures_of(indicator), strict=True):
        for source, place in ((figure, layers), *((other, ("also", other.source)) for other in figure.other_sources)):
            path = _path(indicator, place)
            for message, key in _senseless(indicator, source):
                if message not in told:  # the same fault of every part is one fault
                    told.add(message)
                    yield message, (*path, *key)


def _path(indicator: Indicator, place: tuple[str, ...]) -> KeyPath:
    """Where the figure is written: the last part, figure beside or source that makes it."""
    key, name = place[-2:] if place else ("", "")
    match key:
        case "parts" | "beside":
            return key, [part.id for part in getattr(indicator, key)].index(name)
        case "also":
            return key, [source.title for source in indicator.also].index(name)
        case _:
            return ()


def _idle_keys(indicator: Indicator) -> Iterator[Mistake]:
    """Keys that the measure never looks at: whoever wrote them expects something that will not happen."""
    items = [(indicator, ()), *((part, ("parts", n)) for n, part in enumerate(indicator.parts))]
    measures = {indicator.measure, *(part.measure for part in (*indicator.parts, *indicator.beside))}
    for item, path in items:
        if item.per is not None and "rate" not in {item.measure or indicator.measure, indicator.of, item.of}:
            yield "«per» — только у «measure: rate» («на 1000»)", (*path, "per")
    if indicator.climbs != "share" and "flag" not in measures:
        yield "«climbs» — только у «measure: flag»", ("climbs",)
    for item, path in (*items, *((part, ("beside", n)) for n, part in enumerate(indicator.beside))):
        if item.population is not None and item.population.rows:
            yield (
                "строки population считаются и так: «rows» пишут в numerator, где знаменатель — distinct",
                (
                    *path,
                    "population",
                    "rows",
                ),
            )
    if len(set(indicator.by)) < len(indicator.by):
        yield "разрез в «by» назван дважды", ("by",)
    if indicator.measure == "distribution" and not indicator.parts:
        yield "у распределения нужны части: parts, у каждой свой numerator", ("measure",)


def _senseless(indicator: Indicator, figure: Figure) -> Iterator[tuple[str, KeyPath]]:
    measure = figure.measure if figure.measure != "share_of_orgs" else indicator.of
    top, base = figure.numerator, figure.denominator
    expected = "%" if figure.in_percent else _UNITS.get(figure.measure)
    if figure.in_percent and figure.measure == "flag":
        yield "у да/нет нет прироста в процентах: уберите «as: percent»", ("change",)
    elif (
        expected
        and figure.unit != expected
        and not (figure.change and not figure.in_percent and figure.unit == "п. п.")
    ):
        what = "прироста в процентах (change)" if figure.in_percent else f"«measure: {figure.measure}»"
        yield f"у {what} единица «{expected}», а написано «{figure.unit}»", ("unit",)
    if figure.condition is not None and base.dataset == REGISTER != top.dataset:
        yield (
            (
                "знаменатель у share_of_orgs — это знаменатель значения каждой организации, а в реестре у неё одна "
                "строка: уберите denominator и напишите, о ком показатель, в organisations: {where: …}; чтобы молчащие "
                f"остались в знаменателе, считайте по реестру: measure: share, population: {{dataset: {REGISTER}}}, "
                "numerator: {where: {also_in: …}}"
            ),
            ("denominator",),
        )
    if measure == "mean" and top.what == base.what:
        yield "у среднего не сказано, чего: population: {dataset: …}, numerator: {sum: столбец}", ("measure",)
    elif measure in ("share", "distribution") and figure.inside and {top.kind, base.kind} == {"rows", "distinct"}:
        yield (
            (
                "числитель и знаменатель доли считают разное: строки и различные значения; для «строк на одно "
                "значение» напишите measure: mean или rate"
            ),
            ("numerator",),
        )
    elif measure in _RATIOS and figure.inside:
        if top.what == base.what and _swallowed(base.where, top.where):
            yield (
                (
                    f"числитель совпадает со знаменателем, значение всегда {_always(figure)}: напишите numerator: "
                    "{where: …}, которого нет в population и denominator"
                ),
                ("numerator",),
            )
    elif measure not in _RATIOS and not figure.inside and measure != "flag":
        yield f"у «measure: {measure}» знаменатель из другого набора ни на что не влияет: уберите его", ("denominator",)
    for key, conditions in (("numerator", (base.where, top.where)), ("population", (base.where,))):
        if figure.inside and (column := _contradiction(conditions)):
            yield f"условия на «{column}» противоречат друг другу: под них не подойдёт ни одна строка", (key,)
            break
    if figure.exclude is not None and _swallowed(base.where, figure.exclude):
        yield "exclude исключает всех, кого берёт знаменатель", ("exclude",)


def _always(figure: Figure) -> str:
    return f"{figure.factor:g}" if figure.factor is not None else "одно и то же"


def _swallowed(outer: Condition, inner: Condition) -> bool:
    """Whether every row of ``outer`` certainly satisfies ``inner``: all that it asks is asked already."""
    asked = {*_conjuncts(outer)}
    return all(item in asked or _implied(asked, item) for item in _conjuncts(inner))


def _implied(asked: set[Condition], item: Condition) -> bool:
    """Values allowed by one of the conditions asked are among those that the item allows."""
    allowed = _values(item)
    return allowed is not None and any(
        values is not None and column == allowed[0] and values <= allowed[1]
        for column, values in filter(None, map(_values, asked))
    )


def _contradiction(conditions: tuple[Condition, ...]) -> str:
    """A column that must at once be of values that exclude each other."""
    found: dict[str, frozenset[Scalar]] = {}
    for condition in conditions:
        for item in _conjuncts(condition):
            if isinstance(item, Known) and not item.known and item.column in found:
                return item.column
            allowed = _values(item)
            if allowed is not None:
                column, values = allowed
                found[column] = found.get(column, values) & values
                if not found[column]:
                    return column
    return ""


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    return condition.items if isinstance(condition, AllOf) else (condition,)


def _values(item: Condition) -> tuple[str, frozenset[Scalar]] | None:
    """The column and the values that a condition allows it, where it names them."""
    match item:
        case Compare(column, "eq", str() | int() | float() as value):
            return column, frozenset([value])
        case OneOf(column, values):
            return column, frozenset(values)
        case _:
            return None
