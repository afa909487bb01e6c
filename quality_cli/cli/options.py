"""Options shared by the commands."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="ФАЙЛ", help="Файл настроек quality.yaml.", show_default=False)
]
Data: TypeAlias = Annotated[
    Path | None, typer.Option("--data", metavar="ПАПКА", help="Папка с выгрузками.", show_default="data")
]
Out: TypeAlias = Annotated[
    Path | None, typer.Option("--out", metavar="ПАПКА", help="Куда записать результаты.", show_default="out")
]
Period: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="ГОД", help="Учебный год, например 2025/2026. Без него — все годы из данных.",
        show_default=False,
    ),
]  # fmt: skip
OwnCatalogue: TypeAlias = Annotated[
    Path | None,
    typer.Option("--catalogue", metavar="ПАПКА", help="Своя папка каталога поверх поставляемого.", show_default=False),
]
Indicators: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--indicator", metavar="ID", help="Только этот показатель (можно повторять).", show_default=False),
]
Directions: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--direction", metavar="N.N", help="Только это направление (можно повторять).", show_default=False),
]
Engine: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="ДВИЖОК", help="Чем считать: pandas, polars, duckdb или pyspark; результаты те же.",
        show_default="pandas",
    ),
]  # fmt: skip
Formats: TypeAlias = Annotated[
    str, typer.Option("--format", metavar="СПИСОК", help="Форматы документов через запятую: docx, md.")
]
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Прочитать все файлы заново, даже если они не изменились.")
]
Strict: TypeAlias = Annotated[bool, typer.Option("--strict", help="Код выхода 12, если в данных есть ошибки.")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Не показывать ход работы и замечания.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Вывести итог в JSON.")]
Today: TypeAlias = Annotated[
    str | None,
    typer.Option("--today", metavar="ГГГГ-ММ-ДД", help="Считать сроки на этот день.", show_default="сегодня"),
]
