"""Markdown of documents: data are escaped, layout marks are taken off before it is published."""

import re

from quality_cli.core import russian
from quality_cli.core.text import printed

_SPECIAL = re.compile(r"[\\*_{}\[\]<>#|~&!`]|^[-+=:.)]")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")

_CONTAINER = re.compile(r" {0,3}:{3,} *(?P<name>\w*)")
_ATTRIBUTES = re.compile(r"(?<!\\)\{[.#\w][^{}\n]*\}")
_KEPT_LINES = {"approval", "requisites", "signature"}


class Markdown(str):
    """Text that is Markdown already and is printed as it is."""

    __slots__ = ()


class UnprintableError(TypeError):
    """What a template prints is a list, a record or a function, and no text: Python's way to write it tells nobody
    anything, and may differ from run to run."""


def md(value: object) -> Markdown:
    """Escape a value so that Markdown shows it verbatim, on one line.

    Runs of white space become one space; control characters and direction marks are dropped. Numbers get a decimal
    comma, ``None`` becomes «н/д», booleans «да» and «нет». :class:`Markdown` is returned unchanged. Raises
    :class:`UnprintableError` for anything else.
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
    text = str(value)  # an unknown name raises here
    if not isinstance(value, str | int):
        raise UnprintableError("напечатать можно текст или число, а здесь список, запись или функция")
    return Markdown(_LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", printed(text))))


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
