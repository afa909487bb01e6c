"""The names by which figures are asked for: indicators, their parts, stratifiers and the values these may have.

Whoever asks by a name that does not exist is told so: the answer is never the total or «н/д» instead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from quality_cli.core.ids import closest
from quality_cli.core.russian import ranges
from quality_cli.core.strata import Stratum, value_word


class UnknownNameError(LookupError):
    """Nobody knows this indicator, part, stratifier or value; the message, in Russian, says which are known."""


@dataclass(frozen=True, slots=True)
class IndicatorNames:
    """Parts of an indicator («» is the indicator itself) and its stratifiers in their order.

    A stratifier's values are listed where the catalogue knows all of them (a list of subjects, grades from 1 to 12);
    None: whatever the data hold.
    """

    parts: tuple[str, ...]
    by: Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that can be asked of a catalogue, by indicator.

    ``off`` are indicators that exist but are switched off: whoever asks for one gets no figure.
    """

    indicators: Mapping[str, IndicatorNames]
    off: Collection[str] = ()

    def check_part(self, indicator: str, part: str) -> IndicatorNames:
        """Raise :class:`UnknownNameError` unless the catalogue has the indicator and its part."""
        if indicator not in self.indicators:
            raise UnknownNameError(f"нет показателя «{indicator}»{closest(indicator, self.indicators)}")
        own = self.indicators[indicator]
        if part in own.parts:
            return own
        if not part:
            raise UnknownNameError(f"показатель {indicator} считается только по частям; есть: {_listed(own.parts)}")
        near = closest(part, own.parts)
        raise UnknownNameError(f"у показателя {indicator} нет части «{part}»{near or f'; есть: {_listed(own.parts)}'}")

    def stratum(self, indicator: str, part: str, given: Mapping[str, str | float]) -> Stratum:
        """The stratum with these values, in the order of results; any value will do.

        Raises :class:`UnknownNameError` for an unknown indicator, part or stratifier, and for a combination that the
        results do not tell: they have the total, each stratifier alone and all of them together.
        """
        by = self.check_part(indicator, part).by
        for name in given:
            if name not in by:
                told = f"; есть: {', '.join(by)}" if by else ": показатель не раскладывается"
                raise UnknownNameError(f"у показателя {indicator} нет разреза «{name}»{closest(name, by) or told}")
        if 1 < len(given) < len(by):
            raise UnknownNameError(
                f"показатель {indicator} раскладывают по одному разрезу или по всем: {', '.join(by)}"
            )
        return tuple((name, value_word(given[name])) for name in by if name in given)

    def check_values(self, indicator: str, stratum: Stratum) -> None:
        """Raise :class:`UnknownNameError` for a value that a stratifier cannot have."""
        by = self.indicators[indicator].by
        for name, value in stratum:
            known = by[name]
            if known is not None and value not in known:
                near = "" if known[0].isdigit() else closest(value, known)
                near = near or f"; бывает: {_listed(known)}"
                raise UnknownNameError(f"у разреза «{name}» показателя {indicator} нет значения «{value}»{near}")


def _listed(words: tuple[str, ...]) -> str:
    if all(word.isdigit() for word in words):
        return ranges(sorted(map(int, words)))
    shown = [f"«{word}»" for word in words if word][:12]
    return ", ".join(shown) + (" …" if len(words) > len(shown) + 1 else "") or "только он сам"
