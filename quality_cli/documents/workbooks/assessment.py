"""``assessment.xlsx``: what is judged and recommended, for people."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.analysis.judgement import assessment, recommendation
from quality_cli.analysis.judgement.assessment import WORDS, Assessments
from quality_cli.analysis.judgement.recommendation import Recommendations
from quality_cli.analysis.lines import written
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.wording import level_word, stratum_words
from quality_cli.core.strata import decode_stratum
from quality_cli.documents.workbooks.sheet import ROWS, Sheet, write_book

_JUDGED = {
    "period": 12,
    "indicator": 12,
    "org_name": 36,
    "stratum": 30,
    "value": 11,
    "unit": 10,
    "target": 20,
    "state": 20,
    "unstable": 12,
    "state_reason": 30,
    "target_source": 30,
    "earlier_value": 12,
    "change": 12,
    "moved": 16,
    "progress": 14,
    "change_reason": 30,
    "rest_value": 12,
    "difference": 12,
    "stands": 14,
    "improved": 12,
    "unchanged": 12,
    "worsened": 12,
    "same_children": 20,
    "same_children_reason": 30,
    "whole_value": 14,
    "funnel_low": 12,
    "funnel_high": 12,
    "trend": 14,
    "trend_since": 12,
    "pooled_since": 12,
    "pooled_value": 12,
    "pooled_low": 12,
    "pooled_high": 12,
    "signals": 30,
    "rank_correlation": 10,
    "level": 14,
}
_RECOMMENDED = {
    "period": 12,
    "direction": 12,
    "org_name": 36,
    "outcome": 14,
    "addressee": 22,
    "finding": 50,
    "measure": 50,
    "deadline": 16,
    "expected": 40,
    "effect": 20,
    "rule": 24,
    "action": 40,
    "indicators": 30,
}
"""Columns in the order of each sheet, and how wide they are."""

_OUTCOMES = {"fired": "рекомендовано", "unknown": "не оценено"}


def write_assessment_workbook(
    assessments: Assessments, recommendations: Recommendations, catalogue: Catalogue, path: Path
) -> None:
    """Write both tables, as many rows of each as a sheet holds, under Russian headers with a filter; the same tables
    give the same bytes."""
    judged, advice = assessments.table.slice(0, ROWS - 1), recommendations.table.slice(0, ROWS - 1)
    both = pc.binary_join_element_wise(*(judged[name].cast(pa.string()) for name in ("indicator", "stratum")), "\n")
    titles = {name: signal.title for name, signal in catalogue.signals.items()}
    told = {
        "stratum": written(both, lambda text: _stratum(text, catalogue)),
        "unstable": pc.if_else(judged["unstable"], "да", ""),
        "signals": written(judged["signals"], lambda ids: "; ".join(titles.get(one, one) for one in ids.split(";"))),
        "level": written(judged["level"], level_word),
        **{name: _worded(judged[name], words) for name, words in WORDS.items()},
    }
    outcome = {"outcome": _worded(advice["outcome"], _OUTCOMES)}
    write_book(
        path,
        [
            (_sheet("Суждения", _JUDGED, assessment.COLUMNS), [told.get(name, judged[name]) for name in _JUDGED]),
            (
                _sheet("Рекомендации", _RECOMMENDED, recommendation.COLUMNS),
                [outcome.get(name, advice[name]) for name in _RECOMMENDED],
            ),
        ],
    )


def _worded(column: pa.ChunkedArray, words: Mapping[str, str]) -> pa.Array:
    return written(column, lambda word: words.get(word, word))


def _sheet(title: str, widths: Mapping[str, int], columns: Mapping[str, Mapping[str, str]]) -> Sheet:
    return Sheet(title, tuple((columns[name]["title"], width) for name, width in widths.items()), frozen=2, printed=13)


def _stratum(both: str, catalogue: Catalogue) -> str:
    indicator, text = both.split("\n", 1)
    return stratum_words(decode_stratum(text), catalogue, indicator)
