"""Conditions against contracts: every column and every literal must exist there.

«5» instead of 5 would silently select nothing, so a literal is checked against the type of its column.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from quality_cli.core.ids import as_written, closest
from quality_cli.core.periods import is_day
from quality_cli.core.where import AlsoIn, ColumnRef, Compare, Condition, Known, OneOf, Scalar, walk
from quality_cli.core.yamlfile import KeyPath
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import REGISTER, Contract

Mistake: TypeAlias = tuple[str, KeyPath]
"""A message and the path inside the YAML file."""

_FEW = 12
"""Values of a category that a message lists."""


def conditions(
    condition: Condition, contract: Contract, contracts: Mapping[str, Contract], path: KeyPath
) -> Iterator[Mistake]:
    """Mistakes of a condition over ``contract``; the path leads to the column where it can."""
    for node in walk(condition):
        match node:
            case Compare(name, op, value):
                if isinstance(value, ColumnRef):
                    yield from _two_columns(name, value.column, contract, path)
                else:
                    yield from _literal(name, value, contract, path)
                yield from _order(name, op, contract, path)
            case OneOf(name, values):
                for value in values:
                    yield from _literal(name, value, contract, path)
            case Known(name):
                yield from _column(name, contract, path)
            case AlsoIn(dataset, on, where, _, among, _):
                if dataset not in contracts:
                    yield f"нет набора данных «{dataset}»{closest(dataset, contracts)}", (*path, "also_in", "dataset")
                    continue
                other = contracts[dataset]
                for own, theirs in on:
                    yield from _column(own, contract, (*path, "also_in", "on"))
                    yield from _column(theirs, other, (*path, "also_in", "on"))
                    yield from _comparable(contract, own, other, theirs, (*path, "also_in", "on"))
                for key, inner in (("where", where), ("among", among)):
                    if inner is not None:
                        yield from conditions(inner, other, contracts, (*path, "also_in", key))


def _column(name: str, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    if name not in contract.columns:
        yield no_column(contract, name), (*path, name)


def _two_columns(name: str, other: str, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    for column in (name, other):
        if column not in contract.columns:
            yield no_column(contract, column), (*path, name)
    yield from _comparable(contract, name, contract, other, (*path, name))


def _comparable(contract: Contract, name: str, other: Contract, theirs: str, path: KeyPath) -> Iterator[Mistake]:
    yield from same_person(contract, name, other, theirs, path)
    yield from several_values(contract, name, path)
    yield from several_values(other, theirs, path)
    tables = ((contract, name), (other, theirs))
    if not all(column in table.columns for table, column in tables):
        return
    both = [table.columns[column] for table, column in tables]
    left, right = (_holds(table, column) for table, column in tables)
    numbers = {left, right} in (
        {"числа", "календарные годы"},
        {"числа", "учебные годы"},
    )  # years may be told as numbers
    if left != right and not numbers:
        yield f"столбцы «{name}» и «{theirs}» не сравнить: в одном {left}, в другом {right}", path
    elif all(column.type == "category" for column in both) and not set(both[0].values) & set(both[1].values):
        yield f"столбцы «{name}» и «{theirs}» не сравнить: у них нет ни одного общего значения", path


_KINDS = {"flag": "да/нет", "year": "календарные годы", "period": "учебные годы", "date": "даты"}


def _holds(contract: Contract, name: str) -> str:
    """What a column holds, as far as a comparison cares: a calendar year is no school year, an organisation no word."""
    column = contract.columns[name]
    if column.type == "organisation" or (contract.dataset == REGISTER and name in (contract.organisation, "parent")):
        return "организации"
    return _KINDS.get(column.type, "числа" if column.is_numeric else "слова")


def _order(name: str, op: str, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    column = contract.columns.get(name)
    if op not in ("eq", "ne") and column is not None and not column.is_numeric and column.type != "date":
        yield f"столбец «{name}» из слов: больше и меньше для него не определены", (*path, name)


def _literal(name: str, value: Scalar, contract: Contract, path: KeyPath) -> Iterator[Mistake]:
    yield from _column(name, contract, path)
    column = contract.columns.get(name)
    if column is None:
        return
    problem = literal_problem(column, value)
    if problem:
        yield f"столбец «{name}»: {problem}", (*path, name)


def literal_problem(column: Column, value: Scalar) -> str | None:
    """Why a column cannot be compared with a value; None where it can."""
    if column.personal:
        return "указывает на человека: в таблице псевдонимы, и со значением их не сравнить"
    if column.several and isinstance(value, str) and value not in column.values and re.search("[,;\n]", value):
        return f"«{value}» — не одно значение: любое из нескольких пишется списком [а, б]"
    in_quotes = f'нужно слово, а дано {as_written(value)}; возьмите в кавычки: "{as_written(value)}"'
    match column.type:
        case "numbers":
            return "это семейство столбцов: в условии пишут столбец, который из него вычислен (derive)"
        case "period":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return None if whole else f"нужен первый год учебного года, например 2025, а дано {as_written(value)}"
        case "date":
            whole_day = isinstance(value, str) and is_day(value)
            return None if whole_day else f"нужна дата, например 2026-09-01, а дано {as_written(value)}"
        case "flag":
            quoted = isinstance(value, str) and value.lower() in ("да", "нет")
            told = f"нужно да или нет, а дано {as_written(value)}{f'; уберите кавычки: {value}' if quoted else ''}"
            return None if isinstance(value, bool) else told
        case "integer" | "number" | "year":
            return _number_problem(column, value)
        case "category":
            if not isinstance(value, str) and as_written(value) in column.values:
                return in_quotes
            if not isinstance(value, str) or value not in column.values:
                shown = f"«{value}»" if isinstance(value, str) else as_written(value)
                meant = next((own for own, words in column.values.items() if value in words), None)
                if meant is not None:
                    return f"нет значения {shown}: набор приводит его к «{meant}»"
                return f"нет значения {shown}{_value_meant(value, column)}"
            return None
        case _:
            return None if isinstance(value, str) else in_quotes


def _number_problem(column: Column, value: Scalar) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"нужно число, а дано {as_written(value)}{_number_meant(value)}"
    if column.type != "number" and value != int(value):
        return f"нужно целое число, а дано {as_written(value)}"
    outside = (column.min is not None and value < column.min) or (column.max is not None and value > column.max)
    return f"значение {value} не допускается набором{limits(column)}" if outside else None


def _number_meant(value: Scalar) -> str:
    """What to write instead of numbers in quotes: «5», «5, 6», «5-8»."""
    text = value.strip() if isinstance(value, str) else ""
    if text.isdigit():
        return f"; уберите кавычки: {text}"
    if span := re.fullmatch(r"(\d+)\s*[-–—]\s*(\d+)", text):
        return f"; промежуток пишется так: {{ge: {span[1]}, le: {span[2]}}}"
    return f"; несколько чисел — списком: [{', '.join(found)}]" if len(found := re.findall(r"\d+", text)) > 1 else ""


def _value_meant(value: Scalar, column: Column) -> str:
    """The nearest of the values of a category, else all of them where they are few."""
    few = len(column.values) <= _FEW
    return closest(value, column.values) or (f"; бывает: {', '.join(column.values)}" if few else "")


def limits(column: Column) -> str:
    """« (бывает от 2 до 5)»; «» where a column has none."""
    ends = (("от", column.min), ("до", column.max))
    told = " ".join(f"{word} {end:g}" for word, end in ends if end is not None)
    return f" (бывает {told})" if told else ""


def same_person(contract: Contract, name: str, other: Contract, other_name: str, path: KeyPath) -> Iterator[Mistake]:
    """A pseudonym equals a pseudonym of the same kind of people only."""
    left, right = contract.columns.get(name), other.columns.get(other_name)
    if left is not None and right is not None and left.personal != right.personal:
        both = f"«{name}» набора «{contract.dataset}» и «{other_name}» набора «{other.dataset}»"
        yield f"столбцы {both} указывают на разных людей: «personal» должен быть одинаков", path


def several_values(contract: Contract, name: str, path: KeyPath) -> Iterator[Mistake]:
    """Rows are not compared by a column whose cells hold several values: what is the same would be anybody's guess."""
    if name in contract.columns and contract.columns[name].several:
        yield f"в ячейке столбца «{name}» бывает несколько значений: по нему строк не сопоставить", path


def no_column(contract: Contract, name: str) -> str:
    return f"в наборе «{contract.dataset}» нет столбца «{name}»{closest(name, contract.columns)}"
