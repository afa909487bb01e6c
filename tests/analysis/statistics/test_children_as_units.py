"""Shares of works with the child as the unit: how often a false claim is made, counted out without chance.

A child is a distribution over its works done well, with any dependence between them; the works of all children together
are the convolution. So every level here is exact, and a test cannot pass by luck.
"""

import math
from collections.abc import Callable, Iterator
from functools import cache, reduce
from itertools import accumulate, islice, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from quality_cli.analysis.statistics.children import (
    Share,
    independent,
    p_above,
    p_below,
    p_differ,
    share_difference,
    share_interval,
)
from quality_cli.analysis.statistics.differences import newcombe
from quality_cli.analysis.statistics.distributions import tail_at_least, tail_at_most
from quality_cli.analysis.statistics.shares import fisher, wilson

Distribution = NDArray[np.float64]
Works = Callable[[int], int]

DEPENDENCE = (0.0, 0.1, 0.3, 0.6, 0.9, 1.0)
"""Between two works of a child: 0 like coins, 1 all alike."""
TARGETS = tuple(twentieth / 20 for twentieth in range(2, 20))
ALIKE: dict[str, Works] = {
    "one work": lambda _: 1,
    "three": lambda _: 3,
    "four": lambda _: 4,
    "three or four": lambda i: 3 + i % 2,
    "two or three": lambda i: 2 + i % 2,
    "four, some of which were missed": lambda i: 4 - (i % 3 == 0) - (i % 18 == 0),
}
UNLIKE: dict[str, Works] = {
    "one to four": lambda i: 1 + i % 4,
    "one or four": lambda i: 1 + 3 * (i % 2),
    "few have eight": lambda i: 8 if i % 9 == 1 else 1,
}


@cache
def child(works: int, chance: float, dependence: float) -> Distribution:
    """How many works a child does well, each with the same chance: beta-binomial."""
    if dependence == 1:
        return np.array([1 - chance, *[0.0] * (works - 1), chance])
    size = 1 / dependence - 1 if dependence else 1e9
    well, badly, either = (
        [math.prod(whole * size + i for i in range(k)) for k in range(works + 1)] for whole in (chance, 1 - chance, 1)
    )
    return np.array([math.comb(works, k) * well[k] * badly[works - k] / either[works] for k in range(works + 1)])


def together(children: list[Distribution]) -> Distribution:
    """How many works a group does well."""
    return reduce(np.convolve, children, np.ones(1))


def groups(works: Works) -> Iterator[tuple[list[int], float, Distribution]]:
    """Three to sixty children at every chance and dependence: their works, the chance, the works done well."""
    counts = [works(i) for i in range(60)]
    for chance, dependence in product(TARGETS, DEPENDENCE):
        grown = accumulate((child(count, chance, dependence) for count in counts), np.convolve)
        for size, well in islice(enumerate(grown, start=1), 2, None):
            yield counts[:size], chance, well


@cache
def claimed(works: int, children: int, target: float) -> NDArray[np.bool_]:
    """Of which numbers of works done well «below» is said at 0.025, and of which «above»."""
    shares = [Share(x, works, children) for x in range(works + 1)]
    return np.array([[p(share, target) <= 0.025 for share in shares] for p in (p_below, p_above)])


@pytest.mark.parametrize("works", ALIKE.values(), ids=ALIKE)
def test_a_group_at_its_target_is_rarely_said_to_miss_it(works: Works) -> None:
    for counts, target, well in groups(works):
        assert (claimed(sum(counts), len(counts), target) @ well <= 0.025).all(), (counts, target)


@pytest.mark.parametrize("works", UNLIKE.values(), ids=UNLIKE)
def test_children_with_many_works_among_children_with_few_are_worth_fewer(works: Works) -> None:
    heads = False
    for counts, target, well in groups(works):
        children = independent(sum(counts), len(counts), max(counts))
        assert (claimed(sum(counts), children, target) @ well <= 0.025).all(), (counts, target)
        heads |= bool((claimed(sum(counts), len(counts), target) @ well > 0.025).any())
    assert heads  # counting heads would say it too often


@given(st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any), st.integers(3, 60), st.integers(10, 95))
def test_any_child_of_four_works_will_do(weights: list[int], size: int, percent: int) -> None:
    target = percent / 100
    any_child = np.array(weights) / sum(weights)
    mean = any_child @ np.arange(5) / 4
    part = (target / mean if mean > target else (1 - target) / (1 - mean)) if mean != target else 1.0
    any_child = part * any_child
    any_child[0 if mean > target else 4] += 1 - part  # now it is at the target on the average
    well = together([any_child] * size)
    assert (claimed(4 * size, size, target) @ well <= 0.025).all()


@pytest.mark.parametrize("dependence", DEPENDENCE)
def test_strong_and_weak_children_will_do(dependence: float) -> None:
    for target, size in product(TARGETS, (4, 10, 24, 60)):
        apart = 0.9 * min(target, 1 - target)
        pair = [child(4, target + apart, dependence), child(4, target - apart, dependence)]
        well = together(pair * (size // 2))
        assert (claimed(4 * size, size, target) @ well <= 0.025).all(), (target, size)


@pytest.mark.parametrize("name", [*ALIKE, *UNLIKE])
@pytest.mark.parametrize(("first", "second"), [(3, 5), (8, 9), (12, 12), (12, 100), (20, 21), (30, 60), (60, 60)])
def test_two_groups_alike_are_rarely_said_to_differ(name: str, first: int, second: int) -> None:
    works = (ALIKE | UNLIKE)[name]
    one, other = ([works(i) for i in range(size)] for size in (first, second))
    m, n = sum(one), sum(other)
    if name in UNLIKE:
        first, second = independent(m, first, max(one)), independent(n, second, max(other))
    claims = np.array(
        [[p_differ(Share(x, m, first), Share(y, n, second)) <= 0.05 for y in range(n + 1)] for x in range(m + 1)]
    )
    for chance, dependence in product((0.05, 0.2, 0.5, 0.8, 0.95), (0.0, 0.5, 1.0)):
        a, b = (together([child(count, chance, dependence) for count in counts]) for counts in (one, other))
        assert a @ claims @ b <= 0.05, (chance, dependence)


def test_children_who_wrote_one_work_each_are_tested_as_they_are() -> None:
    share, other = Share(3, 12, 12), Share(20, 30, 30)
    assert (share.fewest, share.most, share.carried) == (3, 3, 3)
    assert p_below(share, 0.6) == tail_at_most(3, 12, 0.6)
    assert p_above(share, 0.1) == tail_at_least(3, 12, 0.1)
    assert p_differ(share, other) == p_differ(other, share) == pytest.approx(fisher(3, 12, 20, 30))
    assert share_interval(share) == wilson(3, 12)
    assert share_difference(share, other) == newcombe(3, 12, 20, 30)


def test_works_are_carried_over_to_children_by_hand() -> None:
    share = Share(7, 16, 5)  # 2.19 children
    assert (share.fewest, share.most, share.carried) == (2, 3, 2.1875)
    assert p_below(share, 0.9) == pytest.approx(1 - 5 * 0.9**4 * 0.1 - 0.9**5)
    assert p_above(share, 0.1) == pytest.approx(1 - 0.9**5 - 5 * 0.1 * 0.9**4)
    assert share_interval(share) == wilson(2.1875, 5)
    assert p_differ(share, Share(8, 16, 5)) == 1  # at most 3 of 5, and at least 2 of 5


@given(st.integers(1, 60), st.integers(1, 5), st.data())
def test_whole_children_are_next_to_the_share(children: int, each: int, data: st.DataObject) -> None:
    works = children * each
    x = data.draw(st.integers(0, works))
    share = Share(x, works, children)
    assert 0 <= share.fewest <= share.carried <= share.most <= children
    assert (share.most - share.fewest) == (1 if x % each else 0)


def test_what_children_are_worth() -> None:
    assert independent(works=48, children=12, most=4) == 12  # four works each
    assert independent(works=42, children=12, most=4) == 10  # at worst two with one work and ten with four
    assert independent(works=30, children=12, most=4) == 8  # six and six: 900 / 102
    assert independent(works=1, children=1, most=4) == 1
