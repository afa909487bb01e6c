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


def table(headers: list[str], rows: list[list[str]]) -> None:
    """A table on stdout: drawn on a terminal, tab-separated in a pipe."""
    if not sys.stdout.isatty():
        for row in [headers, *rows]:
            print("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*headers, box=box.SIMPLE)
    for row in rows:
        drawn.add_row(*row)
    Console().print(drawn, markup=False)


def problems(findings: "Findings") -> str:
    """«ошибок: 2, предупреждений: 5»."""
    from quality_cli.core.findings import Severity

    return f"ошибок: {findings.total(Severity.ERROR)}, предупреждений: {findings.total(Severity.WARNING)}"
