"""Units of the hierarchy: organisation -> municipality -> region, with the names documents need."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from quality_cli.core.periods import first_day


class Level(StrEnum):
    """Where a unit stands; the values are those of the results table."""

    ORGANISATION = "organisation"
    MUNICIPALITY = "municipality"
    REGION = "region"


LEVEL_OF_KIND = {"регион": Level.REGION, "муниципалитет": Level.MUNICIPALITY}
"""Every other kind («школа», «детский сад», …) is an organisation."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. Case forms may be empty: documents then use a wording that needs no declension.

    ``opened`` and ``closed`` are days in ISO form, empty where nobody told: it has always been there, it is still
    there. ``successor`` is the id of the unit that takes over what is sent of a closed one.
    """

    id: str
    name: str
    full_name: str
    kind: str
    parent: str = ""
    genitive: str = ""
    prepositional: str = ""
    logins: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    opened: str = ""
    closed: str = ""
    successor: str = ""

    @property
    def level(self) -> Level:
        """Level of the hierarchy by kind."""
        return LEVEL_OF_KIND.get(self.kind, Level.ORGANISATION)

    def exists(self, year: int) -> bool:
        """Whether it is open on some day of the school year that begins on 1 September of ``year``.

        On the day of closing it is closed: one closed on 1 September has no part in the year that begins.
        """
        return not self.is_to_open(year) and (not self.closed or self.closed > first_day(year))

    @property
    def is_dated(self) -> bool:
        """Whether there may be a school year in which it does not exist."""
        return bool(self.opened or self.closed)

    def is_to_open(self, year: int) -> bool:
        """Whether it opens after the school year only."""
        return bool(self.opened) and self.opened >= first_day(year + 1)


class OrgTree:
    """All units in register order. Documents keep this order: schools are never ranked."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.id: unit for unit in units}
        self._paths = {unit_id: tuple(self._up(unit_id)) for unit_id in self._units}

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> "OrgTree":
        """The tree that :meth:`records` wrote; raises ``TypeError`` for records of another shape."""

        def unit(record: Mapping[str, Any]) -> Unit:
            told: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in record.items()}
            return Unit(**told)

        return cls(map(unit, records))

    def records(self) -> list[dict[str, Any]]:
        """Units as plain data, in register order."""
        return [asdict(unit) for unit in self]

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def __getitem__(self, unit_id: str) -> Unit:
        return self._units[unit_id]

    def at(self, level: Level) -> list[Unit]:
        """Units of one level, in register order."""
        return [unit for unit in self if unit.level is level]

    def path(self, unit_id: str) -> tuple[Unit, ...]:
        """The unit itself and those above it, the nearest first; nothing for an unknown unit."""
        return self._paths.get(unit_id, ())

    def _up(self, unit_id: str) -> Iterator[Unit]:
        """Everything else about what is above what follows from this walk, which a circle of parents does not hold."""
        seen: set[str] = set()
        current = self._units.get(unit_id)
        while current is not None and current.id not in seen:
            yield current
            seen.add(current.id)
            current = self._units.get(current.parent)

    def under(self, chosen: Container[str]) -> list[bool]:
        """For every unit, in register order, whether it or a unit above it is among the chosen."""
        return [any(above.id in chosen for above in path) for path in self._paths.values()]

    def existing(self, year: int) -> list[bool]:
        """For every unit, in register order, whether it exists in a school year (its first calendar year)."""
        return [unit.exists(year) for unit in self]

    def successor(self, unit_id: str, year: int) -> Unit | None:
        """The first of those that succeed a closed unit, one after another, that exists in a school year."""
        seen = {unit_id}
        unit = self._units[unit_id]
        while not unit.exists(year):
            if unit.is_to_open(year) or unit.successor not in self._units or unit.successor in seen:
                return None
            seen.add(unit.successor)
            unit = self._units[unit.successor]
        return unit

    def ancestor(self, unit_id: str, level: Level) -> Unit | None:
        """The unit itself or the nearest unit above it at ``level``."""
        return next((unit for unit in self.path(unit_id) if unit.level is level), None)

    def nearest_above(self, chosen: Iterable[str]) -> str | None:
        """The lowest unit that all the chosen are or lie under; None where there is none."""
        paths = [[unit.id for unit in self.path(unit_id)] for unit_id in chosen]
        return next((unit for unit in paths[0] if all(unit in path for path in paths)), None) if paths else None

    def positions(self, level: Level) -> list[int]:
        """For every unit, in register order, the position among those of ``level`` of itself or the nearest unit above
        it there; -1 where there is none."""
        position = {unit.id: number for number, unit in enumerate(self.at(level))}
        above = (self.ancestor(unit_id, level) for unit_id in self._units)
        return [-1 if unit is None else position[unit.id] for unit in above]

    def levels(self) -> list[Level]:
        """Levels worth computing: a region only when it has several municipalities."""
        several = len(self.at(Level.MUNICIPALITY)) > 1 and bool(self.at(Level.REGION))
        return [Level.ORGANISATION, Level.MUNICIPALITY, *([Level.REGION] if several else [])]
