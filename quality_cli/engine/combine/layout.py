"""Layout: quantities of figures that are broken down alike become the rows of the cube."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, names_of, stratum_of
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.combine.alternative_sources import CombinedSources
from quality_cli.engine.combine.availability import Availability
from quality_cli.engine.combine.bounds import Weight, possible, possible_change, settled
from quality_cli.engine.combine.cube import Block, Matched, Reason, Remark, SourceValue
from quality_cli.engine.combine.matching import Matching, Pairs
from quality_cli.engine.combine.remarks import Remarker
from quality_cli.engine.combine.values import grown, value
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.whole import Whole
from quality_cli.engine.plan.plan import Plan
from quality_cli.engine.plan.reach import Reach
from quality_cli.engine.plan.selection import QUANTITIES
from quality_cli.engine.rollup.levels import OrgLevel
from quality_cli.engine.rollup.strata import Margin, Strata

_NOTHING = np.zeros((1, 1, 1))


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Figures at one level by some of their stratifiers (figure × stratum × school year × organisation): quantities by
    name, where any row stands behind them, and where each other source (by its title) gave some of them."""

    quantities: Mapping[str, Array]
    filled: Array
    contributed: Mapping[str, Array] = field(default_factory=dict)


class Layout:
    """Lays out figures of one plan."""

    def __init__(
        self, plan: Plan, tables: Tables, reach: Reach, availability: Availability, coverage: Coverage | Whole
    ) -> None:
        self._coverage = coverage
        self._plan = plan
        self._orgs = tables.organisations
        self._reach = reach
        self._remarks = Remarker(availability, reach)
        self._levels = [OrgLevel.of(level, tables.organisations) for level in plan.levels]
        self._number = {figure: number for number, figure in enumerate(plan.figures)}

    def __call__(self, counted: Sequence[tuple[Figure, CombinedSources]], strata: Strata) -> Iterator[Block]:
        """Rows of figures that are broken down alike."""
        rows = [pair for pair in counted if pair[0].condition is None and not pair[0].change]
        plain = [pair for pair in rows if not (pair[0].other_sources or pair[1].differing)]
        alone = [pair for pair in rows if pair[0].other_sources or pair[1].differing]
        groups = [plain, *([pair] for pair in alone)]
        # Small arrays of many figures are laid out as one, for every call costs more than its work; large ones figure
        # by figure on every core.
        if len(strata) * len(self._orgs) * len(self._plan.read) * len(QUANTITIES) > self._plan.tuning.joint_layout:
            groups = [[pair] for pair in (*plain, *alone)]
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                yield from chain.from_iterable(pool.map(lambda group: list(self._counted(group, strata)), groups))
        else:
            yield from chain.from_iterable(self._counted(group, strata) for group in groups)
        for figure, found in counted:
            if figure.condition is not None:
                yield from self._share_of_orgs(figure, strata, found)
            elif figure.change:
                yield from self._compared(figure, strata, found)

    def members(self, figure: Figure, strata: Strata, found: CombinedSources, year: int) -> dict[str, float | None]:
        """The organisations that a share of organisations is about, each with its own value (None: it has none);
        ``year`` is a position among those read."""
        level = self._levels[0]
        values, known, _ = self._values(figure, strata.margins[0], found)
        fits = level.holding(self._reach.applicable(figure))
        orgs = list(self._orgs)
        return {
            orgs[position].id: float(values[0, year, number]) if known[0, year, number] else None
            for number, position in enumerate(level.positions)
            if fits[year, number]
        }

    def _counted(self, counted: Sequence[tuple[Figure, CombinedSources]], strata: Strata) -> Iterator[Block]:
        """Rows of figures that are laid out together."""
        if not counted:
            return
        figures, found = [figure for figure, _ in counted], [combined for _, combined in counted]
        for margin in strata.margins:
            for level, counts, exceeding, _ in self._climbed(figures, margin, found):
                differing = found[0].differing_at(margin, self._leaf(margin))
                yield self._block(figures, level, margin, counts, differing, exceeding)
                for figure in figures:
                    yield from self._not_held(figure, level, margin)

    def _matchings(
        self, figure: Figure, margin: Margin, found: CombinedSources
    ) -> Iterator[tuple[OrgLevel, Array | None, Matching]]:
        """Level by level which units contradict themselves, and of which others a change is known in both school years
        that it compares."""
        covered = [self._coverage.of(figure, stratum) for stratum in margin.strata]
        heard, came = (np.array([getattr(one, name) for one in covered]) for name in ("heard", "came_of_itself"))
        known = found.told(margin, ratio=figure.factor is not None)
        if figure.factor is None:  # no row is a zero of those whose report came
            known = known | (came & self._reach.applicable(figure))
        known, silent = known & heard & self._reach.existing, ~heard & self._reach.existing
        pairs = Pairs.of(self._plan.read, figure.change, self._orgs)
        for level, _, _, (out,) in self._climbed([figure], margin, [found]):
            if out is not None:
                known, silent = known & ~out, silent | out
            yield level, out, Matching.of(known, silent, pairs)

    def _compared(self, figure: Figure, strata: Strata, found: CombinedSources) -> Iterator[Block]:
        """Rows of a change and those that they are compared with, both over the units known in both school years."""
        for margin in strata.margins:
            differing = found.differing_at(margin, self._leaf(margin))
            for level, out, matching in self._matchings(figure, margin, found):
                left_out = matching.left_out(level)
                counts = self._at(level, margin, [found], [left_out if out is None else left_out | out])
                both, alone = (self._orgs_of(level, mask) for mask in (matching.both, matching.alone))
                exceeding = _exceeding([figure], counts)
                block = self._block([figure], level, margin, counts, differing, exceeding)
                place = block.stratum, np.searchsorted(self._plan.read, block.period), level.above[block.org]
                yield replace(block, matched=Matched(both[place], alone[place]))
                counts = self._at(level, margin, [found], [~matching.before])
                there = level.rolled_up(matching.before.astype(np.int32)) > 0
                counts = replace(counts, filled=counts.filled & there)
                exceeding = _exceeding([figure], counts)
                block = self._block([figure], level, margin, counts, differing, exceeding)
                place = block.stratum, np.searchsorted(self._plan.read, block.period), level.above[block.org]
                both = self._orgs_of(level, matching.before)[place]
                yield replace(block, matched=Matched(both, np.zeros_like(both)), earlier=True)
                yield from self._not_held(figure, level, margin)

    def _orgs_of(self, level: OrgLevel, mask: Array) -> Array:
        """For how many organisations a mask over the register holds, by unit of a level."""
        own = np.zeros(mask.shape, dtype=np.int32)
        own[..., self._levels[0].positions] = mask[..., self._levels[0].positions]
        return level.rolled_up(own)

    def left_out(
        self, figure: Figure, strata: Strata, found: CombinedSources, level: Level, stratum: Stratum
    ) -> Array | None:
        """Which organisations of the register contradict themselves in a stratum of a figure, or are not known in both
        school years that it compares, so that what is above them at a level is without them (school year ×
        organisation); None: nobody."""
        margin = next(one for one in strata.margins if set(one.names) == set(names_of(stratum)))
        place = next((n for n, own in enumerate(margin.strata) if dict(own) == dict(stratum)), None)
        for at, out in self._left_out(figure, margin, found):
            if at.level is level and out is not None and place is not None:
                left: Array = out[place]
                return left
        return None

    def _left_out(
        self, figure: Figure, margin: Margin, found: CombinedSources
    ) -> Iterator[tuple[OrgLevel, Array | None]]:
        """Level by level whom a figure is without."""
        if figure.change:
            for level, out, matching in self._matchings(figure, margin, found):
                unmatched = matching.left_out(level)
                yield level, unmatched if out is None else unmatched | out
        else:
            for level, _, _, (out,) in self._climbed([figure], margin, [found]):
                yield level, out

    def _leaf(self, margin: Margin) -> tuple[int, int, int]:
        return len(margin.strata), len(self._plan.read), len(self._orgs)

    def _climbed(
        self, figures: Sequence[Figure], margin: Margin, found: Sequence[CombinedSources]
    ) -> Iterator[tuple[OrgLevel, LevelCounts, Array, Sequence[Array | None]]]:
        """Level by level the quantities, where the numerator is above the denominator, and of whom they are without: a
        unit that contradicts itself is left out of what is above it."""
        out: list[Array | None] = [None] * len(figures)
        for level in self._levels:
            counts = self._at(level, margin, found, out)
            exceeding = _exceeding(figures, counts)
            yield level, counts, exceeding, tuple(out)
            for number, one in enumerate(found):
                wrong = exceeding[number]
                differing = one.differing_at(margin, self._leaf(margin))
                if differing is not None:
                    wrong = wrong | differing[..., level.positions].astype(bool)
                if wrong.any():
                    within = np.append(wrong, np.zeros_like(wrong[..., :1]), axis=-1)[..., level.above]
                    before = out[number]
                    out[number] = within if before is None else before | within

    def _at(
        self,
        level: OrgLevel,
        margin: Margin,
        counted: Sequence[CombinedSources],
        out: Sequence[Array | None] | None = None,
    ) -> LevelCounts:
        """The quantities of all sources together, of each figure without some organisations."""
        shape = (len(margin.strata), len(self._plan.read), len(level))
        quantities: dict[str, list[Array]] = {name: [] for name in QUANTITIES}
        filled: list[Array] = []
        contributed: dict[str, Array] = {}
        for found, left_out in zip(counted, out or [None] * len(counted), strict=True):
            own, behind = found.contributions[0].at(level, margin, left_out)
            for other in found.contributions[1:]:
                given, there = other.at(level, margin, left_out)
                own |= {name: own[name] + array if name in own else array for name, array in given.items()}
                behind = behind | there
                before = contributed.get(other.figure.source, False)  # several sources may be of one title
                contributed[other.figure.source] = _of_shape(there, shape)[None] | before
            filled.append(_of_shape(behind, shape))
            for name, arrays in quantities.items():
                arrays.append(_of_shape(own[name], shape) if name in own else _NOTHING)
        stacked = {name: _stacked(arrays, shape) for name, arrays in quantities.items()}
        return LevelCounts(stacked, _stacked(filled, shape), contributed)

    def _share_of_orgs(self, figure: Figure, strata: Strata, found: CombinedSources) -> Iterator[Block]:
        """Organisations whose own value satisfies the condition, among those that have a value. From here on they are
        what is counted: ones and zeros at the leaf, rolled up as rows are."""
        (margin,) = strata.margins
        bottom = self._levels[0]
        values, known, contradictions = self._values(figure, margin, found)
        assert figure.condition is not None
        truth = Evaluator.of_values("value", values.ravel(), numeric=True)(figure.condition)
        fits = bottom.holding(self._reach.applicable(figure))
        concerned = bottom.holding(self._reach.concerned(figure))
        by_org = {
            "numerator": fits & known & truth.true.reshape(values.shape),
            "denominator": fits & known,
            "excluded": (concerned & ~fits) | np.zeros_like(known),
            "unknown": fits & ~known,
        }
        for level in self._levels:
            quantities = {}
            contributed = self._at(level, margin, [found]).contributed if figure.other_sources else {}
            for name in QUANTITIES:
                leaf = np.zeros((1, len(self._plan.read), len(self._orgs)))
                leaf[..., bottom.positions] = by_org.get(name, 0)
                quantities[name] = level.rolled_up(leaf)[None]
            yield self._block(
                [figure],
                level,
                margin,
                LevelCounts(quantities, quantities["denominator"] > 0, contributed),
                contradictions if level is bottom else None,
            )

    def _contradictions(self, figure: Figure, counts: LevelCounts, differing: Array | None) -> Array:
        """The remarks of organisations whose own figure contradicts itself, by the whole register: sources that differ,
        more than all of them."""
        remarks = np.full((1, len(self._plan.read), len(self._orgs)), None, dtype=object)
        if differing is not None:
            remarks[:] = differing
        if figure.of == "share":
            top, base = (counts.quantities[name][0, 0] for name in ("numerator", "denominator"))
            for year, number in zip(*np.nonzero((top > base) & (base > 0)), strict=True):
                said = SourceValue("", float(top[year, number]), float(base[year, number]), np.nan, taken=True)
                remarks[0, year, self._levels[0].positions[number]] = Remark(Reason.EXCEEDING, values=(said,))
        remarks[:, ~self._reach.applicable(figure)] = None  # it is not about the others
        return remarks

    def _values(self, figure: Figure, margin: Margin, found: CombinedSources) -> tuple[Array, Array, Array]:
        """The value of each organisation by school year (or its change), where it is known (whatever the unknown cells
        are, it is on the same side of the condition), and the remarks of those that contradict themselves."""
        counts = self._at(self._levels[0], margin, [found])
        contradictions = self._contradictions(figure, counts, found.differing_at(margin, self._leaf(margin)))
        quantities, known = {name: array[0] for name, array in counts.quantities.items()}, counts.filled[0]
        values = value(figure, quantities["numerator"], quantities["denominator"])
        positions = self._levels[0].positions
        if figure.factor is not None:
            known = known & (quantities["denominator"] > 0)
        # Of whom a table has not come nothing is known; of whom it has, no row is a zero.
        covered = self._coverage.of(figure)
        known = covered.heard[:, positions] & (known | ((figure.factor is None) & covered.came[:, positions]))
        known = known & ~contradictions[..., positions].astype(bool)
        # A count of nothing among rows that are all unknown is no zero.
        known = known & ((quantities["denominator"] > 0) | (quantities["unknown"] == 0))
        if figure.change and figure.factor is None:  # a blank of one year would look like growth
            known = known & (quantities["unknown"] == 0)
        values = np.where(known, values, np.nan)
        bounds = possible(Weight.of(figure, self._plan.contracts, own=True), quantities)
        if figure.change:
            position = {year: number for number, year in enumerate(self._plan.read)}
            before = np.array([position.get(year + figure.change, -1) for year in self._plan.read])
            earlier, had = values[:, before], known[:, before] & (before >= 0)[:, None]
            values = grown(values, earlier, figure.in_percent)
            known = known & had & ~np.isnan(values)
            bounds = possible_change(bounds, (bounds[0][:, before], bounds[1][:, before]), figure.in_percent)
        assert figure.condition is not None
        return values, known & settled(figure.condition, *bounds), contradictions

    def _block(
        self,
        figures: Sequence[Figure],
        level: OrgLevel,
        margin: Margin,
        counts: LevelCounts,
        contradictions: Array | None = None,
        exceeding: Array | None = None,
    ) -> Block:
        """Rows of the results: a total for every organisation concerned, a stratum where anything was counted or is
        owed and did not come.

        ``contradictions`` are remarks by stratum × school year × organisation of the register, None where there are
        none; ``exceeding`` tells by figure where a numerator is above its denominator.
        """
        if margin.names:
            told = counts.filled.any(axis=(2, 3)) | self._missing(figures, margin)
            owed = self._owed(figures, level, margin) & told[..., None, None]
            wanted = (counts.filled | owed) & margin.named[:, None, None]
        else:
            concerned = np.array([level.holding(self._reach.concerned(figure)) for figure in figures])
            wanted = counts.filled | concerned[:, None]
        # In the order of results: school year, organisation, stratum.
        figure, year, org, stratum = np.nonzero(wanted.transpose(0, 2, 3, 1))
        rows = (figure, stratum, year, org)
        contributed = {title: array[rows] for title, array in counts.contributed.items()}
        above = None if exceeding is None else exceeding[rows]
        remark, remarks = self._remarks(figures, level, rows, counts.filled[rows], contributed, contradictions, above)
        return Block(
            figure=self._compact(np.array([self._number[item] for item in figures], dtype=np.int32)[figure]),
            level=level.level,
            by=margin.by,
            strata=margin.strata,
            remarks=remarks,
            period=self._compact(np.array(self._plan.read, dtype=np.int16)[year]),
            org=level.positions[org],
            stratum=self._compact(stratum.astype(np.min_scalar_type(len(margin.strata)))),
            counts={name: self._compact(_picked(array, rows)) for name, array in counts.quantities.items()},
            remark=self._compact(remark),
        )

    def _missing(self, figures: Sequence[Figure], margin: Margin) -> Array:
        """Strata that a missing report names (figure × stratum)."""
        found = np.zeros((len(figures), len(margin.strata)), dtype=bool)
        of_tables: dict[tuple[int, ...], list[bool]] = {}
        for number, figure in enumerate(figures):
            missing = [strata for _, strata in self._coverage.missing_strata([figure])]
            alike = tuple(map(id, missing))
            if alike not in of_tables:
                strata = chain.from_iterable(missing)
                named = {tuple(pair for pair in stratum if pair[0] in margin.names) for stratum in strata}
                of_tables[alike] = [stratum in named for stratum in margin.strata]
            found[number] = of_tables[alike]
        return found

    def _owed(self, figures: Sequence[Figure], level: OrgLevel, margin: Margin) -> Array:
        """Where somebody of whom nothing came owes reports of a stratum (figure × stratum × school year ×
        organisation)."""
        found = np.zeros((len(figures), len(margin.strata), len(self._plan.read), len(level)), dtype=bool)
        for number, figure in enumerate(figures):
            silent, counted = self._coverage.silent(figure, margin.strata), self._reach.counted(figure)
            if silent is None or not silent.any():
                continue
            under = level.rolled_up((silent if counted is None else silent & counted).astype(np.int32)) > 0
            found[number] = under & level.holding(self._reach.concerned(figure))
        return found

    def _not_held(self, figure: Figure, level: OrgLevel, margin: Margin) -> Iterator[Block]:
        """Strata that have no source in some years by design of the procedure."""
        gaps = self._plan.indicators[figure.indicator].not_held
        if not gaps:
            return
        own = level.holding(self._reach.applicable(figure))
        years = np.array(self._plan.read, dtype=np.int16)
        for gap in gaps:
            if sorted(gap.stratum) == sorted(margin.names):
                held_until = gap.until.start if gap.until else max(self._plan.read, default=0)
                within = (years >= gap.since.start) & (years <= held_until)
                year, org = np.nonzero(own & within[:, None])
                size = len(org)
                yield Block(
                    figure=np.full(size, self._number[figure], dtype=np.int32),
                    level=level.level,
                    by=margin.by,
                    strata=(stratum_of((name, gap.stratum[name]) for name in margin.names),),
                    remarks=(Remark(Reason.NOT_HELD, text=gap.reason),),
                    period=years[year],
                    org=level.positions[org],
                    stratum=np.zeros(size, dtype=np.intp),
                    counts=dict.fromkeys(QUANTITIES, np.zeros(size)),
                    remark=np.zeros(size, dtype=np.int32),
                )

    def _compact(self, array: Array) -> Array:
        """A long array that is nothing but one value repeated as that value."""
        if array.nbytes < self._plan.tuning.joint_layout or (array != array[0]).any():
            return array
        return np.broadcast_to(array[:1].copy(), len(array))  # a view would keep the whole of it


def _exceeding(figures: Sequence[Figure], counts: LevelCounts) -> Array:
    """Where the numerator of a share is above its denominator."""
    shares = np.array([figure.measure == "share" for figure in figures])[:, None, None, None]
    top, base = counts.quantities["numerator"], counts.quantities["denominator"]
    found: Array = shares & (top > base) & (base > 0)
    return found


def _of_shape(array: Array, shape: tuple[int, ...]) -> Array:
    return array if array.shape == shape else np.broadcast_to(array, shape)


def _stacked(arrays: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Arrays of all figures; nothing but a repeated zero where none has any."""
    if all(array is _NOTHING for array in arrays):
        return np.broadcast_to(_NOTHING, (len(arrays), *shape))
    if len(arrays) == 1:
        return _of_shape(arrays[0], shape)[None]
    return np.stack([_of_shape(array, shape) for array in arrays])


def _picked(array: Array, rows: tuple[Array, Array, Array, Array]) -> Array:
    """The cells of an array; of one that is nothing but a repeated zero, no more than that."""
    if not any(array.strides):
        return np.broadcast_to(np.array(array.flat[:1]), len(rows[0]))
    picked: Array = array[rows]
    return picked
