"""The rows of a cube under each other, as columns; words as positions."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from quality_cli.analysis.results import Words
from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import Cube, Matched, Reason, Remark
from quality_cli.engine.plan.selection import QUANTITIES

LEVELS = tuple(Level)


class CubeRows:
    """Rows of all blocks, figures in the order of the catalogue. ``remark`` are positions in ``remarks``. ``earlier``:
    rows that a change is compared with; ``both`` and ``alone`` as in :class:`Matched`."""

    def __init__(self, cube: Cube) -> None:
        blocks = cube.blocks
        sizes = [len(block) for block in blocks]
        self.cube = cube
        block_of = np.repeat(np.arange(len(blocks)), sizes)
        figure = _joined([block.figure for block in blocks]).astype(np.int32)
        order = np.argsort(figure, kind="stable")  # rows of one figure as they are
        self.figure = figure[order]
        self.level = np.array([LEVELS.index(block.level) for block in blocks], dtype=np.int8)[block_of[order]]
        self.period = _joined([block.period for block in blocks])[order]
        self.org = _joined([block.org for block in blocks])[order]
        self.reason = _joined([block.reason for block in blocks])[order]
        self.counts = {
            name: _joined([block.counts[name] for block in blocks])[order].astype(float) for name in QUANTITIES
        }
        self.earlier = np.array([block.earlier for block in blocks], dtype=bool)[block_of[order]]
        nobody = Matched(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32))
        numbers = [[np.broadcast_to(one, len(block)) for one in block.matched or nobody] for block in blocks]
        self.both, self.alone = (_joined([own[place] for own in numbers])[order] for place in (0, 1))
        self.by = Words.of(block_of[order], [block.by for block in blocks])
        strata, words = _listed([(block.stratum, tuple(map(encode_stratum, block.strata))) for block in blocks])
        self.stratum = Words.of(strata[order], words)
        self.remarks: list[Remark]
        remark, self.remarks = _listed([(block.remark, block.remarks) for block in blocks])
        self.remark = remark[order]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.figure)

    def supply(self, where: Array) -> None:
        """Take the tables that some rows lack for supplied: what stands behind these is counted, or nothing is."""
        counted = np.any([amounts != 0 for amounts in self.counts.values()], axis=0)
        for reason, own in ((Reason.COUNTED, where & counted), (Reason.NO_ROWS, where & ~counted)):
            self.reason[own], self.remark[own] = reason, len(self.remarks)
            self.remarks.append(Remark(reason))

    def of_figures(self, read: Callable[[Figure], Any]) -> Array:
        """A property of each row's figure."""
        return np.array([read(figure) for figure in self.cube.figures])[self.figure]


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _listed(parts: Sequence[tuple[Array, Sequence[Any]]]) -> tuple[Array, list[Any]]:
    """Positions of blocks, each with a list of its own, as positions in one list."""
    starts = np.cumsum([0, *(len(items) for _, items in parts)])
    codes = _joined([codes + start for (codes, _), start in zip(parts, starts[:-1], strict=True)]).astype(np.intp)
    return codes, [item for _, items in parts for item in items]
