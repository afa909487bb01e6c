"""``quality explain``: one number taken apart."""

from typing import Annotated

import typer

from quality_cli.cli import options as opt

_SHOWN = 12
"""So many cells of a file are listed."""


def explain(
    indicator_id: Annotated[str, typer.Argument(metavar="ID", help="Показатель, например 1.1.2-m1.")],
    org: Annotated[str, typer.Option("--org", metavar="ОРГАНИЗАЦИЯ", help="Код, логин или название из реестра.")],
    part: Annotated[str, typer.Option("--part", metavar="ЧАСТЬ", help="Часть показателя, например mark=2.")] = "",
    stratum: Annotated[
        list[str] | None,
        typer.Option(
            "--stratum", metavar="ИМЯ=ЗНАЧЕНИЕ", show_default=False,
            help="Разрез, например grade=5 (можно повторять), или целиком, как он записан в results.csv.",
        ),
    ] = None,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Перечислить строки знаменателя, которые не вошли в числитель, и почему.")
    ] = False,
    data: opt.Data = None,
    period: opt.Period = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Разобрать число: формула, строки после каждого условия, файлы и строки, из которых оно получено."""
    from quality_cli.app.explain import explain, status_line
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say, say_json
    from quality_cli.core.russian import counted, num, ranges, unit_after
    from quality_cli.core.strata import encode_stratum

    options = resolve_options(config=config, data=data, catalogue=catalogue, period=period, cache=not no_cache)
    with progress_bar(quiet=quiet or as_json) as progress:
        told = explain(Workspace(options, progress), indicator_id, org, part, tuple(stratum or ()))
    if as_json:
        say_json(told.record(with_gaps=gaps))
        return
    row = told.row
    shown = encode_stratum(row.stratum)
    where = "; ".join(filter(None, (told.unit.name, told.figure.title, shown, f"{row.period} учебный год")))
    value = "нет" if row.value is None else f"{num(row.value, 2)} {unit_after(row.value, row.unit)}"
    say(f"{told.indicator.id}. {told.indicator.title}\n{where}\n\nЗначение: {value} ({status_line(row)})")
    say(f"Формула: {told.formula}\n\nСтрок после каждого условия:")
    for words, rows, amount in told.steps():
        say(f"  {rows:>7}  {words}{'' if amount == rows else f': {num(amount, 2)}'}")
    for name, own in told.members.items():
        say(f"  {name}: {'нет данных' if own is None else num(own, 2)}")
    if told.reports:
        say("\nОтчёты, на которых держится значение:")
        for table in told.reports:
            owed = len(table.received) + len(table.missing)
            silent = f"; не представили: {', '.join(table.missing)}" if table.missing else ""
            say(f"  {table.table}: {len(table.received)} из {owed}{silent}")
    say(f"\nМетод: {told.indicator.method}\n\nФайлы:")
    for file, numbers in told.trace.files.items():
        say(f"  {file}: {counted(len(numbers), 'строка', 'строки', 'строк')} ({ranges(numbers)})")
        if cells := told.trace.cells.get(file):
            rest = f" и ещё {len(cells) - _SHOWN}" if len(cells) > _SHOWN else ""
            say(f"    ячейки: {', '.join(cells[:_SHOWN])}{rest}")
    if gaps:
        say("\nВ знаменателе, но не в числителе:")
        for file, number, words in told.gaps():
            say(f"  {file}, строка {number}: не выполнено «{words}»")
