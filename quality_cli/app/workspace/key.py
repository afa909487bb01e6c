"""The key of the pseudonyms: a file of the workspace that nothing but this program needs to read."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from quality_cli.app.workspace.config import Options
from quality_cli.core import files
from quality_cli.core.errors import ConfigurationError, NotOrdinaryError, reason
from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import shown_path
from quality_cli.datasets.values.people import KEY_SIZE

PLACE = Path(".quality") / "key"
"""Where the key lies in the data folder; hidden files are not read as data."""

_LARGEST = 1_000_000


@dataclass(slots=True)
class KeyFile:
    """Gives the key when it is first needed; ``findings`` receives what is wrong but does not stop the work.

    A key that the configuration names must be there already: it is shared. Otherwise the data folder has its own.
    """

    path: Path
    shared: bool
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def of(cls, options: Options) -> "KeyFile":
        """The key of a call."""
        return cls(options.key or options.data / PLACE, options.key is not None)

    def __call__(self) -> bytes:
        """32 bytes; raises :class:`ConfigurationError` where the file cannot be read or holds no key."""
        try:
            if not self.shared and os.path.lexists(self.path.parent) and not files.is_folder(self.path.parent):
                raise NotOrdinaryError(self.path.parent)
            content = files.content(self.path, follow=self.shared, limit=_LARGEST)
        except FileNotFoundError as error:
            if self.shared:
                raise ConfigurationError(
                    f"нет файла ключа «{self.path}», названного в настройках (key); скопируйте его оттуда, где он уже "
                    f"создан ({PLACE} в папке данных), или уберите «key»: ключ будет создан в папке данных"
                ) from error
            return self._created()
        except OSError as error:
            raise ConfigurationError(
                f"не прочитать файл ключа «{self.path}»: {reason(error)}; дайте право чтения тому, кто запускает "
                "программу, уберите то, что лежит на месте ключа, или назовите другой файл ключа в quality.yaml (key)"
            ) from error
        if len(content) != KEY_SIZE:
            raise ConfigurationError(
                f"файл ключа «{self.path}» испорчен: в нём {len(content)} байт, а должно быть {KEY_SIZE}; верните его "
                "из копии или удалите: показатели от ключа не зависят"
            )
        self._check_permissions()
        return content

    def _created(self) -> bytes:
        """A new key, whole from the first moment it is seen; of several first runs one makes it."""
        lock = self.path.with_name("lock")
        try:
            files.own_folder(self.path.parent)
            files.require_free(lock)
            with FileLock(lock):
                if not self.path.exists():
                    files.replace(self.path, secrets.token_bytes(KEY_SIZE), private=True)
        except (OSError, NotImplementedError):
            message = "в папке данных не создать ключ псевдонимов; этот запуск обошёлся разовым"
            hint = "дайте право записи в папку данных или назовите файл ключа в quality.yaml (key)"
            self.findings.info("key.temporary", message, self._place(), hint)
            return secrets.token_bytes(KEY_SIZE)
        return self()

    def _check_permissions(self) -> None:
        if os.name == "posix" and self.path.stat().st_mode & 0o077:
            message = "файл ключа псевдонимов доступен не только владельцу"
            self.findings.warning("key.permissions", message, self._place(), f"выполните: chmod 600 '{self.path}'")

    def _place(self) -> Place:
        return Place(shown_path(self.path))
