"""Parquet tables."""

from quality_cli.datasets.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_UNZIPPED
from quality_cli.datasets.readers.sheets import RawSheet, unreadable


def read_parquet(content: bytes, shown: str) -> list[RawSheet]:
    """The only sheet of a Parquet file, names of columns first; raises :class:`UnreadableFileError`.

    No threads: with them pyarrow has ended the process at its exit.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))
        about = file.metadata
        groups = [about.row_group(index) for index in range(about.num_row_groups)]
        unpacked = sum(group.total_byte_size for group in groups)
        if (
            about.num_rows * about.num_columns > MAX_CELLS
            or about.num_columns > MAX_COLUMNS
            or not 0 <= unpacked <= MAX_UNZIPPED
        ):
            message = f"в файле Parquet {about.num_rows} × {about.num_columns} ячеек: это больше, чем можно прочитать"
            raise unreadable(shown, "file.too_big", message, "разделите его")
        table = file.read(use_threads=False)
        columns = [
            [str(cell) for cell in column.to_pylist()] if pyarrow.types.is_nested(column.type) else column.to_pylist()
            for column in table.columns
        ]
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise unreadable(shown, "file.damaged", "файл Parquet повреждён", "запишите его ещё раз") from error
    return [RawSheet(shown, "", [list(table.column_names), *map(list, zip(*columns, strict=True))])]
