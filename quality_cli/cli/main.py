"""Entry point of ``quality``: commands, Russian titles, errors to exit codes."""

import atexit
import errno
import gc
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import typer.main
from typer.exceptions import TyperException

from quality_cli.cli import catalogue, check, compute, explain, forms, init, plan, report, run
from quality_cli.cli.translation import RussianCommand, RussianGroup, russian

app = typer.Typer(
    name="quality",
    cls=RussianGroup,
    help="Показатели качества образования и аналитические справки из выгрузок.",
    epilog="Начните с: quality init ПАПКА",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (init.init, check.check, plan.plan, compute.compute, report.report, explain.explain, run.run):
    app.command(cls=RussianCommand)(_command)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(forms.app, name="forms")


def command_paths() -> list[list[str]]:
    """Every command by the words that call it, in the order of the help."""

    def under(command: object, path: list[str]) -> list[list[str]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            return [path]
        return [found for name, child in inner.items() for found in under(child, [*path, name])]

    return under(typer.main.get_command(app), [])


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
    gc.set_threshold(500_000)  # a call is short and leaves few cycles: looking for them often costs a tenth of it
    atexit.register(gc.freeze)  # nor are they looked for in what goes with the process anyway
    _open_streams()
    try:
        code = _run(program)
        sys.stdout.flush()
        sys.stderr.flush()
    except (BrokenPipeError, SystemExit):  # nobody reads on: `quality … | head`; rich makes an exit of it
        _silence()
        code = 0
    except OSError as error:
        from quality_cli.core.errors import OutputError

        _tell(f"Ошибка: не вывести результат: {_reason(error)}")
        _silence()
        code = OutputError.exit_code
    sys.exit(code)


def _open_streams() -> None:
    """Make sure that the streams are there, whatever the caller has closed: a file opened next would take their place.

    A name that the console cannot show is shown with question marks.
    """
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _silence() -> None:
    """Let what cannot be written go nowhere: the end of the program would try again."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
            continue
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(text: str) -> None:
    """Say it on stderr, if anybody can hear."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _run(program: typer.Typer) -> int:
    from quality_cli.core.errors import QualityError

    try:
        command = typer.main.get_command(program)
        with command.make_context("quality", sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except TyperException as error:
        return _wrong_call(error)
    except QualityError as error:
        _tell(f"Ошибка: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _tell("Прервано.")
        return 130
    except OSError as error:
        if error.filename is None:  # a stream, not a file
            raise
        return _refused(error)
    except MemoryError:
        _tell("Ошибка: не хватает памяти; закройте другие программы или разделите данные по папкам")
        return 1
    except Exception as error:
        if os.environ.get("QUALITY_DEBUG"):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]  # not its text, which may quote a cell
        place = f"{Path(where.filename).name}:{where.lineno}"
        _tell(f"Внутренняя ошибка программы: {type(error).__name__}, {place}")
        _tell("Повторите с QUALITY_DEBUG=1 и пришлите вывод разработчикам,")
        _tell("проверив, что в нём нет личных данных.")
        return 1
    return 0


def _refused(error: OSError) -> int:
    """Tell of a path that the system refuses; a full or read-only disk is a failure of writing."""
    from quality_cli.core.errors import ConfigurationError, OutputError
    from quality_cli.core.paths import shown_path

    name = error.filename
    shown = shown_path(Path(os.fsdecode(name))) if isinstance(name, str | bytes) else str(name)
    _tell(f"Ошибка: «{shown}»: {_reason(error)}")
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO)
    return (OutputError if full else ConfigurationError).exit_code


def _reason(error: OSError) -> str:
    from quality_cli.core.errors import reason

    return reason(error)


def _wrong_call(error: TyperException) -> int:
    """Tell what is wrong with the call; a command without arguments has already shown its help."""
    message = error.format_message()
    if message:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "quality"
        _tell(f"Ошибка: {russian(message)}\nСправка: {command} --help")
    return error.exit_code
