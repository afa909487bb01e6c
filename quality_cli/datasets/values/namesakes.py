"""Children told by name: those whom class, organisation and school year cannot make one child are told apart.

Two schools, or 5А and 5Б of one, may have a child of the same name. Where rows of one name contradict each other within
a school year, each is given to a child of its organisation and cohort (the school year less the grade: the same from
year to year) and, where one year has several of them there, of its class letter. A row that could be of several of them
is a child of its own. A name that nothing contradicts is one child everywhere.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.russian import counted
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import FILE, PERIOD, ROW, SHEET, Columns
from quality_cli.datasets.values.people import Pseudonyms

GRADE, LETTER = "_grade", "_letter"
"""In a part some of whose children are told by name: what each row says of the child's class."""

_Child: TypeAlias = tuple[str, int | None, str]
"""Organisation, cohort and letter («» where it does not tell children apart)."""


class _Row(NamedTuple):
    """A row of a name: in which part it stands, and what it says of the child, unknown as None («» of the
    organisation)."""

    source: int
    row: int
    org: str
    period: int
    grade: int | None
    letter: str | None

    @property
    def cohort(self) -> int | None:
        return None if self.grade is None else self.period - self.grade


def tell_apart(
    parts: Mapping[str, Sequence[Columns]],
    contracts: Mapping[str, Contract],
    pseudonyms: Pseudonyms,
    findings: Findings,
) -> None:
    """Give namesakes pseudonyms of their own in the parts of all tables; what was decided is told sheet by sheet."""
    sources: list[tuple[Columns, str]] = []
    frames: list[pd.DataFrame] = []
    for dataset, part in ((dataset, part) for dataset, listed in parts.items() for part in listed):
        if GRADE not in part:
            continue
        contract = contracts[dataset]
        grades, letters = part.pop(GRADE), part.pop(LETTER)
        units = part[contract.organisation] if contract.organisation else np.full(len(grades), None)
        for name in (name for name, column in contract.columns.items() if column.personal == "pupil"):
            at = np.flatnonzero([who is not None and pseudonyms.is_named(who) for who in part[name]])
            told = {"who": part[name], "org": units, "period": part[PERIOD], "grade": grades, "letter": letters}
            frame = pd.DataFrame({key: values[at] for key, values in told.items()})
            frames.append(frame.assign(source=len(sources), row=at))
            sources.append((part, name))
    if not frames:
        return
    named = pd.concat(frames, ignore_index=True)
    differing = named.groupby(["who", "period"])[["org", "grade", "letter"]].nunique().gt(1).any(axis=1)
    names = set(differing[differing].index.get_level_values("who"))
    decided: dict[tuple[str, str], list[tuple[int, str, _Child | None]]] = defaultdict(list)
    for who, of_name in named[named["who"].isin(names)].groupby("who"):
        rows = [_row(told) for told in of_name.to_dict("records")]
        for row, child in zip(rows, _children(rows), strict=True):
            columns, name = sources[row.source]
            columns[name][row.row] = pseudonyms.apart(str(who), (row.org, "?") if child is None else child)
            decided[columns[FILE][row.row], columns[SHEET][row.row]].append(
                (int(columns[ROW][row.row]), str(who), child)
            )
    for (file, sheet), told_rows in decided.items():
        _tell(file, sheet, told_rows, findings)


def _row(told: Mapping[Hashable, Any]) -> _Row:
    known = {name: None if pd.isna(value) else value for name, value in told.items()}
    grade = known["grade"]
    return _Row(
        told["source"],
        told["row"],
        known["org"] or "",
        int(known["period"] or 0),
        None if grade is None else int(grade),
        known["letter"],
    )


def _children(rows: Sequence[_Row]) -> list[_Child | None]:
    """For each row of a name which of the children it is; None where it could be several of them."""
    cohorts: dict[str, set[int]] = defaultdict(set)
    letters: dict[tuple[str, int | None, int], set[str]] = defaultdict(set)
    for row in rows:
        if row.cohort is not None:
            cohorts[row.org].add(row.cohort)
        if row.letter is not None:
            letters[row.org, row.cohort, row.period].add(row.letter)
    by_letter = {(org, cohort) for (org, cohort, _), met in letters.items() if len(met) > 1}

    def named(row: _Row) -> _Child | None:
        if (row.org, row.cohort) not in by_letter:
            return row.org, row.cohort, ""
        return None if row.letter is None else (row.org, row.cohort, row.letter)

    children = {child for row in rows if row.grade is not None and (child := named(row))}

    def of(row: _Row) -> _Child | None:
        if row.grade is not None or not cohorts[row.org]:
            return named(row)
        fitting = [
            child for child in children if child[0] == row.org and (row.letter is None or child[2] in ("", row.letter))
        ]
        return fitting[0] if len(fitting) == 1 else None

    return [of(row) for row in rows]


def _tell(file: str, sheet: str, rows: list[tuple[int, str, _Child | None]], findings: Findings) -> None:
    hint = "впишите постоянные условные коды; если это один ребёнок, исправьте класс или организацию"
    apart = [item for item in rows if item[2] is not None]
    names, children = len({who for _, who, _ in apart}), len({(who, child) for _, who, child in apart})
    messages = [
        f"одно имя в разных классах или организациях за один учебный год: сочтены разными детьми (здесь "
        f"{counted(names, 'имя', 'имени', 'имён')}, {counted(children, 'ребёнок', 'ребёнка', 'детей')})",
        "у ребёнка есть тёзки, а кто из них в этой строке, не сказано: она сочтена ещё одним ребёнком",
    ]
    for message, told in zip(messages, (apart, [item for item in rows if item[2] is None]), strict=True):
        if told:
            lines = sorted(row for row, _, _ in told)
            places = tuple(Place(file, sheet, row=row) for row in lines[: findings.sample])
            findings.add(Finding("person.namesakes", Severity.WARNING, message, places, hint, len(told)))
