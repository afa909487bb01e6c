"""Nothing personal leaves: people planted all over the data are sought in everything that is written and said."""

import html
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from calling import call
from planted import ABOVE, BELOW, CONTRACTS, plant, rows_of, write_csv, write_xlsx

from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs
from quality_cli.datasets.read import read_folder

SOUGHT = (
    *("абрикосов", "василис", "платоновн", "лимонов", "евлампи", "тихонович", "вишняков", "сливин", "sliva"),
    *("17.03.2011", "2011-03-17", "12345678964", "456-789", "836251", "555-47-19", "primer.example", "сиренев"),
)


def texts(name: str, content: bytes) -> Iterator[str]:
    """Everything that a file says: what is packed is unpacked, with and without the marks of XML."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield member
                yield from texts(member, archive.read(member))
    elif name.endswith(".parquet"):
        table = pq.read_table(pa.BufferReader(content), use_threads=False)
        yield f"{table.schema} {table.to_pylist()}"
    elif name.endswith(".tables"):
        seal, size = 32, int.from_bytes(content[32:40], "big")
        yield pa.decompress(content[seal + 8 :], size, "lz4", asbytes=True).decode("utf-8", errors="ignore")
    else:
        plain = html.unescape(content.decode("utf-8", errors="ignore"))
        yield plain
        yield re.sub(r"<[^<>]*>", "", plain)
        yield content.decode("cp1251", errors="ignore")


def leaks(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """What is sought and the file where it is found."""
    sought = re.compile("|".join(map(re.escape, SOUGHT)))
    return {
        (word, name)
        for name, content in files.items()
        for text in (name, *texts(name, content))
        for word in sought.findall(text.casefold())
    }


def files_of(folder: Path) -> dict[str, bytes]:
    """Contents by relative name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("xlsx", ["--format", "docx,md"]),
        pytest.param("ods", ["--format", "md", "--json"], marks=pytest.mark.long),
        ("csv", ["--format", "md"]),
        pytest.param("parquet", ["--format", "md", "--json"], marks=pytest.mark.long),
        pytest.param("zip", ["--format", "md"], marks=pytest.mark.long),
    ],
)
def test_nothing_personal_leaves(tmp_path: Path, suffix: str, options: list[str]) -> None:
    data, out = plant(tmp_path / "data", suffix), tmp_path / "out"
    found = {word for word, _ in leaks(files_of(data))}
    assert found >= set(SOUGHT) - {"2011-03-17"}  # the search would find them (a workbook keeps dates as numbers)
    said: dict[str, bytes] = {}
    commands = [["check", data], ["check", data, "--json"], ["run", "--data", data, "--out", out, *options]]
    commands.append(["explain", "1.1.2-m1", "--org", "з-01", "--data", data, "--gaps"])
    for command in commands:
        outcome = call(*command)
        assert outcome.code in (0, 12), outcome.err
        said |= {f"{command} stdout": outcome.out.encode(), f"{command} stderr": outcome.err.encode()}
    written = files_of(out)
    assert {"results.parquet", "results.csv", "results.xlsx", "manifest.json", "findings.json"} <= set(written)
    assert {f".{name}" for name in options[1].split(",")} <= {Path(name).suffix for name in written}
    assert leaks({**written, **said}) == set()


def test_a_table_of_old_excel(tmp_path: Path) -> None:
    """The planted table of tests (КДР) as LibreOffice saves it; the register beside it."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(Path(__file__).parent / "files" / "planted.xls", data / "кдр.xls")
    write_csv(data / "реестр.csv", list(rows_of("organisations", CONTRACTS["organisations"])), "")
    assert {
        word for word, _ in leaks({"sheet": (data / "кдр.xls").read_bytes().decode("utf-16-le", "ignore").encode()})
    }
    outcomes = [
        call("check", data),
        call("check", data, "--json"),
        call("run", "--data", data, "--out", tmp_path / "out"),
    ]
    assert "таблица «Результаты КДР и микроисследований»" in outcomes[0].out
    said = {f"{number}": (outcome.out + outcome.err).encode() for number, outcome in enumerate(outcomes)}
    assert leaks({**files_of(tmp_path / "out"), **said}) == set()


@pytest.mark.parametrize("known", [True, False])
def test_a_suggestion_names_nobody(tmp_path: Path, known: bool) -> None:
    header = [
        "Организация",
        "Год" if known else "Год работы",
        "Класс",
        "Предмет",
        "Отметка",
        "Абрикосова В.П.",
        "СНИЛС",
    ]
    rows = [*ABOVE, header, ["з-01", 2026, 4, "Химия", 5, "Лимонов Евлампий Тихонович", "123-456-789 64"], *BELOW]
    write_xlsx(tmp_path / "a.xlsx", rows, "Абрикосова В.П.")
    outcome = call("check", "--suggest", tmp_path / "a.xlsx")
    assert outcome.code == 0
    assert ("уже читается" in outcome.out) is known
    assert leaks({"said": (outcome.out + outcome.err).encode()}) == set()


def test_what_is_kept_tells_people_by_pseudonyms_only(tmp_path: Path) -> None:
    """Free text and dates of an organisation are kept as they stand in the exports; nothing else of a person is."""
    data = plant(tmp_path / "data", "csv", text=False)
    outcome = call("compute", "--data", data, "--out", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    kept = files_of(data / ".quality" / "cache")
    assert any("Лесная СОШ" in text for name, content in kept.items() for text in texts(name, content))
    assert leaks(kept) == set()


def test_the_planted_tables_are_read(tmp_path: Path) -> None:
    """Otherwise the search would prove nothing."""
    tables = read_folder(plant(tmp_path / "data", "xlsx"), load_specs([CATALOGUE]))
    assert set(tables.by_dataset) == set(CONTRACTS) - {
        "vpr_scores",
        "vpr_tasks",
    }  # without columns of shares it is another report, without tasks none
    codes = {finding.code for finding in tables.findings}
    assert {"cell.value", "org.unknown", "row.rejected", "column.personal"} <= codes
    for name, contract in ((name, CONTRACTS[name]) for name in tables.by_dataset):
        for key in (key for key, column in contract.columns.items() if column.personal):
            people = tables[name].frame[key].dropna().unique()
            assert len(people) > 5, name
            assert all(re.fullmatch(r"(обучающийся|работник)-[0-9a-f]{16}", person) for person in people), name
