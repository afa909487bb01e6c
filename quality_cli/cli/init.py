"""``quality init``: a new workspace."""

from pathlib import Path
from typing import Annotated

import typer


def init(folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="Папка, которую нужно подготовить.")]) -> None:
    """Подготовить рабочую папку: настройки с пояснениями, место для выгрузок, своего каталога и шаблонов, что делать.

    То, что в папке уже есть, остаётся как было.
    """
    from quality_cli.app.init import init
    from quality_cli.cli.console import say

    made = init(folder)
    for name in made.written:
        say(f"записан {folder / name}")
    for name in made.kept:
        say(f"уже есть, не тронут: {folder / name}")
    say(f"Готово. Что делать дальше — в {folder / 'ПРОЧТИТЕ.md'}")
