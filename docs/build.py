"""Generates the reference pages of this folder: commands from their help, indicators from the catalogue.

``python docs/build.py`` writes them; ``python docs/build.py --check`` fails if a page is not up to date.
"""

import os
import subprocess
import sys
from pathlib import Path

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.passport import passport

DOCS = Path(__file__).parent
COMMANDS = (
    ["check"],
    ["compute"],
    ["report"],
    ["run"],
    ["catalogue", "list"],
    ["catalogue", "show"],
    ["catalogue", "check"],
    ["catalogue", "test"],
    ["catalogue", "schema"],
    ["catalogue", "docs"],
    ["catalogue", "diff"],
    ["forms", "make"],
    ["forms", "collect"],
    ["forms", "status"],
)


def commands_page() -> str:
    """The help of every command."""
    parts = ["# Команды\n\nСтраница создана из справки программы: `make docs`.\n"]
    for command in COMMANDS:
        parts.append(f"## quality {' '.join(command)}\n\n```\n{_help(command)}\n```\n")
    return "\n".join(parts)


def indicators_page() -> str:
    """The passport of every indicator."""
    catalogue = load_catalogue()
    parts = ["# Показатели каталога\n\nСтраница создана из каталога: `make docs`.\n"]
    for group in catalogue.groups:
        parts.append(f"## {group.group}. {group.title}\n")
        parts += [f"```\n{passport(item, catalogue)}\n```\n" for item in group.indicators]
    return "\n".join(parts)


def _help(command: list[str]) -> str:
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    program = [sys.executable, "-c", "from quality_cli.cli.main import main; main()"]
    run = subprocess.run(
        [*program, *command, "--help"], capture_output=True, env=environment, check=True, encoding="utf-8"
    )
    return "\n".join(line.rstrip() for line in run.stdout.strip().splitlines())


def main() -> None:
    """Write the pages, or with ``--check`` compare them."""
    stale = []
    for name, text in (("commands.md", commands_page()), ("indicators.md", indicators_page())):
        page = DOCS / name
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
        elif not page.is_file() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        sys.exit(f"устарели страницы: {', '.join(stale)}; выполните make docs")


if __name__ == "__main__":
    main()
