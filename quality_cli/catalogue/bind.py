"""Binding of indicators to contracts: every dataset, column and literal they name must exist there."""

from collections.abc import Iterator, Mapping, Sequence

from quality_cli.catalogue.figures import Count, Figure, figures_of, layers_of
from quality_cli.catalogue.model import Definition, Indicator, Quantity, Source
from quality_cli.catalogue.sense import nonsense, place_of
from quality_cli.core.ids import closest
from quality_cli.core.where import TRUE, Compare, all_of
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.conditions import Mistake, conditions, no_column
from quality_cli.datasets.contracts.contract import REGISTER, Contract


def mistakes_of(indicator: Indicator, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Every mistake of an indicator, each with the path inside it."""
    dataset = indicator.dataset
    contract = contracts.get(dataset or "")
    if contract is None:
        yield f"нет набора данных «{dataset}»{closest(dataset, contracts)}", ("population", "dataset")
        return
    written = list(_definition(indicator, contract, contracts, ()))
    for key in ("parts", "beside"):
        for index, part in enumerate(getattr(indicator, key)):
            own = (part.population and part.population.dataset) or ""
            written += _definition(part, contracts.get(own, contract), contracts, (key, index))
    figures = tuple(figures_of(indicator))
    yield from written or _inherited(indicator, figures, contracts)
    if indicator.also:
        yield from _sources(indicator, figures, contracts)
    yield from _stratifiers(indicator, figures, contracts)
    for index, gap in enumerate(indicator.not_held):
        for name in gap.stratum:
            if name not in indicator.by:
                yield f"«{name}» нет среди разрезов показателя (by)", ("not_held", index, "stratum", name)
        held = all_of(*(Compare(name, "eq", value) for name, value in gap.stratum.items() if name in indicator.by))
        yield from conditions(held, contract, contracts, ("not_held", index, "stratum"))
    yield from nonsense(indicator, figures, contracts)


def _sources(indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Mistakes of the other sources, where they are written; what they take from the figure must suit their table."""
    datasets = {source.id: source.population.dataset or "" for source in indicator.also if source.population}
    written: list[tuple[Source, KeyPath]] = [(source, ("also", index)) for index, source in enumerate(indicator.also)]
    for key in ("parts", "beside"):
        for number, part in enumerate(getattr(indicator, key)):
            written += [(source, (key, number, "also", index)) for index, source in enumerate(part.also)]
    mistakes: list[Mistake] = []
    for source, path in written:
        name = datasets[source.id]
        if name in contracts:
            mistakes += _definition(source, contracts[name], contracts, path)
        else:
            mistakes.append((f"нет набора данных «{name}»{closest(name, contracts)}", (*path, "population", "dataset")))
    if not mistakes:
        mistakes = list(_unsuitable(indicator, figures, contracts))
    yield from mistakes


def _unsuitable(
    indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """What a source takes from the figure but its own table does not have."""
    titles = [source.title for source in indicator.also]
    whole = [(figure, other) for figure in figures for other in figure.other_sources]
    for figure, other in whole:
        if len({contracts[name].period is None for name in (*figure.datasets, *other.datasets)}) > 1:
            message = "один источник ведётся по учебным годам, а другой — нет: их не соединить"
            yield message, ("also", titles.index(other.source), "population")
    for figure in (other for _, other in whole):
        for message in _misfits(figure, contracts):
            yield f"взятое у показателя не подходит источнику: {message}", ("also", titles.index(figure.source))


def _inherited(indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What a part or a figure beside takes from further out but the table that it counts does not have."""
    for place, figure in zip(layers_of(indicator), figures, strict=True):
        for message in _misfits(figure, contracts):
            told = f"взятое у показателя не подходит таблице части: {message}; напишите у части своё или пустое (null)"
            yield told, place_of(indicator, place)


def _misfits(figure: Figure, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Columns and literals that the tables of a figure do not have."""
    for count in (figure.denominator, figure.numerator, Count(figure.population, figure.exclude or TRUE)):
        own = contracts[count.dataset]
        yield from (no_column(own, name) for name in count.columns if name not in own.columns)
        yield from (message for message, _ in conditions(count.where, own, contracts, ()))


def _stratifiers(
    indicator: Indicator, figures: Sequence[Figure], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """A stratifier must stand in the table of every numerator; where a denominator is of another table that lacks it,
    it is the same for every value."""
    sources = [source for figure in figures for source in (figure, *figure.other_sources)]
    tables = dict.fromkeys((source.numerator.dataset, source.denominator.dataset) for source in sources)
    for index, name in enumerate(indicator.by):
        told: dict[str, None] = {}
        for top, base in ((contracts[top], contracts[base]) for top, base in tables if {top, base} <= contracts.keys()):
            told |= dict.fromkeys(_unsplittable(name, top, base, several=bool(indicator.also)))
        yield from ((message, ("by", index)) for message in told)


def _unsplittable(name: str, top: Contract, base: Contract, *, several: bool) -> Iterator[str]:
    """Why a figure of rows of ``top`` over ``base`` cannot be broken down by a column; ``several``: it has several
    sources, which are put together stratum by stratum."""
    if name not in top.columns and name in base.columns:
        yield (
            f"столбец «{name}» есть только в наборе знаменателя «{base.dataset}»: числитель по нему не разложить; "
            f"добавьте его в набор «{top.dataset}» или уберите из by"
        )
    elif name not in top.columns:
        yield no_column(top, name)
    elif several and name not in base.columns:
        yield (
            f"столбца «{name}» нет в наборе знаменателя «{base.dataset}», а источников несколько (also): они "
            "соединяются по разрезам, и разрез должен быть в каждой таблице"
        )
    for contract in (top, base):
        if name in contract.columns and (told := _unfit_stratifier(name, contract)):
            yield told


def _unfit_stratifier(name: str, contract: Contract) -> str:
    """Why rows are not broken down by a column; «» where they may be."""
    column = contract.columns[name]
    if column.several:
        return (
            f"по столбцу «{name}» нельзя разложить: в ячейке бывает несколько значений, и строка стояла бы в "
            "нескольких разрезах; опишите части (parts) с условием на каждое значение"
        )
    if column.personal:
        return f"по столбцу «{name}» нельзя разложить: он указывает на человека"
    if column.type == "organisation":
        return f"по столбцу «{name}» раскладывать не нужно: показатель и так считается по каждой организации"
    if contract.period and name == contract.period.column:
        return f"по столбцу «{name}» раскладывать не нужно: показатель и так считается по каждому учебному году"
    if column.type == "integer" and column.min == 0 and column.max is None and not column.values:
        return (
            f"по столбцу «{name}» нельзя разложить: это количество, разрезов было бы столько, сколько чисел; "
            "опишите части (parts) с условием на промежуток: {ge: 5, lt: 10}"
        )
    if column.type not in ("integer", "category", "flag", "text", "letter"):
        return (
            f"по столбцу «{name}» нельзя разложить: он не из слов и не из целых чисел; опишите части (parts) с "
            "условием на промежуток: {ge: 5, lt: 10}"
        )
    return ""


def _definition(
    definition: Definition, contract: Contract, contracts: Mapping[str, Contract], path: KeyPath
) -> Iterator[Mistake]:
    for key in ("population", "denominator", "numerator"):
        quantity: Quantity | None = getattr(definition, key)
        if quantity is None:
            continue
        name = quantity.dataset or contract.dataset
        if name not in contracts:
            yield f"нет набора данных «{name}»{closest(name, contracts)}", (*path, key, "dataset")
            continue
        own = contracts[name]
        if own.organisation is None:
            yield f"в наборе «{name}» нет столбца организации: по нему ничего не посчитать", (*path, key)
        yield from conditions(quantity.where, own, contracts, (*path, key, "where"))
        for kind, columns in (("distinct", quantity.together), ("sum", (quantity.sum,) if quantity.sum else ())):
            for column in columns:
                if column not in own.columns:
                    yield no_column(own, column), (*path, key, kind)
                elif own.columns[column].several:
                    message = f"в ячейке столбца «{column}» бывает несколько значений: разных не сосчитать"
                    yield message, (*path, key, kind)
                elif told := _uncountable(kind, column, own, alone=len(columns) == 1):
                    yield told, (*path, key, kind)
    if definition.exclude is not None:
        yield from conditions(definition.exclude, contract, contracts, (*path, "exclude"))
    if definition.organisations is not None:
        where = definition.organisations.where
        yield from conditions(where, contracts[REGISTER], contracts, (*path, "organisations", "where"))


def _uncountable(kind: str, name: str, contract: Contract, *, alone: bool) -> str:
    """Why the values of a column cannot be added up or told apart; «» where they can. ``alone``: no other column is
    told apart with it."""
    column = contract.columns[name]
    if kind == "sum":
        if not column.is_numeric:
            return f"столбец «{name}» не числовой: его нельзя сложить"
        return f"столбец «{name}» — годы: их не складывают" if column.type in ("year", "period") else ""
    match column.type:
        case "numbers":
            return f"«{name}» — семейство столбцов: различают значения одного столбца"
        case "number" | "flag":
            kinds = "да/нет" if column.type == "flag" else "измеренное число"
            return (
                f"столбец «{name}» — {kinds}: считать его разные значения незачем; строки выбирают условием (where), "
                "складывают ключом sum"
            )
        case _ if alone and contract.period and name == contract.period.column:
            return f"столбец «{name}» — сам учебный год: разных в нём не бывает"
    return ""
