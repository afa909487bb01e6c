"""``quality report``: results to documents."""

from quality_cli.cli import options as opt


def report(
    out: opt.Out = None,
    period: opt.Period = None,
    formats: opt.Formats = "docx,md",
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    data: opt.Data = None,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Составить справки для муниципалитета и каждой организации по готовым результатам."""
    from dataclasses import asdict

    from quality_cli.app.report import DOCUMENTS, report
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say, say_json, warn_of
    from quality_cli.core.findings import Findings
    from quality_cli.core.russian import counted

    options = resolve_options(config=config, data=data, out=out, catalogue=catalogue, period=period)
    told = Findings()
    with progress_bar(quiet=quiet or as_json) as progress:
        written = report(Workspace(options, progress), split_formats(formats), told)
    warn_of(told, quiet=quiet)
    if as_json:
        unwritten = [asdict(paper) for paper in written.unwritten]
        say_json({"out": str(options.out), "documents": written.files, "unwritten": unwritten})
        return
    documents = len({name.rsplit(".", 1)[0] for name in written.files if not name.endswith(".png")})
    say(f"Готово: {counted(documents, 'документ', 'документа', 'документов')} в {options.out / DOCUMENTS}")
    for paper in written.unwritten:
        say(str(paper))


def split_formats(text: str) -> tuple[str, ...]:
    """``docx,md`` as a tuple."""
    return tuple(filter(None, (part.strip().lower() for part in text.split(","))))
