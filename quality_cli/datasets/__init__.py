"""Contracts of tables, layouts of exports, readers and checks."""
