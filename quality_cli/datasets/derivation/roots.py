"""A register of one municipality needs no rows above its organisations: what is lacking there follows, and is told."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from quality_cli.core.findings import Findings, Place
from quality_cli.core.organisations import LEVEL_OF_KIND, Level
from quality_cli.datasets.tables.table import FILE, ROW, SHEET, Table, column_array

_MUNICIPALITY = "муниципалитет"
"""Kind, code and (where nothing else is known) name of a municipality that the register does not list."""


def with_roots(register: Table, findings: Findings) -> Table:
    """The register with the one municipality that its organisations lie in, and them placed in it.

    A municipality is supplied where none is listed and all organisations have the same cell «Вышестоящая» (blank, too).
    An organisation with a blank one lies in the only municipality, a municipality in the only region. Where there is
    more than one, or they contradict each other, nothing is changed.
    """
    rows = register.records()
    if not rows:
        return register
    place = Place(str(rows[0][FILE]), str(rows[0][SHEET] or ""))
    at = {level: [row for row in rows if _level(row) is level] for level in Level}
    regions, municipalities = at[Level.REGION], at[Level.MUNICIPALITY]
    above = {row["parent"] for row in at[Level.ORGANISATION]}
    if not municipalities and len(above) == 1 and len(regions) <= 1:
        municipalities = [_supplied(rows, above, regions, findings, place)]
        rows = [*municipalities, *rows]
    placed = 0
    for lower, upper in ((at[Level.ORGANISATION], municipalities), (municipalities, regions)):
        for row in lower if len(upper) == 1 else ():
            if row["parent"] is None:
                row["parent"] = upper[0]["id"]
                placed += 1
    known = {row["id"] for row in rows}
    if not regions and len(municipalities) == 1 and municipalities[0]["parent"] not in known:
        municipalities[0]["parent"] = None
        findings.info("register.root", "в реестре нет строки региона: для одного муниципалитета она не нужна", place)
    if placed:
        message = "столбец «Вышестоящая» пуст: строки отнесены к единственному вышестоящему"
        findings.info("register.root", message, place, total=placed)
    return Table(register.contract, _frame(register, rows))


def _level(row: Mapping[str, Any]) -> Level:
    return LEVEL_OF_KIND.get(row["kind"], Level.ORGANISATION)


def _supplied(
    rows: list[dict[str, Any]],
    above: set[str | None],
    regions: list[dict[str, Any]],
    findings: Findings,
    place: Place,
) -> dict[str, Any]:
    """A row of the municipality that the register does not list; organisations that name none now name it."""
    (code,) = above
    if code is None or (regions and code == regions[0]["id"]):
        code = _MUNICIPALITY
        for row in rows:
            if _level(row) is Level.ORGANISATION:
                row["parent"] = code
    findings.warning(
        "register.root",
        f"в реестре нет строки муниципалитета: все организации отнесены к одному, с кодом «{code}»",
        place,
        "впишите эту строку: название муниципалитета стоит в документах",
    )
    return {
        **dict.fromkeys(rows[0]),
        "id": code,
        "kind": _MUNICIPALITY,
        "name": _MUNICIPALITY.capitalize(),
        "parent": regions[0]["id"] if regions else None,
        FILE: rows[0][FILE],
        SHEET: rows[0][SHEET],
        ROW: 0,
    }


def _frame(register: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows as the frame of the register keeps them."""
    frame = register.frame
    names = list(map(str, frame))
    numeric = [not isinstance(dtype, pd.CategoricalDtype) for dtype in frame.dtypes]
    columns = zip(names, numeric, strict=True)
    return pd.DataFrame({name: column_array([row[name] for row in rows], numeric=own) for name, own in columns})
