"""Entry point of ``quality``: commands, Russian titles, errors to exit codes."""

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
import typer.main
from typer.exceptions import TyperException

from quality_cli.cli import catalogue, check, compute, explain, forms, plan, report, run
from quality_cli.cli.translation import RussianCommand, RussianGroup, russian

app = typer.Typer(
    name="quality",
    cls=RussianGroup,
    help="Показатели качества образования и аналитические справки из выгрузок.",
    epilog="Начните с: quality run --data sample_data --out out",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (check.check, plan.plan, compute.compute, report.report, explain.explain, run.run):
    app.command(cls=RussianCommand)(_command)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(forms.app, name="forms")


def _version(show: bool) -> None:
    if show:
        from quality_cli import __version__

        typer.echo(f"quality {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Показать версию и выйти.")
    ] = False,
) -> None:
    pass


def main(program: typer.Typer = app) -> None:
    """Run the program; every error the user can act upon is a message and an exit code, never a traceback."""
    gc.set_threshold(200_000)  # a call is short and leaves few cycles: looking for them often costs a tenth of it
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_run(program))


def _run(program: typer.Typer) -> int:
    from quality_cli.core.errors import QualityError

    try:
        command = typer.main.get_command(program)
        with command.make_context("quality", sys.argv[1:]) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as done:
        return done.exit_code
    except TyperException as error:
        return _wrong_call(error)
    except QualityError as error:
        print(f"Ошибка: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Прервано.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("QUALITY_DEBUG"):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]  # not its text, which may quote a cell
        place = f"{Path(where.filename).name}:{where.lineno}"
        print(f"Внутренняя ошибка программы: {type(error).__name__}, {place}", file=sys.stderr)
        print("Повторите с QUALITY_DEBUG=1 и пришлите вывод разработчикам,", file=sys.stderr)
        print("проверив, что в нём нет личных данных.", file=sys.stderr)
        return 1
    return 0


def _wrong_call(error: TyperException) -> int:
    """Tell what is wrong with the call; a command without arguments has already shown its help."""
    message = error.format_message()
    if message:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "quality"
        print(f"Ошибка: {russian(message)}\nСправка: {command} --help", file=sys.stderr)
    return error.exit_code
