"""Rows made for the conditions of figures: what a definition says of data that nobody has thought of.

Most cells satisfy the clauses of one of the figures, the others hold other values or nothing. The same seed gives the
same rows.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from quality_cli.catalogue.figures import Figure
from quality_cli.core.findings import Findings
from quality_cli.core.where import AlsoIn, ColumnRef, Compare, Condition, OneOf, Scalar, clauses_of
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Tables, column_array, table_of
from quality_cli.datasets.tables.text_table import tables_from_text

SEED = 20260901
BATCHES = tuple(product((4, 30, 1, 10, 100, 6, 3, 400), (0.8, 0.4, 0.9, 0.1, 0.6)))
"""Of each batch the rows for a figure and a dataset, and how surely they satisfy its clauses: with few rows or seldom
a flag stays «нет», with many and surely rare conditions meet."""
YEARS = (2023, 2024, 2025)
_UNITS = 15
_PEOPLE = 25


def generated(
    figures: Iterable[Figure], contracts: Mapping[str, Contract], rows: int, surely: float, rng: random.Random
) -> Tables:
    """A register and, for every dataset of the figures and for each of them, so many rows."""
    clauses: dict[str, list[list[Condition]]] = defaultdict(list)
    for figure in figures:
        for source in (figure, *figure.other_sources):
            for name, found in _clauses(source).items():
                clauses[name].append(found)
    register = tables_from_text({REGISTER: _register(contracts[REGISTER], rng)}, contracts)
    units = register[REGISTER].frame["id"].astype(str).tolist()  # a municipality has rows of its own, too
    tables = {
        name: table_of(contracts[name], _columns(contracts[name], found * rows, units, surely, rng))
        for name, found in clauses.items()
        if name != REGISTER
    }
    return Tables({REGISTER: register[REGISTER], **tables}, register.organisations, (), Findings())


def _clauses(figure: Figure) -> dict[str, list[Condition]]:
    """Clauses that a figure's rows should satisfy, by the dataset of the rows."""
    found: dict[str, list[Condition]] = defaultdict(list)

    def gather(condition: Condition, dataset: str) -> None:
        for clause in clauses_of(condition):
            found[dataset].append(clause)
            if isinstance(clause, AlsoIn):
                found.setdefault(clause.dataset, [])  # to be in the list may be all that is asked
                for inner in clause.inner:
                    gather(inner, clause.dataset)

    for name in figure.datasets:
        found[name] = []
    gather(figure.denominator.where, figure.denominator.dataset)
    gather(figure.numerator.where, figure.numerator.dataset)
    gather(figure.organisations, REGISTER)
    if figure.exclude is not None:
        gather(figure.exclude, figure.population)
    return found


def _register(contract: Contract, rng: random.Random) -> str:
    kinds = [kind for kind in contract.columns["kind"].values if kind not in ("регион", "муниципалитет")]
    lines = [
        "id | parent | kind | name | grade_from | grade_to",
        "р | | регион | р | | ",
        "м | р | муниципалитет | м | | ",
    ]
    for number in range(_UNITS):
        kind = kinds[number] if number < len(kinds) else rng.choice(kinds)
        first = rng.randint(1, 6)
        grades = f"{first} | {rng.randint(first, 11)}" if kind == "школа" else " | "
        lines.append(f"о-{number} | м | {kind} | о-{number} | {grades}")
    return "\n".join(lines)


def _columns(
    contract: Contract, figures: Sequence[Sequence[Condition]], units: list[str], surely: float, rng: random.Random
) -> Any:
    names = [name for name, column in contract.columns.items() if column.type != "numbers"]
    made = (_row(contract, names, clauses, units, surely, rng) for clauses in figures)
    rows = list({_key(contract, row, number): row for number, row in enumerate(made)}.values())
    data: dict[str, Any] = {
        name: column_array([row[name] for row in rows], numeric=contract.columns[name].is_numeric) for name in names
    }
    year = contract.period.column if contract.period else ""
    shift = contract.period.shift if contract.period else 0
    periods = [float(row[year] or 0) + shift if year else None for row in rows]
    data[PERIOD] = column_array(periods, numeric=True)
    for name, value in ((FILE, "выдуманные"), (SHEET, "")):
        data[name] = column_array([value] * len(rows), numeric=False)
    data[ROW] = column_array([float(number) for number in range(len(rows))], numeric=True)
    return data


def _key(contract: Contract, row: Mapping[str, Scalar | None], number: int) -> tuple[Scalar | None, ...]:
    """What no two rows of a table have in common: its key, where that is wholly known."""
    key = tuple(row[name] for name in contract.key)
    known = all(row[name] is not None for name in contract.key if name != contract.round)
    return key if key and known else (number,)


def _row(
    contract: Contract,
    names: Sequence[str],
    clauses: Sequence[Condition],
    units: list[str],
    surely: float,
    rng: random.Random,
) -> dict[str, Scalar | None]:
    row: dict[str, Scalar | None] = {name: _any(contract.columns[name], units, rng) for name in names}
    for clause in clauses:
        if rng.random() < surely and isinstance(clause, Compare | OneOf):
            row[clause.column] = _satisfying(clause, row, rng)
    if contract.period:
        row[contract.period.column] = rng.choice(YEARS) - contract.period.shift
    if contract.organisation:
        row[contract.organisation] = rng.choice(units)
    return row


def _satisfying(clause: Compare | OneOf, row: Mapping[str, Scalar | None], rng: random.Random) -> Scalar | None:
    if isinstance(clause, OneOf):
        return rng.choice(clause.values)
    value = row[clause.value.column] if isinstance(clause.value, ColumnRef) else clause.value
    if isinstance(value, bool):
        return value if clause.op != "ne" else not value
    if isinstance(value, int | float):
        return value + {"lt": -1, "gt": 1, "ne": 1}.get(clause.op, 0)
    return row[clause.column] if clause.op == "ne" else value


def _any(column: Column, units: list[str], rng: random.Random) -> Scalar | None:
    """Any value of a column, now and then none where it may be empty."""
    if not column.required and rng.random() < 0.1:
        return None
    low = int(column.min) if column.min is not None else 0
    high = int(column.max) if column.max is not None else low + 12
    match column.type:
        case "organisation":
            return rng.choice(units)
        case "flag":
            return rng.random() < 0.5
        case "category":
            return rng.choice(list(column.values) or ["—"])
        case "date":
            return f"{rng.choice(YEARS)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        case "text" | "letter":
            return f"к-{rng.randrange(_PEOPLE)}" if column.personal else rng.choice("АБВГ")
        case "year" | "period":
            return rng.choice(YEARS)
        case _:
            return rng.randint(low, high)
