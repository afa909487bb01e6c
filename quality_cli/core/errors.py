"""Errors that end a command: each has an exit code and a message for the analyst, in Russian."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality_cli.core.findings import Finding


class QualityError(Exception):
    """An error the user can act upon; anything else is a defect of ours (exit code 1)."""

    exit_code = 1


class ConfigurationError(QualityError):
    """The call, ``quality.yaml`` or a template is wrong."""

    exit_code = 2


class CatalogueError(QualityError):
    """The catalogue is wrong; carries every mistake found, each with file, line and column."""

    exit_code = 10

    def __init__(self, findings: "Sequence[Finding]") -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class NothingToDoError(QualityError):
    """Nothing could be read or computed."""

    exit_code = 11


class DataHaveErrors(QualityError):  # noqa: N818 - not a failure: the work is done, the data are wrong
    """The work is done, but the data have errors (``check``, or ``--strict``)."""

    exit_code = 12


class LockedError(QualityError):
    """Another run holds the lock."""

    exit_code = 14


class OutputError(QualityError):
    """The output could not be written."""

    exit_code = 15


class NotOrdinaryError(OSError):
    """A link, a folder, a pipe, a device or a socket stands where an ordinary file (or a folder) is expected."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "", str(path))


_REASONS = {
    errno.E2BIG: "слишком длинный список",
    errno.EACCES: "нет прав",
    errno.EAGAIN: "занято другой программой, попробуйте ещё раз",
    errno.EBADF: "вывод закрыт",
    errno.EBUSY: "занято другой программой или сюда подключён диск",
    errno.ECONNRESET: "связь с диском прервалась",
    errno.EDQUOT: "исчерпана квота на диске",
    errno.EEXIST: "такое имя уже занято",
    errno.EFBIG: "файл слишком велик",
    errno.EILSEQ: "в имени недопустимые знаки",
    errno.EINVAL: "такое имя или действие здесь недопустимо",
    errno.EIO: "ошибка чтения или записи на диске",
    errno.EISDIR: "это папка, а нужен файл",
    errno.ELOOP: "ссылка ведёт по кругу",
    errno.EMFILE: "открыто слишком много файлов",
    errno.EMLINK: "слишком много ссылок на один файл",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.ENFILE: "открыто слишком много файлов",
    errno.ENODEV: "нет такого устройства",
    errno.ENOENT: "нет такого файла или папки",
    errno.ENOLCK: "диск не позволяет запереть файл",
    errno.ENOMEM: "не хватает памяти",
    errno.ENOSPC: "на диске нет места",
    errno.ENOSYS: "система этого не умеет",
    errno.ENOTDIR: "часть пути — файл, а не папка",
    errno.ENOTEMPTY: "папка не пуста",
    errno.ENXIO: "нет такого устройства",
    errno.EOPNOTSUPP: "диск этого не умеет",
    errno.EPERM: "нет прав",
    errno.EPIPE: "вывод закрыт",
    errno.EROFS: "диск доступен только для чтения",
    errno.ESTALE: "сетевая папка отключилась",
    errno.ETIMEDOUT: "диск не отвечает",
    errno.ETXTBSY: "файл занят другой программой",
    errno.EXDEV: "это разные диски",
}
"""What the system reports by number: its own words come in the language of the machine, mostly English."""


def reason(error: OSError) -> str:
    """Why the system has refused, in Russian."""
    if isinstance(error, NotOrdinaryError):
        return "это ссылка, папка, канал или устройство, а нужен обычный файл"
    return _REASONS.get(error.errno or 0) or f"система сообщила об ошибке {error.errno or type(error).__name__}"
