"""Remarks: why quantities are zero or foreign, row by row, as far as the engine can know it."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import TRUE
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.availability import Availability
from quality_cli.engine.combine.cube import Reason, Remark
from quality_cli.engine.plan.reach import Reach
from quality_cli.engine.rollup.levels import OrgLevel

Index: TypeAlias = tuple[Array, Array, Array, Array]
"""Rows as positions: of the figure, the stratum, the school year and the organisation."""


class Remarker:
    """Finds the remark of every row. Later findings overrule earlier ones: that a figure is not about an organisation
    says more than that its table was not supplied."""

    def __init__(self, availability: Availability, reach: Reach) -> None:
        self._availability = availability
        self._reach = reach

    def __call__(
        self,
        figures: Sequence[Figure],
        level: OrgLevel,
        rows: Index,
        filled: Array,
        contributed: Mapping[str, Array],
        contradictions: Array | None,
        exceeding: Array | None,
    ) -> tuple[Array, tuple[Remark, ...]]:
        """For each row a position among the remarks, and these.

        ``filled``: rows that any row of data stands behind; ``contributed``: by the title of each other source, rows
        that it gave some of (such a figure stands alone); ``contradictions``: remarks by stratum × school year ×
        organisation of the register; ``exceeding``: rows whose numerator is above the denominator.
        """
        figure, stratum, year, org = rows
        remarks = [Remark()]
        by_others = np.zeros(len(figure), dtype=np.int64)
        for bit, gave in enumerate(contributed.values()):
            by_others |= gave.astype(np.int64) << bit
        remark = np.where(by_others == 0, self._not_loaded(figures, remarks)[figure, year], 0).astype(np.int32)
        for given in np.unique(by_others[by_others > 0]).tolist():
            remark[by_others == given] = len(remarks)
            remarks.append(Remark(sources=tuple(title for bit, title in enumerate(contributed) if given >> bit & 1)))
        remark[~filled & (remark == 0)] = len(remarks)
        remarks.append(Remark(Reason.NO_ROWS))
        if exceeding is not None:
            remark[exceeding] = len(remarks)
            remarks.append(Remark(Reason.EXCEEDING))
        fits = np.array(
            [level.holding(self._reach.applicable(item)) | (item.organisations == TRUE) for item in figures]
        )
        remark[~filled & ~fits[figure, year, org]] = len(remarks)
        remarks.append(Remark(Reason.NOT_APPLICABLE))
        if contradictions is not None:
            own = contradictions[stratum, year, level.positions[org]]
            for row in np.flatnonzero(own):
                remark[row] = len(remarks)
                remarks.append(own[row])
        return remark, tuple(remarks)

    def _not_loaded(self, figures: Sequence[Figure], remarks: list[Remark]) -> Array:
        """By figure and school year the remark that a dataset is lacking (the last of several), 0 where none is."""
        found = np.zeros((len(figures), len(self._availability.held(figures[0].population))), dtype=np.int32)
        for number, figure in enumerate(figures):
            for dataset in figure.datasets:
                if not (held := self._availability.held(dataset)).all():
                    found[number, ~held] = len(remarks)
                    remarks.append(Remark(Reason.NOT_LOADED, dataset=dataset))
        return found
