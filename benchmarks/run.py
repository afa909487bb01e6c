"""Measures and writes ``benchmarks/README.md``: ``python -m benchmarks.run --size 1m --rounds 5``.

Without options: 6 k and 1 M rows, growth with the number of indicators, whole commands.
"""

import argparse
import shlex
import sys
from collections.abc import Callable

from benchmarks import program, report
from benchmarks.data import SIZES, prepared, rows_of
from benchmarks.harness import compare
from benchmarks.methods import METHODS, OURS

MEASURED = tuple(name for name in SIZES if name not in ("tiny", "30m"))
NUMBERS = (20, 40, 80, 160)
GROWING = ("ours", "polars", "duckdb")
SLOW = ("duckdb-each", "pandas")
"""Not more than three rounds of these at 30 M rows."""


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", action="append", choices=SIZES, default=[], help="rows (repeatable)")
    parser.add_argument("--growth", action="store_true", help="20 to 160 indicators over 1 M rows")
    parser.add_argument("--program", action="store_true", help="whole commands")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--indicators", type=int, default=40)
    parser.add_argument("--method", action="append", choices=METHODS, default=[], help="methods (repeatable; all)")
    parser.add_argument("--no-readme", action="store_true", help="print, write nothing")
    asked = parser.parse_args()
    everything = not (asked.size or asked.growth or asked.program)
    command = shlex.join(["python", "-m", "benchmarks.run", *sys.argv[1:]])
    methods = [name for name in METHODS if not asked.method or name in asked.method or name == OURS]

    sections = {}
    for size in MEASURED if everything else asked.size:
        say(f"{size}: making the tables")
        rows = rows_of(prepared(size))
        measured = compare(size, asked.indicators, methods, rounds_at(size, asked.rounds), say)
        sections[size] = report.comparison(measured, command, rows)
        print(sections[size], end="\n\n", flush=True)
    if everything or asked.growth:
        rows = rows_of(prepared("1m"))
        growing = [compare("1m", number, GROWING, rounds_at("1m", asked.rounds), say) for number in NUMBERS]
        sections["growth"] = report.growth(growing, command, rows)
        print(sections["growth"], end="\n\n")
    if everything or asked.program:
        say("whole commands")
        sections["program"] = report.program(program.compare(asked.rounds), command)
        print(sections["program"], end="\n\n")
    if not asked.no_readme:
        report.save(sections)


def rounds_at(size: str, rounds: int) -> Callable[[str], int]:
    """How many rounds a method gets."""
    return lambda method: min(rounds, 3) if size == "30m" and method in SLOW else rounds


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
