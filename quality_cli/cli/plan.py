"""``quality plan``: what ``compute`` would do."""

from typing import TYPE_CHECKING

from quality_cli.cli import options as opt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quality_cli.app.plan import PartitionView, Pass, PlanView


def plan(
    data: opt.Data = None,
    period: opt.Period = None,
    indicator: opt.Indicators = None,
    direction: opt.Directions = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Показать план расчёта: проходы по таблицам, условия, разрезы, производные и чего для каких показателей нет."""
    from quality_cli.app.plan import plan
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say, say_json

    options = resolve_options(
        config=config,
        data=data,
        catalogue=catalogue,
        period=period,
        indicators=tuple(indicator or ()),
        directions=tuple(direction or ()),
        cache=not no_cache,
    )
    with progress_bar(quiet=quiet or as_json) as progress:
        made = plan(Workspace(options, progress))
    if as_json:
        say_json(made.record())
        return
    for line in _lines(made):
        say(line)


def _lines(made: "PlanView") -> "Iterator[str]":
    from quality_cli.core.russian import counted

    yield (
        f"{counted(made.indicators, 'показатель', 'показателя', 'показателей')}, "
        f"{counted(made.figures, 'величина', 'величины', 'величин')}; учебные годы: {', '.join(made.periods)}"
        + (f"; для сравнения: {', '.join(made.compared)}" if made.compared else "")
    )
    yield "\n1. Проходы по таблицам: строка читается один раз, условия проверяются на сочетаниях значений"
    for number, item in enumerate(made.passes, start=1):
        yield from _pass_lines(f"1.{number}", item)
    yield f"\n2. Уровни: {' → '.join(made.levels)}"
    yield "   количества и суммы складываются снизу вверх, различные значения считаются на каждом уровне заново"
    if made.derived:
        yield "\n3. Производные, по порядку"
        for how, ids in made.derived:
            yield f"   {how}: {', '.join(ids)}"
    if made.lacking:
        yield "\nНе рассчитать, потому что нет данных"
        for datasets, ids in made.lacking:
            yield f"   {datasets}: {', '.join(ids)}"


def _pass_lines(number: str, item: "Pass") -> "Iterator[str]":
    from quality_cli.core.russian import counted

    rows = counted(item.rows, "строка", "строки", "строк")
    yield f"   {number}. {item.title}: {rows}, {counted(item.files, 'файл', 'файла', 'файлов')}"
    yield f"        читаются столбцы: {', '.join(item.columns)}; условий (масок): {item.conditions}"
    for place, partition in enumerate(item.partitions, start=1):
        yield from _partition_lines(f"{number}.{place}", partition)


def _partition_lines(number: str, partition: "PartitionView") -> "Iterator[str]":
    from quality_cli.core.russian import counted

    by = " × ".join(partition.by) or "без разрезов"
    kinds = [f"складывается — {partition.additive}"] if partition.additive else []
    kinds += [f"различных значений — {partition.anew}"] if partition.anew else []
    figures = counted(partition.figures, "величина", "величины", "величин")
    yield f"        {number}. {by}: {figures} ({'; '.join(kinds)}), условий: {len(partition.conditions)}"
    listed: Sequence[tuple[str, Sequence[str], str]] = (
        ("различаются по", partition.told, ", "),
        ("проверяется в каждой строке", partition.tested, "; "),
        ("различные значения", partition.distinct, ", "),
        ("складываются", partition.summed, ", "),
    )
    for title, words, mark in listed:
        if words:
            yield f"             {title}: {mark.join(words)}"
