"""Cells to values by the contract: rows of data, people as pseudonyms, organisations by name."""
