"""The same children at two times: did more of them do better than before, or worse?

Between the two results a child moved up, down or not at all. Where nothing has changed, one who moved is as likely to
have moved up as down, whatever the spread of levels and however strongly the two results depend on each other: the
exact test of McNemar, which for ordered levels is the sign test. By how much is not judged: levels are an order, and
from the second to the fourth is not twice as far as from the first to the second.
"""

from collections.abc import Iterator

import numpy as np

from quality_cli.analysis.judgement.change import UNCLEAR
from quality_cli.analysis.judgement.claims import Claim
from quality_cli.analysis.judgement.columns import Columns
from quality_cli.analysis.judgement.rows import NOWHERE
from quality_cli.analysis.judgement.scope import Scope
from quality_cli.catalogue.figures import Figure, least_found
from quality_cli.catalogue.model import SameChildren


def follow_children(scope: Scope, columns: Columns) -> Iterator[Claim]:
    """Count who moved, and claim that more moved one way; on the row of the part of those who did better."""
    rows = scope.rows
    for indicator, parts in scope.same_children.items():
        improved, worsened = (rows.figure_code(indicator, part) for part in (parts.improved, parts.worsened))
        chosen = (rows.figure == improved) & scope.followed & (rows.number("reported") == 1)
        own = np.flatnonzero(chosen & ~np.isnan(rows.number("value")))
        others = rows.find(own, figure=worsened.repeat(len(own)))
        for row, other in zip(own.tolist(), others.tolist(), strict=True):
            if other != NOWHERE:
                up, of_all = (int(rows.number(name)[row]) for name in ("numerator", "denominator"))
                down = int(rows.number("numerator")[other])
                unchanged = of_all - up - down
                for name, number in zip(("improved", "unchanged", "worsened"), (up, unchanged, down), strict=True):
                    columns.numbers[name][row] = number
                columns.numbers["gain"][row] = 100 * (up - down) / of_all
                if why := _unjudged(scope, row, scope.figure(row), parts):
                    columns.tell("same_children", row, UNCLEAR, why)
                else:
                    yield Claim.of_pairs("same_children", row, scope.family(row), up, down, unchanged)


def _unjudged(scope: Scope, row: int, figure: Figure, parts: SameChildren) -> str:
    """Why nothing can be said of children whose numbers are known; "" where it can."""
    year = scope.period(row)
    if broken := scope.comparability.broken(figure, year.shifted(-parts.years), year):
        return broken
    least = least_found(figure, scope.catalogue.specs.contracts)
    if least is not None and scope.rows.number("matched")[row] < least:
        return f"прежний результат найден меньше чем у {least} % детей"
    return "сведения неполны" if scope.partial[row] else ""
