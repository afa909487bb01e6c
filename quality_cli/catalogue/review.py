"""Definitions that are due for a review by the dates in the catalogue."""

from collections.abc import Iterator
from datetime import date

from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.model import Indicator
from quality_cli.core.findings import Finding, Severity


def due_for_review(catalogue: Catalogue, today: date) -> Iterator[Finding]:
    """Warnings, in the order of the catalogue; a date that is absent or no date is told too."""
    for indicator in catalogue.indicators.values():
        yield from _due(indicator, today)


def _due(indicator: Indicator, today: date) -> Iterator[Finding]:
    for name, text in (("checked", indicator.checked), ("next_review", indicator.next_review)):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            wrong = f"записана не так: «{text}»" if text else "не указана"
            message = f"{indicator.id}: дата «{name}» {wrong}; пишется как 2026-09-01"
            yield Finding("catalogue.date", Severity.WARNING, message)
            continue
        if name == "next_review" and day < today:
            message = f"{indicator.id}: определение пора пересмотреть (срок — {text})"
            yield Finding("catalogue.stale", Severity.WARNING, message)
