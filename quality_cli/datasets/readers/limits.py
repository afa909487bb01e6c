"""How much a file may be: beyond it a file is refused with a finding before it takes memory or time.

The manual (README.ru.md) repeats this table for the analyst.
"""

MAX_FILE = 200_000_000
"""Bytes of one file as it lies in the folder."""
MAX_UNZIPPED = 200_000_000
"""Bytes of everything in a workbook or an archive after unpacking; the characters in the cells of a workbook."""
MAX_RATIO = 200
"""How many times a workbook or an archive may grow when unpacked."""
SMALL_UNZIPPED = 20_000_000
"""Bytes after unpacking up to which a growth of any number of times is no danger."""
MAX_MEMBERS = 10_000
"""Files in an archive."""
MAX_SHEETS = 1_000
"""Sheets of a workbook."""
MAX_ROWS = 1_048_576
"""Rows of a sheet, as in Excel."""
MAX_COLUMNS = 16_384
"""Columns of a sheet, as in Excel."""
MAX_CELLS = 20_000_000
"""Rows x columns over all the sheets of a file, empty cells included."""
CHILD_MEMORY = 2_000_000_000
"""Bytes of address space for the process that parses .xls, .ods and Parquet."""
CHILD_SECONDS = 60
"""Wall clock for that process."""
