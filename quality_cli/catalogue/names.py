"""The names of a catalogue: what figures can be asked for."""

from collections.abc import Sequence
from itertools import chain

from quality_cli.catalogue.figures import Figure
from quality_cli.catalogue.loader import Catalogue
from quality_cli.core.names import IndicatorNames, Names
from quality_cli.datasets.contracts.column import Column

_MOST = 100
"""A range of more whole numbers than that is not listed."""


def names_of(catalogue: Catalogue) -> Names:
    """Indicators with their parts, stratifiers and the values that these may have."""
    return Names(
        {
            name: IndicatorNames(
                tuple(figure.part for figure in figures),
                {stratifier: _values(stratifier, figures, catalogue) for stratifier in figures[0].by},
            )
            for name, figures in catalogue.figures_of.items()
        },
        sorted(catalogue.off),
    )


def _values(stratifier: str, figures: Sequence[Figure], catalogue: Catalogue) -> tuple[str, ...] | None:
    """All that the tables of the figures allow; None where one of them allows anything."""
    own = [*figures, *chain.from_iterable(figure.other_sources for figure in figures)]
    datasets = dict.fromkeys(dataset for figure in own for dataset in figure.datasets)
    contracts = catalogue.specs.contracts
    columns = [contracts[name].columns[stratifier] for name in datasets if stratifier in contracts[name].columns]
    allowed = [_allowed(column) for column in columns]
    told = [values for values in allowed if values is not None]
    return tuple(dict.fromkeys(chain.from_iterable(told))) if len(told) == len(columns) else None


def _allowed(column: Column) -> tuple[str, ...] | None:
    if column.type == "flag":
        return "0", "1"
    if column.values:
        return tuple(column.values)
    if column.type == "integer" and column.min is not None and column.max is not None:
        numbers = range(int(column.min), int(column.max) + 1)
        return tuple(map(str, numbers)) if len(numbers) <= _MOST else None
    return None
