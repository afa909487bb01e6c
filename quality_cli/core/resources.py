"""Where the catalogue and the templates lie: inside an installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOT = _PACKAGE / "resources" if (_PACKAGE / "resources").is_dir() else _PACKAGE.parent

CATALOGUE = _ROOT / "indicator_specs"
TEMPLATES = _ROOT / "templates"
