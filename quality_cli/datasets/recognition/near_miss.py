"""Sheets that are nearly a table of a dataset: what is said of them."""

import re
from dataclasses import dataclass

from quality_cli.datasets.contracts.layout import Layout
from quality_cli.datasets.quoting import HIDDEN
from quality_cli.datasets.recognition.attempts import Attempt

_PLACE = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The layout that a sheet nearly has, the row of its header (from 0) and what keeps it from being read.

    ``is_aggregate``: it has numbers of people where the dataset has a row for each; another layout would not help.
    """

    layout: Layout
    header: int
    hint: str
    is_aggregate: bool = False


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The layout that an unknown sheet is most like, and the headers of it that the sheet has not."""

    layout: Layout
    lacking: tuple[str, ...]

    def __str__(self) -> str:
        like = f"больше всего похоже на: {self.layout.title}"
        return like + (f", но нет столбцов {', '.join(f'«{text}»' for text in self.lacking)}" if self.lacking else "")


def near_miss(attempt: Attempt) -> NearMiss | None:
    """What keeps a sheet from being read by an attempt; None where nothing does."""
    alike = attempt.alike or {}
    missing = ", ".join(
        f"«{name}»" + (f"; возможно, «{alike[name]}»?" if name in alike else "")
        for name in dict.fromkeys((*attempt.lacking, *alike))
    )
    above = ", ".join(f"«{_PLACE.sub(HIDDEN, text)}»" for text in attempt.above)
    strange = ", ".join(f"«{title}»" for title in attempt.strange)
    reasons = [
        f"в заголовке нет: {missing}" if missing else "",
        f"над таблицей нет строки: {above}" if above else "",
        f"не то, что ждёт набор, в столбце: {strange}" if strange else "",
    ]
    hint = "; ".join(filter(None, reasons))
    return NearMiss(attempt.found.layout, attempt.header.row, hint) if hint else None
