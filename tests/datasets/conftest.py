"""A data folder with a register of one district."""

from pathlib import Path

import exports
import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An otherwise empty data folder: the register of a region, a district and two schools."""
    exports.register(tmp_path)
    return tmp_path
