"""Facts of figures of units, as rules ask about them: rows of the results with what is judged of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.rules.facts import FACTS, SIGNAL, is_yes_no
from quality_cli.catalogue.rules.model import FigureName
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, decode_stratum
from quality_cli.core.truth import Fact, Range

Key: TypeAlias = tuple[str, str, str, str]
"""School year, unit, indicator, part."""

_OF_RESULTS = ("unit", "value", "note", *(name for name, kind in FACTS.items() if not kind.judged and name != "unit"))
_WHY = ("state_reason", "earlier_period", "change_reason", "signals")
_JUDGED = (*_WHY, *(name for name, kind in FACTS.items() if kind.judged and name != SIGNAL))
_DIGITS = 9
"""What is beyond is an error of division: 49.999999999999 is not less than 50."""


@dataclass(frozen=True, slots=True)
class FigureFacts:
    """What is known of one figure of a unit: its row of the results by columns, and what is judged of it, where
    anything is. ``yes_no``: its value is да or нет."""

    figure: Figure
    row: Mapping[str, Any]
    judged: Mapping[str, Any] | None
    yes_no: bool
    stratum: Stratum = ()

    @property
    def applies(self) -> bool:
        """Whether the figure is about the unit: where all is told and there is nobody to divide by, it is not."""
        row = self.row
        nobody = row["value"] is None and row["denominator"] == 0 and not row["unknown"] and row["expected"]
        return not (row["status"] == "not_applicable" or (nobody and not self.lacks_reports))

    @property
    def lacks_reports(self) -> bool:
        """Whether somebody whose report it needs has not handed it in."""
        expected, received = self.row["expected"], self.row["received"]
        return expected is not None and received is not None and received < expected

    def __call__(self, name: str) -> Fact:
        """A fact; None where nobody knows it."""
        match name:
            case "value":
                return self._value()
            case "numerator" | "denominator" if self.row[name] is not None:
                sure = self.row["status"] != "partial" and not self.row["unknown"]
                return _number(self.row[name]) if sure else Range(self.row[name], inf)
            case "signal":
                return self._signals()
        if FACTS[name].judged:
            told = None if self.judged is None else self.judged[name]
            if name == "unstable" and self.judged is not None and not self.judged["state"]:
                return None
        else:
            told = self.row[name]
        return None if told in ("", None) else _number(told) if isinstance(told, float) else told

    def _value(self) -> Fact:
        """The number, or the range that it may lie in: of reports that are missing only a share of organisations
        knows what they could change, a number of rows that they can only add to it."""
        value, low, high = (self.row[name] for name in ("value", "possible_low", "possible_high"))
        if value is None:
            return None
        if self.figure.measure == "flag" and self.yes_no:  # one that others could still change has no value
            return bool(value)
        if self.figure.measure == "count" and self.yes_no:
            return True if value else Range(0, 1) if self.lacks_reports or self.row["unknown"] else False
        low, high = (_number(value if end is None else end) for end in (low, high))
        unsure = self.lacks_reports or (self.row["status"] == "partial" and low == high)
        if unsure and self.figure.measure != "share_of_orgs":
            adds = self.figure.measure == "count" and not self.figure.change and self.figure.numerator.kind != "sum"
            return Range(low if adds else -inf, inf)
        if self.yes_no:
            return bool(value) if low == high else Range(low / 100, high / 100)
        return _number(value) if low == high else Range(low, high)

    def _signals(self) -> Fact:
        """A signal either was raised or was not, wherever there is a value."""
        told = self.judged["signals"] if self.judged is not None else ""
        if not told and self.row["value"] is None:
            return None
        return tuple(filter(None, map(str.strip, told.split(";"))))


def _number(value: float) -> float:
    return round(float(value), _DIGITS)


class UnitFacts:
    """Facts of some figures of every unit; each table is gone through once.

    ``wanted`` are figures, each with the stratifiers it is asked by: none, or those of a rule.
    """

    def __init__(
        self,
        wanted: Iterable[tuple[FigureName, tuple[str, ...]]],
        catalogue: Catalogue,
        results: Results,
        assessments: Assessments,
    ) -> None:
        chosen = {(name.indicator, name.part, tuple(by)) for name, by in wanted}
        self._figures = {
            (indicator, figure.part): figure
            for indicator in {indicator for indicator, _, _ in chosen}
            for figure in catalogue.figures_of.get(indicator, ())
        }
        contracts = catalogue.specs.contracts
        self._yes_no = {
            (*key, level): is_yes_no(figure, level, contracts)
            for key, figure in self._figures.items()
            for level in Level
        }
        by_key = {(indicator, part) for indicator, part, by in chosen if by}
        judged = _rows(assessments.table, {(indicator, part) for indicator, part, _ in chosen}, by_key, _JUDGED)
        rows = _rows(results.table, {(indicator, part) for indicator, part, _ in chosen}, by_key, _OF_RESULTS)
        self._found: dict[Key, dict[str, FigureFacts]] = defaultdict(dict)
        for (period, unit, level, indicator, part, stratum), row in rows.items():
            facts = FigureFacts(
                self._figures[indicator, part],
                row,
                judged.get((period, unit, level, indicator, part, stratum)),
                self._yes_no[indicator, part, Level(level)],
                decode_stratum(stratum),
            )
            self._found[period, unit, indicator, part][stratum] = facts

    def of(self, period: str, unit: str, name: FigureName) -> FigureFacts | None:
        """The facts of a figure of a unit; None where the results have no such row."""
        return self._found.get((period, unit, name.indicator, name.part), {}).get("")

    def strata(self, period: str, unit: str, name: FigureName, by: Sequence[str]) -> list[FigureFacts]:
        """The facts of its strata by these stratifiers."""
        found = self._found.get((period, unit, name.indicator, name.part), {})
        return [facts for facts in found.values() if {key for key, _ in facts.stratum} == set(by)]


_PLACE = ("period", "org_id", "level", "indicator", "part", "stratum")


def _rows(
    table: pa.Table, wanted: set[tuple[str, str]], with_strata: set[tuple[str, str]], columns: Sequence[str]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """Rows of a table of results or assessments: totals of the wanted figures, strata too of those ``with_strata``."""
    indicators, indicator_of = _encoded(table["indicator"])
    parts, part_of = _encoded(table["part"])
    strata, stratum_of = _encoded(table["stratum"])
    kind = np.zeros((len(indicators) + 1, len(parts) + 1), dtype=np.int8)
    for i, indicator in enumerate(indicators):
        for p, part in enumerate(parts):
            kind[i, p] = ((indicator, part) in wanted) + ((indicator, part) in with_strata)
    of_row = kind[indicator_of, part_of]
    total = np.array([text == "" for text in strata] or [False])[stratum_of] if len(stratum_of) else of_row > 0
    kept = table.filter(pa.array((of_row == 2) | ((of_row == 1) & total)))
    places = zip(*(kept[name].to_pylist() for name in _PLACE), strict=True)
    told = zip(*(kept[name].to_pylist() for name in columns), strict=True)
    return {place: dict(zip(columns, row, strict=True)) for place, row in zip(places, told, strict=True)}


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], Any]:
    """The words of a column and the position of each row's."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
    return array.dictionary.to_pylist(), array.indices.to_numpy(zero_copy_only=False)
