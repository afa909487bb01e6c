"""What needs all tables at once: repeated rows, derived columns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings, Place
from quality_cli.datasets.contracts.contract import Contract, Derivation, EarlierValue, ScaleLookup
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import (
    FILE,
    PERIOD,
    ROW,
    SHEET,
    SHIPPED,
    Columns,
    Table,
    column_array,
    column_values,
)

_FIRST = " (first)"


def join(contract: Contract, parts: Sequence[Columns], findings: Findings) -> Table:
    """One table from the values of all sheets; a row repeated by the contract's key is kept once, the first.

    Parts of the catalogue come last: what the analyst puts into the data folder corrects them without a word.
    """
    frame = _frame(contract, parts)
    if contract.key:
        keys = [*contract.key, *(["login"] if "login" in frame else [])]
        complete = frame[contract.key].notna().all(axis=1)
        repeated = frame.duplicated(keys, keep="first") & complete
        shipped = frame[FILE].astype(str).str.startswith(SHIPPED)
        _report_repeated(contract, frame, repeated & ~shipped, keys, findings)
        frame = frame[~repeated].reset_index(drop=True)
    return Table(contract, frame)


def _frame(contract: Contract, parts: Sequence[Columns]) -> pd.DataFrame:
    """All parts one under another; a column that a part lacks is unknown there."""
    single = [name for name, column in contract.columns.items() if column.type != "numbers"]
    names = dict.fromkeys([*single, *(name for part in parts for name in part)])
    gathered: dict[str, Any] = {}
    for name in names:
        column = contract.columns.get(name)
        numeric = column.is_numeric if column else "." in name or name in (PERIOD, ROW)
        unknown = column_values([None], numeric=numeric)
        cells = [part[name] if name in part else unknown.repeat(len(part[ROW])) for part in parts]
        gathered[name] = column_array(np.concatenate(cells) if cells else unknown[:0], numeric=numeric)
    return pd.DataFrame(gathered)


def _report_repeated(
    contract: Contract, frame: pd.DataFrame, repeated: pd.Series, keys: Sequence[str], findings: Findings
) -> None:
    if not repeated.any():
        return
    pairs = frame[repeated].merge(frame.drop_duplicates(list(keys)), on=list(keys), suffixes=("", _FIRST))
    differing = _differing(contract, pairs)
    trace = [FILE, SHEET, ROW]
    both = pairs[[*trace, *(f"{name}{_FIRST}" for name in trace)]].itertuples(index=False)
    for (file, sheet, row, original, *first), titles in zip(both, differing, strict=True):
        told = Place(original, first[0], row=int(first[1]))
        place = Place(file, sheet, row=int(row), note=f"первая — {told}")
        where, hint = f" из «{original}»", "оставьте верную из двух выгрузок"
        if original == file:
            where, hint = "", "оставьте верную из двух строк"
        if titles:
            message = f"строка противоречит уже прочитанной{where} и не учтена: {'; '.join(titles)}"
            findings.error("row.conflict", message, place, hint)
        else:
            message = f"строка повторяет уже прочитанную{where} и не учтена ({contract.title})"
            findings.warning("row.duplicate", message, place, hint.replace("верную", "одну"))


def _differing(contract: Contract, pairs: pd.DataFrame) -> list[list[str]]:
    """For each pair of rows, the titles of the columns that contradict; free text may be told differently."""
    found: list[dict[str, None]] = [{} for _ in range(len(pairs))]
    for name in (name for name in pairs if f"{name}{_FIRST}" in pairs):
        column = contract.columns.get(str(name).split(".")[0])
        if column is None or column.type == "text":
            continue
        new, old = pairs[name].astype(object), pairs[f"{name}{_FIRST}"].astype(object)
        for position in np.flatnonzero(new.notna() & old.notna() & (new != old)):
            found[position][column.title] = None
    return [list(titles) for titles in found]


def derive(table: Table, frames: Mapping[str, pd.DataFrame], findings: Findings) -> Table:
    """Fill the columns that the contract derives, in its order, where the export left them empty."""
    frame = table.frame.copy(deep=False)
    for name, column in table.contract.columns.items():
        if column.derive is not None:
            frame[name] = _derived(name, table.contract, frame, frames, findings)
    return Table(table.contract, frame)


def _derived(
    name: str, contract: Contract, frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.Series:
    column = contract.columns[name]
    rule = column.derive
    assert rule is not None
    missing = frame[name].isna().to_numpy() & Evaluator(frame, frames)(rule.only).true
    filled = values_by(rule, contract, frame, frames, missing, findings)
    if column.is_numeric:
        return pd.Series(np.where(missing, filled.astype("float64"), frame[name].to_numpy()))
    merged = np.where(missing, filled, frame[name].astype(object).to_numpy())
    merged[pd.isna(merged)] = None
    return pd.Series(column_array(merged, numeric=False))


def values_by(
    rule: Derivation,
    contract: Contract,
    frame: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    wanted: np.ndarray,
    findings: Findings,
) -> np.ndarray:
    """What a rule gives for each row, NaN where nothing; only the rows ``wanted`` are sure to be worked out."""
    if rule.where is not None:
        truth = Evaluator(frame, frames)(rule.where)
        return np.where(truth.true, 1.0, np.where(truth.false, 0.0, np.nan))
    if rule.sum_of is not None:
        if isinstance(rule.sum_of, list):
            return frame[rule.sum_of].sum(axis=1, min_count=len(rule.sum_of)).to_numpy()
        members = [member for member in frame.columns if member.startswith(f"{rule.sum_of}.")]
        parts = frame[[member for member in members if not member.endswith(".max")]]
        return parts.sum(axis=1, min_count=1).to_numpy()
    if rule.share_of is not None:
        share, whole = (frame[column].to_numpy() for column in (rule.share_of.share, rule.share_of.of))
        return np.asarray(np.floor(share * whole / 100 + 0.5))
    if rule.scale is not None:
        words = words_of(contract.vocabulary)
        return _by_scale(rule.scale, frame, frames.get(rule.scale.dataset), wanted, words, findings)
    if rule.map is not None:
        return frame[rule.map.column].astype(object).map(rule.map.words).to_numpy()
    assert rule.earlier is not None
    return _earlier(rule.earlier, frame, frames.get(rule.earlier.dataset))


def _earlier(rule: EarlierValue, frame: pd.DataFrame, other: pd.DataFrame | None) -> np.ndarray:
    """For each row the value of the latest row of an earlier school year with the same keys; NaN where none."""
    if other is None:
        return np.full(len(frame), np.nan)
    known: dict[tuple[object, ...], list[tuple[float, object]]] = defaultdict(list)
    for *key, period, value in other[[*rule.match.values(), PERIOD, rule.value]].astype(object).itertuples(index=False):
        if not pd.isna(value):
            known[tuple(key)].append((period, value))
    found = []
    for *key, period in frame[[*rule.match, PERIOD]].astype(object).itertuples(index=False):
        before = [pair for pair in known.get(tuple(key), []) if pair[0] < period]
        found.append(max(before)[1] if before else np.nan)
    return np.array(found, dtype=object)


def _by_scale(
    rule: ScaleLookup,
    frame: pd.DataFrame,
    scales: pd.DataFrame | None,
    asked: np.ndarray,
    known_words: frozenset[str],
    findings: Findings,
) -> np.ndarray:
    score = frame[rule.score].to_numpy()
    result = np.full(len(frame), np.nan)
    wanted = asked & ~np.isnan(score)
    if not wanted.any():
        return result
    thresholds = list(rule.thresholds)
    known = {}
    if scales is not None:
        for row in scales[[*rule.match, *thresholds]].itertuples(index=False):
            known[tuple(row[: len(rule.match)])] = row[len(rule.match) :]
    lacking: dict[tuple[object, ...], int] = {}
    groups = frame.loc[wanted, rule.match].astype(object).groupby(rule.match, dropna=False, sort=True).groups
    for group, index in groups.items():
        key = group if isinstance(group, tuple) else (group,)
        steps = known.get(key)
        if steps is None:
            lacking[key] = len(index)
            continue
        reached = score[index][:, None] >= np.array(steps, dtype=float)[None, :]
        marks = np.array([rule.lowest, *rule.thresholds.values()], dtype=float)
        result[index] = marks[reached.sum(axis=1)]
    for key, total in lacking.items():
        words = ", ".join(quoted(part, known_words) for part in key)
        findings.error(
            "scale.missing",
            f"нет шкалы перевода баллов в отметки: {words}; работ без отметки: {total}",
            hint="добавьте строку в «Шкалы перевода.csv» в папке данных",
        )
    return result
