"""Document templates: sandboxed Jinja to Markdown. Runs where templates are rendered and where they are checked.

Whatever a template prints is data and is escaped, unless it is already :class:`Markdown`; so ``{{ school.name }}``
shows the name verbatim, whatever it consists of. Text of the template itself is Markdown.
"""

import encodings.unicode_escape
import re
import textwrap
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, cast

import jinja2.debug
from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from quality_cli.core import russian
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.ids import closest
from quality_cli.core.names import UnknownNameError
from quality_cli.documents.templates.markdown import Markdown, UnprintableError, md
from quality_cli.documents.templates.model import WHOSE

_P = ParamSpec("_P")

LATE_IMPORTS = (encodings.unicode_escape, jinja2.debug, textwrap)
"""What Jinja imports when it first needs it, which is too late in a process that opens no file."""

GLOBALS = ("range", "namespace", "dict")
"""Functions of Jinja that templates may call; the rest (lipsum, cycler, joiner) have no use here."""

_UNWANTED_FILTERS = ("attr", "pprint", "random")
"""``attr`` is for getting round the rules, ``random`` makes two runs differ, ``pprint`` prints Python."""

_LARGEST_POWER = 1000


class TemplateFault(ConfigurationError):  # noqa: N818 - a fault of the template's author, not a crash
    """A template cannot be rendered: ``template`` is the file, ``line`` its line, ``message`` says why in Russian."""

    def __init__(self, template: str, line: int, message: str) -> None:
        self.template, self.line, self.message = template, line, message
        super().__init__(f"{template}:{line}: {message}")


class TooMuchTimeError(Exception):
    """A template takes more time than it is given."""


class TooMuchTextError(Exception):
    """A template prints more than it may."""


class Environment(ImmutableSandboxedEnvironment):
    """Jinja over templates given as text by name: it opens no file."""

    intercepted_binops = frozenset(["**"])

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(
            loader=FunctionLoader(lambda name: (templates[name], name, lambda: True) if name in templates else None),
            undefined=_Missing,
            finalize=md,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals = {name: self.globals[name] for name in GLOBALS}
        for name in _UNWANTED_FILTERS:
            del self.filters[name]
        self.filters.update(_FILTERS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """A power may be larger than memory."""
        if abs(right) > _LARGEST_POWER:
            raise SecurityError("слишком большая степень")
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def concat(pieces: Iterable[str]) -> Markdown:
        """Join printed pieces: each is template text or has been escaped, so macros and set blocks are Markdown too."""
        return Markdown("".join(pieces))


def render(environment: Environment, template_name: str, context: Mapping[str, object], most: int) -> str:
    """Render a template to Markdown of at most so many characters.

    Raises TemplateFault for any error in the template, with the file and the line of the error.
    """
    pieces: list[str] = []
    size = 0
    try:
        stream = cast("Generator[str]", environment.get_template(template_name).generate(context))
        for piece in stream:
            size += len(piece)
            if size > most:
                stream.throw(TooMuchTextError())  # where the template prints: so its line is known
            pieces.append(piece)
    except Exception as error:  # a template can raise anything
        raise fault_of(error, template_name) from error
    return "".join(pieces)


def fault_of(error: Exception, template_name: str) -> TemplateFault:
    """An error in Russian at the last template line of its traceback."""
    if isinstance(error, TemplateSyntaxError):
        return TemplateFault(error.name or template_name, error.lineno, syntax_message(error.message or ""))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    name, line = (frames[-1].filename, frames[-1].lineno or 1) if frames else (template_name, 1)
    return TemplateFault(name, line, _message(error))


def _message(error: Exception) -> str:
    match error:
        case TemplateNotFound():
            return f"нет шаблона «{error.name}»"
        case UndefinedError() if "parent block" in str(error):
            return "у блока нет прежнего содержания: super() бывает только в шаблоне с «extends»"
        case UndefinedError() | UnknownNameError() | UnprintableError():
            return str(error)
        case SyntaxError():  # of the Python that Jinja makes of a template
            return "ошибка записи шаблона: в скобках дважды стоит одно имя или команды вложены слишком глубоко"
        case SecurityError():
            named = re.search(r"attribute '([^']*)'", str(error))
            return f"запрещено в шаблоне: {f'«{named[1]}»' if named else str(error)}"
        case ZeroDivisionError():
            return "деление на ноль"
        case TooMuchTimeError():
            return "шаблон выполняется слишком долго: нет ли в нём бесконечного или огромного цикла?"
        case TooMuchTextError():
            return "шаблон печатает слишком много текста"
        case MemoryError():
            return "шаблону не хватает памяти"
        case RecursionError():
            return "шаблон вызывает сам себя без конца"
        case OverflowError():
            return "не удалось вычислить: слишком большое число или слишком длинный ряд (range)"
        case TypeError():
            return "не удалось вычислить: действие не подходит к значениям этого вида (например, сложение с пустым)"
    return "не удалось вычислить выражение"


_SYNTAX = (
    (r"No filter named '([^']*)'", "нет фильтра «{}»"),
    (r"No test named '([^']*)'", "нет проверки «{}»"),
    (r"unknown tag '([^']*)'", "нет команды «{}» или она не на месте"),
    (r"block '([^']*)' defined twice", "блок «{}» описан дважды"),
    (r"[Uu]nexpected end of template|end of template", "шаблон кончился раньше, чем закрыта команда"),
    (r"unexpected char (?:'(.+?)'|\"(.+?)\") at", "лишний знак или незакрытая кавычка «{}»"),
    (r"(?:got|unexpected) (?:'(.+?)'|\"(.+?)\")(?:$|,)", "не на месте «{}»"),
    (r"Missing end of comment", "не закрыто примечание"),
    (r"Missing end of raw", "не закрыта команда «raw»"),
    (r"[Cc]an't assign to", "слева от «=», в «for» и в скобках макроса может стоять только своё имя"),
    (r"non-default argument", "в скобках макроса имена без значения стоят раньше имён со значением"),
    (r"Block names", "в имени блока могут быть только буквы, цифры и «_»"),
    (r"starting with an underline", "имена, которые начинаются с «_», другим шаблонам не видны"),
    (r"chain multiple tests", "после «is» может стоять только одна проверка"),
    (r"non top-level", "команда «extends» стоит внутри другой команды"),
)
_TOKENS = {
    "begin of print statement": "{{",
    "end of print statement": "}}",
    "begin of statement block": "{%",
    "end of statement block": "%}",
    "end of comment": "#}",
    "template data / text": "текст шаблона",
    "integer": "целое число",
    "float": "число",
    "string": "текст в кавычках",
    "name": "имя",
}
"""What Jinja calls the pieces of a template that are no words of it."""


def syntax_message(told: str) -> str:
    """What Jinja says of a mistake of syntax, in Russian."""
    for pattern, words in _SYNTAX:
        if found := re.search(pattern, told):
            named = next(filter(None, found.groups()), "")
            return f"ошибка записи шаблона: {words.format(_TOKENS.get(named, named))}"
    return "ошибка записи шаблона: проверьте скобки, кавычки и команды"


class _Missing(StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"нет переменной «{self._undefined_name}»"
        return no_field(type(self._undefined_obj), str(self._undefined_name))


def no_field(kind: type, name: str) -> str:
    """That a record has no such field."""
    known = [item.name for item in fields(kind)] if is_dataclass(kind) else getattr(kind, "_fields", ())
    whose = WHOSE.get(kind.__name__, f"данных вида «{kind.__name__}»")
    return f"у {whose} нет «{name}»{closest(name, known)}"


def _safe(function: Callable[_P, str]) -> Callable[_P, Markdown]:
    """Mark the result of a function as Markdown: it is made of digits and of the template's own words."""

    @wraps(function)
    def filter_(*args: _P.args, **kwargs: _P.kwargs) -> Markdown:
        return Markdown(function(*args, **kwargs))

    return filter_


def _enumerate_md(items: Iterable[object]) -> Markdown:
    return Markdown(russian.enumerate_ru([md(item) for item in items]))


def _ranges(numbers: Iterable[str | int]) -> str:
    return russian.ranges(sorted(map(int, numbers)))


def _agreed(noun: str, *forms: str) -> Markdown:
    return Markdown(russian.agreed(noun, *forms))


def _date_ru(day: str) -> str:
    return russian.date_ru(date.fromisoformat(day))


_FILTERS: dict[str, Callable[..., str]] = {
    "md": md,
    "num": _safe(russian.num),
    "pct": _safe(russian.pct),
    "pp": _safe(russian.pp),
    "points": _safe(russian.points),
    "plural": _safe(russian.plural),
    "counted": _safe(russian.counted),
    "agreed": _agreed,
    "ranges": _safe(_ranges),
    "date_ru": _safe(_date_ru),
    "enumerate_ru": _enumerate_md,
}
"""Of our own, beside those of Jinja."""
