"""Files of the user's own catalogue and templates that nobody reads: most often a name with a slip in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from jinja2 import Environment, TemplateSyntaxError, meta

from quality_cli.app.workspace.workspace import Workspace
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.sources import OTHERS
from quality_cli.core.files import content
from quality_cli.core.findings import Finding, Place, Severity
from quality_cli.core.paths import is_hidden, shown_path
from quality_cli.core.resources import TEMPLATES
from quality_cli.documents.report.spec import BLANK, documents_of
from quality_cli.documents.templates.model import REMINDER

_READ = ("catalogue.yaml", "words.yaml", "*/*.yaml", "scales/*.csv")
"""What loading looks for in a folder of the catalogue; folders of groups may be called anything."""

_PLACES = ", ".join(
    ("catalogue.yaml", "words.yaml", *(f"{name}/*.yaml" for name in OTHERS), "scales/*.csv и файлы групп: ПАПКА/*.yaml")
)


def unread(catalogue: Catalogue, own: Path | None, templates: Path | None) -> Iterator[Finding]:
    """A warning for each file of the user's own folders that has no effect; hidden files and READMEs need none."""
    if own is not None:
        read = {path for pattern in _READ for path in own.glob(pattern)}
        read -= {path for path in read if path.parent.name == "scales" and path.suffix != ".csv"}
        for path in _files(own):
            if path not in read:
                yield _finding(own, path, _hint_of_catalogue(path.relative_to(own)))
    if templates is not None:
        used = set(_used(catalogue, templates))
        for path in _files(templates):
            name = path.relative_to(templates).as_posix()
            if name not in used:
                yield _finding(templates, path, _hint_of_template(PurePath(name), used))


def unread_files(workspace: Workspace) -> Iterator[Finding]:
    """The same for the folders that the options of a call name."""
    return unread(workspace.catalogue, workspace.options.catalogue, workspace.options.templates)


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not _is_passed_over(path.relative_to(folder)))


def _is_passed_over(path: PurePath) -> bool:
    return is_hidden(path.as_posix()) or path.name.casefold().startswith(("readme", "прочтите"))


def _finding(folder: Path, path: Path, hint: str) -> Finding:
    place = Place(shown_path(PurePath(folder.name) / path.relative_to(folder)))
    return Finding("folder.unread", Severity.WARNING, "этот файл никто не читает", (place,), hint)


def _hint_of_catalogue(path: PurePath) -> str:
    if path.suffix.casefold() in (".yml", ".yaml") and path.suffix != ".yaml":
        return f"переименуйте его в «{path.stem}.yaml»"
    if path.suffix == ".yaml" and len(path.parts) > 2:
        return f"он лежит слишком глубоко; перенесите его в «{path.parts[-2]}» прямо в папке каталога"
    if path.suffix == ".yaml" and len(path.parts) == 1:
        return "в самой папке каталога читаются только catalogue.yaml и words.yaml; положите его в папку группы"
    return f"читаются {_PLACES}"


def _hint_of_template(path: PurePath, used: Iterable[str]) -> str:
    if f"{path.as_posix()}.j2" in used:
        return f"переименуйте его в «{path.name}.j2»"
    if len(path.parts) > 1 and path.name in used:
        return "перенесите его в саму папку шаблонов"
    return f"ни один документ его не называет; шаблоны документов: {', '.join(sorted(used))}"


def _used(catalogue: Catalogue, templates: Path) -> Iterator[str]:
    """Names of templates that documents, reminders and these templates themselves ask for."""
    wanted = [name for spec in documents_of(catalogue) for name in (spec.templates.municipality,
              spec.templates.organisation) if name is not None]  # fmt: skip
    waiting, seen = [REMINDER, *wanted], {BLANK}
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _included(name, (templates, TEMPLATES))
    yield from seen


def _included(name: str, folders: Iterable[Path]) -> list[str]:
    for folder in folders:
        try:
            text = content(folder / name, follow=True).decode("utf-8")
            return [item for item in meta.find_referenced_templates(Environment().parse(text)) if item is not None]
        except (OSError, ValueError, TemplateSyntaxError):
            continue  # told where the template is rendered
    return []
