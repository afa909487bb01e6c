"""``quality forms``: what nobody exports is asked of each organisation and gathered back."""

from pathlib import Path
from typing import Annotated

import typer

from quality_cli.cli import options as opt
from quality_cli.cli.translation import RussianCommand, RussianGroup

app = typer.Typer(
    help="Формы сбора: составить, собрать ответы, узнать, кто не сдал.", cls=RussianGroup, no_args_is_help=True
)
_FORMS, _TABLES = Path("forms"), Path("tables")


@app.command(cls=RussianCommand)
def make(
    data: opt.Data = None,
    period: opt.Period = None,
    org: Annotated[
        list[str] | None,
        typer.Option("--org", metavar="КОД", help="Только эта организация (можно повторять).", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="ПАПКА", help="Куда записать формы.")] = _FORMS,
    direction: opt.Directions = None,
    all_questions: Annotated[
        bool, typer.Option("--all-questions", help="Спросить и о том, что в данных уже есть.")
    ] = False,
    in_round: Annotated[
        str,
        typer.Option("--round", metavar="ЭТАП", help="Вопросы этапа года: «повторный мониторинг».", show_default=False),
    ] = "",
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Спросить числами то, чего нет в непришедших таблицах.")
    ] = False,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Составить формы: по одной книге Excel на организацию и одну на управление образования.

    В форме только те вопросы, которые касаются этой организации и на которые в данных ещё нет ответа. Повторный
    мониторинг спрашивают отдельной формой (--round) тех, чей ответ за год — не «да». Таблицу, которой в организации
    никто не ведёт, заменяют числа (--numbers): сколько в ней было бы таких строк, какие считает показатель.
    """
    from quality_cli.app.forms.make import make_forms
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say, say_json, table, warn_of
    from quality_cli.core.findings import Findings
    from quality_cli.core.russian import counted

    options = resolve_options(
        config=config,
        data=data,
        catalogue=catalogue,
        period=period,
        directions=tuple(direction or ()),
        cache=not no_cache,
    )
    told = Findings()
    with progress_bar(quiet=quiet or as_json) as progress:
        workspace = Workspace(options, progress)
        made = make_forms(
            workspace,
            out,
            tuple(org or ()),
            all_questions=all_questions,
            in_round=in_round,
            numbers=numbers,
            findings=told,
        )
    warn_of(told, quiet=quiet)
    if as_json:
        forms = [
            {
                "org_id": form.unit.id,
                "respondent": form.respondent,
                "file": form.file,
                "questions": form.questions,
                "tables": form.tables,
            }
            for form in made
        ]
        say_json({"out": str(out), "forms": forms})
        return
    table(
        ["Организация", "Вопросов", "Таблиц ждём", "Файл"],
        [[form.unit.name, str(form.questions), str(form.tables), form.file] for form in made],
    )
    say(f"Готово: {counted(len(made), 'форма', 'формы', 'форм')} в папке {out}")


@app.command(cls=RussianCommand)
def tables(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[НАБОР]...", help="Набор данных или название таблицы; без них — все.", show_default=False
        ),
    ] = None,
    data: opt.Data = None,
    period: opt.Period = None,
    out: Annotated[Path, typer.Option("--out", metavar="ПАПКА", help="Куда записать таблицы.")] = _TABLES,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Составить пустые таблицы наборов данных: заполненная читается как есть.

    В таблице — что писать в каждый столбец, списки допустимых значений и строка-образец, которую не читают. Если в
    папке данных есть реестр, организации выбирают из него.
    """
    from quality_cli.app.forms.tables import make_tables
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import progress_bar, say, say_json, table, warn_of
    from quality_cli.core.findings import Findings
    from quality_cli.core.russian import counted

    options = resolve_options(config=config, data=data, catalogue=catalogue, period=period, cache=not no_cache)
    told = Findings()
    with progress_bar(quiet=quiet or as_json) as progress:
        made = make_tables(Workspace(options, progress), out, tuple(datasets or ()), told)
    warn_of(told, quiet=quiet)
    if as_json:
        listed = [{"dataset": item.dataset, "title": item.title, "file": item.file} for item in made]
        say_json({"out": str(out), "tables": listed})
        return
    table(["Таблица", "Набор", "Файл"], [[item.title, item.dataset, item.file] for item in made])
    say(f"Готово: {counted(len(made), 'таблица', 'таблицы', 'таблиц')} в папке {out}")


@app.command(cls=RussianCommand)
def collect(
    folder: Annotated[Path, typer.Option("--from", metavar="ПАПКА", help="Папка с присланными формами.")],
    data: opt.Data = None,
    period: opt.Period = None,
    receipts: Annotated[
        Path | None,
        typer.Option(
            "--receipts",
            metavar="ПАПКА",
            help="Написать там каждому, что из присланного принято, а что нет.",
            show_default=False,
        ),
    ] = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Собрать ответы из присланных форм в таблицу в папке данных; её прочитает расчёт.

    Имена файлов и порядок строк не важны. Код выхода 12, если в формах есть ошибки: остальные ответы собраны.
    """
    from quality_cli.app.compute import findings_records
    from quality_cli.app.forms.collect import collect_forms
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.console import problems, progress_bar, say, say_json, warn_of
    from quality_cli.core.errors import DataHaveErrors
    from quality_cli.core.russian import counted

    options = resolve_options(config=config, data=data, catalogue=catalogue, period=period, cache=not no_cache)
    with progress_bar(quiet=quiet or as_json) as progress:
        collected = collect_forms(Workspace(options, progress), folder, receipts)
    forms, files = collected.forms, [str(path) for path in collected.files]
    if as_json:
        taken = [{"file": form.file, "org_id": form.unit, "period": str(form.period)} for form in forms]
        say_json({"forms": taken, "answers": collected.answers, "statements": collected.statements, "files": files,
                  "receipts": collected.receipts, "findings": findings_records(collected.findings)})  # fmt: skip
    else:
        warn_of(collected.findings, quiet=quiet, everything=True)
        say(
            f"Собрано: {counted(collected.answers, 'ответ', 'ответа', 'ответов')} "
            f"из {counted(len({form.file for form in forms}), 'формы', 'форм', 'форм')}; {problems(collected.findings)}"
        )
        if collected.statements:
            stated = counted(collected.statements, "таблице", "таблицам", "таблицам")
            say(f"«Таких нет» сказано по {stated}")
        if receipts:
            written = counted(len(collected.receipts), "расписка", "расписки", "расписок")
            say(f"Составлено: {written} в папке {receipts}")
        if files:
            say(f"Ответы: {', '.join(files)}")
    if collected.findings.has_errors:
        raise DataHaveErrors("ответы собраны, но в формах есть ошибки; исправьте их и повторите")


@app.command(cls=RussianCommand)
def status(
    data: opt.Data = None,
    period: opt.Period = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from", metavar="ПАПКА", help="Учесть и ещё не собранные формы.", show_default=False),
    ] = None,
    remind: Annotated[
        Path | None,
        typer.Option("--remind", metavar="ПАПКА", help="Составить там напоминания.", show_default=False),
    ] = None,
    today: opt.Today = None,
    direction: opt.Directions = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    no_cache: opt.NoCache = False,
    quiet: opt.Quiet = False,
    as_json: opt.Json = False,
) -> None:
    """Показать, кто сколько ответил и что просрочено; составить напоминания."""
    from quality_cli.analysis.matrix import matrix_of, record
    from quality_cli.app.compute import findings_records
    from quality_cli.app.forms.status import form_status, write_reminders
    from quality_cli.app.workspace.completeness import terms_of
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.publish import refuse
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.cli.completeness import day_of, show_matrix
    from quality_cli.cli.console import progress_bar, say, say_json, table, warn_of
    from quality_cli.core.russian import counted

    day = day_of(today)
    options = resolve_options(
        config=config,
        data=data,
        catalogue=catalogue,
        period=period,
        directions=tuple(direction or ()),
        cache=not no_cache,
    )
    if remind:
        refuse(remind, options.data)
    with progress_bar(quiet=quiet or as_json) as progress:
        workspace = Workspace(options, progress)
        survey, standings, findings, completeness = form_status(workspace, day, folder)
    contracts, organisations = survey.catalogue.specs.contracts, survey.tables.organisations
    matrix = matrix_of(completeness, survey.period, organisations, day, terms_of(workspace))
    reminders = write_reminders(survey, standings, options, remind, findings) if remind else []
    if as_json:
        say_json({
            "period": str(survey.period),
            "today": str(day),
            "organisations": [item.record() for item in standings if item.respondent == "organisation"],
            "books": [item.record() for item in standings if item.respondent != "organisation"],
            "completeness": record(matrix, completeness, organisations, contracts),
            "reminders": reminders,
            "findings": findings_records(findings),
        })  # fmt: skip
        return
    warn_of(findings, quiet=quiet)
    table(
        ["Организация", "Вопросов", "Отвечено", "С подтверждением", "Просрочено", "Ближайший срок", "Файлы"],
        [standing.cells() for standing in standings],
    )
    late = sum(bool(standing.missing) for standing in standings)
    show_matrix(matrix, completeness, organisations, contracts)
    say(f"Сдали полностью: {len(standings) - late} из {len(standings)}; не всё ответили: {late}")
    if remind:
        say(f"Составлено: {counted(len(reminders), 'напоминание', 'напоминания', 'напоминаний')} в папке {remind}")
