"""Generates the reference pages of this folder: commands from their help; indicators, tables and checks from the
catalogue; codes of findings from their registry; the meaning of conditions and measures from the examples that the
tests count; and the JSON Schema that editors read beside the catalogue.

``python docs/build.py`` writes them; ``python docs/build.py --check`` fails if a page is not up to date.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from quality_cli.analysis import alternatives, completeness
from quality_cli.analysis.judgement import assessment, recommendation
from quality_cli.analysis.judgement.unit_facts import COLUMNS_OF_FACTS
from quality_cli.analysis.results import COLUMNS
from quality_cli.app.schemas import SCHEMAS, schema_of
from quality_cli.catalogue.keys import KEYS as KEYS_OF_CATALOGUE
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.passport import examples_of, passport
from quality_cli.catalogue.rules.keys import KEYS as KEYS_OF_RULES
from quality_cli.cli.main import command_paths
from quality_cli.core.codes import CODES
from quality_cli.core.findings import SEVERITY_RU, Severity
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.keys import KEYS
from quality_cli.datasets.tables.text_table import text_rows
from quality_cli.datasets.values.parse import expected

DOCS = Path(__file__).parent
sys.path.append(str(DOCS.parent / "tests" / "spec"))

from spec import Conditions, conditions, definitions, groups, measures, written  # noqa: E402


def commands_page() -> str:
    """The help of every command."""
    parts = ["# Команды\n\nСтраница создана из справки программы: `make docs`.\n"]
    for command in command_paths():
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
        "реальной выгрузке, заполняют такой таблицей; образцы — в `sample_data/2026`. Имя столбца "
        "стоит в описаниях: в условиях показателей, в ключах `by` и `columns`.\n",
    ]
    for contract in specs.contracts.values():
        parts.append(f"## {contract.title}\n\nНабор `{contract.dataset}`: {contract.grain}.\n")
        if contract.union:
            members = ", ".join(f"«{specs.contracts[member.dataset].title}»" for member in contract.union)
            parts.append(f"Эту таблицу не присылают: её строки — строки таблиц {members}.\n")
        parts.append("| Столбец | Имя | Обязателен | Что в нём | Пояснение |\n|---|---|---|---|---|")
        parts += [_column(name, column) for name, column in contract.columns.items()]
        layouts = [layout for layout in specs.layouts if layout.dataset == contract.dataset][:-1]
        if layouts:
            parts += ["\nЧитаются и выгрузки:\n", *(f"- {layout.title}" for layout in layouts)]
        parts.append("")
    return "\n".join(parts)


_TABLE_OF_KEYS = re.compile(r"<!-- ключи: (\w+) -->\n.*?<!-- /ключи -->", re.DOTALL)


def dataset_files_page() -> str:
    """The manual of dataset files, written by hand; tables of keys in it are made of what the models' keys mean."""
    return _with_tables(DOCS / "dataset-files.md", {model.__name__: told for model, told in KEYS.items()})


def goals_page() -> str:
    """The manual of goals and targets, written by hand; tables of keys in it are made of what the models' keys mean."""
    return _with_tables(DOCS / "goals.md", {model.__name__: told for model, told in KEYS_OF_CATALOGUE.items()})


def recommendations_page() -> str:
    """The manual of rules, written by hand; tables of keys, facts and fields in it are made of the program."""
    tables = {model.__name__: told for model, told in KEYS_OF_RULES.items()}
    meaning = {name: column["meaning"] for name, column in COLUMNS_OF_FACTS.items()}
    return _with_tables(DOCS / "recommendations.md", {**tables, "факты": meaning})


def _with_tables(page: Path, tables: Mapping[str, Mapping[str, str]]) -> str:
    def table(place: re.Match[str]) -> str:
        rows = [[f"`{name}`", text] for name, text in tables[place[1]].items()]
        return f"<!-- ключи: {place[1]} -->\n\n{_table(['Ключ', 'Смысл'], rows)}\n\n<!-- /ключи -->"

    return _TABLE_OF_KEYS.sub(table, page.read_text(encoding="utf-8"))


def _schema(kind: str) -> str:
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n"


def _column(name: str, column: Column) -> str:
    words = expected(column).removeprefix("ожидается ").removeprefix("одно из: ")
    if column.type == "organisation":
        words = "код, логин или название из реестра"
    if column.personal:
        words = "условный код или имя: станет псевдонимом"
    if column.type == "integer" and column.values:
        words = ", ".join(f"{number} — {words[0]}" for number, words in column.values.items())
    elif column.type == "category":
        words = ", ".join(column.values) + "; можно несколько, через «;»" * column.several
    cells = (column.title, f"`{name}`", "да" if column.required else "", words, column.note)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def spec_page() -> str:
    """What conditions and measures mean, by the examples of ``tests/spec``."""
    catalogue = measures()
    parts = [
        "# Что значат условия и показатели\n\nСтраница создана из примеров `tests/spec`: `make docs`. Каждый пример "
        "проверен: его считают все движки и эталон, написанный построчно.\n"
    ]
    parts += _conditions(conditions(), catalogue)
    defined = definitions()
    for group in groups(catalogue):
        parts.append(f"## {group.title}\n\n{group.source_note}\n")
        for item in group.indicators:
            yaml = "\n".join(f"{key}: {value}" for key, value in defined[item.id].items())
            parts.append(f"### {item.name}\n\n{item.method}\n\n```yaml\n{yaml}\n```\n")
            for example, shown in zip(item.examples, examples_of(item, catalogue), strict=True):
                parts.append(f"**Пример{': ' * bool(example.title)}{example.title}**\n")
                parts += [_shown(name, text, catalogue) for name, text in example.data.items()]
                parts.append("\n".join(f"- {line}" for line in shown.expected) + "\n")
    return "\n".join(parts)


def _shown(name: str, text: str, catalogue: Catalogue) -> str:
    header, rows = text_rows(text)
    return f"{catalogue.specs.contracts[name].title} (`{name}`):\n\n{_table(header, rows)}\n"


def _conditions(told: Conditions, catalogue: Catalogue) -> list[str]:
    parts = [f"## {told.title}\n\n{told.text}\n"]
    for chapter in told.chapters:
        parts.append(f"### {chapter.title}\n" + f"\n{chapter.text}\n" * bool(chapter.text))
        parts += [_shown(name, text, catalogue) for name, text in chapter.data().items()]
        cases = [[f"`{written(case.where)}`", _numbers(case.yes), _numbers(case.unknown)] for case in chapter.cases]
        parts.append(_table(["Условие", "Да", "Неизвестно"], cases) + "\n")
    parts.append(f"### {told.mistakes.title}\n\n{told.mistakes.text}\n")
    rows = [
        [f"`{written(case.where)}`" if case.where is not None else "", ".".join(map(str, case.at)), case.told]
        for case in told.mistakes.cases
    ]
    return [*parts, _table(["Условие", "Где", "Что говорит программа"], rows) + "\n"]


def _numbers(rows: list[int]) -> str:
    return ", ".join(map(str, rows)) or "—"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def results_page() -> str:
    """The columns of the results table and of the tables beside it."""
    parts = [
        "# Таблица результатов\n\nСтраница создана из программы: `make docs`.\n",
        "`results.csv` открывается в Excel: столбцы через «;», десятичная запятая, UTF-8 с меткой.\n",
    ]
    for name, columns in (
        ("results", COLUMNS),
        ("assessment", assessment.COLUMNS),
        ("recommendations", recommendation.COLUMNS),
        ("alternatives", alternatives.COLUMNS),
        ("completeness", completeness.COLUMNS),
    ):
        rows = [[f"`{column}`", about["title"], about["meaning"]] for column, about in columns.items()]
        parts += [f"Столбцы `{name}.csv` и `{name}.parquet`{_BESIDE.get(name, '')}:\n"]
        parts += [_table(["Столбец", "Название", "Что в нём"], rows) + "\n"]
    return "\n".join(parts)


_BESIDE = {
    "assessment": " (рядом с результатами; строка — что можно сказать о значении: [цели и суждения](goals.md))",
    "recommendations": " (рядом с результатами; строка — рекомендация [правила](recommendations.md) или почему её нет)",
    "alternatives": " (рядом с результатами; строка — что сообщает один из источников, если они расходятся)",
    "completeness": " (рядом с результатами; строка — отчёт, который кто-то должен)",
}
"""What is told of a table besides its columns."""


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
    return {
        DOCS / "commands.md": commands_page(),
        DOCS / "indicators.md": indicators_page(),
        DOCS / "datasets.md": datasets_page(),
        DOCS / "spec.md": spec_page(),
        DOCS / "results.md": results_page(),
        DOCS / "dataset-files.md": dataset_files_page(),
        DOCS / "goals.md": goals_page(),
        DOCS / "recommendations.md": recommendations_page(),
        **{CATALOGUE / f"{kind}.schema.json": _schema(kind) for kind in SCHEMAS},
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
