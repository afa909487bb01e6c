"""Binding of indicators to contracts: every column and every literal of a condition must exist there.

«5» instead of 5 would silently select nothing, so a literal is checked against the type of its column.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from quality_cli.catalogue.model import Definition, Indicator, Quantity
from quality_cli.core.ids import closest
from quality_cli.core.where import AlsoIn, ColumnRef, Compare, Condition, Known, OneOf, Scalar, walk
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contract import Column, Contract
from quality_cli.datasets.organisations import REGISTER

Mistake: TypeAlias = tuple[str, KeyPath]


def mistakes_of(indicator: Indicator, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Every mistake of an indicator, each with the path inside it."""
    assert indicator.population is not None
    dataset = indicator.population.dataset
    contract = contracts.get(dataset or "")
    if contract is None:
        yield f"нет набора данных «{dataset}»{closest(dataset, contracts)}", ("population", "dataset")
        return
    yield from _definition(indicator, contract, contracts, ())
    for key in ("parts", "beside"):
        for index, part in enumerate(getattr(indicator, key)):
            yield from _definition(part, contract, contracts, (key, index))
    for index, name in enumerate(indicator.by):
        column = contract.columns.get(name)
        if column is None:
            yield _no_column(contract, name), ("by", index)
        elif column.type not in ("integer", "category", "flag", "text"):
            yield f"по столбцу «{name}» нельзя разложить: он не из слов и не из целых чисел", ("by", index)
    if indicator.organisations is not None:
        yield from conditions(indicator.organisations.where, contracts[REGISTER], contracts, ("organisations", "where"))
    for index, gap in enumerate(indicator.not_held):
        for name in gap.stratum:
            if name not in indicator.by:
                yield f"«{name}» нет среди разрезов показателя (by)", ("not_held", index, "stratum", name)


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
        yield from conditions(quantity.where, own, contracts, (*path, key, "where"))
        for kind in ("distinct", "sum"):
            column = getattr(quantity, kind)
            if column is not None and column not in own.columns:
                yield _no_column(own, column), (*path, key, kind)
            elif kind == "sum" and column is not None and not own.columns[column].is_numeric:
                yield f"столбец «{column}» не числовой: его нельзя сложить", (*path, key, kind)
    if definition.exclude is not None:
        yield from conditions(definition.exclude, contract, contracts, (*path, "exclude"))


def conditions(
    condition: Condition, contract: Contract, contracts: Mapping[str, Contract], path: KeyPath
) -> Iterator[Mistake]:
    """Mistakes of a condition over ``contract``; the path leads to the column where it can."""
    for node in walk(condition):
        match node:
            case Compare(name, op, value):
                if isinstance(value, ColumnRef):
                    yield from _column(name, contract, path)
                    yield from _column(value.column, contract, path)
                else:
                    yield from _literal(name, value, contract, path)
                yield from _order(name, op, contract, path)
            case OneOf(name, values):
                for value in values:
                    yield from _literal(name, value, contract, path)
            case Known(name):
                yield from _column(name, contract, path)
            case AlsoIn(dataset, on, where):
                if dataset not in contracts:
                    yield f"нет набора данных «{dataset}»{closest(dataset, contracts)}", (*path, "also_in", "dataset")
                    continue
                for name in on:
                    yield from _column(name, contract, (*path, "also_in", "on"))
                    yield from _column(name, contracts[dataset], (*path, "also_in", "on"))
                yield from conditions(where, contracts[dataset], contracts, (*path, "also_in", "where"))


def _column(name: str, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    if name not in contract.columns:
        yield _no_column(contract, name), (*path, name)


def _order(name: str, op: str, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    column = contract.columns.get(name)
    if op not in ("eq", "ne") and column is not None and not column.is_numeric:
        yield f"столбец «{name}» из слов: больше и меньше для него не определены", (*path, name)


def _literal(name: str, value: Scalar, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    yield from _column(name, contract, path)
    column = contract.columns.get(name)
    if column is None:
        return
    problem = _literal_problem(column, value)
    if problem:
        yield f"столбец «{name}»: {problem}", (*path, name)


def _literal_problem(column: Column, value: Scalar) -> str | None:
    match column.type:
        case "flag":
            return None if isinstance(value, bool) else f"нужно да или нет, а дано {value!r}"
        case "integer" | "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return f"нужно число, а дано {value!r}"
            outside = (column.min is not None and value < column.min) or (column.max is not None and value > column.max)
            return f"значение {value} не допускается набором" if outside else None
        case "category":
            if not isinstance(value, str) or value not in column.values:
                return f"нет значения «{value}»{closest(value, column.values)}"
            return None
        case _:
            return None if isinstance(value, str) else f"нужен текст, а дано {value!r}"


def _no_column(contract: Contract, name: str) -> str:
    return f"в наборе «{contract.dataset}» нет столбца «{name}»{closest(name, contract.columns)}"
