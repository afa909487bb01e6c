"""Generates the reference pages of this folder: commands from their help, indicators and checks from the catalogue,
codes of findings from their registry.

``python docs/build.py`` writes them; ``python docs/build.py --check`` fails if a page is not up to date.
"""

import os
import subprocess
import sys
from pathlib import Path

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.passport import passport
from quality_cli.core.codes import CODES
from quality_cli.core.findings import SEVERITY_RU, Severity
from quality_cli.datasets.contract import Contract

DOCS = Path(__file__).parent
COMMANDS = (
    ["check"],
    ["compute"],
    ["report"],
    ["explain"],
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


def findings_pages() -> dict[str, str]:
    """A page of every code by its name, and their index with the checks of the contracts."""
    index = ["# Замечания к данным\n\nСтраница создана из программы и каталога: `make docs`.\n"]
    index += [f"- [{code}]({code}.md) — {about.title}" for code, about in CODES.items()]
    index.append(
        "\n## Проверки наборов данных\n\nЗаписаны в `indicator_specs/datasets/*.yaml`, ключи `checks` и `verify`."
    )
    for contract in load_catalogue().specs.contracts.values():
        lines = [*_verified(contract), *_checked(contract)]
        if lines:
            index += [f"\n**{contract.title}** (`{contract.dataset}`)\n", *lines]
    return {"README.md": "\n".join(index) + "\n", **{f"{code}.md": about.page(code) for code, about in CODES.items()}}


def _verified(contract: Contract) -> list[str]:
    columns = [column.title for column in contract.columns.values() if column.derive and column.derive.verify]
    return [f"- `verify`: столбец «{title}» сверяется с вычисленным (внимание)" for title in columns]


def _checked(contract: Contract) -> list[str]:
    return [f"- `{check.id}`: {check.title} ({SEVERITY_RU[Severity(check.severity)]})" for check in contract.checks]


def _help(command: list[str]) -> str:
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    program = [sys.executable, "-c", "from quality_cli.cli.main import main; main()"]
    run = subprocess.run(
        [*program, *command, "--help"], capture_output=True, env=environment, check=True, encoding="utf-8"
    )
    return "\n".join(line.rstrip() for line in run.stdout.strip().splitlines())


def main() -> None:
    """Write the pages, or with ``--check`` compare them."""
    stale: list[str] = []
    findings = {f"findings/{name}": text for name, text in findings_pages().items()}
    for page in sorted((DOCS / "findings").glob("*.md")):
        if f"findings/{page.name}" not in findings:
            stale.append(page.name)
            if "--check" not in sys.argv:
                page.unlink()
    for name, text in {"commands.md": commands_page(), "indicators.md": indicators_page(), **findings}.items():
        page = DOCS / name
        page.parent.mkdir(exist_ok=True)
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
        elif not page.is_file() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale and "--check" in sys.argv:
        sys.exit(f"устарели страницы: {', '.join(stale)}; выполните make docs")


if __name__ == "__main__":
    main()
