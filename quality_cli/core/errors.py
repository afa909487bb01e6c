"""Errors that end a command: each has an exit code and a message for the analyst, in Russian."""

from collections.abc import Sequence
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
