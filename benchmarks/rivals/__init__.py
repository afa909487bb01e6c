"""Other ways to compute the bench catalogue, each as an expert (or a beginner, where it says so) would write it.

A module has ``prepare(folder, task)``: it writes its query and gives what is timed; ``run()`` returns the results in
memory, as the tool gives them, and ``cells(results)`` tells them in the common form, outside the clock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.data import Array


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query written and not yet run."""

    run: Callable[[], Any]
    cells: Callable[[Any], Iterator[dict[str, Array]]]
