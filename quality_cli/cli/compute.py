"""``quality compute``: data to results."""

from quality_cli.cli import options as opt


def compute(
    data: opt.Data = None,
    out: opt.Out = None,
    period: opt.Period = None,
    indicator: opt.Indicators = None,
    direction: opt.Directions = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    engine: opt.Engine = None,
    strict: opt.Strict = False,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Рассчитать показатели: results.parquet, .csv, .xlsx и manifest.json."""
    from quality_cli.analysis.completeness import told
    from quality_cli.app.compute import COMPLETENESS, RESULTS, compute
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.manifest import counts
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import problems, progress_bar, say, say_json, warn_of
    from quality_cli.core.errors import DataHaveErrors
    from quality_cli.core.russian import counted

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
        computed = compute(Workspace(options, progress))
    findings = computed.tables.findings
    warn_of(findings, quiet=quiet or as_json)
    periods = computed.results.periods()
    if as_json:
        say_json(
            {"out": str(options.out), "rows": len(computed.results), "periods": periods, "problems": counts(findings)}
        )
    else:
        written = computed.catalogue.indicators
        indicators = sum(not written[name].beyond for name in computed.results.indicators())
        say(
            f"Рассчитано: {counted(indicators, 'показатель', 'показателя', 'показателей')} "
            f"за {', '.join(periods)}; {problems(findings)}"
        )
        say(f"Отчёты: {told(computed.completeness)}; кто чего не представил: {options.out / COMPLETENESS[2]}")
        say(f"Результаты: {options.out / RESULTS[0]}, .csv, .xlsx")
    if strict and findings.has_errors:
        raise DataHaveErrors("показатели рассчитаны, но в данных есть ошибки")
