"""``quality explain``: one number taken apart."""

from typing import TYPE_CHECKING, Annotated

import typer

from quality_cli.cli import options as opt

if TYPE_CHECKING:
    from quality_cli.app.explain import Explanation
    from quality_cli.app.explain_rule import RuleExplanation

_SHOWN = 12
"""So many cells of a file are listed."""


def explain(
    org: Annotated[str, typer.Option("--org", metavar="ОРГАНИЗАЦИЯ", help="Код, логин или название из реестра.")],
    indicator_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Показатель, например 1.1.2-m1.", show_default=False)
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="ПРАВИЛО", show_default=False,
            help="Разобрать не число, а правило рекомендаций: каждое условие, факты и почему сработало или нет.",
        ),
    ] = None,
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
    from functools import partial

    from quality_cli.app.explain import explain
    from quality_cli.app.explain_rule import explain_rule
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say_json
    from quality_cli.core.errors import ConfigurationError

    options = resolve_options(config=config, data=data, catalogue=catalogue, period=period, cache=not no_cache)
    with progress_bar(quiet=quiet or as_json) as progress:
        workspace = Workspace(options, progress)
        if rule is not None and indicator_id is None:
            asked = explain_rule(workspace, rule, org)
            record, say_it = asked.record, partial(_say_rule, asked)
        elif indicator_id is not None and rule is None:
            told = explain(workspace, indicator_id, org, part, tuple(stratum or ()))
            record, say_it = partial(told.record, with_gaps=gaps), partial(_say_number, told, gaps=gaps)
        else:
            raise ConfigurationError("назовите что-то одно: показатель или правило (--rule ПРАВИЛО)")
    if as_json:
        say_json(record())
    else:
        say_it()


def _say_number(told: "Explanation", *, gaps: bool) -> None:
    from quality_cli.app.explain import status_line
    from quality_cli.cli.console import say
    from quality_cli.core.russian import counted, num, ranges, unit_after
    from quality_cli.core.strata import encode_stratum

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


def _say_rule(told: "RuleExplanation") -> None:
    """A rule with each of its clauses, whether it holds or not."""
    from itertools import pairwise

    from quality_cli.catalogue.rules.words import truth_word
    from quality_cli.cli.console import say

    outcome = {True: "сработало", False: "не сработало", None: "не оценено"}[told.holds]
    say(f"Правило {told.rule.id} (показатель {told.rule.figure}); {told.unit.name}; {told.period} учебный год")
    say(f"\nИтог: {outcome}\n\nУсловия:")
    for whose, holds, words in told.lines():
        say(f"  {holds:<10}  {whose + ': ' if whose else ''}{words}")
    several = {answer.whose for answer, other in pairwise(told.clauses) if answer.whose == other.whose}
    for name, own in ((name, own) for name, own in told.asked if name in several):
        say(f"  {truth_word(own):<10}  {name}: итог")
    if told.row is not None:
        said = (told.row.finding, told.row.measure, told.row.deadline, told.row.expected)
        titles = ("Основание", "Мера", "Срок", "Ожидаемый результат")
        say("\n" + "\n".join(f"{title}: {text}" for title, text in zip(titles, said, strict=True) if text))
