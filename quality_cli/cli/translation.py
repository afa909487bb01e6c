"""Russian for typer's own texts: help pages and errors of the call."""

import re
from collections.abc import Sequence
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup

_CONSTANTS = {
    "ARGUMENTS_PANEL_TITLE": "Аргументы",
    "OPTIONS_PANEL_TITLE": "Параметры",
    "COMMANDS_PANEL_TITLE": "Команды",
    "REQUIRED_LONG_STRING": "[обязательно]",
    "DEFAULT_STRING": "[по умолчанию: {}]",
}
"""Words of the help that ``rich`` draws."""

_ERRORS: Sequence[tuple[str, str]] = (
    (r"Missing command\.", "не указана команда"),
    (r"No such command '(.+)'\. Did you mean '(.+)'\?", r"нет команды «\1»; возможно, «\2»?"),
    (r"No such command '(.+)'\.", r"нет команды «\1»"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"нет параметра \1; возможно, \2?"),
    (r"No such option: (\S+)", r"нет параметра \1"),
    (r"Option '(.+)' requires an argument\.", r"после \1 нужно значение"),
    (r"Option '(.+)' does not take a value\.", r"параметр \1 пишется без значения"),
    (r"Missing argument '(.+)'\.", r"не указан аргумент \1"),
    (r"Missing option '(.+)'\.", r"не указан параметр \1"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"лишнее в вызове: \1"),
    (r"Invalid value for '(.+)': (.+)", r"неверное значение \1: \2"),
)
"""Whole messages of typer, the more telling of two similar ones first."""


class _Russian:
    """Help of a command without typer's own English words."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        import typer.rich_utils  # rich is slow to load, and only help needs it

        for name, text in _CONSTANTS.items():
            setattr(typer.rich_utils, name, text)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage:", "Вызов:", 1)

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if param.metavar is None or isinstance(param, TyperArgument):
                param.display_type_rich = _no_type
            if "--help" in param.opts:
                param.help = "Показать справку и выйти."
        return params


class RussianCommand(_Russian, TyperCommand):
    """A command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "options_metavar": "[ПАРАМЕТРЫ]"})


class RussianGroup(_Russian, TyperGroup):
    """A command that has commands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        words = {"options_metavar": "[ПАРАМЕТРЫ]", "subcommand_metavar": "КОМАНДА …"}
        super().__init__(*args, **{**kwargs, **words})


def _no_type(ctx: Any) -> None:
    """Names of Python's types tell an analyst nothing."""


def russian(message: str) -> str:
    """An error of the call in Russian; one that is not known stays as it is."""
    for pattern, text in _ERRORS:
        match = re.fullmatch(pattern, message, re.DOTALL)
        if match:
            return match.expand(text)
    return message
