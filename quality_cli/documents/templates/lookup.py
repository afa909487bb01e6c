"""How a template asks for figures: ``own("1.1.2-m1", grade=5)``. Runs where templates are rendered, over plain data."""

from collections.abc import Mapping

from quality_cli.core.names import Names, UnknownNameError
from quality_cli.core.strata import names_of, value_word
from quality_cli.documents.templates.model import Cell, Figures, Unit


class Lookup:
    """Figures of one unit in one school year, by name.

    A name that nobody knows is an error and never the total or «н/д» instead. Beside the call a template sees ``unit``,
    ``period`` and ``values``.
    """

    __slots__ = ("_by_figure", "_cells", "_names", "period", "unit")

    def __init__(self, figures: Figures, names: Names) -> None:
        self.unit: Unit = figures.unit
        self.period: str = figures.period
        self._names = names
        self._cells = {(cell.indicator, cell.part, cell.stratum): cell for cell in figures.cells}
        self._by_figure: dict[tuple[str, str], list[Cell]] = {}
        for cell in figures.cells:
            self._by_figure.setdefault((cell.indicator, cell.part), []).append(cell)

    def __call__(self, indicator: str, part: str = "", **stratum: str | int) -> Cell:
        """The figure; names of the stratum may come in any order."""
        if indicator in self._names.off:
            return Cell(indicator, part, note="показатель выключен")
        wanted = self._names.stratum(indicator, part, stratum)
        found = self._cells.get((indicator, part, wanted))
        if found is None:  # what the data hold is known, whatever the catalogue says of it
            self._names.check_values(indicator, wanted)
            return Cell(indicator, part, wanted)
        return found

    def values(self, indicator: str, by: str, part: str = "", **fixed: str | int) -> list[str]:
        """Values of the stratifier ``by`` that have rows (within ``fixed``), in the order of the results."""
        if indicator in self._names.off:
            return []
        if by in fixed:
            raise UnknownNameError(f"разрез «{by}» и спрашивается, и задан")
        names = names_of(self._names.stratum(indicator, part, {**fixed, by: ""}))
        wanted = {name: value_word(value) for name, value in fixed.items()}
        strata: list[Mapping[str, str]] = [
            dict(cell.stratum)
            for cell in self._by_figure.get((indicator, part), ())
            if names_of(cell.stratum) == names and cell.status != "not_applicable"
        ]
        found = [stratum[by] for stratum in strata if wanted.items() <= stratum.items()]
        if not found:
            self._names.check_values(indicator, tuple(wanted.items()))
        return found
