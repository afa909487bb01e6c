"""What a command is asked to do: options of the call over ``quality.yaml`` over defaults."""

from dataclasses import dataclass, field
from pathlib import Path

from quality_cli.core.errors import CatalogueError, ConfigurationError
from quality_cli.core.periods import Period
from quality_cli.core.resources import TEMPLATES
from quality_cli.core.yamlfile import Strict, read_yaml, validate

CONFIG_NAME = "quality.yaml"


class Office(Strict):
    """The education office as documents name it."""

    name: str = ""
    place: str = ""


class Signatory(Strict):
    """Who signs the documents; without a name a line is left for it."""

    position: str = ""
    name: str = ""


class ConfigFile(Strict):
    """``quality.yaml``: saves typing; every command works without it. Paths are relative to the file."""

    data: str | None = None
    out: str | None = None
    catalogue: str | None = None
    templates: str | None = None
    key: str | None = None
    period: str | None = None
    engine: str | None = None
    office: Office = Office()
    signatory: Signatory = Signatory()


@dataclass(frozen=True, slots=True)
class Options:
    """What one call works with; paths are as given, ``period`` None means «every period found».

    ``key`` is the file with the key of the pseudonyms; None: one in the data folder, made when first needed.
    ``engine`` is what groups the rows (:mod:`quality_cli.engine.scan.engines`); the results are the same with any.
    ``cache``: what is read is kept in the data folder and taken from there while nothing changes.
    """

    data: Path
    out: Path
    catalogue: Path | None = None
    templates: Path | None = None
    key: Path | None = None
    period: Period | None = None
    indicators: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    engine: str = "pandas"
    office: Office = field(default_factory=Office)
    signatory: Signatory = field(default_factory=Signatory)
    cache: bool = True


def template_folders(options: Options) -> list[Path]:
    """Folders of templates, the user's own first."""
    return [*([options.templates] if options.templates else []), TEMPLATES]


def resolve_options(
    *,
    config: Path | None = None,
    data: Path | None = None,
    out: Path | None = None,
    catalogue: Path | None = None,
    period: str | None = None,
    indicators: tuple[str, ...] = (),
    directions: tuple[str, ...] = (),
    engine: str | None = None,
    cache: bool = True,
) -> Options:
    """Merge the call with ``quality.yaml``: the one named, else of this folder, else of the data folder.

    Raises :class:`ConfigurationError` for a missing or wrong file or period.
    """
    file, base = _config_file(config, data)

    def path(given: Path | None, written: str | None) -> Path | None:
        return given if given is not None else base / written if written is not None else None

    text = period or file.period
    try:
        chosen = Period.parse(text) if text else None
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return Options(
        data=path(data, file.data) or Path("data"),
        out=path(out, file.out) or Path("out"),
        catalogue=path(catalogue, file.catalogue),
        templates=path(None, file.templates),
        key=path(None, file.key),
        period=chosen,
        indicators=indicators,
        directions=directions,
        engine=engine or file.engine or "pandas",
        office=file.office,
        signatory=file.signatory,
        cache=cache,
    )


def _config_file(config: Path | None, data: Path | None) -> tuple[ConfigFile, Path]:
    candidates = [Path(CONFIG_NAME), *([data / CONFIG_NAME] if data else [])]
    found = config or next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        return ConfigFile(), Path()
    if not found.is_file():
        raise ConfigurationError(f"нет файла настроек «{found}»")
    try:
        document = read_yaml(found)
        return (validate(ConfigFile, document) if document.data is not None else ConfigFile()), found.parent
    except CatalogueError as error:
        raise ConfigurationError(str(error)) from error
