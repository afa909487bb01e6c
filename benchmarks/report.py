"""``benchmarks/README.md``: sections of measured tables. A run rewrites the sections it measured and no others."""

import datetime
import os
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.data import SIZES
from benchmarks.harness import Comparison, Measured
from benchmarks.methods import LIMIT, METHODS, OURS
from benchmarks.program import Pair

README = Path(__file__).resolve().parent / "README.md"
_SECTION = re.compile(r"<!-- (?P<name>[\w-]+) -->\n.*?<!-- end -->\n", re.DOTALL)
_ORDER = ("6k", "1m", "1m-shuffled", "30m", "growth", "program")

_1M = {LIMIT: 1 / 3, "polars": 1.0, "duckdb": 3.0, "duckdb-each": 8.0, "pandas": 8.0}
GOALS: Mapping[str, Mapping[str, float]] = {
    "1m": _1M,
    "1m-shuffled": _1M,
    "30m": {LIMIT: 1 / 2, "polars": 1.5, "duckdb": 3.0, "duckdb-each": 8.0, "pandas": 25.0},
}
"""At least so many times as long as ours, by size and method."""
MEMORY = {"1m": 350, "1m-shuffled": 350, "30m": 1024}
"""At most so many MiB at the peak of ours, by size."""
GROWTH = 1.5
"""At most so many times as long for the longest catalogue as for the shortest."""

HEAD = """# Benchmarks

`make bench` measures everything but 30 M rows, `make bench-country` those (a minute to make them, half an hour to
measure); each rewrites its sections below. Only what was measured is written here. Reading of exports is measured by
`python benchmarks/reading.py`.

**Data** (`data.py`): a seeded synthetic register with two school years, works of ВПР and, in proportion, contingent,
achievements and diagnostic works, as prepared tables: Parquet with dictionary words, a row group for a run of schools.
Cells are empty as in real tables, pupils have sparse codes, some are in two schools. Both school years are computed.

**Catalogue** (`catalogue.py`): every 20 indicators hold the same mixture: 10 without stratifiers, 4 by grade, 3 by
subject, 3 by both; shares, means, counts, comparisons of columns, exclusions, distinct pupils, two-table shares.

**What is compared.** Every method gives numerator, denominator, excluded and unknown of every indicator, unit of every
level, stratum and school year; before anything is timed, all cells are compared with ours (rtol 1e-9), and a difference
stops the run. *Work* is from opening the files to results in memory, in a fresh process: imports, contracts and the
writing of queries are outside (for ours, planning is inside). Methods alternate within a round; the disk cache is warm.
A figure is the median [least..greatest]; × ours is the ratio of medians: above 1 the method is slower than ours. Every
process, whatever its method, also imports and reads the contracts: that is in its wall time and its memory.
The rivals are told more than ours: a definition is rewritten for them by hand into two-valued conditions, equal sums of
several indicators are made once, unknown rows are a difference of two counts. Several forms of each were tried and the
fastest kept (each module tells which).

"""


def comparison(measured: Comparison, command: str, rows: Mapping[str, int]) -> str:
    """The section of one size."""
    size, ours = SIZES[measured.size], measured.methods[OURS]
    told = ", ".join(f"{name} {count:,}" for name, count in rows.items())
    order = "in random order" if size.shuffled else "sorted by school"
    lines = [
        f"## {rows['vpr']:,} works of ВПР {order}, {measured.number} indicators",
        "",
        f"{told} rows. Equal in all {measured.equal:,} cells: {', '.join(m for m in measured.methods if m != LIMIT)}.",
        "",
        "| method | rounds | work | × ours | goal | process wall | peak memory |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for method, figures in measured.methods.items():
        ratio = figures.median / ours.median
        goal = GOALS.get(measured.size, {}).get(method)
        memory = f"{statistics.median(figures.peak):.0f} MiB"
        if method == OURS and measured.size in MEMORY:
            memory += f" (goal ≤ {MEMORY[measured.size]}: {_met(max(figures.peak) <= MEMORY[measured.size])})"
        cells = (
            METHODS[method][1],
            str(len(figures.work)),
            _span(figures.work),
            f"{ratio:.2f}",
            f"≥ {goal:.2g}: {_met(ratio >= goal)}" if goal else "",
            _seconds(statistics.median(figures.wall)),
            memory,
        )
        lines.append(f"| {' | '.join(cells)} |")
    if LIMIT in measured.methods:
        lines += ["", f"Ours takes {ours.median / measured.methods[LIMIT].median:.1f} times the bare reading."]
    return "\n".join([*lines, "", _stamp(command)])


def growth(measured: Sequence[Comparison], command: str, rows: Mapping[str, int]) -> str:
    """The section on longer and longer catalogues."""
    numbers = [one.number for one in measured]
    lines = [
        f"## Growth with the number of indicators, {rows['vpr']:,} works",
        "",
        f"| method | {' | '.join(map(str, numbers))} | {numbers[-1]} ÷ {numbers[0]} |",
        f"|---|{'--:|' * (len(numbers) + 1)}",
    ]
    for method in measured[0].methods:
        medians = [one.methods[method].median for one in measured]
        ratio = medians[-1] / medians[0]
        goal = f" (goal ≤ {GROWTH}: {_met(ratio <= GROWTH)})" if method == OURS else ""
        spans = " | ".join(_span(one.methods[method].work) for one in measured)
        lines.append(f"| {METHODS[method][1]} | {spans} | {ratio:.2f}{goal} |")
    return "\n".join([*lines, "", _stamp(command)])


def program(measured: Sequence[tuple[Pair, Measured, Measured]], command: str) -> str:
    """The section on whole commands."""
    lines = [
        "## Whole commands",
        "",
        "| command | wall | against | wall | ratio | goal |",
        "|---|--:|---|--:|--:|--:|",
    ]
    for pair, ours, base in measured:
        ratio = ours.median / base.median
        goal = f"≤ {pair.goal}: {_met(ratio <= pair.goal)}" if pair.goal else ""
        cells = (f"`{pair.title}`", _span(ours.work), f"`{pair.base}`", _span(base.work), f"{ratio:.2f}", goal)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", _stamp(command)])


def save(sections: Mapping[str, str], path: Path = README) -> None:
    """Put the sections in their places; those not measured this time stay."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    kept = {match["name"]: match[0] for match in _SECTION.finditer(text)}
    kept |= {name: f"<!-- {name} -->\n{body}\n<!-- end -->\n" for name, body in sections.items()}
    path.write_text(HEAD + "\n".join(kept[name] for name in _ORDER if name in kept), encoding="utf-8")


def _span(seconds: Sequence[float]) -> str:
    return f"{_seconds(statistics.median(seconds))} [{_seconds(min(seconds))}..{_seconds(max(seconds))}]"


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def _met(reached: bool) -> str:
    return "met" if reached else "**missed**"


def _stamp(command: str) -> str:
    """When, where and by what it was measured."""
    tools = ("pandas", "pyarrow", "numpy", "polars", "duckdb")
    versions = ", ".join(f"{tool} {version(tool)}" for tool in tools)
    return (
        f"*{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, `{command}`; {_machine()}; "
        f"Python {platform.python_version()}, {versions}.*"
    )


def _machine() -> str:
    """The kind of machine: processors and memory."""
    processor = platform.machine()
    about = Path("/proc/cpuinfo")
    if about.is_file():
        found = re.search(r"^model name\s*:\s*(.+)$", about.read_text(encoding="utf-8"), re.MULTILINE)
        processor = found[1].strip() if found else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{os.cpu_count()} processors ({processor}), {memory:.0f} GiB, {platform.system()}"
