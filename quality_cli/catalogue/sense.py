"""Definitions that cannot mean what they say: each is refused with what to write instead.

The language lets every key stand beside every other, and the engine counts whatever it is given: a mean without a
column is 1 everywhere, a share without a numerator is 100 %. Such a figure looks like any other, so it is refused
before it is counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from quality_cli.catalogue.figures import Count, Figure, is_share, layers_of, least_found
from quality_cli.catalogue.model import COMPARED, Indicator
from quality_cli.catalogue.parts import overlapping
from quality_cli.catalogue.rounds import misused
from quality_cli.catalogue.vacuous import measure_of, vacuous
from quality_cli.core.ids import choice
from quality_cli.core.where import TRUE
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.datasets.contracts.contract import REGISTER, Contract

_RATIOS = ("share", "distribution", "rate", "mean")
_UNITS = {"share": "%", "distribution": "%", "share_of_orgs": "%", "flag": "да/нет"}
_APART = frozenset({"part", "title", "unit", "source", "within", "other_sources", "nature", "counted"})
"""What two figures may differ by and count the same all the same."""


def nonsense(indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Mistakes of an indicator, each with the path inside it; of unknown datasets and columns nothing is said."""
    yield from _idle_keys(indicator)
    written = [
        (source, ("also", source.source) if source.source else layers)
        for layers, figure in zip(layers_of(indicator), figures, strict=True)
        for source in (figure, *figure.other_sources)
        if contracts.keys() >= {*source.datasets}
    ]
    yield from _repeated(indicator, written)
    yield from overlapping(indicator, contracts)
    yield from _not_followed(indicator, figures, contracts)
    of_rounds = [figure for figure, _ in written if figure.rounds]
    if of_rounds and not any(contracts[name].round for figure in of_rounds for name in figure.datasets):
        yield "«rounds» пишут там, где у таблицы есть этапы года (period: {round: …})", ("rounds",)
    told: set[str] = set()
    for figure, place in written:
        for message, key in _senseless(indicator, figure, contracts):
            if message not in told:  # the same fault of every part is one fault
                told.add(message)
                yield message, (*place_of(indicator, place), *key)


def place_of(indicator: Indicator, place: tuple[str, ...]) -> KeyPath:
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
        if item.organisations is not None and item.organisations.where == TRUE:
            yield "organisations никого не отбирает: напишите where или уберите", (*path, "organisations")
        if item.population is not None and item.population.rows:
            yield (
                "строки population считаются и так: «rows» пишут в numerator, где знаменатель — distinct",
                (*path, "population", "rows"),
            )
    for number, example in enumerate(indicator.examples):
        if all(getattr(expected, key) is None for expected in example.expect for key in COMPARED):
            message = f"пример ничего не ожидает: напишите, что должно получиться ({', '.join(COMPARED)})"
            yield message, ("examples", number, "expect")
    if len(set(indicator.by)) < len(indicator.by):
        yield "разрез в «by» назван дважды", ("by",)
    if indicator.measure == "distribution" and not indicator.parts:
        yield "у распределения нужны части: parts, у каждой свой numerator", ("measure",)


def _repeated(indicator: Indicator, written: Sequence[tuple[Figure, tuple[str, ...]]]) -> Iterator[Mistake]:
    """Figures that are the same twice, or that documents would call by one name."""
    seen: dict[tuple[object, ...], tuple[str, ...]] = {}
    for figure, place in written:
        same = seen.setdefault(_meaning(figure), place)
        if same[-2:] != place[-2:]:  # what is beside every part may be the same there
            told = f"«{same[-1]}»" if same else "сам показатель"
            yield f"считается то же самое, что {told}: измените или уберите", place_of(indicator, place)
    for key in ("parts", "beside", "also"):
        titles = [part.title for part in getattr(indicator, key)]
        for number, title in enumerate(titles):
            if title in titles[:number]:
                yield f"название «{title}» уже есть: в справке их не отличить", (key, number, "title")


def _not_followed(
    indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """Parts said to follow the same children that do not."""
    told = indicator.same_children
    if told is None:
        return
    of_part = {figure.part: figure for figure in figures if contracts.keys() >= {*figure.datasets}}
    parts = [part.id for part in indicator.parts]
    for key, name in (("improved", told.improved), ("worsened", told.worsened)):
        if name not in parts:
            yield f"нет части «{name}»{choice(name, parts)}", ("same_children", key)
        elif name in of_part and not (is_share(of_part[name]) and least_found(of_part[name], contracts) is not None):
            yield (
                f"часть «{name}» не сравнивает ребёнка с его прежним результатом: в её numerator нет столбца, "
                "выведенного правилом earlier",
                ("same_children", key),
            )
    if told.improved == told.worsened:
        yield "стало лучше и стало хуже — одна и та же часть", ("same_children", "worsened")


def _meaning(figure: Figure) -> tuple[object, ...]:
    return tuple(getattr(figure, field.name) for field in fields(figure) if field.name not in _APART)


def _senseless(
    indicator: Indicator, figure: Figure, contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, KeyPath]]:
    yield from _mismatched(indicator, figure)
    yield from vacuous(indicator, figure, contracts)
    for key, count in (("population", figure.denominator), ("numerator", figure.numerator)):
        if amounts := _amounts(count, contracts[count.dataset]):
            place = key if count.dataset == figure.population or key == "numerator" else "denominator"
            message = f"строка набора «{count.dataset}» — не один человек ({contracts[count.dataset].grain})"
            yield f"{message}: сложите столбец — sum: {' или '.join(amounts)}", (place,)
    yield from ((message, ("rounds",)) for message in misused(figure, contracts))
    if figure.change and all(contracts[name].period is None for name in figure.datasets):
        yield "у таблицы нет учебных лет (period): сравнить значение (change) не с чем", ("change",)


def _mismatched(indicator: Indicator, figure: Figure) -> Iterator[tuple[str, KeyPath]]:
    """Quantities and units that do not suit the measure."""
    measure = measure_of(indicator, figure)
    top, base = figure.numerator, figure.denominator
    expected = "%" if figure.in_percent else _UNITS.get(figure.measure)
    points = bool(figure.change) and not figure.in_percent and figure.unit == "п. п."
    if expected and figure.unit != expected and not points:
        what = "прироста в процентах (change)" if figure.in_percent else f"«measure: {figure.measure}»"
        yield f"у {what} единица «{expected}», а написано «{figure.unit}»", ("unit",)
    if figure.measure == "count" and figure.unit == "%" and not figure.in_percent:
        yield "«measure: count» — количество, а не проценты: единица — что считается; доля — measure: share", ("unit",)
    if figure.measure == "rate" and (per := re.search(r"на (\d+(?: \d{3})*)\b", figure.unit)):
        number = int(per[1].replace(" ", ""))
        if number != figure.factor:
            yield f"единица «{figure.unit}», а значение — на {figure.factor:g}: напишите per: {number}", ("unit",)
    if figure.measure == "flag" and figure.change:
        yield "изменение да/нет не число: сравнивают количество или долю (measure: count, share)", ("change",)
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
    elif measure == "mean" and figure.inside and (top.kind, base.kind) == ("distinct", "rows"):
        yield (
            "разных значений не больше, чем строк: среднее на строку ничего не значит; сколько строк на значение — "
            "population: {distinct: …}, numerator: {rows: да}",
            ("numerator",),
        )
    elif measure in ("share", "distribution") and figure.inside and _incomparable(top, base):
        yield (
            f"числитель и знаменатель доли считают разное: {_counted(top)} и {_counted(base)}; для «строк на одно "
            "значение» напишите measure: mean или rate",
            ("numerator",),
        )
    elif measure not in _RATIOS and not figure.inside and measure != "flag":
        yield f"у «measure: {measure}» знаменатель из другого набора ни на что не влияет: уберите его", ("denominator",)


def _counted(count: Count) -> str:
    columns = ", ".join(count.columns)
    return {"rows": "строки", "distinct": f"разные {columns}", "sum": f"сумму {columns}"}[count.kind]


def _incomparable(top: Count, base: Count) -> bool:
    return top.kind != base.kind or (top.kind == "distinct" and top.columns != base.columns)


def _amounts(count: Count, contract: Contract) -> list[str]:
    """Columns that say how many people a row stands for, where rows of the table are counted as if they were people."""
    people = contract.counted in ("children", "staff", "people")
    if count.kind != "rows" or not people or any(column.personal for column in contract.columns.values()):
        return []
    columns = contract.columns.items()
    return [name for name, column in columns if column.required and column.type == "integer" and column.min == 0]
