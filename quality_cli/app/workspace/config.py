"""What a command is asked to do: options of the call over ``quality.yaml`` over defaults."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from quality_cli.core.errors import CatalogueError, ConfigurationError, NotOrdinaryError, reason
from quality_cli.core.findings import Finding
from quality_cli.core.ids import closest
from quality_cli.core.periods import Period
from quality_cli.core.resources import TEMPLATES
from quality_cli.core.yamlfile import Document, Strict, read_yaml, validate

CONFIG_NAME = "quality.yaml"


class Office(Strict):
    """Управление образования, как его называют документы."""

    name: str = Field("", description="Название целиком, например «Управление образования администрации округа».")
    place: str = Field("", description="Населённый пункт, например «с. Верхнеозёрское».")


class Signatory(Strict):
    """Кто подписывает документы; без имени для него остаётся строка."""

    position: str = Field("", description="Должность, например «Начальник управления образования».")
    name: str = Field("", description="Фамилия и инициалы.")


class OwnDocument(Strict):
    """Документ муниципалитета: какому виду документов из справки он соответствует и как называется здесь."""

    kind: str = Field(min_length=1, description="Вид документа слово в слово, как его называет справка.")
    title: str = Field("", description="Название.")
    number: str = Field("", description="Номер, например «12-п».")
    date: str = Field("", description="Дата, например «01.09.2025».")
    link: str = Field("", description="Ссылка на документ.")

    def words(self) -> str:
        """«Название» от даты № номера, ссылка."""
        told = (self.title, self.date and f"от {self.date}", self.number and f"№ {self.number}")
        return ", ".join(filter(None, (" ".join(filter(None, told)), self.link)))


class NothingToReport(Strict):
    """Somebody has nothing to write into a table (``table``: its title or name) in a school year (else in any), or not
    what ``report`` names; ``org`` by code, login or name, without it everybody who owes it."""

    table: str = Field(min_length=1)
    period: Annotated[str, AfterValidator(lambda text: text and str(Period.parse(text)))] = ""
    org: str = ""
    report: str = ""


def _period(text: str | None) -> str | None:
    return text and str(Period.parse(text))


WrittenPath = Annotated[str, Field(min_length=1)]


class ConfigFile(Strict):
    """``quality.yaml``: saves typing; every command works without it. Paths are relative to the file.

    Descriptions are the comments of the file that ``quality init`` writes (:mod:`quality_cli.app.workspace.commented`),
    the first of ``examples`` is what it writes where that is not the default.
    """

    data: WrittenPath | None = Field(None, description="Папка с выгрузками; то же, что --data.", examples=["data"])
    out: WrittenPath | None = Field(
        None, description="Папка, куда записываются результаты и справки; то же, что --out.", examples=["out"]
    )
    catalogue: WrittenPath | None = Field(
        None,
        description="Своя папка каталога поверх поставляемого; то же, что --catalogue. Пусто — только поставляемый.",
        examples=["catalogue"],
    )
    templates: WrittenPath | None = Field(
        None,
        description="Папка своих шаблонов справок и бланка: файл с тем же именем заменяет поставляемый.",
        examples=["templates"],
    )
    key: WrittenPath | None = Field(
        None,
        description="Файл общего ключа псевдонимов, если он нужен на нескольких компьютерах. Пусто — свой ключ в папке "
        "данных.",
    )
    period: Annotated[str | None, AfterValidator(_period)] = Field(
        None,
        description="Учебный год, например 2025/2026; то же, что --period. Пусто — все годы из данных.",
    )
    indicators: list[str] = Field(
        [], description="Только эти показатели, например [1.1.2-m1]; то же, что --indicator. Пусто — все."
    )
    directions: list[str] = Field(
        [], description='Только эти направления, например ["1.1", "2.4"]; то же, что --direction. Пусто — все.'
    )
    engine: Literal["pandas", "polars", "duckdb", "pyspark"] = Field(
        "pandas", description="Чем считать: pandas, polars, duckdb или pyspark; результаты те же."
    )
    documents: list[OwnDocument] = Field(
        [],
        description='Документы муниципалитета: [{kind: "Программа развития", title: "…", number: "12-п", '
        'date: "01.09.2025", link: "https://…"}]; kind — вид документа слово в слово, как его называет справка.',
    )
    none: list[NothingToReport] = Field(
        [],
        description='Кому нечего писать в таблицу: [{org: "Школа № 1", table: "Договоры с партнёрами", period: '
        '2025/2026}, {table: "Управленческие практики", period: 2025/2026}]. То же, что таблица «Сведений нет»; без '
        "org — всем, от кого её ждут, без period — в любом году, с report — не всего, а того, что в нём названо.",
    )
    office: Office = Office()
    signatory: Signatory = Signatory()


@dataclass(frozen=True, slots=True)
class Options:
    """What one call works with; paths are as given, ``period`` None means «every period found».

    ``key`` is the file with the key of the pseudonyms; None: one in the data folder, made when first needed.
    ``engine`` is what groups the rows (:mod:`quality_cli.engine.scan.engines`); the results are the same with any.
    ``cache``: what is read is kept in the data folder and taken from there while nothing changes.
    ``written``: the file of settings, where it is what chose the indicators and directions.
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
    documents: tuple[OwnDocument, ...] = ()
    none: tuple[NothingToReport, ...] = ()
    office: Office = field(default_factory=Office)
    signatory: Signatory = field(default_factory=Signatory)
    cache: bool = True
    written: Document | None = field(default=None, compare=False, repr=False)


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

    Raises :class:`ConfigurationError` for a wrong period of the call, a missing file, and with all mistakes of the
    file: each with its line and column.
    """
    given = {"data": data, "out": out, "catalogue": catalogue}
    file, document, base = _config_file(config, data, given)

    def path(name: str) -> Path | None:
        called, written = given.get(name), getattr(file, name)
        return called if called is not None else base / written if written is not None else None

    text = period or file.period
    try:
        chosen = Period.parse(text) if text else None
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    called = bool(indicators or directions)
    return Options(
        data=path("data") or Path("data"),
        out=path("out") or Path("out"),
        catalogue=path("catalogue"),
        templates=path("templates"),
        key=path("key"),
        period=chosen,
        indicators=indicators if called else tuple(file.indicators),
        directions=directions if called else tuple(file.directions),
        engine=engine or file.engine,
        documents=tuple(file.documents),
        none=tuple(file.none),
        office=file.office,
        signatory=file.signatory,
        cache=cache,
        written=None if called else document,
    )


def _config_file(
    config: Path | None, data: Path | None, given: Mapping[str, Path | None]
) -> tuple[ConfigFile, Document | None, Path]:
    candidates = [Path(CONFIG_NAME), *([data / CONFIG_NAME] if data else [])]
    found = config or next((candidate for candidate in candidates if os.path.lexists(candidate)), None)
    if found is None:
        return ConfigFile(), None, Path()
    if not found.is_file():
        if os.path.lexists(found):
            raise ConfigurationError(
                f"«{found}»: {reason(NotOrdinaryError(found))}; уберите его или назовите файл настроек: --config ФАЙЛ"
            )
        raise ConfigurationError(f"нет файла настроек «{found}»")
    mistakes: list[Finding] = []
    file = ConfigFile()
    try:
        document = read_yaml(found)
        mistakes += _absent(document, found.parent, given)
        if document.data is not None:
            file = validate(ConfigFile, document)
    except CatalogueError as error:
        mistakes += error.findings
    if mistakes:
        mistakes.sort(key=lambda mistake: [(place.line, place.column) for place in mistake.places])
        raise ConfigurationError("\n".join(map(str, mistakes)))
    return file, document, found.parent


def _absent(document: Document, base: Path, given: Mapping[str, Path | None]) -> Iterator[Finding]:
    """Paths of the file that are in force and lead nowhere; a folder for the results need not be there."""
    written = document.data if isinstance(document.data, dict) else {}
    for name, what in (("data", "папки"), ("catalogue", "папки"), ("templates", "папки"), ("key", "файла ключа")):
        text = written.get(name)
        if not isinstance(text, str) or not text or given.get(name) is not None:
            continue
        path = base / text
        if not (path.exists() if name == "key" else path.is_dir()):
            near = closest(path.name, _neighbours(path))
            yield document.mistake(f"{name}: нет {what} «{path}»{near}{_ABOUT[name]}", (name,))


_ABOUT = {
    "data": "; создайте её или исправьте путь: он считается от папки этого файла",
    "catalogue": "; исправьте путь (он считается от папки этого файла) или уберите ключ",
    "templates": "; исправьте путь (он считается от папки этого файла) или уберите ключ",
    "key": "; скопируйте его оттуда, где он уже создан (.quality/key в папке данных), или уберите «key»: ключ будет "
    "создан в папке данных",
}


def _neighbours(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return []
