"""ZIP containers, workbooks and archives alike: measured before anything is unpacked."""

import io
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from quality_cli.core.findings import Findings, Place
from quality_cli.core.paths import is_hidden, shown_member
from quality_cli.datasets.readers.kinds import PASSWORD, RESAVE
from quality_cli.datasets.readers.limits import MAX_MEMBERS, MAX_RATIO, MAX_UNZIPPED, SMALL_UNZIPPED
from quality_cli.datasets.readers.sheets import UnreadableFileError, unreadable

_ENCRYPTED = 0x1
_AGAIN = "запросите файл ещё раз"


@contextmanager
def opened(content: bytes, shown: str) -> Iterator[zipfile.ZipFile]:
    """The container; whatever goes wrong inside is :class:`UnreadableFileError`. Old names are in cp866."""
    try:
        with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="cp866") as container:
            yield container
    except UnreadableFileError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on damaged bytes
        raise _damaged(shown) from error


def measure(members: Sequence[zipfile.ZipInfo], size: int, shown: str) -> None:
    """Refuse members that are under a password or, unpacked, more than the limits allow for ``size`` bytes."""
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise unreadable(shown, "file.password", *PASSWORD)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNZIPPED or unpacked > max(SMALL_UNZIPPED, MAX_RATIO * size):
        message = f"после распаковки файл вырастает до {unpacked // 1_000_000} МБ, в {unpacked // size} раз"
        raise unreadable(shown, "file.too_big", message, "разделите его или запросите выгрузку ещё раз")


def unpack(content: bytes, shown: str, findings: Findings) -> Iterator[tuple[str, bytes]]:
    """Files of an archive with their shown names; one that cannot be taken is a finding, the others still come.

    Raises :class:`UnreadableFileError` for the archive as a whole.
    """
    with opened(content, shown) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise unreadable(shown, "file.too_big", f"в архиве больше {MAX_MEMBERS} файлов", "разделите его")
        measure(members, len(content), shown)
        if not members:
            findings.error("file.empty", "в архиве нет ни одного файла", Place(shown), _AGAIN)
        seen: set[str] = set()
        for member in members:
            label = shown_member(member.filename)
            name = f"{shown}/{label}"
            if is_hidden(label):
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                findings.warning("file.link", "ссылка внутри архива не открыта", Place(name), "положите сам файл")
            elif name in seen:
                findings.error("file.repeated", "имя в архиве повторено, файл не прочитан", Place(name), _AGAIN)
            else:
                seen.add(name)
                try:
                    yield name, archive.read(member)
                except Exception:  # the damage of one member
                    findings.add(_damaged(name).finding)


def _damaged(shown: str) -> UnreadableFileError:
    return unreadable(shown, "file.damaged", "файл повреждён: он обрезан или записан не до конца", RESAVE)
