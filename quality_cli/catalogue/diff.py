"""What changed in the method between two catalogues (two school years, or ours and the user's)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quality_cli.catalogue.loader import Catalogue

_IRRELEVANT = frozenset({"examples", "checked", "next_review", "owner"})
"""Fields whose change does not change a figure."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: ``kind`` is «добавлен», «исключён» or «изменён»; for a change, the field and both values."""

    indicator: str
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(before: Catalogue, after: Catalogue) -> Iterator[Difference]:
    """Differences of ``after`` from ``before``, in the order of the catalogue."""
    for indicator_id in dict.fromkeys((*before.indicators, *after.indicators)):
        old, new = before.indicators.get(indicator_id), after.indicators.get(indicator_id)
        if old is None or new is None:
            yield Difference(indicator_id, "добавлен" if old is None else "исключён")
            continue
        for name in type(new).model_fields:
            was, now = getattr(old, name), getattr(new, name)
            if name not in _IRRELEVANT and was != now:
                yield Difference(indicator_id, "изменён", name, _shown(was), _shown(now))


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
