"""What changed in the method between two catalogues (two school years, or ours and the user's)."""

from collections.abc import Iterator
from dataclasses import dataclass

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.passport import CHECKING, passport_facts


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: ``kind`` is «добавлен», «исключён» or «изменён»; for a change, the fact of the passport and
    both its texts."""

    indicator: str
    kind: str
    fact: str = ""
    before: str = ""
    after: str = ""


def differences(before: Catalogue, after: Catalogue) -> Iterator[Difference]:
    """Differences of ``after`` from ``before``, in the order of the catalogue.

    Passports are compared, save what changes no figure and no text: who checked the definition and when.
    """
    for indicator_id in dict.fromkeys((*before.indicators, *after.indicators)):
        old, new = (_facts(catalogue, indicator_id) for catalogue in (before, after))
        if not old or not new:
            yield Difference(indicator_id, "исключён" if old else "добавлен")
            continue
        for name in dict.fromkeys((*old, *new)):
            was, now = old.get(name, "нет"), new.get(name, "нет")
            if was != now and name not in CHECKING:
                yield Difference(indicator_id, "изменён", name, was, now)


def _facts(catalogue: Catalogue, indicator_id: str) -> dict[str, str]:
    indicator = catalogue.indicators.get(indicator_id)
    return dict(passport_facts(indicator, catalogue)) if indicator else {}
