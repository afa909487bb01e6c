"""Rows to margins at the leaf: one pass over each table, by our engine or another's."""
