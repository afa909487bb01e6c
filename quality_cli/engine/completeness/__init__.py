"""Completeness: which reports are owed, which were received, which are stated to be empty, which are missing."""
