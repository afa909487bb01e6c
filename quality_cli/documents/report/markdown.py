"""Document templates: sandboxed Jinja to Markdown.

Whatever a template prints is data and is escaped, unless it is already :class:`Markdown`; so ``{{ school.name }}``
shows the name verbatim, whatever it consists of. Text of the template itself is Markdown.
"""

import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from quality_cli.core import russian
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.text import printed

_P = ParamSpec("_P")

_SPECIAL = re.compile(r"[\\*_{}\[\]<>#|~&!`]|^[-+=:.)]")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")

_CONTAINER = re.compile(r" {0,3}:{3,} *(?P<name>\w*)")
_ATTRIBUTES = re.compile(r"(?<!\\)\{[.#\w][^{}\n]*\}")
_KEPT_LINES = {"approval", "requisites", "signature"}


class TemplateFault(ConfigurationError):  # noqa: N818 - a fault of the template's author, not a crash
    """A template cannot be rendered: ``template`` is the file, ``line`` its line, ``message`` says why in Russian."""

    def __init__(self, template: str, line: int, message: str) -> None:
        self.template, self.line, self.message = template, line, message
        super().__init__(f"{template}:{line}: {message}")


class Markdown(str):
    """Text that is Markdown already and is printed as it is."""

    __slots__ = ()


def md(value: object) -> Markdown:
    """Escape a value so that Markdown shows it verbatim, on one line.

    Runs of white space become one space; control characters and direction marks are dropped. Numbers get a decimal
    comma, ``None`` becomes «н/д», booleans «да» and «нет». :class:`Markdown` is returned unchanged.
    """
    match value:
        case Markdown():
            return value
        case None:
            return Markdown(russian.NO_DATA)
        case bool():
            return Markdown("да" if value else "нет")
        case float():
            return Markdown(russian.num(value))
    return Markdown(_LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", printed(str(value)))))


def render(template_name: str, template_dirs: Sequence[Path], context: Mapping[str, object]) -> str:
    """Render a template, looked up in ``template_dirs`` in order, to Markdown.

    Raises TemplateFault for any error in the template, with the file and the line of the error.
    """
    try:
        return str(_environment(tuple(template_dirs)).get_template(template_name).render(context))
    except TemplateSyntaxError as error:
        raise TemplateFault(error.name or template_name, error.lineno, f"ошибка записи шаблона: {error}") from error
    except Exception as error:  # a template can raise anything: it calls filters and methods of the data
        raise _fault(error, template_name) from error


@lru_cache(maxsize=8)
def _environment(template_dirs: tuple[Path, ...]) -> "_Environment":
    """One environment for a set of folders: a template is compiled once, not once a document."""
    environment = _Environment(
        loader=FileSystemLoader(template_dirs),
        undefined=_Missing,
        finalize=md,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_FILTERS)
    return environment


def publishable(markdown: str) -> str:
    """Return the Markdown as published: without ``:::`` lines and ``{…}`` attributes, showing the same text.

    Lines of the approval, the requisites and the signature stay apart; underscores stay underscores.
    """
    lines: list[str] = []
    keeps_lines = False
    for line in markdown.splitlines():
        if container := _CONTAINER.match(line):
            keeps_lines = container["name"] in _KEPT_LINES
            lines.append("")
            continue
        bare = re.sub(r"(?<!\\)_", r"\\_", _ATTRIBUTES.sub("", line))
        if line and not bare:
            continue
        lines.append(f"{bare}  " if keeps_lines and bare else bare)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Environment(ImmutableSandboxedEnvironment):
    @staticmethod
    def concat(pieces: Iterable[str]) -> Markdown:
        """Join printed pieces: each is template text or has been escaped, so macros and set blocks are Markdown too."""
        return Markdown("".join(pieces))


class _Missing(StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"нет переменной «{self._undefined_name}»"
        return f"в данных «{type(self._undefined_obj).__name__}» нет «{self._undefined_name}»"


def _fault(error: Exception, template_name: str) -> TemplateFault:
    """Place an error at the last template line of its traceback."""
    match error:
        case TemplateNotFound():
            message = f"нет шаблона «{error.name}»"
        case UndefinedError():
            message = str(error)
        case SecurityError():
            message = f"запрещено в шаблоне: {error}"
        case ZeroDivisionError():
            message = "деление на ноль"
        case _:
            message = f"не удалось вычислить: {error}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return TemplateFault(template_name, 1, message)
    return TemplateFault(Path(frames[-1].filename).name, frames[-1].lineno or 1, message)


def _safe(function: Callable[_P, str]) -> Callable[_P, Markdown]:
    """Mark the result of a function as Markdown: it is made of digits and of the template's own words."""

    @wraps(function)
    def filter_(*args: _P.args, **kwargs: _P.kwargs) -> Markdown:
        return Markdown(function(*args, **kwargs))

    return filter_


def _enumerate_md(items: Iterable[object]) -> Markdown:
    return Markdown(russian.enumerate_ru([md(item) for item in items]))


_FILTERS: dict[str, Callable[..., str]] = {
    "md": md,
    "num": _safe(russian.num),
    "pct": _safe(russian.pct),
    "pp": _safe(russian.pp),
    "plural": _safe(russian.plural),
    "counted": _safe(russian.counted),
    "date_ru": _safe(russian.date_ru),
    "enumerate_ru": _enumerate_md,
}
