"""``quality plan``: what ``compute`` would do."""

from typing import TYPE_CHECKING

from quality_cli.cli import options as opt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quality_cli.app.plan import Pass, PlanView


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
    from quality_cli.app.config import resolve_options
    from quality_cli.app.plan import plan
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
        made = plan(options, progress)
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
    yield "\n1. Проходы по таблицам: строки сворачиваются в различные сочетания, условия проверяются на сочетаниях"
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
    listed: Sequence[tuple[str, Sequence[str], str]] = (
        ("читаются столбцы", item.columns, ", "),
        ("различаются по", item.told, ", "),
        ("проверяется в каждой строке", item.tested, "; "),
        ("различные значения", item.distinct, ", "),
        ("складываются", item.summed, ", "),
    )
    for title, words, mark in listed:
        if words:
            yield f"        {title}: {mark.join(words)}"
    yield f"        условий (масок): {len(item.conditions)}"
    for broken in item.partitions:
        by = " × ".join(broken.by) or "без разрезов"
        kinds = [f"складывается — {broken.additive}"] if broken.additive else []
        kinds += [f"различных значений — {broken.distinct}"] if broken.distinct else []
        yield f"        {by}: {counted(broken.figures, 'величина', 'величины', 'величин')} ({'; '.join(kinds)})"
