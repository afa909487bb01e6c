"""A figure taken apart by its conditions, down to the rows."""
