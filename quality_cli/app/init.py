"""Use case: a new workspace, a folder with everything that the daily work needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quality_cli.app.workspace.commented import commented
from quality_cli.app.workspace.config import CONFIG_NAME, ConfigFile
from quality_cli.core.errors import OutputError, reason

FOLDERS = ("data", "catalogue", "templates")
"""The inbox of exports, what is one's own of the catalogue, what is one's own of the templates."""

_PAGES = Path(__file__).parent / "new_workspace"

_HEAD = """\
# Настройки рабочей папки. Здесь все настройки программы; значение по умолчанию можно оставить или удалить строку.
# Пути считаются от папки этого файла. Параметр вызова (--data, --period …) важнее записанного здесь.
# Ошибку программа назовёт с номером строки и столбца.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written into the folder, and what was there already and has been left alone."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def init(folder: Path) -> Made:
    """Make a workspace of the folder; files and folders that are already there are left as they are.

    Raises :class:`OutputError` where something cannot be written.
    """
    written, kept = [], []
    try:
        for name in ("", *FOLDERS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in _files().items():
            try:
                with (folder / name).open(
                    "x", encoding="utf-8"
                ) as file:  # never over what is there, nor through a link
                    file.write(text)
            except FileExistsError:
                kept.append(name)
            else:
                written.append(name)
    except OSError as error:
        raise OutputError(f"не записать в «{error.filename or folder}»: {reason(error)}") from error
    return Made(tuple(written), tuple(kept))


def _files() -> Mapping[str, str]:
    pages = {path.relative_to(_PAGES).as_posix(): path for path in sorted(_PAGES.rglob("*.md"))}
    return {
        CONFIG_NAME: _HEAD + commented(ConfigFile),
        **{name: path.read_text(encoding="utf-8") for name, path in pages.items()},
    }
