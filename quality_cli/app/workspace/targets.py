"""Targets of a table in the data folder: an analyst may set them without a catalogue of one's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from quality_cli.catalogue.goals import Known, Target
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.findings import Findings, Place
from quality_cli.core.ids import INDICATOR_ID, closest, normalise_indicator_id
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.where import AllOf, Compare, Op
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Tables

TARGETS = "targets"
"""The dataset of targets."""

_LEVELS = {"муниципалитет": str(Level.MUNICIPALITY), "организации": str(Level.ORGANISATION)}
_LIMITS: tuple[tuple[Op, str], ...] = (("ge", "least"), ("le", "most"))
_HINT = "исправьте строку таблицы целей; до этого цели нет"


def targets_in(tables: Tables, catalogue: Catalogue) -> list[Target]:
    """The targets of the table in the order of its rows; a row that is wrong gets a finding in the tables' and none."""
    if TARGETS not in tables:
        return []
    return list(_targets(tables, catalogue, tables.findings))


def _targets(tables: Tables, catalogue: Catalogue, findings: Findings) -> Iterator[Target]:
    for row in tables[TARGETS].records():
        if row[PERIOD] is None or not row["indicator"]:
            continue  # told where the table was read
        target, mistake = _target(row, catalogue)
        if target is not None:
            yield target
        else:
            place = Place(row[FILE] or "", row[SHEET] or "", row=int(row[ROW]))
            findings.error("target.invalid", mistake, place, _HINT)


def _target(row: Mapping[str, Any], catalogue: Catalogue) -> tuple[Target | None, str]:
    """The target of a row, or what is wrong with it; a cell is repeated only where it is an id and no other word."""
    name = normalise_indicator_id(row["indicator"])
    if not INDICATOR_ID.match(name):
        return None, "в столбце «Показатель» не обозначение: его пишут так — 2.4.3-m12"
    if name not in catalogue.indicators:
        return None, f"нет показателя «{name}»{closest(name, catalogue.indicators)}"
    parts = [figure.part for figure in catalogue.figures_of[name]]
    if (row["part"] or "") not in parts:
        return None, f"у показателя {name} нет такой части; есть: {', '.join(f'«{part}»' for part in parts)}"
    limits = tuple(Compare("value", op, float(row[name])) for op, name in _LIMITS if row[name] is not None)
    if not limits:
        return None, "у цели нет числа: «Не менее» или «Не более»"
    year = Period(int(row[PERIOD]))
    target = Target.model_construct(
        indicator=name,
        part=row["part"] or "",
        at=row["org"] or _LEVELS.get(row["level"] or "", ""),
        reach=limits[0] if len(limits) == 1 else AllOf(limits),
        since=year,
        until=year,
        source=row["source"] or row[FILE] or "",
    )
    known = Known(catalogue.indicators, catalogue.figures_of, catalogue.specs.contracts)
    mistakes = [text for text, _ in known.mistakes(target)]
    return (None, mistakes[0]) if mistakes else (target, "")
