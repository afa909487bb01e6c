"""Whether values of two school years, or of two organisations, are of the same thing. What is not is never judged."""

from dataclasses import dataclass
from functools import cached_property

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, value_word
from quality_cli.core.where import values_kept

DRAWN = "предмет выпадает по жребию: в разные годы его пишут разные классы"
MIXED = "в итог входят предметы, выпавшие по жребию: в разные годы и в разных школах они разные"


@dataclass(frozen=True)
class Comparability:
    """Asks the contracts which values are drawn by lot, and the catalogue where a series breaks."""

    catalogue: Catalogue

    def between_years(self, figure: Figure, stratum: Stratum, year: Period) -> str:
        """Why a value cannot be compared with that of the year before; "" where it can."""
        key = figure, stratum, year
        if key not in self._years:
            before = year.shifted(-1)
            drawn = (self._drawn(figure, stratum, period) for period in (year, before))
            self._years[key] = next(filter(None, (self.broken(figure, before, year), *drawn)), "")
        return self._years[key]

    def broken(self, figure: Figure, before: Period, year: Period) -> str:
        """Why values of two school years are not of the same thing by the catalogue's word; "" where they are."""
        breaks = self.catalogue.indicators[figure.indicator].breaks
        return next((f"с {one.since} {one.reason}" for one in breaks if before < one.since <= year), "")

    def between_organisations(self, figure: Figure, stratum: Stratum, year: Period) -> str:
        """Why organisations cannot be compared within a year: their totals are of different subjects."""
        why = self._drawn(figure, stratum, year)
        return why if why == MIXED else ""

    @cached_property
    def _years(self) -> dict[tuple[Figure, Stratum, Period], str]:
        return {}

    @cached_property
    def _lots(self) -> dict[tuple[Figure, Stratum, Period], str]:
        return {}

    def _drawn(self, figure: Figure, stratum: Stratum, year: Period) -> str:
        """Whether a value is of something that was drawn by lot in a school year, or a total that has such in it."""
        key = figure, stratum, year
        if key not in self._lots:
            self._lots[key] = self._find_drawn(figure, stratum, year)
        return self._lots[key]

    def _find_drawn(self, figure: Figure, stratum: Stratum, year: Period) -> str:
        fixed = {name: (value,) for name, value in stratum}
        kept = {name: tuple(map(value_word, values)) for name, values in values_kept(figure.denominator.where).items()}
        limits = {**kept, **fixed}
        for item in self.catalogue.specs.contracts[figure.population].obligations:
            if item.drawn and item.holds_in(year.start):
                each = {name: set(map(value_word, values)) for name, values in item.each.items()}
                if all(name not in limits or values & set(limits[name]) for name, values in each.items()):
                    return DRAWN if set(item.drawn) <= set(fixed) else MIXED
        return ""
