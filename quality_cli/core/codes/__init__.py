"""What every code of a finding means: the one place it is described, for ``check --explain`` and ``docs/findings``."""

from collections.abc import Mapping

from quality_cli.core.codes.code import Code
from quality_cli.core.codes.of_data import OF_DATA
from quality_cli.core.codes.of_folders import OF_FOLDERS
from quality_cli.core.codes.of_forms import OF_FORMS
from quality_cli.core.errors import ConfigurationError
from quality_cli.core.ids import closest

CODES: Mapping[str, Code] = {**OF_DATA, **OF_FORMS, **OF_FOLDERS}


def explain(code: str) -> str:
    """The page of a code; raises :class:`ConfigurationError` for an unknown one."""
    if code not in CODES:
        near = closest(code, CODES) or f"; есть: {', '.join(CODES)}"  # the list is long
        raise ConfigurationError(f"нет замечаний с кодом «{code}»{near}")
    return CODES[code].page(code)
