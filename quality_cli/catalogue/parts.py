"""Parts of a distribution: whether they are parts of one whole, as far as their conditions tell; with an example."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from quality_cli.catalogue.cases import Row, case, certain, kept, within
from quality_cli.catalogue.figures import Figure, figures_of, layers_of
from quality_cli.catalogue.model import Indicator
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.ids import as_written
from quality_cli.core.where import TRUE
from quality_cli.datasets.contracts.conditions import Mistake
from quality_cli.datasets.contracts.contract import Contract


def overlapping(indicator: Indicator, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Parts that a row may be in together, each with its place: they would add up to more than the whole."""
    parts = _parts_of_rows(indicator, contracts)
    for (_, one), (number, other) in combinations(enumerate(parts), 2):
        columns = contracts[one.denominator.dataset].columns
        whole = ((one.denominator.where, True), *kept(one))
        row = case(columns, *whole, (one.numerator.where, True), (other.numerator.where, True))
        if row is not None:
            yield (
                f"части «{one.part}» и «{other.part}» пересекаются: в обеих — строка, где {_told(row)}; доли, которые "
                "не складываются, — measure: share",
                ("parts", number, "numerator"),
            )


def left_out(indicators: Iterable[Indicator], contracts: Mapping[str, Contract]) -> Iterator[Finding]:
    """Warnings of distributions that leave somebody out: they may be meant so."""
    for indicator in indicators:
        parts = _parts_of_rows(indicator, contracts)
        if not parts:
            continue
        first = parts[0]
        conditions = (first.denominator.where, first.exclude or TRUE, *(part.numerator.where for part in parts))
        columns = within(contracts[first.denominator.dataset].columns, *conditions)
        whole = ((first.denominator.where, True), *kept(first))
        row = case(columns, *whole, *((part.numerator.where, False) for part in parts))
        if row is not None:
            message = f"{indicator.id}: части не складываются в целое: ни в одной нет строки, где {_told(row)}"
            yield Finding("catalogue.left_out", Severity.WARNING, message)


def _parts_of_rows(indicator: Indicator, contracts: Mapping[str, Contract]) -> Sequence[Figure]:
    """The parts of a distribution, where a row is in one of them or not: a child with two works may be in two."""
    if indicator.measure != "distribution":
        return ()
    written = zip(layers_of(indicator), figures_of(indicator), strict=True)
    parts = [figure for layers, figure in written if len(layers) == 2 and layers[0] == "parts"]
    alike = all(
        part.inside
        and part.denominator.dataset in contracts
        and part.denominator.kind != "distinct"
        and part.numerator.what == part.denominator.what
        and (part.denominator, part.exclude) == (parts[0].denominator, parts[0].exclude)
        and certain(part.denominator.where, part.numerator.where, part.exclude or TRUE)
        for part in parts
    )
    return parts if alike else ()


def _told(row: Row) -> str:
    """«mark» = 3."""
    cells = {name: cell for name, cell in row.items() if isinstance(name, str)}
    return ", ".join(f"«{name}» = {_shown(cell)}" for name, cell in cells.items()) or "что угодно"


def _shown(cell: object) -> str:
    match cell:
        case frozenset():
            return "; ".join(sorted(str(word) or "другое" for word in cell))
        case str():
            return "другое" if cell.startswith("\0") else cell
        case _:
            return as_written(cell)
