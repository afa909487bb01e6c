"""What people see: results on stdout, progress and problems on stderr; no colour and no bars off a terminal."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quality_cli.core.findings import Findings
    from quality_cli.core.progress import Progress

_SHOWN = 30
_NAMES = 12
"""The least width of a column of names that gives way to others."""


@contextmanager
def progress_bar(*, quiet: bool) -> "Iterator[Progress]":
    """A progress callback: a bar on a terminal, silence elsewhere."""
    from quality_cli.core.progress import silent

    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[item]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, item: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total, item="")
            bar.update(tasks[stage], completed=done, total=total, item=item[-50:])

        yield show


def say(text: str) -> None:
    """A line of the result."""
    print(text)


def say_json(data: Any) -> None:
    """The result for a program."""
    print(json.dumps(data, ensure_ascii=False, indent=1))


def warn_of(findings: "Findings", *, quiet: bool, everything: bool = False) -> None:
    """Problems on stderr: errors first, each with its place and what to do."""
    if quiet:
        return
    from quality_cli.core.findings import SEVERITY_RU, Severity

    order = list(Severity)
    shown = sorted(
        (finding for finding in findings if everything or finding.severity is not Severity.INFO),
        key=lambda finding: order.index(finding.severity),
    )
    for finding in shown if everything else shown[:_SHOWN]:
        print(f"{SEVERITY_RU[finding.severity]} [{finding.code}] {finding}", file=sys.stderr)
    if len(shown) > _SHOWN and not everything:
        print(f"… и ещё {len(shown) - _SHOWN}; все замечания: quality check или findings.json", file=sys.stderr)


def show_findings(findings: "Findings") -> None:
    """All problems on stderr by severity: drawn tables on a terminal, a line for each elsewhere."""
    if not sys.stderr.isatty():
        warn_of(findings, quiet=False, everything=True)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from quality_cli.core.findings import Severity

    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
    titles = {Severity.ERROR: "Ошибки", Severity.WARNING: "Стоит проверить", Severity.INFO: "Сведения"}
    console = Console(stderr=True)
    for severity, colour in colours.items():
        shown = [finding for finding in findings if finding.severity is severity]
        if not shown:
            continue
        drawn = Table(title=Text(titles[severity], colour), title_justify="left", box=box.SIMPLE, show_lines=True)
        drawn.add_column("Код", no_wrap=True)
        drawn.add_column("Место", ratio=2, overflow="fold")
        drawn.add_column("Что не так и что делать", ratio=3)
        drawn.add_column("Всего", justify="right")
        for finding in shown:
            place = finding.places[0] if finding.places else None
            note = f" ({place.note})" if place and place.note else ""
            told = Text(f"{finding.message}{note}")
            if finding.hint:
                told.append(f"\n→ {finding.hint}", "dim")
            drawn.add_row(finding.code, Text(str(place or "")), told, str(finding.total))
        console.print(drawn)
    console.print(Text("Что значит код: quality check --explain КОД", "dim"))


def table(headers: list[str], rows: list[list[str]], *, tight: bool = False) -> None:
    """A table on stdout: drawn on a terminal, tab-separated in a pipe.

    A ``tight`` one has many narrow columns: its lines are kept whole, and the column of names gives way.
    """
    if not sys.stdout.isatty():
        for row in [headers, *rows]:
            print("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if tight:
        widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
        names = widths.index(max(widths))
        room = console.width - sum(width + 1 for width in widths) + widths[names]
        drawn = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
        for place, (header, width) in enumerate(zip(headers, widths, strict=True)):
            if place == names:
                drawn.add_column(header, no_wrap=True, overflow="ellipsis", width=max(_NAMES, min(width, room)))
            else:
                drawn.add_column(header, no_wrap=True, justify="right", width=width)
    else:
        drawn = Table(*headers, box=box.SIMPLE)
    for row in rows:
        drawn.add_row(*row)
    console.print(drawn, markup=False)


def problems(findings: "Findings") -> str:
    """«ошибок: 2, предупреждений: 5»."""
    from quality_cli.core.findings import Severity

    return f"ошибок: {findings.total(Severity.ERROR)}, предупреждений: {findings.total(Severity.WARNING)}"
