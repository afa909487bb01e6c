"""What each kind of rule derives, over whole columns; ``reference.py`` beside it says the same row by row.

Every function gives one value for each row of the frame, NaN where the rule gives none.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from quality_cli.core.strata import value_word
from quality_cli.datasets.contracts.column import FAMILY_ABOUT, PLACE, EarlierValue, ScaleLookup, ShareOf, WordMap
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import FIXED
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Truth
from quality_cli.datasets.tables.keys import NO_KEY, find, keys
from quality_cli.datasets.tables.table import PERIOD


def by_condition(truth: Truth) -> Array:
    """1 where a condition holds, 0 where it does not."""
    return np.where(truth.true, 1.0, np.where(truth.false, 0.0, np.nan))


def by_sum(of: str | list[str], frame: pd.DataFrame) -> Array:
    """The sum of columns where each is known; of a family the sum of its known members.

    A sheet has only some members of a family, and a member that was not understood has left the whole family of its
    row unknown (:mod:`quality_cli.datasets.values.build`).
    """
    if isinstance(of, list):
        return frame[of].sum(axis=1, min_count=len(of)).to_numpy()
    about = tuple(f"{of}.{name}" for name in FAMILY_ABOUT)
    members = [name for name in map(str, frame) if name.startswith(f"{of}.") and name not in about]
    return frame[members].sum(axis=1, min_count=1).to_numpy(dtype=np.float64)


def by_difference(of: Sequence[str], frame: pd.DataFrame) -> Array:
    """The first of two columns less the second, where both are known.

    Through decimals of :data:`FIXED`, as sums are: 0.3 - 0.1 is the 0.2 that a condition asks for.
    """
    first, second = (frame[name].to_numpy(dtype=np.float64) for name in of)
    return _less(first, second)


def by_percent(of: Sequence[str], frame: pd.DataFrame) -> Array:
    """The first of two columns in per cent of the second; of nothing there is no share."""
    part, whole = (frame[name].to_numpy(dtype=np.float64) for name in of)
    return np.asarray(100 * part / np.where(whole == 0, np.nan, whole))


def _less(first: Array, second: Array) -> Array:
    return np.asarray(np.floor((first - second) * FIXED + 0.5) / FIXED)


def by_main(of: str, contract: Contract, frame: pd.DataFrame) -> Array:
    """In rows of a round the column less what the row of the year itself says there."""
    assert contract.round is not None
    names = [name for name in contract.key if name != contract.round]
    in_round = frame[contract.round].notna().to_numpy()
    (own,) = keys((frame, names))
    place = find(own, np.where(in_round, NO_KEY, own))
    now = frame[of].to_numpy(dtype=np.float64)
    return np.where(in_round, _less(now, np.where(place >= 0, now[place], np.nan)), np.nan)


def by_latest(names: Sequence[str], contract: Contract, frame: pd.DataFrame) -> Array:
    """Whether a row is of the last round of its school year and of its values of the columns; the year itself comes
    before every round."""
    assert contract.round is not None
    order = frame[contract.round].astype(object).map({word: place for place, word in enumerate(contract.rounds)})
    number = order.fillna(-1).to_numpy(dtype=np.int64)
    (own,) = keys((frame, [*names, PERIOD]))
    last = pd.Series(number).groupby(own).transform("max").to_numpy() if len(frame) else number
    return np.where(own == NO_KEY, np.nan, (number == last).astype(np.float64))


def of_family(family: str, told: str, frame: pd.DataFrame) -> Array:
    """What a member of a family tells of the others (:data:`FAMILY_MAX`, :data:`FAMILY_FILLED`)."""
    name = f"{family}.{told}"
    return frame[name].to_numpy() if name in frame else np.full(len(frame), np.nan)


def by_share(rule: ShareOf, frame: pd.DataFrame) -> Array:
    """A count from its share, rounded to a whole, halves up."""
    share, whole = (frame[column].to_numpy() for column in (rule.share, rule.of))
    return np.asarray(np.floor(share * whole / 100 + 0.5))


def by_word(rule: WordMap, frame: pd.DataFrame) -> Array:
    """The word that stands for the word of another column."""
    return frame[rule.column].map(rule.words).to_numpy(dtype=object)


def by_text(text: str, frame: pd.DataFrame) -> Array:
    """The text with the cells of the row in its places."""
    names = list(dict.fromkeys(PLACE.findall(text)))
    (rows,) = keys((frame, names))
    _, first, kind = np.unique(rows, return_index=True, return_inverse=True)
    made: list[str | None] = []
    for number, row in zip(rows[first].tolist(), frame[names].iloc[first].to_dict("records"), strict=True):
        told = text
        for name in names if number != NO_KEY else ():
            told = told.replace(f"{{{name}}}", value_word(row[name]))
        made.append(None if number == NO_KEY else told)
    return np.array([*made, None], dtype=object)[kind]


def scale_of(rule: ScaleLookup, frame: pd.DataFrame, scales: pd.DataFrame) -> Array:
    """For each row the position of its scale, -1 where there is none: its key is unknown, or a threshold is."""
    own, listed = keys((frame, rule.match), (scales, rule.match))
    listed[scales[list(rule.thresholds)].isna().any(axis=1).to_numpy()] = NO_KEY
    return find(own, listed)


def by_scale(rule: ScaleLookup, frame: pd.DataFrame, scales: pd.DataFrame | None) -> Array:
    """The mark of the last threshold that the score reaches, or how far the nearest one is."""
    score = frame[rule.score].to_numpy()
    if scales is None or scales.empty:
        return np.full(len(frame), np.nan)
    place = scale_of(rule, frame, scales)
    steps = scales[list(rule.thresholds)].to_numpy(dtype=np.float64)[place]
    known = (place >= 0) & ~np.isnan(score)
    if rule.gives == "distance":
        away = np.where(known[:, None], score[:, None] - steps, 0.0)
        return np.where(known, away[np.arange(len(away)), np.abs(away).argmin(axis=1)], np.nan)
    marks = np.array([rule.lowest, *rule.thresholds.values()], dtype=np.float64)
    return np.where(known, marks[(score[:, None] >= steps).sum(axis=1)], np.nan)


def by_earlier(rule: EarlierValue, frame: pd.DataFrame, other: pd.DataFrame | None) -> Array:
    """The value of the latest row of an earlier school year with the same keys, of several the greatest."""
    if other is None:
        return np.full(len(frame), np.nan)
    told = other[[*rule.match.values(), PERIOD, rule.value]].dropna().sort_values([PERIOD, rule.value], kind="stable")
    own, listed = keys((frame, list(rule.match)), (told, list(rule.match.values())))
    own = np.where(frame[PERIOD].isna(), NO_KEY, own)
    years, codes = np.unique(np.concatenate([told[PERIOD], frame[PERIOD]]), return_inverse=True)
    dated = listed * len(years) + codes[: len(told)]
    order = np.argsort(dated, kind="stable")  # within a school year the greatest value stays the last
    place = np.searchsorted(dated[order], own * len(years) + codes[len(told) :]) - 1  # the last one before that year
    same = np.append(listed[order], NO_KEY - 1)[place] == own
    values = told[rule.value].astype(object).to_numpy()[order]
    return np.where(same, np.append(values, np.nan)[place], np.nan)
