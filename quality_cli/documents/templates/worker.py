"""The process that renders templates: texts and models come in as JSON, Markdown goes out.

A template may be anybody's. Here it finds nothing but plain data, and the system gives this process no file, no further
process, and only so much memory and time.
"""

import json
import signal
import sys
from types import FrameType
from typing import Any

from quality_cli.core.names import IndicatorNames, Names
from quality_cli.documents.templates.jinja import Environment, TemplateFault, TooMuchTimeError, render
from quality_cli.documents.templates.lookup import Lookup
from quality_cli.documents.templates.model import Figures, Reminder, Report
from quality_cli.documents.templates.plain import reader

MODELS = {kind.__name__: kind for kind in (Report, Reminder)}


class Shelf:
    """Figures of the document at hand: those it shares with the document before it are not sent again, and those it
    does not use are forgotten."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._last: dict[int, Lookup] = {}
        self._now: dict[int, Lookup] = {}

    def turn(self) -> None:
        """The next document begins."""
        self._last, self._now = self._now, {}

    def forget(self) -> None:
        """All figures of the document have been taken: nothing of the one before stays."""
        self._last = {}

    def take(self, data: dict[str, Any]) -> Lookup:
        """The look-up over figures that were sent, now or with the document before."""
        number = data["id"]
        if number not in self._now:
            self._now[number] = self._last.get(number) or Lookup(_FIGURES(data), self._names)
        return self._now[number]


_FIGURES = reader(Figures)


def context_of(kind: str, data: dict[str, Any], shelf: Shelf) -> dict[str, Any]:
    """What the template sees: the fields of its model, figures as look-ups, and the counters of a report."""
    shelf.turn()
    model = reader(MODELS[kind], ((Figures, shelf.take),))(data)
    shelf.forget()
    counters = {name: _counter() for name in COUNTERS} if kind == Report.__name__ else {}
    return {**{name: getattr(model, name) for name in data}, **counters}


COUNTERS = ("section", "table", "figure")
"""Functions that give 1, 2, 3 … each time they are called."""


def _counter() -> Any:
    numbers = iter(range(1, sys.maxsize))

    def count() -> int:
        return next(numbers)

    return count


def serve() -> None:
    """Answer line by line until the input ends. The first line has the templates, the names and the limits."""
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    start = json.loads(sys.stdin.readline())
    environment = Environment(start["templates"])
    shelf = Shelf(Names({name: IndicatorNames(*own) for name, own in start["names"].items()}, start["off"]))
    limits = start["limits"]
    _restrict(limits["memory"])
    for line in sys.stdin:
        task = json.loads(line)
        context = context_of(task["model"], task["data"], shelf)
        try:
            _allow(limits["seconds"])
            answer: dict[str, Any] = {"text": render(environment, task["template"], context, limits["characters"])}
        except TemplateFault as fault:
            answer = {"fault": [fault.template, fault.line, fault.message]}
        finally:
            _allow(0)
        json.dump(answer, sys.stdout, ensure_ascii=True)
        sys.stdout.write("\n")
        sys.stdout.flush()


def _allow(seconds: float) -> None:
    """Interrupt what takes more of the processor than that; 0: no longer."""
    if not hasattr(signal, "setitimer"):  # Windows: only the parent's clock stops it
        return
    signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise TooMuchTimeError


def _restrict(memory: int) -> None:
    """Nothing can be opened, written or started any more; memory is bounded."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the sandbox and the parent's clock stay
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for name in ("RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_CORE"):
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (0, 0))
