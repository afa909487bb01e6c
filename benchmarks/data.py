"""Synthetic prepared tables of several sizes: folders of canonical Parquet, one file per dataset.

Seeded, made in chunks of schools (a chunk of works is a row group), cached beside this file under a name that holds a
hash of this source: what was made by another version is never taken. No person stands behind any row.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

CACHE = Path(__file__).resolve().parent / ".data"
SEED = 20261125
PERIODS = (2024, 2025)
TESTED = (4, 5, 6, 7, 8, 10)
"""Grades that write ВПР; each pupil writes four works a year."""
WORKS = 4
DICTIONARY_PAGE = 64 << 20  # bytes: codes of pupils stay a dictionary, as in a table read from a canonical frame


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made. ``rows``: works of both school years together, kept to within some per cent."""

    name: str
    rows: int
    municipalities: int
    schools: int
    row_group: int
    shuffled: bool = False


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 2_000, 2, 6, 500),
        Size("6k", 6_000, 1, 10, 128 << 10),
        Size("1m", 1_000_000, 60, 1_300, 128 << 10),
        Size("1m-shuffled", 1_000_000, 60, 1_300, 128 << 10, shuffled=True),
        Size("30m", 30_000_000, 2_500, 40_000, 1 << 20),
    )
}

_CORE = ("Русский язык", "Математика")
_MIDDLE = ("История", "Биология", "География", "Обществознание", "Английский язык", "Литература")
_SENIOR = (*_MIDDLE, "Физика", "Химия")
_PRIMARY = ("Окружающий мир", "Литературное чтение")
SUBJECTS = (*_CORE, *_SENIOR, *_PRIMARY)


@dataclass(frozen=True, slots=True)
class District:
    """What all tables of one size share. ``classes``: pupils by school x period x grade of :data:`TESTED`."""

    size: Size
    municipality: Array
    classes: Array

    def rng(self, *place: int) -> np.random.Generator:
        """A generator of its own for each chunk of each table."""
        return np.random.default_rng([SEED, self.size.rows, *place])

    def chunks(self, period: int, rows_per_pupil: float) -> Iterator[slice]:
        """Runs of schools that together give about one row group."""
        rows = self.classes[:, period].sum(axis=1) * rows_per_pupil
        group = (np.cumsum(rows) // self.size.row_group).astype(int)
        for number in np.unique(group):
            inside = np.flatnonzero(group == number)
            yield slice(int(inside[0]), int(inside[-1]) + 1)


_Maker: TypeAlias = Callable[[District, int, slice, int], pa.Table]
"""Makes the rows of some schools and one period; the number of the chunk seeds them."""


def prepared(name: str, cache: Path = CACHE) -> Path:
    """The folder with the tables of a size, made where it is not there yet."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = cache / f"{name}-{version}"
    if not folder.is_dir():
        for old in cache.glob(f"{name}-????????"):
            shutil.rmtree(old)
        size, stage = SIZES[name], cache / f".{folder.name}.new"
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        if size.shuffled:
            _shuffle(prepared(name.removesuffix("-shuffled"), cache), stage, size)
        else:
            _make(stage, size)
        stage.rename(folder)
    return folder


def rows_of(folder: Path) -> dict[str, int]:
    """Rows of each table."""
    return {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}


def _make(folder: Path, size: Size) -> None:
    rng = np.random.default_rng([SEED, size.rows])
    municipality = np.sort(rng.integers(0, size.municipalities, size.schools))
    municipality[: size.municipalities] = np.arange(size.municipalities)
    mean = size.rows / (len(PERIODS) * size.schools * len(TESTED) * WORKS)
    factor = np.clip(rng.lognormal(-0.18, 0.6, size.schools), 0.15, 6)
    factor *= size.schools / factor.sum()
    classes = np.maximum(1, rng.poisson(mean * factor[:, None, None], (size.schools, len(PERIODS), len(TESTED))))
    district = District(size, np.sort(municipality), classes)
    _write(folder, "organisations", [_register(district)])
    _write(folder, "contingent", _by_period(district, _contingent, 11 * 3 / 90))
    _write(folder, "vpr", _by_period(district, _works, WORKS))
    _write(folder, "achievements", _by_period(district, _achievements, WORKS / 8))
    _write(folder, "kdr", _by_period(district, _kdr, WORKS / 10))


def _by_period(district: District, table: _Maker, rows_per_pupil: float) -> Iterator[pa.Table]:
    for period in range(len(PERIODS)):
        for number, schools in enumerate(district.chunks(period, rows_per_pupil)):
            yield table(district, period, schools, number)


def _write(folder: Path, dataset: str, chunks: Iterable[pa.Table]) -> None:
    writer: pq.ParquetWriter | None = None
    for chunk in chunks:
        writer = writer or pq.ParquetWriter(
            folder / f"{dataset}.parquet", chunk.schema, dictionary_pagesize_limit=DICTIONARY_PAGE
        )
        writer.write_table(chunk, row_group_size=max(len(chunk), 1))
    assert writer is not None
    writer.close()


def _shuffle(source: Path, folder: Path, size: Size) -> None:
    for path in source.glob("*.parquet"):
        if path.stem != "vpr":
            shutil.copy(path, folder)
    table = pq.read_table(source / "vpr.parquet")
    words = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    plain = table.cast(pa.schema([(f.name, pa.string() if f.name in words else f.type) for f in table.schema]))
    mixed = plain.take(np.random.default_rng([SEED, 1]).permutation(len(table))).combine_chunks()
    _write(folder, "vpr", (_encoded(part, words) for part in _parts(mixed, size.row_group)))


def _parts(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    return (table.slice(start, rows) for start in range(0, len(table), rows))


def _encoded(table: pa.Table, words: Sequence[str]) -> pa.Table:
    for name in words:
        table = table.set_column(table.column_names.index(name), name, table[name].combine_chunks().dictionary_encode())
    return table


# --- columns ---------------------------------------------------------------------------------------------------------


def _words(codes: Array, values: Sequence[str] | pa.Array, null: Array | None = None) -> pa.DictionaryArray:
    """A categorical column; only the values met go into its dictionary."""
    used, indices = np.unique(codes, return_inverse=True)
    words = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(indices.astype(np.int32), mask=null), words.take(pa.array(used)))


def _number(values: Array, kind: pa.DataType, null: Array | None = None) -> pa.Array:
    return pa.array(values, kind, mask=null)


def _constant(word: str | None, rows: int) -> pa.DictionaryArray:
    null = np.full(rows, word is None)
    return _words(np.zeros(rows, np.int64), [word or ""], null)


def _school_ids(district: District) -> pa.Array:
    return pa.array([f"s-{number:05}" for number in range(1, district.size.schools + 1)])


def _municipality_ids(district: District) -> pa.Array:
    return pa.array([f"m-{number:04}" for number in range(1, district.size.municipalities + 1)])


def _pseudonyms(keys: Array) -> pa.Array:
    """Codes of pupils: sparse, without order, the same for the same key (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    nibbles = (mixed[:, None] >> (np.arange(15, -1, -1, dtype=np.uint64) * np.uint64(4))) & np.uint64(15)
    text = np.empty((len(keys), 19), np.uint8)
    text[:, :3] = np.frombuffer("у-".encode(), np.uint8)
    text[:, 3:] = np.frombuffer(b"0123456789abcdef", np.uint8)[nibbles.astype(np.intp)]
    offsets = np.arange(0, 19 * (len(keys) + 1), 19, dtype=np.int32)
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(offsets), pa.py_buffer(text.ravel()))


def _pupil_keys(school: Array, grade: Array, period: int, number: Array) -> Array:
    """The same child a year later, a grade higher, has the same key."""
    cohort = PERIODS[period] - grade + 12
    return np.asarray((school.astype(np.int64) * 4096 + cohort) * 4096 + number)


def _numbered(counts: Array) -> Array:
    """0, 1, … within each run of ``counts``."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(np.arange(int(counts.sum())) - starts)


def _table(columns: Mapping[str, pa.Array], period: int, rows: int) -> pa.Table:
    return pa.table({**columns, "period": _number(np.full(rows, PERIODS[period]), pa.int16())})


# --- tables ----------------------------------------------------------------------------------------------------------


def _register(district: District) -> pa.Table:
    size = district.size
    municipalities, schools = _municipality_ids(district).to_pylist(), _school_ids(district).to_pylist()
    parents = [municipalities[index] for index in district.municipality]
    ids = ["r-1", *municipalities, *schools]
    kinds = ["регион", *["муниципалитет"] * size.municipalities, *["школа"] * size.schools]
    names = [
        "Условный край",
        *(f"Округ {number}" for number in range(1, size.municipalities + 1)),
        *(f"Школа {number}" for number in range(1, size.schools + 1)),
    ]
    above = [None, *["r-1"] * size.municipalities, *parents]
    if size.municipalities == 1:  # a district has no region above it
        ids, kinds, names, above = ids[1:], kinds[1:], names[1:], [None, *above[2:]]
    rows, word = len(ids), pa.dictionary(pa.int32(), pa.string())
    return pa.table(
        {
            "id": pa.array(ids).dictionary_encode(),
            "parent": pa.array(above, pa.string()).dictionary_encode(),
            "kind": pa.array(kinds).dictionary_encode(),
            "full_name": pa.array(names).dictionary_encode(),
            "name": pa.array(names).dictionary_encode(),
            **{name: pa.nulls(rows, word) for name in ("logins", "genitive", "prepositional", "aliases")},
            "grade_from": pa.array([None] * (rows - size.schools) + [1] * size.schools, pa.int16()),
            "grade_to": pa.array([None] * (rows - size.schools) + [11] * size.schools, pa.int16()),
            "period": pa.nulls(rows, pa.int16()),
        }
    )


def _works(district: District, period: int, schools: slice, number: int) -> pa.Table:
    rng = district.rng(1, period, number)
    counts = district.classes[schools, period]
    of_class = np.repeat(np.arange(counts.size), counts.ravel())
    school = schools.start + of_class // len(TESTED)
    grade = np.array(TESTED)[of_class % len(TESTED)]
    key = _pupil_keys(school, grade, period, _numbered(counts.ravel()))
    pupils = len(key)
    menu = _menu(district, period, schools, number)[of_class]
    ability = rng.normal(0, 1, pupils)
    letter, sex = rng.integers(0, 3, pupils), rng.integers(0, 2, pupils)

    pupil = np.repeat(np.arange(pupils), WORKS)
    rows = len(pupil)
    school, subject = school[pupil].copy(), menu.ravel()
    elsewhere = (np.arange(rows) % WORKS == WORKS - 1) & np.repeat(rng.random(pupils) < 0.004, WORKS)
    school[elsewhere] = np.minimum(school[elsewhere] + 1, schools.stop - 1)
    order = np.argsort(school, kind="stable")
    school, subject, pupil = school[order], subject[order], pupil[order]

    absent, unknown = rng.random(rows) < 0.07, rng.random(rows) < 0.005
    score = np.clip(np.round(14 + 5 * (0.8 * ability[pupil] + 0.6 * rng.normal(0, 1, rows))), 0, 30)
    mark = 2 + (score >= 9).astype(int) + (score >= 15) + (score >= 21)
    journal = np.clip(mark + rng.choice([-1, 0, 1], rows, p=[0.12, 0.7, 0.18]), 2, 5)
    suspicious = district.rng(7).random((district.size.schools, len(SUBJECTS))) < 0.02
    return _table(
        {
            "org": _words(school, _school_ids(district)),
            "year": _number(np.full(rows, PERIODS[period] + 1), pa.int16()),
            "grade": _number(grade[pupil], pa.int16()),
            "letter": _words(letter[pupil], "АБВ", rng.random(rows) < 0.02),
            "subject": _words(subject, SUBJECTS),
            "level": _words((rng.random(rows) < 0.05).astype(int), ("базовый", "углублённый")),
            "code": _words(pupil, _pseudonyms(key)),
            "sex": _words(sex[pupil], "мж", rng.random(rows) < 0.01),
            "variant": _words(np.where(absent, 4, rng.integers(0, 4, rows)), ("1", "2", "3", "4", "отсутствовал")),
            "primary": _number(score, pa.float64(), absent),
            "present": _number(~absent, pa.bool_(), unknown),
            "top": _number(np.full(rows, 30.0), pa.float64()),
            "mark": _number(mark, pa.int16(), absent | (rng.random(rows) < 0.01)),
            "journal_mark": _number(journal, pa.int16(), rng.random(rows) < 0.04),
            "objective": _number(~suspicious[school, subject], pa.bool_(), rng.random(rows) < 0.001),
        },
        period,
        rows,
    )


def _menu(district: District, period: int, schools: slice, number: int) -> Array:
    """Subjects of each class: school x grade by four."""
    rng = district.rng(2, period, number)
    grades = np.tile(np.array(TESTED), schools.stop - schools.start)
    place = {subject: index for index, subject in enumerate(SUBJECTS)}
    menu = np.empty((len(grades), WORKS), np.int64)
    menu[:, 0], menu[:, 1] = place[_CORE[0]], place[_CORE[1]]
    for own, fits in ((_MIDDLE, (grades > 4) & (grades < 7)), (_SENIOR, grades >= 7)):
        first = rng.integers(0, len(own), len(grades))
        second = (first + rng.integers(1, len(own), len(grades))) % len(own)
        codes = np.array([place[subject] for subject in own])
        menu[fits, 2], menu[fits, 3] = codes[first[fits]], codes[second[fits]]
    menu[grades == 4, 2:] = [place[subject] for subject in _PRIMARY]
    return menu


def _contingent(district: District, period: int, schools: slice, number: int) -> pa.Table:
    rng = district.rng(3, period, number)
    categories = ("все", "ОВЗ", "ОВЗ и инвалиды", "дети 5–18 лет")
    count = schools.stop - schools.start
    per_class = district.classes[schools, period].mean(axis=1)
    everyone = rng.poisson(per_class[:, None] * np.ones(11)) + 5
    special = rng.binomial(everyone, 0.06)
    pupils = np.stack([everyone, special, special + rng.binomial(everyone, 0.01)], axis=2)
    first = np.searchsorted(district.municipality, np.arange(district.size.municipalities))
    whole = np.flatnonzero((first >= schools.start) & (first < schools.stop))  # told once, with its first school
    ids = pa.concat_arrays([_school_ids(district), _municipality_ids(district)])
    org = np.concatenate([np.repeat(np.arange(schools.start, schools.stop), 33), district.size.schools + whole])
    rows = len(org)
    grade = np.concatenate([np.tile(np.repeat(np.arange(1, 12), 3), count), np.zeros(len(whole), np.int64)])
    category = np.concatenate([np.tile(np.arange(3), 11 * count), np.full(len(whole), 3)])
    amount = np.concatenate([pupils.ravel(), rng.integers(500, 5000, len(whole))])
    return _table(
        {
            "org": _words(org, ids),
            "year": _number(np.full(rows, PERIODS[period]), pa.int16()),
            "grade": _number(grade, pa.int16(), grade == 0),
            "category": _words(category, categories),
            "pupils": _number(amount, pa.int32()),
        },
        period,
        rows,
    )


def _children(
    district: District, period: int, schools: slice, rng: np.random.Generator, share: float, grades: Sequence[int]
) -> tuple[Array, Array, Array]:
    """Rows of some table over pupils: school, grade, key; ``share`` rows for a pupil who writes ВПР."""
    counts = district.classes[schools, period]
    rows = rng.poisson(counts.sum(axis=1) * share)
    school = np.repeat(np.arange(schools.start, schools.stop), rows)
    grade = np.array(grades)[rng.integers(0, len(grades), len(school))]
    inside = np.maximum(counts.mean(axis=1).astype(int), 1)[school - schools.start]
    number = rng.integers(0, 1 << 30, len(school)) % inside
    home = np.where(rng.random(len(school)) < 0.004, np.minimum(school + 1, schools.stop - 1), school)
    return school, grade, _pupil_keys(home, grade, period, number)


def _achievements(district: District, period: int, schools: slice, number: int) -> pa.Table:
    rng = district.rng(4, period, number)
    school, grade, key = _children(district, period, schools, rng, WORKS / 8, range(4, 12))
    rows = len(school)
    stages = ("школьный", "муниципальный", "региональный", "заключительный")
    events = ("ВсОШ", "перечень Минпросвещения", "значимый конкурс", "Абилимпикс")
    stage = rng.choice(4, rows, p=[0.7, 0.22, 0.06, 0.02])
    stage[grade < 7] = 0
    distinct, pupil = np.unique(key, return_inverse=True)
    return _table(
        {
            "org": _words(school, _school_ids(district)),
            "year": _number(np.full(rows, PERIODS[period]), pa.int16()),
            "grade": _number(grade, pa.int16(), rng.random(rows) < 0.005),
            "pupil": _words(pupil, _pseudonyms(distinct), rng.random(rows) < 0.003),
            "event": _words(rng.choice(4, rows, p=[0.7, 0.15, 0.13, 0.02]), events),
            "stage": _words(stage, stages),
            "status": _words(rng.choice(3, rows, p=[0.75, 0.17, 0.08]), ("участник", "призёр", "победитель")),
            "subject": _words(rng.integers(0, len(_SENIOR), rows), _SENIOR),
            "score": _number(rng.integers(0, 100, rows).astype(float), pa.float64(), rng.random(rows) < 0.05),
            "ovz": _number(rng.random(rows) < 0.05, pa.bool_(), rng.random(rows) < 0.1),
            "disabled": _number(rng.random(rows) < 0.01, pa.bool_(), rng.random(rows) < 0.1),
            "registered": _number(rng.random(rows) < 0.6, pa.bool_(), rng.random(rows) < 0.2),
        },
        period,
        rows,
    )


def _kdr(district: District, period: int, schools: slice, number: int) -> pa.Table:
    rng = district.rng(5, period, number)
    studies = ("КДР4 чтение", "КДР6 чтение", "КДР7 математика", "КДР8 естествознание")
    school, grade, key = _children(district, period, schools, rng, WORKS / 10, (4, 6, 7, 8))
    rows = len(school)
    distinct, pupil = np.unique(key, return_inverse=True)
    level = rng.choice(4, rows, p=[0.12, 0.25, 0.43, 0.2]) + 1
    earlier = np.clip(level + rng.integers(-1, 2, rows), 1, 4)
    study = np.searchsorted(np.array((4, 6, 7, 8)), grade)
    return _table(
        {
            "org": _words(school, _school_ids(district)),
            "year": _number(np.full(rows, PERIODS[period]), pa.int16()),
            "study": _words(study, studies),
            "class": _words(grade, [str(value) for value in range(12)], rng.random(rows) < 0.1),
            "pupil": _words(pupil, _pseudonyms(distinct), rng.random(rows) < 0.01),
            "level": _number(level, pa.int16(), rng.random(rows) < 0.05),
            "objective": _number(rng.random(rows) > 0.03, pa.bool_(), rng.random(rows) < 0.001),
            "earlier_study": _words(np.zeros(rows, int), ("КДР4 чтение",), study != 1),
            "earlier_level": _number(earlier, pa.int16(), (study != 1) | (rng.random(rows) < 0.15)),
        },
        period,
        rows,
    )
