"""``quality catalogue``: the catalogue as a person needs it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quality_cli.cli import options as opt
from quality_cli.cli.translation import RussianCommand, RussianGroup

if TYPE_CHECKING:
    from quality_cli.app.examples import ExampleTables
    from quality_cli.app.workspace.workspace import Workspace
    from quality_cli.catalogue.loader import Catalogue
    from quality_cli.catalogue.model import Indicator

app = typer.Typer(
    help="Каталог показателей: список, паспорт, проверка, примеры.", cls=RussianGroup, no_args_is_help=True
)


@app.command("list", cls=RussianCommand)
def list_(
    direction: opt.Directions = None,
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="УРОВЕНЬ", help="municipality или organisation.", show_default=False),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="НАБОР", help="Набор данных, например vpr.", show_default=False),
    ] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="МЕСЯЦ", help="Месяц сбора: 6, 06 или июнь.", show_default=False)
    ] = None,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Перечислить показатели: поставляемого каталога и своего (--catalogue или quality.yaml)."""
    from quality_cli.catalogue.wording import level_word
    from quality_cli.cli.console import say_json, table
    from quality_cli.core.errors import ConfigurationError
    from quality_cli.core.ids import closest
    from quality_cli.core.organisations import Level
    from quality_cli.core.russian import MONTHS, month_number

    if level is not None and level not in list(Level):
        raise ConfigurationError(f"нет уровня «{level}»; есть: {', '.join(Level)}")
    month = None if due is None else month_number(due)
    if month == 0:
        raise ConfigurationError(f"нет месяца «{due}»{closest(due, MONTHS) or '; бывает: 6, 06 или июнь'}")
    loaded = _workspace(config, catalogue).catalogue
    sources = {name for figure in loaded.figures for name in figure.datasets}
    if source is not None and source not in sources:
        raise ConfigurationError(f"нет показателей по набору «{source}»{closest(source, sources)}")
    resting = {figure.indicator for figure in loaded.figures if source in (None, *figure.datasets)}
    chosen = [
        item
        for item in loaded.select((), tuple(direction or ()))
        if level in (None, item.level) and month in (None, int(item.due or 0)) and item.id in resting
    ]
    if as_json:
        say_json(
            [
                {"id": item.id, "level": item.level, "unit": item.unit, "name": item.name, "title": item.title}
                for item in chosen
            ]
        )
        return
    table(
        ["Показатель", "Уровень", "Единица", "Название"],
        [[item.id, level_word(item.level), item.unit or "", item.title] for item in chosen],
    )


@app.command(cls=RussianCommand)
def show(
    indicator_id: Annotated[str, typer.Argument(metavar="ID", help="Например 1.1.2-m1 или 1.1.2-М1.")],
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
) -> None:
    """Показать паспорт показателя: формулировка, формула словами, метод, примеры."""
    from quality_cli.catalogue.passport import passport
    from quality_cli.cli.console import say

    loaded = _workspace(config, catalogue).catalogue
    say(passport(loaded.select((indicator_id,))[0], loaded))


@app.command(cls=RussianCommand)
def check(catalogue: opt.OwnCatalogue = None, config: opt.Config = None) -> None:
    """Проверить каталог, документы и шаблоны: все ошибки с файлом, строкой и столбцом (код выхода 10).

    Называет файлы, которые никто не читает.
    Предупреждает об определениях, которые пора пересмотреть, о распределениях, части которых не складываются в целое, и
    об условиях правил рекомендаций, которых ни один пример не видит и выполненными, и невыполненными; правила, которые
    не срабатывают ни в одном своём примере или противоречат друг другу, — ошибки.
    Примеры считает и условия показателей на них проверяет catalogue test.
    """
    from datetime import date

    from quality_cli.app.unread import unread_files
    from quality_cli.app.workspace.config import template_folders
    from quality_cli.catalogue.idle_titles import idle_titles
    from quality_cli.catalogue.parts import left_out
    from quality_cli.catalogue.review import due_for_review
    from quality_cli.catalogue.rules.examples import idle_rules, untried_clauses
    from quality_cli.cli.console import say, warn_of
    from quality_cli.core.errors import CatalogueError
    from quality_cli.core.findings import Findings
    from quality_cli.core.resources import CATALOGUE
    from quality_cli.core.russian import counted
    from quality_cli.documents.report.check import check_documents

    workspace = _workspace(config, catalogue)
    loaded, options = workspace.catalogue, workspace.options
    documents = check_documents(loaded, template_folders(options)).documents
    rules = workspace.recommending
    if idle := list(idle_rules(rules)):
        raise CatalogueError(idle)
    warnings = Findings()
    warnings.extend(unread_files(workspace))
    warnings.extend(rules.left_out)
    warnings.extend(untried_clauses(rules))
    warnings.extend(left_out(loaded.indicators.values(), loaded.specs.contracts))
    warnings.extend(idle_titles(loaded, options.catalogue or CATALOGUE))
    warnings.extend(due_for_review(loaded, date.today()))
    warn_of(warnings, quiet=False, everything=True)
    indicators = sum(not indicator.beyond for indicator in loaded.indicators.values())
    say(
        f"Ошибок нет: {counted(indicators, 'показатель', 'показателя', 'показателей')}, "
        f"{counted(len(loaded.specs.contracts), 'набор', 'набора', 'наборов')} данных, "
        f"{counted(len(documents), 'документ', 'документа', 'документов')}, "
        f"{counted(len(rules.rules), 'правило', 'правила', 'правил')} рекомендаций"
    )


@app.command("test", cls=RussianCommand)
def test_(
    indicator: opt.Indicators = None,
    direction: opt.Directions = None,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Проверить и сами примеры: заметят ли они ошибку в определении (несколько минут)."
        ),
    ] = False,
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
) -> None:
    """Просчитать примеры показателей и правил рекомендаций и сравнить с ответами, найденными вручную (код выхода 10).

    Предупреждает об условиях, которых ни один пример не видит и выполненными, и невыполненными. Отвергает показатель,
    значение которого на выдуманных строках ни разу не меняется: в нём ошибка, которой пример не заметил.

    С --mutants меняет в каждом определении что-нибудь одно (условие, число, значение, что считается, кто исключён) и
    называет перемены, которых примеры не замечают; если таких больше 2 %, примеров мало (код выхода 10).
    """
    from quality_cli.app.constancy import constant_figures
    from quality_cli.app.coverage import untried_clauses
    from quality_cli.app.examples import ExampleTables, run_examples
    from quality_cli.catalogue.rules.examples import failed_examples
    from quality_cli.cli.console import say, warn_of
    from quality_cli.core.errors import CatalogueError
    from quality_cli.core.findings import Finding, Findings, Severity
    from quality_cli.core.russian import counted

    workspace = _workspace(config, catalogue)
    loaded, rules = workspace.catalogue, workspace.recommending
    chosen = loaded.select(tuple(indicator or ()), tuple(direction or ()))
    of_chosen = rules.about({item.id for item in chosen})
    tables = ExampleTables(loaded.specs.contracts)
    verdicts = list(run_examples(loaded, chosen, tables=tables))
    warnings = Findings()
    warnings.extend(untried_clauses(loaded, chosen, tables))
    warn_of(warnings, quiet=False, everything=True)
    failed = [
        Finding("catalogue.example", Severity.ERROR, f"{verdict.indicator}, «{verdict.title}»: {difference}")
        for verdict in verdicts
        for difference in verdict.differences
    ]
    failed += failed_examples(rules, of_chosen)
    failed += constant_figures(loaded, chosen)
    if failed:
        raise CatalogueError(failed)
    of_rules = (
        f"; {counted(sum(len(rule.examples) for rule in of_chosen), 'пример', 'примера', 'примеров')} "
        f"у {counted(len(of_chosen), 'правила', 'правил', 'правил')} рекомендаций"
    )
    say(
        f"Сошлось: {counted(len(verdicts), 'пример', 'примера', 'примеров')} "
        f"у {counted(len(chosen), 'показателя', 'показателей', 'показателей')}{of_rules if of_chosen else ''}"
    )
    if mutants:
        _try_mutants(loaded, chosen, tables)


def _try_mutants(loaded: "Catalogue", chosen: "list[Indicator]", tables: "ExampleTables") -> None:
    """Tell what no example notices; refuse the examples where that is too much."""
    from quality_cli.app.mutation import score, try_mutants
    from quality_cli.cli.console import progress_bar, say, warn_of
    from quality_cli.core.errors import CatalogueError
    from quality_cli.core.findings import Findings
    from quality_cli.core.russian import pct

    with progress_bar(quiet=False) as progress:
        found = score(try_mutants(loaded, chosen, tables, progress))
    say(
        f"Перемен в определениях: {found.mutants}; замечено примерами: {found.killed}, ничего не меняют: "
        f"{found.equivalent}, не замечено: {len(found.unnoticed)} ({pct(100 * found.share)})"
    )
    if found.too_many:
        raise CatalogueError(found.unnoticed)
    warnings = Findings()
    warnings.extend(found.unnoticed)
    warn_of(warnings, quiet=False, everything=True)


@app.command(cls=RussianCommand)
def schema(
    kind: Annotated[
        str,
        typer.Argument(metavar="[ФАЙЛ]", help="indicators, datasets, documents, goals, recommendations, words…"),
    ] = "indicators",
) -> None:
    """Вывести JSON Schema файла каталога: редактор подсказывает ключи и подчёркивает ошибки.

    Без аргумента — файла показателей; datasets — набора данных, documents — документа, goals — целей, recommendations —
    правил рекомендаций, signals — сигналов, words — words.yaml, catalogue — catalogue.yaml.
    """
    from quality_cli.app.schemas import schema_of
    from quality_cli.cli.console import say_json

    say_json(schema_of(kind))


@app.command(cls=RussianCommand)
def docs(
    out: Annotated[Path, typer.Option("--out", metavar="ФАЙЛ", help="Куда записать: .docx или .md.")] = Path(
        "Методика.docx"
    ),
    catalogue: opt.OwnCatalogue = None,
    config: opt.Config = None,
) -> None:
    """Составить приложение с методикой: паспорт каждого показателя, в Word или Markdown."""
    from quality_cli.app.workspace.whole_file import write_whole
    from quality_cli.cli.console import say
    from quality_cli.documents.report.methodology import methodology_file

    write_whole(out, methodology_file(_workspace(config, catalogue).catalogue, out.suffix))
    say(f"Готово: {out}")


@app.command(cls=RussianCommand)
def diff(
    before: Annotated[Path, typer.Argument(metavar="ПРЕЖНИЙ", help="Папка прежнего каталога.")],
    after: Annotated[
        Path | None,
        typer.Argument(
            metavar="[НОВЫЙ]",
            help="Папка нового; без неё — действующий: из quality.yaml или поставляемый.",
            show_default=False,
        ),
    ] = None,
    config: opt.Config = None,
) -> None:
    """Показать, что изменилось в методике между двумя каталогами."""
    from quality_cli.catalogue.diff import differences
    from quality_cli.cli.console import say

    found = list(differences(_workspace(config, before).catalogue, _workspace(config, after).catalogue))
    for item in found:
        say(f"{item.indicator}: {item.kind}{f', {item.fact}' if item.fact else ''}")
        if item.fact:
            say(f"  было:  {item.before}")
            say(f"  стало: {item.after}")
    if not found:
        say("Методика не изменилась")


def _workspace(config: Path | None, catalogue: Path | None) -> "Workspace":
    """The catalogue that the call names, else ``quality.yaml``, else the shipped one."""
    from quality_cli.app.workspace.config import resolve_options
    from quality_cli.app.workspace.workspace import Workspace

    return Workspace(resolve_options(config=config, catalogue=catalogue))
