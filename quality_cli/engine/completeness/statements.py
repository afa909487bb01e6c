"""Statements that there is nothing to report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quality_cli.core.findings import Place
from quality_cli.core.strata import Stratum
from quality_cli.datasets.contracts.contract import STATEMENTS, Contract
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Tables


@dataclass(frozen=True, slots=True)
class Statement:
    """A unit says that in a school year it has nothing for a table (by name or title), or not for what ``report``
    names: values of columns with «;» between them. ``place`` is where it says so. Without a unit it is of everybody who
    owes it, without a school year of every one."""

    unit: str
    period: int | None
    table: str
    report: str
    place: Place


def statements_in(tables: Tables) -> Iterator[Statement]:
    """The statements of the data folder, in the order of their rows."""
    if STATEMENTS not in tables:
        return
    table = tables[STATEMENTS]
    for row in table.records():
        if row[PERIOD] is not None and row[table.contract.organisation or ""] is not None:
            place = Place(row[FILE] or "", row[SHEET] or "", row=int(row[ROW]))
            yield Statement(row["org"], int(row[PERIOD]), row["table"], row["report"] or "", place)


def dataset_named(text: str, contracts: Mapping[str, Contract]) -> str | None:
    """The dataset of a name or a title; None where there is none."""
    asked = normalise(text)
    found = (name for name, contract in contracts.items() if asked in (normalise(name), normalise(contract.title)))
    return next(found, None)


def names(words: str, key: Stratum, contract: Contract) -> bool:
    """Whether the words of a statement (all of them) name a report; none name every report of the table."""
    spelt = [set(map(normalise, _spellings(contract, *pair))) for pair in key]
    return all(any(word in own for own in spelt) for word in _words(words))


def _words(text: str) -> Sequence[str]:
    return [word for word in map(normalise, text.split(";")) if word]


def _spellings(contract: Contract, name: str, value: str) -> tuple[str, ...]:
    column = contract.columns[name]
    return value, f"{column.title} {value}", f"{column.title}: {value}", *column.values.get(value, ())
