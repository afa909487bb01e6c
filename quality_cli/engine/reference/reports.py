"""Which reports are owed and what has come of them, report by report and row by row.

A report is owed where the contract and the register say so; it has come when a row of it has, or when its owner states
that there is none. Of drawn reports those are owed of which it is known that they were drawn; for the rest of them
there is one that may be any of several.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, stratum_of
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.reports import Obligation
from quality_cli.datasets.derivation.reference import Row, truth
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.engine.reference.rounds import of_report


class Said(NamedTuple):
    """«Таких нет»: of a unit (empty: of everybody), of a school year (None: of each), of a report by its values (none:
    of all that is missing)."""

    unit: str
    period: int | None
    values: tuple[str, ...]


class Owed(NamedTuple):
    """A report that a unit owes: one of ``keys`` (of several it is not known which, ``number`` of them are owed);
    ``shared``: for everybody under it."""

    unit: str
    keys: tuple[Stratum, ...]
    number: int
    came: bool
    stated: bool = False
    shared: bool = False


def owed(contract: Contract, tables: Tables, year: int, said: Sequence[Said] = ()) -> list[Owed]:
    """Every report of a dataset that is owed in a school year."""
    found = []
    for rule in contract.obligations:
        if rule.holds_in(year):
            for unit in tables.organisations:
                if unit.exists(year):
                    reports = _of_unit(rule, contract, tables, year, unit.id)
                    found += [_with(said, year, own)._replace(shared=rule.by != "each") for own in reports]
    return found


def _with(said: Sequence[Said], year: int, own: Owed) -> Owed:
    """A report with what its owner states of it."""
    values = {word for key in own.keys for _, word in key} if len(own.keys) == 1 else set()
    stated = any(
        item.unit in ("", own.unit) and item.period in (None, year) and values.issuperset(item.values) for item in said
    )
    return own._replace(stated=stated and not own.came)


def _of_unit(rule: Obligation, contract: Contract, tables: Tables, year: int, unit: str) -> Iterator[Owed]:
    keys = [stratum_of(zip(rule.each, cells, strict=True)) for cells in product(*rule.each.values())]
    keys = [key for key in keys if _owes(rule, contract, tables, unit, key)]
    has = {key: _has(rule, contract, tables, year, unit, key) for key in keys}
    if not rule.drawn:
        yield from (Owed(unit, (key,), 1, has[key]) for key in keys)
        return
    ((name, number),) = rule.drawn.items()
    others = [tables[other].contract for other in rule.drawn_in if other in tables]
    told = {key: has[key] or any(_has(rule, other, tables, year, unit, key) for other in others) for key in keys}
    for rest in dict.fromkeys(tuple(pair for pair in key if pair[0] != name) for key in keys):
        alike = [key for key in keys if set(rest) <= set(key)]
        yield from (Owed(unit, (key,), 1, has[key]) for key in alike if told[key])
        may_be = tuple(key for key in alike if not told[key])
        lacking = min(number - (len(alike) - len(may_be)), len(may_be))
        if lacking == len(may_be):
            yield from (Owed(unit, (key,), 1, came=False) for key in may_be)
        elif lacking > 0:
            yield Owed(unit, may_be, lacking, came=False)


def _owes(rule: Obligation, contract: Contract, tables: Tables, unit: str, key: Stratum) -> bool:
    """Whether a unit owes a report, for all the register says."""
    level = tables.organisations[unit].level
    if rule.by != "each":
        return level is Level.MUNICIPALITY
    if rule.who is None and level is not Level.ORGANISATION:
        return False
    condition = contract.concerns if rule.who is None else rule.who
    rows = [row for row in tables[REGISTER].records() if row["id"] == unit]
    return all(truth(condition, {**row, **cells_of(key, contract)}, {}) is not False for row in rows)


def _has(rule: Obligation, contract: Contract, tables: Tables, year: int, unit: str, key: Stratum) -> bool:
    """Whether a row of a report has come."""
    if contract.dataset not in tables:
        return False
    for row in tables[contract.dataset].records():
        organisation = row[contract.organisation or ""]
        above = tables.organisations.ancestor(organisation, Level.MUNICIPALITY)
        ours = {"each": organisation == unit, "office": above is not None and above.id == unit, "register": True}
        of_year = contract.period is None or row[PERIOD] == year
        if of_year and ours[rule.by]:
            cells = cells_of(key, contract)
            if all(row[name] == cells[name] for name in cells):
                return True
    return False


def said_by(key: Stratum, contract: Contract) -> Row:
    """What a report says of its rows, and of their rounds."""
    return {**cells_of(key, contract), **of_report(key, contract)}


def cells_of(key: Stratum, contract: Contract) -> Row:
    """What a report says of its rows; one of the year itself is of no round, where rounds are reports."""
    blank = {contract.blank_round: None} if contract.blank_round else {}
    return {**blank, **{name: float(word) if contract.is_numeric(name) else word for name, word in key}}
