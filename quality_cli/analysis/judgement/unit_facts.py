"""Facts of figures of units, as rules ask about them: rows of the results with what is judged of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from quality_cli.analysis.judgement import assessment
from quality_cli.analysis.judgement.assessment import Assessments
from quality_cli.analysis.results import COLUMNS as OF_RESULTS
from quality_cli.analysis.results import Results
from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.rules.facts import FACTS, SIGNAL, is_yes_no
from quality_cli.catalogue.rules.model import FigureName
from quality_cli.core.organisations import Level
from quality_cli.core.strata import TOTAL, Stratum, decode_stratum, names_of
from quality_cli.core.truth import Fact, Range

Wanted: TypeAlias = tuple[str, str, frozenset[str]]
"""Indicator, part and the stratifiers of the rows: none of totals."""

_COLUMNS = {**assessment.COLUMNS, **OF_RESULTS, SIGNAL: assessment.COLUMNS["signals"]}
COLUMNS_OF_FACTS: Mapping[str, Mapping[str, str]] = {name: _COLUMNS[name] for name in FACTS}
"""By the name of a fact: ``title`` and ``meaning`` of the column that it is, in Russian."""

_DIGITS = 9
"""What is beyond is an error of division: 49.999999999999 is not less than 50."""


class _Rows(dict[str, Sequence[Any]]):
    """Columns of the wanted rows of a table of results or assessments, None where a cell is empty: each is read when it
    is first asked for. ``index``: the position of a row by its school year, unit, indicator, part and stratum."""

    def __init__(self, table: pa.Table, wanted: set[Wanted]) -> None:
        super().__init__()
        indicator, part, stratum = (_encoded(table[name]) for name in ("indicator", "part", "stratum"))
        strata = list(map(decode_stratum, stratum[0]))
        kinds = {names: code for code, names in enumerate({frozenset(names_of(own)) for own in strata})}
        kind = np.array([kinds[frozenset(names_of(own))] for own in strata], dtype=np.int32)
        is_wanted = np.zeros((len(indicator[0]), len(part[0]), len(kinds)), dtype=bool)
        codes = ({word: code for code, word in enumerate(words)} for words, _ in (indicator, part))
        of_indicator, of_part = codes
        for name, own, by in wanted:
            if name in of_indicator and own in of_part and by in kinds:
                is_wanted[of_indicator[name], of_part[own], kinds[by]] = True
        kept = is_wanted[indicator[1], part[1], kind[stratum[1]]] if len(table) else np.zeros(0, dtype=bool)
        self._table = table.filter(pa.array(kept))
        places = zip(*map(self.__getitem__, ("period", "org_id", "indicator", "part", "stratum")), strict=True)
        self.index = {place: number for number, place in enumerate(places)}

    def __missing__(self, name: str) -> Sequence[Any]:
        column = self._table[name]
        if pa.types.is_dictionary(column.type):
            words, codes = _encoded(column)
            self[name] = [words[code] for code in codes.tolist()]
        else:
            self[name] = column.to_pylist()
        return self[name]


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], Any]:
    """The words of a column and the position of each row's."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), [])
    return array.dictionary.to_pylist(), array.indices.to_numpy(zero_copy_only=False)


@dataclass(frozen=True)
class FigureFacts:
    """What is known of one figure of a unit: a row of the results and what is judged of it, where anything is.

    ``yes_no``: its value is да or нет.
    """

    figure: Figure
    yes_no: bool
    stratum: Stratum
    rows: _Rows
    place: int
    judgements: _Rows
    judged_at: int | None

    def told(self, column: str) -> Any:
        """A cell of the row of the results."""
        return self.rows[column][self.place]

    def judged(self, column: str) -> Any:
        """A cell of the assessment; None where nothing is judged."""
        return None if self.judged_at is None else self.judgements[column][self.judged_at]

    @cached_property
    def lacks_reports(self) -> bool:
        """Whether somebody whose report it needs has not handed it in."""
        expected, received = self.told("expected"), self.told("received")
        return expected is not None and received is not None and received < expected

    @cached_property
    def applies(self) -> bool:
        """Whether the figure is about the unit: where all is told and there is nobody to divide by, it is not."""
        if self.told("status") == "not_applicable":
            return False
        nobody = self.told("value") is None and self.told("denominator") == 0 and not self.told("unknown")
        return not (nobody and self.told("expected") and not self.lacks_reports)

    def __call__(self, name: str) -> Fact:
        """A fact; None where nobody knows it."""
        match name:
            case "value":
                return self._value
            case "signal":
                return self._signals()
            case "numerator" | "denominator" if self.told(name) is not None:
                sure = self.told("status") != "partial" and not self.told("unknown")
                return _number(self.told(name)) if sure else Range(self.told(name), inf)
            case "unstable" if not self.judged("state"):
                return None
        told = self.judged(name) if FACTS[name].judged else self.told(name)
        return None if told in ("", None) else _number(told) if isinstance(told, float) else told

    @cached_property
    def _value(self) -> Fact:
        """The number, or the range that it may lie in: of reports that are missing only a share of organisations
        knows what they could change, a number of rows that they can only add to it."""
        value, measure = self.told("value"), self.figure.measure
        if value is None:
            return None
        if measure == "flag" and self.yes_no:  # one that others could still change has no value
            return bool(value)
        if measure == "count" and self.yes_no:
            return True if value else Range(0, 1) if self.lacks_reports or self.told("unknown") else False
        ends = (self.told(name) for name in ("possible_low", "possible_high"))
        low, high = (_number(value if end is None else end) for end in ends)
        unsure = self.lacks_reports or (self.told("status") == "partial" and low == high)
        if unsure and measure != "share_of_orgs":
            adds = measure == "count" and not self.figure.change and self.figure.numerator.kind != "sum"
            return Range(low if adds else -inf, inf)
        if self.yes_no:
            return bool(value) if low == high else Range(low / 100, high / 100)
        return _number(value) if low == high else Range(low, high)

    def _signals(self) -> Fact:
        """A signal either was raised or was not, wherever there is a value."""
        told = self.judged("signals")
        return signals_in(told) if told or self.told("value") is not None else None


def signals_in(told: str | None) -> tuple[str, ...]:
    """The signals of a cell of the assessments."""
    return tuple(filter(None, map(str.strip, (told or "").split(";"))))


def _number(value: float) -> float:
    return round(float(value), _DIGITS)


class UnitFacts:
    """Facts of some figures of every unit; each table is gone through once.

    ``wanted`` are figures, each with the stratifiers it is asked by: none, or those of a rule.
    """

    def __init__(
        self,
        wanted: Iterable[tuple[FigureName, Sequence[str]]],
        catalogue: Catalogue,
        results: Results,
        assessments: Assessments,
    ) -> None:
        asked = {(name.indicator, name.part, frozenset(by)) for name, by in wanted}
        asked |= {(indicator, part, frozenset()) for indicator, part, _ in asked}
        self._rows, self._judgements = _Rows(results.table, asked), _Rows(assessments.table, asked)
        contracts = catalogue.specs.contracts
        self._figures = {
            FigureName(indicator, figure.part): (
                figure,
                {level: is_yes_no(figure, level, contracts) for level in Level},
            )
            for indicator in {indicator for indicator, _, _ in asked}
            for figure in catalogue.figures_of.get(indicator, ())
        }

    def of(self, period: str, unit: str, name: FigureName) -> FigureFacts | None:
        """The facts of a figure of a unit; None where the results have no such row."""
        place = self._rows.index.get((period, unit, name.indicator, name.part, ""))
        return None if place is None else self._at(place, name, TOTAL, "")

    def strata(self, period: str, unit: str, name: FigureName, by: Sequence[str]) -> Iterator[FigureFacts]:
        """The facts of its strata by these stratifiers, in the order of the table."""
        for text, place in self._strata.get((period, unit, name.indicator, name.part), ()):
            stratum = decode_stratum(text)
            if set(names_of(stratum)) == set(by):
                yield self._at(place, name, stratum, text)

    def _at(self, place: int, name: FigureName, stratum: Stratum, text: str) -> FigureFacts:
        figure, yes_no = self._figures[name]
        period, unit, level = (self._rows[column][place] for column in ("period", "org_id", "level"))
        judged = self._judgements.index.get((period, unit, name.indicator, name.part, text))
        return FigureFacts(figure, yes_no[level], stratum, self._rows, place, self._judgements, judged)

    @cached_property
    def _strata(self) -> Mapping[tuple[str, ...], list[tuple[str, int]]]:
        found: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
        for (*place, stratum), number in self._rows.index.items():
            if stratum:
                found[tuple(place)].append((stratum, number))
        return found
