"""``quality check``: what every file is and what is wrong in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quality_cli.cli import options as opt

if TYPE_CHECKING:
    from quality_cli.app.workspace.workspace import Workspace


def check(
    data_folder: Annotated[
        Path | None, typer.Argument(metavar="ПАПКА", help="Папка с выгрузками (или --data).", show_default=False)
    ] = None,
    data: opt.Data = None,
    config: opt.Config = None,
    catalogue: opt.OwnCatalogue = None,
    suggest: Annotated[
        Path | None,
        typer.Option(
            "--suggest",
            metavar="ФАЙЛ",
            help="Не проверять, а предложить запись для каталога, с которой этот файл будет читаться.",
            show_default=False,
        ),
    ] = None,
    marked: Annotated[
        Path | None,
        typer.Option(
            metavar="ПАПКА",
            show_default=False,
            help="Записать сюда копии файлов с замечаниями: плохие ячейки закрашены, впереди лист «Замечания».",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="КОД", help="Объяснить код замечания, например cell.value, и выйти.", show_default=False),
    ] = None,
    today: opt.Today = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Узнать каждый файл и показать все ошибки в данных: файл, лист, ячейка, что делать.

    Код выхода 12, если есть ошибки. С --suggest ничего не проверяется и не записывается: запись выводится на экран.
    """
    from quality_cli.analysis.matrix import record
    from quality_cli.app.check import check as check_data
    from quality_cli.app.compute import findings_records
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.completeness import day_of, show_matrix
    from quality_cli.cli.console import problems, progress_bar, say, say_json, show_findings, table, warn_of
    from quality_cli.core.codes import explain as explained
    from quality_cli.core.errors import DataHaveErrors

    if explain is not None:
        say(explained(explain).rstrip())
        return
    options = resolve_options(config=config, data=data_folder or data, catalogue=catalogue, cache=not no_cache)
    day = day_of(today)
    if suggest is not None:
        _suggest(Workspace(options), suggest, as_json=as_json)
        return
    with progress_bar(quiet=quiet or as_json) as progress:
        checked = check_data(Workspace(options, progress, every_place=as_json or marked is not None), marked, day)
    tables, contracts = checked.tables, checked.catalogue.specs.contracts
    matrix = checked.matrix
    shown = (checked.completeness, tables.organisations, contracts)
    titles = {layout.layout: layout.title for layout in checked.catalogue.specs.layouts}
    if as_json:
        files = [{"name": f.name, "layouts": list(f.layouts), "rows": f.rows} for f in tables.files]
        copies = {"marked": checked.marked, "unmarked": checked.unmarked} if marked else {}
        reports = record(matrix, *shown) if matrix is not None else None
        found = findings_records(tables.findings)
        say_json({"version": 1, "files": files, "findings": found, "completeness": reports, **copies})
    else:
        rows = [
            [file.name, ", ".join(titles[name] for name in file.layouts) or "не прочитан", str(file.rows)]
            for file in tables.files
        ]
        table(["Файл", "Что это", "Строк"], rows)
        if matrix is not None:
            show_matrix(matrix, *shown)
        if not quiet:
            show_findings(tables.findings)
        say(f"Файлов: {len(tables.files)}, строк: {sum(f.rows for f in tables.files)}; {problems(tables.findings)}")
        if marked:
            say(f"Размеченных копий: {len(checked.marked)}, папка: {marked}")
            warn_of(checked.told, quiet=quiet)
        if checked.unmarked:
            say(f"Копию не сделать: {', '.join(checked.unmarked)}")
    if tables.findings.has_errors:
        raise DataHaveErrors("в данных есть ошибки; исправьте их и повторите проверку")


def _suggest(workspace: "Workspace", file: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    from quality_cli.app.suggest import proposals
    from quality_cli.cli.console import say, say_json

    found = proposals(workspace, file)
    if as_json:
        say_json([asdict(proposal) for proposal in found])
    else:
        say("\n".join(proposal.text for proposal in found).rstrip())
