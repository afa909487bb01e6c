"""Generates the reference pages of this folder: commands from their help; indicators, tables and checks from the
catalogue; codes of findings from their registry; and the JSON Schema that editors read beside the catalogue.

``python docs/build.py`` writes them; ``python docs/build.py --check`` fails if a page is not up to date.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from quality_cli.analysis.results import COLUMNS
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.passport import passport
from quality_cli.core.codes import CODES
from quality_cli.core.findings import SEVERITY_RU, Severity
from quality_cli.core.resources import CATALOGUE
from quality_cli.catalogue.schema import group_schema
from quality_cli.datasets.contracts.contract import Column, Contract
from quality_cli.datasets.values.parse import expected

DOCS = Path(__file__).parent
COMMANDS = (
    ["check"],
    ["plan"],
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


def datasets_page() -> str:
    """Our own tables: what stands in each column; and the exports that are read into them."""
    specs = load_catalogue().specs
    parts = [
        "# Таблицы\n\nСтраница создана из каталога: `make docs`.\n",
        "Таблица любого набора читается, если её заголовки — названия столбцов отсюда (порядок неважен). Чего нет в "
        "реальной выгрузке, заполняют такой таблицей; образцы — в `sample_data/2026`.\n",
    ]
    for contract in specs.contracts.values():
        parts.append(f"## {contract.title}\n\nНабор `{contract.dataset}`: {contract.grain}.\n")
        parts.append("| Столбец | Обязателен | Что в нём | Пояснение |\n|---|---|---|---|")
        parts += [_column(column) for column in contract.columns.values()]
        layouts = [layout for layout in specs.layouts if layout.dataset == contract.dataset][:-1]
        if layouts:
            parts += ["\nЧитаются и выгрузки:\n", *(f"- {layout.title}" for layout in layouts)]
        parts.append("")
    return "\n".join(parts)


def _column(column: Column) -> str:
    words = expected(column).removeprefix("ожидается ").removeprefix("одно из: ")
    if column.type == "organisation":
        words = "код, логин или название из реестра"
    if column.personal:
        words = "условный код или имя: станет псевдонимом"
    if column.type == "integer" and column.values:
        words = ", ".join(f"{number} — {words[0]}" for number, words in column.values.items())
    elif column.type == "category":
        words = ", ".join(column.values)
    cells = (column.title, "да" if column.required else "", words, column.note)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def results_page() -> str:
    """The columns of the results table."""
    rows = [f"| `{name}` | {about['title']} | {about['meaning']} |" for name, about in COLUMNS.items()]
    head = "# Таблица результатов\n\nСтраница создана из программы: `make docs`.\n\nСтолбцы `results.csv` и `results.parquet`:\n"
    return "\n".join([head, "| Столбец | Название | Что в нём |\n|---|---|---|", *rows]) + "\n"


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


def pages() -> dict[Path, str]:
    """Everything that is generated, by its path."""
    schema = json.dumps(group_schema(), ensure_ascii=False, indent=1) + "\n"
    return {
        DOCS / "commands.md": commands_page(),
        DOCS / "indicators.md": indicators_page(),
        DOCS / "datasets.md": datasets_page(),
        DOCS / "results.md": results_page(),
        CATALOGUE / "indicators.schema.json": schema,
        **{DOCS / "findings" / name: text for name, text in findings_pages().items()},
    }


def main() -> None:
    """Write the pages, or with ``--check`` compare them."""
    current = pages()
    dead = [page for page in sorted((DOCS / "findings").glob("*.md")) if page not in current]
    if "--check" in sys.argv:
        stale = [p for p, text in current.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
        if stale or dead:
            sys.exit(f"устарели страницы: {', '.join(page.name for page in (*stale, *dead))}; выполните make docs")
        return
    for page in dead:
        page.unlink()
    for page, text in current.items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
