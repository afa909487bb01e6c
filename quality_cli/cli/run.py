"""``quality run``: the whole job, for cron."""

from typing import Annotated

import typer

from quality_cli.cli import options as opt
from quality_cli.cli.report import split_formats


def run(
    data: opt.Data = None,
    out: opt.Out = None,
    period: opt.Period = None,
    indicator: opt.Indicators = None,
    direction: opt.Directions = None,
    formats: opt.Formats = "docx,md",
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    engine: opt.Engine = None,
    force: Annotated[bool, typer.Option("--force", help="Выполнить, даже если ничего не изменилось.")] = False,
    strict: opt.Strict = False,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Проверка, расчёт и справки подряд — для ежедневного запуска.

    Прежние результаты видны целиком до последнего мгновения; второй одновременный запуск не мешает первому
    (код 14); если ничего не изменилось — ни данные, ни настройки, ни каталог, ни
    шаблоны, ни программа, — ничего не делается; иначе сказано, что изменилось.
    """
    from dataclasses import asdict

    from quality_cli.app.report import DOCUMENTS
    from quality_cli.app.run import run
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.identity import changes_in_words
    from quality_cli.app.workspace.manifest import counts
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import problems, progress_bar, say, say_json, warn_of
    from quality_cli.core.errors import DataHaveErrors

    options = resolve_options(
        config=config,
        data=data,
        out=out,
        catalogue=catalogue,
        period=period,
        indicators=tuple(indicator or ()),
        directions=tuple(direction or ()),
        engine=engine,
        cache=not no_cache,
    )
    with progress_bar(quiet=quiet or as_json) as progress:
        outcome = run(Workspace(options, progress), split_formats(formats), force=force)
    findings = outcome.findings
    if as_json:
        problems_found = counts(findings) if findings is not None else {}
        say_json({"out": str(options.out), "skipped": outcome.skipped, "rows": outcome.rows, "files": outcome.documents,
                  "problems": problems_found, "changed": outcome.changed,
                  "unwritten": [asdict(paper) for paper in outcome.unwritten]})  # fmt: skip
    elif findings is None:
        say(f"Ничего не изменилось: {options.out}")
    else:
        warn_of(findings, quiet=quiet)
        if outcome.changed:
            say(f"Изменилось: {changes_in_words(outcome.changed)}")
        say(f"Результаты: {options.out / 'results.xlsx'} (.parquet, .csv); {problems(findings)}")
        say(f"Справки: {options.out / DOCUMENTS}")
        for paper in outcome.unwritten:
            say(str(paper))
    if strict and findings is not None and findings.has_errors:
        raise DataHaveErrors("работа выполнена, но в данных есть ошибки")
