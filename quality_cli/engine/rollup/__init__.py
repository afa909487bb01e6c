"""Quantities up the organisation tree and over strata."""
