"""Whether values of two school years, or of two organisations, are of the same thing. What is not is never judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, value_word
from quality_cli.core.where import values_kept
from quality_cli.datasets.contracts.contract import Contract

DRAWN = "предмет выпадает по жребию: в разные годы его пишут разные классы"
MIXED = "в итог входят предметы, выпавшие по жребию: в разные годы и в разных школах они разные"


@dataclass(frozen=True)
class Comparability:
    """Asks the contracts which values are drawn by lot, and the catalogue where a series breaks."""

    catalogue: Catalogue

    def between_years(self, indicator: str, part: str, stratum: Stratum, now: Period, earlier: Period) -> str:
        """Why a value cannot be compared with that of an earlier year; "" where it can."""
        for one in self.catalogue.indicators[indicator].breaks:
            if earlier < one.since <= now:
                return f"с {one.since} {one.reason}"
        figure = self._figures[indicator, part]
        return _drawn(figure, self._contract(figure), stratum, now) or _drawn(
            figure, self._contract(figure), stratum, earlier
        )

    def between_organisations(self, indicator: str, part: str, stratum: Stratum, year: Period) -> str:
        """Why organisations cannot be compared within a year: their totals are of different subjects."""
        figure = self._figures[indicator, part]
        why = _drawn(figure, self._contract(figure), stratum, year)
        return why if why == MIXED else ""

    def _contract(self, figure: Figure) -> Contract:
        return self.catalogue.specs.contracts[figure.population]

    @cached_property
    def _figures(self) -> Mapping[tuple[str, str], Figure]:
        return {(figure.indicator, figure.part): figure for figure in self.catalogue.figures}


def _drawn(figure: Figure, contract: Contract, stratum: Stratum, year: Period) -> str:
    """Whether a value is of something that was drawn by lot in a school year, or a total that has such in it."""
    fixed = {name: (value,) for name, value in stratum}
    kept = {name: tuple(map(value_word, values)) for name, values in values_kept(figure.denominator.where).items()}
    limits = {**kept, **fixed}
    for item in contract.obligations:
        if item.drawn and item.holds_in(year.start):
            each = {name: set(map(value_word, values)) for name, values in item.each.items()}
            if all(name not in limits or values & set(limits[name]) for name, values in each.items()):
                return DRAWN if set(item.drawn) <= set(fixed) else MIXED
    return ""
