"""Where the engine changes from one way of counting to another. The results are the same whatever these numbers are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """Sizes found by measuring (two cores, tables of 6 thousand to 30 million rows); they travel with the plan.

    Tests give other ones, so that a table of a few rows goes the ways of a large one.
    """

    large_table: int = 1 << 16
    """Rows from which figures that need different columns are kept apart and values are put down to classes; below,
    looking only at the combinations met is cheaper than any preparation."""

    max_combinations: int = 1 << 14
    """Most combinations of value classes in one partition of a large table: the look-up table from combination to
    class then stays in the processor's cache."""

    sample_rows: int = 1 << 14
    """Rows in which values of a column are looked for while partitions are made."""

    foreseen_tests: int = 3
    """Conditions tested row by row of which every outcome (3 to the power of them) is foreseen; of more, only those
    that are met."""

    slice_rows: int = 1 << 17
    """Rows of a batch counted at once: few enough that their codes and cells stay in the processor's cache from one
    partition to the next."""

    dense_cells: int = 16
    """Cells per row up to which the range of cells of a slice is counted by one ``bincount``; where there are more, to
    clear and to read the empty ones costs more than to add row by row."""

    buffer_block: int = 1 << 20
    """Cells of the buffer over all organisations that are put into masks at once."""

    product_block: int = 1 << 18
    """Products in one call of the matrix library. From about here on it wakes threads of its own, and those and ours,
    which already fill every core, wait for each other."""

    marked_numbers: int = 1 << 16
    """Numbers that are always few enough to be marked in an array rather than sorted."""

    joint_rollup: int = 1 << 22
    """Cells of an array at the leaf up to which all its masks are rolled up at once; beyond, most of the memory would
    be of masks that nobody asks for at that level."""

    joint_layout: int = 1 << 16
    """Cells of one figure's arrays from which figures are laid out one by one: putting them together would copy
    much."""


MEASURED = Tuning()
"""What the program uses."""
