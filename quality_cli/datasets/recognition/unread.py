"""What is not read, told: sheets that nobody knows or that are the program's own, headers that mean nothing, columns
that a table lacks although figures rest on them, columns of one name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.russian import enumerate_ru
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.datasets.contracts.specs import Uses
from quality_cli.datasets.quoting import header_text
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.datasets.recognition.header_similarity import best_like
from quality_cli.datasets.recognition.laid import Recognised
from quality_cli.datasets.recognition.near_miss import NearMiss, Resemblance
from quality_cli.datasets.recognition.own_work import OwnWork, is_form
from quality_cli.datasets.recognition.sheet_context import facts_of
from quality_cli.datasets.values.parse import is_empty
from quality_cli.datasets.values.people import name_columns

_SHOWN = 3


def report_sheets(
    findings: Findings,
    name: str,
    results: Sequence[tuple[RawSheet, Recognised | NearMiss | OwnWork | None]],
    resembling: Callable[[RawSheet], Resemblance | None],
    *,
    with_forms: bool = True,
) -> None:
    """Sheets of the file ``name`` that are not read, ``with_forms`` or without; ``resembling`` says what an unknown one
    is most like."""
    filled = [(sheet, result) for sheet, result in results if _has_content(sheet)]
    if not filled:
        findings.error("file.empty", "в файле нет ни одной заполненной ячейки", Place(name), "запросите файл ещё раз")
    known = [result for _, result in filled if isinstance(result, Recognised)]
    own = [result for _, result in filled if isinstance(result, OwnWork)]
    if known:  # a marked-up copy says itself that its list of remarks may stay
        own = [result for result in own if result.kind != "notes"]
    for finding in dict.fromkeys(result.finding for result in own if with_forms or not is_form(result)):
        findings.add(finding)
    companions = {normalise(title) for result in known for title in result.layout.companions}
    rest = [
        (sheet, result)
        for sheet, result in filled
        if not isinstance(result, Recognised | OwnWork) and normalise(sheet.sheet) not in companions
    ]
    if not known and any(result.kind != "notes" for result in own):
        return  # the other sheets of a form belong to it
    for sheet, result in rest:
        if isinstance(result, NearMiss):
            findings.error(
                "header.missing",
                f"видимо, это {result.layout.title}, но {result.hint}",
                Place(name, sheet.sheet, row=result.header + 1),
                "исправьте заголовок или опишите его в каталоге; готовую запись предложит quality check --suggest ФАЙЛ",
            )
        elif known:
            findings.warning(
                "sheet.unknown", "лист не похож ни на одну известную выгрузку и не прочитан", Place(name, sheet.sheet)
            )
    if rest and not known and not any(isinstance(result, NearMiss) for _, result in rest):
        like = next(filter(None, (resembling(sheet) for sheet, _ in rest)), None)
        hint = "уберите его из папки данных или опишите его заголовки в каталоге: quality check --suggest ФАЙЛ"
        findings.error(
            "file.unknown",
            "файл не похож ни на одну известную выгрузку и не прочитан",
            Place(name),
            f"{like}; исправьте заголовки, {hint}" if like else hint,
        )


def _has_content(sheet: RawSheet) -> bool:
    return any(not is_empty(cell) for row in sheet.rows for cell in row)


def without_repeated(found: Recognised, findings: Findings) -> bool:
    """Tell columns of one name; whether the sheet can be read without them."""
    for name, where in found.repeated.items():
        column = found.contract.columns[name.partition(".")[0]]
        names = dict.fromkeys(f"«{header_text(found.names[index])}»" for index in where)
        message = f"столбец «{column.title}» стоит в заголовке не один раз ({', '.join(names)}): ни один не прочитан"
        if column.required:
            message += ", и лист тоже"
        is_hidden = not set(where).isdisjoint(found.sheet.hidden_columns)
        hidden = "; среди них есть скрытый: отобразите его и проверьте, какой верный" if is_hidden else ""
        places = tuple(found.sheet.place(found.header, index) for index in where)
        hint = "оставьте один столбец с этим названием"
        findings.add(Finding("header.repeated", Severity.ERROR, message, places, f"{hint}{hidden}"))
    return not any(found.contract.columns[name].required for name in found.repeated if "." not in name)


def report_columns(findings: Findings, sheets: Iterable[Recognised], uses: Uses) -> None:
    """Headers that mean nothing and columns that figures rest on and that are not there, once for all sheets alike."""
    strange: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    absent: dict[tuple[str, tuple[str, ...]], list[Recognised]] = defaultdict(list)
    for found in sheets:
        lacking = _absent(found)
        for index, header in found.unread.items():
            column = _nearest(header, found, lacking)
            strange[found.contract.dataset, header_text(header), column].append(found.sheet.place(found.header, index))
        told = tuple(name for name in lacking if name in uses.get(found.contract.dataset, {}))
        if told:
            absent[found.contract.dataset, told].append(found)
    titles = {found.contract.dataset: found.contract.title for found in sheets}
    for (dataset, header, column), places in strange.items():
        message = f"столбец «{header}» не прочитан: в наборе «{titles[dataset]}» такого нет"
        severity, hint = Severity.INFO, "если он нужен, опишите заголовок в каталоге: quality check --suggest ФАЙЛ"
        if column:
            severity, hint = Severity.WARNING, f"возможно, это «{column}»: исправьте заголовок"
        findings.add(Finding("column.unread", severity, message, tuple(places[: findings.sample]), hint, len(places)))
    for (dataset, names), lacking_in in absent.items():
        findings.add(_absence(names, lacking_in, uses[dataset], findings.sample))


def _absence(
    names: Sequence[str], sheets: Sequence[Recognised], uses: Mapping[str, Sequence[str]], sample: int | None
) -> Finding:
    contract = sheets[0].contract
    indicators = list(dict.fromkeys(indicator for name in names for indicator in uses[name]))
    rest = f" и ещё {len(indicators) - _SHOWN}" if len(indicators) > _SHOWN else ""
    titles = ", ".join(f"«{contract.columns[name].title}»" for name in names)
    word, on_it = ("столбца", "нём") if len(names) == 1 else ("столбцов", "них")
    message = f"в таблице «{contract.title}» нет {word} {titles}; на {on_it} держатся показатели: "
    message += ", ".join(indicators[:_SHOWN]) + rest
    places = tuple(Place(found.sheet.file, found.sheet.sheet, row=found.header + 1) for found in sheets)
    hint = "если такие данные есть, добавьте столбец или исправьте его заголовок"
    derived = {name: rule.reads for name in names if (rule := contract.columns[name].derive) is not None and rule.reads}
    for name, read in derived.items():
        sources = enumerate_ru([f"«{contract.columns[one].title}»" for one in read])
        hint += f"; «{contract.columns[name].title}» выводится из {sources}: достаточно их"
    return Finding("column.absent", Severity.INFO, message, places[:sample], hint, len(places))


def _absent(found: Recognised) -> list[str]:
    """Columns that the sheet could have and has not; of required ones their own finding tells.

    Nobody sends a difference or tells which round is the last: what follows from others is asked for there.
    """
    there = {name for name, where in (*found.columns.items(), *found.families.items()) if where}
    there |= {*facts_of(found), *(name.partition(".")[0] for name in found.repeated), *found.layout.optional}
    there |= name_columns(found.unclaimed, found.contract.columns).keys()
    written = found.layout.columns  # an empty list: the layout has no such column
    return [
        name
        for name, column in found.contract.columns.items()
        if not (name in there or column.required or column.optional)
        and not (column.derive and (column.derive.difference or column.derive.since_main or column.derive.latest_round))
        and (written.get(name) if column.type == "numbers" else written.get(name, True))
    ]


def _nearest(header: str, found: Recognised, lacking: Iterable[str]) -> str:
    columns = (found.contract.columns[name] for name in lacking)
    spellings = {text: column.title for column in columns for text in (column.title, *column.headers)}
    likely = [(best_like([header], [text])[1], title) for text, title in spellings.items()]
    share, title = max(likely, default=(0.0, ""))
    return title if share else ""
