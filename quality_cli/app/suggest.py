"""Use case: what to add to a catalogue so that a file nobody knows is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.errors import ConfigurationError, NothingToDoError
from quality_cli.core.findings import Findings
from quality_cli.core.paths import shown_path
from quality_cli.datasets.quoting import header_text, sheet_name
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import UnreadableFileError
from quality_cli.datasets.recognition.header_similarity import HeaderMatch
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.near_miss import NearMiss
from quality_cli.datasets.recognition.own_work import OwnWork
from quality_cli.datasets.recognition.recognise import Recogniser
from quality_cli.datasets.recognition.suggest import Suggestion, suggest

_WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Quotes what a catalogue reads as yes or no."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if text.casefold() in _YES_OR_NO else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_YES_OR_NO = frozenset({"да", "нет"})
_Dumper.add_representer(str, _quoted)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a sheet: ``text`` is YAML with its explanation in comments, for ``datasets/NAME.yaml``.

    For what the program itself wrote there is no ``dataset``, and the text says only what it is.
    """

    sheet: str
    dataset: str
    text: str
    matches: tuple[HeaderMatch, ...] = ()


def proposals(workspace: Workspace, file: Path) -> list[Proposal]:
    """One proposal for each sheet that resembles something; equal ones are told once. Nothing is written.

    Raises :class:`ConfigurationError` for a file that is no table, :class:`NothingToDoError` where no sheet
    resembles anything.
    """
    if not file.is_file():
        raise ConfigurationError(f"нет файла «{file}»")
    specs, data = workspace.catalogue.specs, workspace.options.data.resolve()
    inside = file.resolve().is_relative_to(data)
    name = shown_path(file.resolve().relative_to(data) if inside else file)
    try:
        sheets = read_file(file, name, Findings())
    except UnreadableFileError as error:
        raise NothingToDoError(str(error.finding)) from error
    if sheets is None:
        raise ConfigurationError(f"«{file}» — не таблица; укажите книгу Excel, таблицу CSV или Parquet")
    sheets = [replace(sheet, sheet=sheet_name(sheet.sheet, number)) for number, sheet in enumerate(sheets, start=1)]
    recogniser = Recogniser(specs.layouts, specs.contracts)
    found = [result for sheet in sheets if (result := suggest(sheet, recogniser)) is not None]
    if not found:
        near = [nearly for sheet in sheets if isinstance(nearly := recogniser.recognise(sheet), NearMiss)]
        if near:
            raise NothingToDoError(
                f"файл «{name}»: видимо, это {near[0].layout.title}, но {near[0].hint}; записи предложить не из чего: "
                "исправьте заголовок в файле, а если это другая таблица, впишите её заголовки в ignored её набора"
            )
        raise NothingToDoError(
            f"файл «{name}» не похож ни на один набор данных; опишите новый набор в datasets/НАЗВАНИЕ.yaml своего "
            "каталога (как — страница docs/dataset-files.md, первый раз — docs/first-indicator.md)"
        )
    distinct: dict[str, Proposal] = {}
    for result in found:
        if isinstance(result, OwnWork):
            distinct.setdefault(result.kind, Proposal(result.sheet.sheet, "", f"# {result.finding}.\n"))
            continue
        addition = yaml_of(result.addition) if isinstance(result, Suggestion) else ""
        distinct.setdefault(f"{result.contract.dataset} {addition}", _proposal(result, addition))
    return list(distinct.values())


def yaml_of(addition: Any) -> str:
    """YAML as people write it: keys in their order, short lists in one line."""
    return yaml.dump(
        addition, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=None
    )


def _proposal(result: Recognised | Suggestion, addition: str) -> Proposal:
    sheet, dataset = result.sheet, result.contract.dataset
    name = f"«{sheet.file}»" + (f", лист «{sheet.sheet}»" if sheet.sheet else "")
    if isinstance(result, Recognised):
        text = f"# {name}: уже читается, это {result.layout.title} (набор {dataset}); добавлять ничего не нужно.\n"
        return Proposal(sheet.sheet, dataset, text)
    lines = [
        f"{name}: больше всего похоже на набор {dataset}, {result.layout.title};",
        f"заголовок — строка {result.header + 1}. Как понят заголовок:",
        *(f"  {_told(match, result)}" for match in result.matches),
        *_warnings(result),
        f"Проверьте и сохраните этот текст в своём каталоге как datasets/{dataset}.yaml, затем укажите каталог:",
        "quality check ПАПКА --catalogue КАТАЛОГ. Если такой файл там уже есть, допишите в него ключи отсюда.",
    ]
    return Proposal(sheet.sheet, dataset, "".join(f"# {line}\n" for line in lines) + addition, result.matches)


def _told(match: HeaderMatch, result: Suggestion) -> str:
    if match.header in _totals(result.addition):
        return f"«{header_text(match.header)}» — итог: сверяется с суммой столбцов и к ней не прибавляется"
    if match.likeness is None:
        return f"«{header_text(match.header)}» — не понят, столбец не будет прочитан"
    column = f"{match.column} «{result.contract.columns[match.column].title}»"
    share = f"{match.similarity:.2f}".replace(".", ",")
    likeness = {
        "exact": "совпадает",
        "synonym": "известное написание",
        "close": f"похоже на {share}, проверьте",
        "content": "судя по ячейкам под ним, проверьте",
    }
    return f"«{match.header}» → {column}: {likeness[match.likeness]}"


def _totals(addition: Mapping[str, Any]) -> list[str]:
    """Headers of totals in what is proposed."""
    return [text for layout in addition.get("layouts", []) for text in layout.get("unpivot", {}).get("totals", [])]


def _warnings(result: Suggestion) -> list[str]:
    lines = []
    if result.lacking:
        titles = ", ".join(f"«{title}»" for title in result.lacking)
        lines.append(f"Нигде не найдено обязательное: {titles}. Допишите заголовок в columns или текст в facts.")
    if not result.readable:
        lines.append("С этой записью лист ещё не узнаётся: исправьте headers в recognise.")
    return lines
