"""Receipts: what was understood of what each organisation has sent, as a text to print or to send back."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from quality_cli.app.forms.letters import named
from quality_cli.core.findings import SEVERITY_RU, Finding, Findings
from quality_cli.core.organisations import OrgTree
from quality_cli.core.paths import distinct_names
from quality_cli.core.russian import counted
from quality_cli.datasets.values.organisations import OrgMatcher
from quality_cli.documents.forms.returned import ReturnedForm

_BOOK, _NOBODY = "книга", ""


def receipts(forms: Sequence[ReturnedForm], findings: Findings, tree: OrgTree) -> Mapping[str, bytes]:
    """A receipt for each organisation that has sent anything (for each book too), by file name; what is of nobody known
    has one of its own. What each says: the file, what was taken of it, what was not and why."""
    matcher = OrgMatcher(tree)
    of_file: dict[str, list[ReturnedForm]] = {}
    for form in forms:
        of_file.setdefault(form.file, []).append(form)
    said: dict[str, list[Finding]] = {}
    for finding in findings:
        for file in dict.fromkeys(place.file for place in finding.places):
            said.setdefault(file, []).append(finding)
    by_sender: dict[tuple[str, str], list[str]] = {}
    for file in sorted({*of_file, *said}):
        by_sender.setdefault(_sender(file, of_file, matcher), []).append(file)
    titles = {"".join(sender): f"Расписка {_name(sender, tree)}" for sender in by_sender}
    names = distinct_names({key: (title, f"{title} {key}") for key, title in titles.items()})
    return {
        f"{names[''.join(sender)]}.txt": _text(_name(sender, tree), files, of_file, said, tree)
        for sender, files in by_sender.items()
    }


def _sender(file: str, of_file: Mapping[str, Sequence[ReturnedForm]], matcher: OrgMatcher) -> tuple[str, str]:
    """Who has sent a file: the unit of the form, else whom its name or folder names, else whose forms lie beside it."""
    own = of_file.get(file, ())
    if any(form.is_book for form in own):
        return _BOOK, file
    units = {form.unit for form in own} or named(file, matcher)
    folder = PurePosixPath(file).parent
    if not units and folder.name:
        units = {form.unit for other, told in of_file.items() if PurePosixPath(other).parent == folder for form in told}
    return "", units.pop() if len(units) == 1 else _NOBODY


def _name(sender: tuple[str, str], tree: OrgTree) -> str:
    kind, key = sender
    if kind == _BOOK:
        return PurePosixPath(key).stem
    return tree[key].name if key in tree else "о файлах неизвестно от кого"


def _text(
    name: str,
    files: Sequence[str],
    of_file: Mapping[str, Sequence[ReturnedForm]],
    said: Mapping[str, Sequence[Finding]],
    tree: OrgTree,
) -> bytes:
    lines = ["Расписка о получении", name, ""]
    for file in files:
        lines.append(f"Файл «{file}»")
        for form in of_file.get(file, ()):
            kind = f"книга, {tree[form.unit].name}" if form.is_book else "форма сбора"
            answers = counted(len(form.answers), "ответ", "ответа", "ответов")
            lines.append(f"  {kind} за {form.period} учебный год, изменён {form.modified:%d.%m.%Y}: понято {answers}")
            if form.stated:
                lines.append(f"  «таких нет»: {'; '.join(stated.table for stated in form.stated)}")
        if file not in of_file:
            lines.append("  как форма не принят")
        lines += [f"  {SEVERITY_RU[finding.severity]}: {finding}" for finding in said.get(file, ())]
        lines.append("")
    return "\r\n".join(lines).encode("utf-8-sig")
