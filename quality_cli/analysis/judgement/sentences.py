"""Sentences of recommendations: facts in their fields, as Russian writes them."""

from collections.abc import Callable, Mapping
from math import isinf

from quality_cli.analysis.judgement.unit_facts import FigureFacts, signals_in
from quality_cli.catalogue.figures import stratifier_title
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.questions import term
from quality_cli.catalogue.rules.facts import split
from quality_cli.catalogue.rules.mistakes import fields_in
from quality_cli.catalogue.rules.model import FigureName
from quality_cli.core.periods import Period
from quality_cli.core.russian import MONTHS, NBSP, NO_DATA, enumerate_ru, num, pct, points, typography, unit_after
from quality_cli.core.truth import Range

Source = Callable[[FigureName | None], FigureFacts | None]
"""Gives the facts of another figure of the same unit, for None those of the rule's own."""


def filled(text: str, source: Source, words: Mapping[str, str], catalogue: Catalogue) -> str:
    """A sentence with its fields filled in; ``words`` are those of the unit and the rule."""
    plain = " ".join(text.split())
    for field in dict.fromkeys(fields_in(plain)):
        other, fact = split(field)
        facts = source(other)
        told = words[field] if field in words else field_words(facts, fact, catalogue) if facts else NO_DATA
        plain = plain.replace(f"{{{field}}}.", f"{told.rstrip('.')}.").replace(f"{{{field}}}", told)
    return typography(plain.replace("{{", "{").replace("}}", "}"))


def field_words(facts: FigureFacts, field: str, catalogue: Catalogue) -> str:
    """What a field says of a figure; «н/д» where nobody knows."""
    match field:
        case "value":
            return value_words(facts)
        case "title":
            return title_of(facts, catalogue)
        case "numerator" | "denominator" | "expected" | "received":
            return num(facts.told(field), 0)
        case "improved" | "unchanged" | "worsened":
            return num(facts.judged(field), 0)
        case "unit":
            return str(facts.told("unit"))
        case "earlier" | "rest":
            return _amount(facts.judged(f"{field}_value"), facts)
        case "change" | "difference":
            return _difference(facts.judged(field), facts)
        case "signals":
            return enumerate_ru(signals_in(facts.judged("signals"))) or NO_DATA
        case _:
            return str(facts.judged(field) or NO_DATA)


def value_words(facts: FigureFacts) -> str:
    """«42,3 %», «12 чел.», «да»; beside it how far it could move, where something is unknown."""
    shown = _amount(facts.told("value"), facts)
    known = facts("value")
    if not isinstance(known, Range) or facts.yes_no or isinf(known.low) or isinf(known.high):
        return shown
    return f"{shown} (возможно, от {num(known.low)} до {num(known.high)})"


def _amount(value: float | None, facts: FigureFacts) -> str:
    unit = str(facts.told("unit"))
    if value is None:
        return NO_DATA
    if facts.yes_no:
        return "да" if value else "нет"
    if unit == "%":
        return pct(value)
    whole = int(value) if float(value).is_integer() else value
    return f"{num(whole)}{NBSP}{unit_after(value, unit)}"


def _difference(value: float | None, facts: FigureFacts) -> str:
    if value is None or facts.told("unit") == "%":
        return points(value)
    return _amount(abs(value), facts)


def title_of(facts: FigureFacts, catalogue: Catalogue) -> str:
    """What the indicator is called, with the title of its part."""
    called = catalogue.indicators[facts.figure.indicator].called
    return f"{called} ({facts.figure.title})" if facts.figure.title else called


def stratum_name(facts: FigureFacts, catalogue: Catalogue) -> str:
    """«класс 5, Математика»."""
    contracts = catalogue.specs.contracts
    return ", ".join(
        f"{stratifier_title(facts.figure, name, contracts).lower()} {value}" if value.isdigit() else value
        for name, value in facts.stratum
    )


def named_with_value(name: str, facts: FigureFacts) -> str:
    """The name of an organisation or a stratum; where the value is a number, with it; where it is about the same
    children, with how many of them moved."""
    if facts.judged("same_children"):
        up, down = (num(facts.judged(way), 0) for way in ("improved", "worsened"))
        return f"{name} (выше у {up}, ниже у {down})"
    return name if facts.yes_no else f"{name} ({value_words(facts)})"


def deadline_words(deadline: str, period: Period) -> str:
    """«ноябрь 2026 г.» of a month; words as they are."""
    last = term(deadline, period)
    return deadline if last is None else f"{MONTHS[last.month - 1]} {last.year}{NBSP}г."
