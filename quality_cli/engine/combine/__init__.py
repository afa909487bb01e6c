"""Figures of counted quantities: sources, organisations by a condition, changes; the cube."""
