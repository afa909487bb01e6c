"""Templates of folders, and their rendering in a process that can be stopped (``worker.py``).

One process serves all documents of a run.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

from quality_cli.core.errors import ConfigurationError
from quality_cli.core.names import Names
from quality_cli.documents.templates.jinja import TemplateFault
from quality_cli.documents.templates.model import Figures, Reminder, Report
from quality_cli.documents.templates.plain import as_record, dump_model

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from quality_cli.documents.templates.worker import serve; serve()"
_LARGEST = 1_000_000
"""Bytes of a template."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds of the processor, bytes of memory, characters of text; ``patience`` are the
    seconds of the clock after which a process that does not answer is ended.

    The largest document of the sample takes 0.1 s, 60 MB and 30 thousand characters.
    """

    seconds: float = 20
    memory: int = 1_000_000_000
    characters: int = 20_000_000
    patience: float = 60


def read_templates(folders: Sequence[Path]) -> dict[str, str]:
    """Texts of the templates (``*.j2``) by name, those of an earlier folder first.

    Links that lead out of the folder are not followed. Raises :class:`ConfigurationError` for an absent folder and a
    template that is no text.
    """
    found: dict[str, str] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError(f"нет папки шаблонов «{folder}»")
        for path in sorted(folder.rglob("*.j2")):
            name = path.relative_to(folder).as_posix()
            if name not in found and path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                found[name] = _text(path)
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ConfigurationError(f"шаблон «{path}» больше {_LARGEST // 1_000_000} МБ")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"шаблон «{path}» не открывается") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"шаблон «{path}» не в кодировке UTF-8") from error


class Renderer:
    """Renders models by templates; a context manager, so that its process ends."""

    def __init__(self, templates: Mapping[str, str], names: Names, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._start = json.dumps(
            {
                "templates": dict(templates),
                "names": {name: astuple(own) for name, own in names.indicators.items()},
                "off": list(names.off),
                "limits": asdict(self._limits),
            }
        )
        self._process: subprocess.Popen[str] | None = None
        self._held: dict[int, Figures] = {}
        """Figures of the last document: the process has them still."""

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next document would start another."""
        process, self._process, self._held = self._process, None, {}
        if process is not None:
            process.kill()
            process.communicate()

    def render(self, template: str, model: Report | Reminder) -> str:
        """The model as Markdown by a template.

        Raises :class:`TemplateFault` for a mistake in the template, with the file and the line of it; so it is told too
        that the template takes more than the limits allow.
        """
        answer = self._ask(self._task(template, model))
        if answer is None:
            self.close()
            seconds, memory = self._limits.seconds, self._limits.memory
            message = f"шаблон не выполнен: ему мало {seconds:g} секунд или {memory // 1_000_000} МБ памяти"
            raise TemplateFault(template, 1, message)
        if "fault" in answer:
            self.close()  # whatever it has done to the process is gone with it
            raise TemplateFault(*answer["fault"])
        return str(answer["text"])

    def _task(self, template: str, model: Report | Reminder) -> str:
        sent: dict[int, Figures] = {}

        def record(value: Any) -> dict[str, Any]:
            if not isinstance(value, Figures):
                return as_record(value)
            number = id(value)
            known = number in sent or number in self._held
            sent[number] = value
            return {"id": number, **({} if known else as_record(value))}

        head = json.dumps({"template": template, "model": type(model).__name__})
        line = f'{head[:-1]}, "data": {dump_model(as_record(model), record)}}}\n'
        self._held = sent
        return line

    def _ask(self, line: str) -> dict[str, Any] | None:
        """The answer of the process; None where it gave none."""
        starting = "" if self._process else f"{self._start}\n"
        process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(self._limits.patience, process.kill)
        timer.start()
        try:
            process.stdin.write(starting + line)
            process.stdin.flush()
            answer = process.stdout.readline()
            return dict(json.loads(answer)) if answer.endswith("\n") else None
        except OSError:
            return None
        finally:
            timer.cancel()


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="surrogatepass",
    )
