"""Execution of a plan: scans, quantities at the leaf, their roll-up, sources combined, the cube."""

from collections.abc import Mapping, Sequence

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.table import Tables
from quality_cli.datasets.tables.yearly import yearly
from quality_cli.engine.combine.alternative_sources import CombinedSources, Quantities, combined
from quality_cli.engine.combine.availability import Availability
from quality_cli.engine.combine.cube import Block, Cube
from quality_cli.engine.combine.disputed import Disputed
from quality_cli.engine.combine.layout import Layout
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.whole import Whole
from quality_cli.engine.plan.partitions import Partition
from quality_cli.engine.plan.plan import Plan, sources_of
from quality_cli.engine.plan.reach import Reach
from quality_cli.engine.rollup.quantities import Rollup
from quality_cli.engine.rollup.strata import Strata, table_of
from quality_cli.engine.scan.accumulate import PartitionCounts
from quality_cli.engine.scan.scanning import Engine, run_scan


class Executor:
    """Runs one plan; what a scan finds is shared by all figures it serves.

    ``coverage``: which reports have come; without it every table is :class:`Whole`.
    """

    def __init__(self, plan: Plan, tables: Tables, engine: Engine = run_scan, coverage: Coverage | None = None) -> None:
        self._plan = plan
        self._tables = tables = yearly(tables, plan.read)
        self._coverage = coverage or Whole(plan, tables)
        self._reach = Reach(tables, plan.contracts, plan.read)
        self._availability = Availability(plan, tables)
        self._layout = Layout(plan, tables, self._reach, self._availability, self._coverage)
        self._disputed = Disputed(plan, tables)
        self._counted: dict[Partition, PartitionCounts] = {}
        for scan in plan.scans:
            self._counted.update(zip(scan.partitions, engine(plan, tables, scan), strict=True))

    def run(self) -> Cube:
        """Lay out everything that the plan names; once, for what was counted is let go on the way."""
        blocks: list[Block] = []
        waiting = {*self._plan.broken_down}
        for by, figures in self._plan.broken_down.items():
            strata, rollups = self._rollups(figures)
            blocks += self._layout([(figure, self._by_sources(figure, rollups, strata)) for figure in figures], strata)
            waiting.remove(by)
            self._counted = {
                partition: found
                for partition, found in self._counted.items()
                if not waiting.isdisjoint(figure.by for figure in partition.served)
            }
        return Cube(
            self._plan.figures,
            self._tables.organisations,
            tuple(blocks),
            self._availability.sources(self._plan.figures),
            self._plan.contracts,
            self._plan.periods,
        )

    def combined(self, figure: Figure) -> tuple[CombinedSources, Strata]:
        """What one figure counts in each of its sources."""
        strata, rollups = self._rollups([figure])
        return self._by_sources(figure, rollups, strata), strata

    def _by_sources(self, figure: Figure, rollups: Mapping[Partition, Rollup], strata: Strata) -> CombinedSources:
        return self._disputed(figure, combined(self._by_source(figure, rollups), strata), strata)

    def left_out(self, figure: Figure, level: Level, period: int, stratum: Stratum) -> Array | None:
        """The organisations of the register that contradict themselves, so that units of a level are without them."""
        if figure.condition is not None:
            return None
        found, strata = self.combined(figure)
        out = self._layout.left_out(figure, strata, found, level, stratum)
        return None if out is None else out[self._plan.read.index(period)]

    def members(self, figure: Figure, period: int) -> dict[str, float | None]:
        """The organisations that a share of organisations is about, each with its own value (None: it has none)."""
        found, strata = self.combined(figure)
        return self._layout.members(figure, strata, found, self._plan.read.index(period))

    def _rollups(self, figures: Sequence[Figure]) -> tuple[Strata, dict[Partition, Rollup]]:
        """The strata of figures that are broken down alike, and what each partition that serves them counted."""
        sources = [source for figure in figures for source in sources_of(figure)]
        found = {partition: self._counted[partition] for s in sources for partition in self._serving(s).values()}
        contracts = self._plan.contracts
        met = [(counts.strata, contracts[partition.dataset]) for partition, counts in found.items()]
        missing = (
            (table_of(strata, contracts[dataset]), contracts[dataset])
            for dataset, strata in self._coverage.missing_strata(figures)
        )
        strata = Strata(figures[0].by, [*met, *missing])
        return strata, {p: Rollup(counted, strata, self._plan.tuning) for p, counted in found.items()}

    def _serving(self, source: Figure) -> dict[str, Partition]:
        """Which partition serves a figure (or the same by another source) in each dataset that was supplied."""
        return {name: self._plan.serving[source, name] for name in source.datasets if name in self._tables}

    def _by_source(self, figure: Figure, rollups: Mapping[Partition, Rollup]) -> list[tuple[Figure, Quantities]]:
        """The quantities of a figure by each of its sources that was supplied."""
        found: list[tuple[Figure, Quantities]] = []
        for source in sources_of(figure):
            if source is not figure and source.population not in self._tables:
                continue
            quantities = {
                name: quantity.within(self._reach.counted(source)).within(self._coverage.divided(source, dataset))
                for dataset, partition in self._serving(source).items()
                for name, quantity in rollups[partition].quantities(source)
            }
            found.append((source, quantities))
        return found
