"""Columns that a contract derives, filled where the export left them empty."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from quality_cli.core.findings import Findings
from quality_cli.datasets.contracts.column import FAMILY_FILLED, FAMILY_MAX, Derivation, ScaleLookup
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.derivation import kinds
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Table, column_array

Frames = Mapping[str, pd.DataFrame]
"""The frames of all datasets."""


def derive(table: Table, frames: Frames, findings: Findings) -> Table:
    """Fill the columns that the contract derives, in its order: each may rest on those before it."""
    frame = table.frame.copy(deep=False)
    for name, column in table.contract.columns.items():
        if column.derive is not None:
            frame[name] = _filled(name, table.contract, frame, frames, findings)
    return Table(table.contract, frame)


def _filled(name: str, contract: Contract, frame: pd.DataFrame, frames: Frames, findings: Findings) -> pd.Series:
    column, rule = contract.columns[name], contract.columns[name].derive
    assert rule is not None
    missing = frame[name].isna().to_numpy() & Evaluator(frame, frames)(rule.only).true
    derived = values_by(rule, contract, frame, frames)
    if rule.scale is not None and rule.scale.gives == "mark":
        _report_lacking(rule.scale, contract, frame, frames, missing, findings)
    if column.is_numeric:
        return pd.Series(np.where(missing, derived.astype("float64"), frame[name].to_numpy()))
    merged = np.where(missing, derived, frame[name].astype(object).to_numpy())
    merged[pd.isna(merged)] = None
    return pd.Series(column_array(merged, numeric=False))


def values_by(rule: Derivation, contract: Contract, frame: pd.DataFrame, frames: Frames) -> Array:
    """What a rule of a contract gives for each row: numbers (float64) or words (object), NaN where nothing."""
    if rule.where is not None:
        return kinds.by_condition(Evaluator(frame, frames)(rule.where))
    if rule.sum_of is not None:
        return kinds.by_sum(rule.sum_of, frame)
    if rule.difference is not None:
        return kinds.by_difference(rule.difference, frame)
    if rule.percent is not None:
        return kinds.by_percent(rule.percent, frame)
    if rule.max_of is not None:
        return kinds.of_family(rule.max_of, FAMILY_MAX, frame)
    if rule.filled_of is not None:
        return kinds.of_family(rule.filled_of, FAMILY_FILLED, frame)
    if rule.share_of is not None:
        return kinds.by_share(rule.share_of, frame)
    if rule.map is not None:
        return kinds.by_word(rule.map, frame)
    if rule.text is not None:
        return kinds.by_text(rule.text, frame)
    if rule.scale is not None:
        return kinds.by_scale(rule.scale, frame, frames.get(rule.scale.dataset))
    if rule.since_main is not None:
        return kinds.by_main(rule.since_main, contract, frame)
    if rule.latest_round is not None:
        return kinds.by_latest(rule.latest_round, contract, frame)
    assert rule.earlier is not None
    return kinds.by_earlier(rule.earlier, frame, frames.get(rule.earlier.dataset))


def _report_lacking(
    rule: ScaleLookup, contract: Contract, frame: pd.DataFrame, frames: Frames, wanted: Array, findings: Findings
) -> None:
    """Scores for which there is no scale: a mark that cannot be told."""
    scales = frames.get(rule.dataset)
    lacking = wanted & frame[rule.score].notna().to_numpy()
    if scales is not None:
        lacking &= kinds.scale_of(rule, frame, scales) < 0
    known = words_of(contract.vocabulary)
    groups = frame.loc[lacking, rule.match].groupby(rule.match, dropna=False, observed=True).size()
    for key, total in groups.items():
        parts = key if isinstance(key, tuple) else (key,)
        words = ", ".join("пусто" if pd.isna(part) else quoted(part, known) for part in parts)
        findings.error(
            "scale.missing",
            f"нет шкалы перевода баллов в отметки: {words}; работ без отметки: {total}",
            hint="добавьте строку в «Шкалы перевода.csv» в папке данных",
        )
