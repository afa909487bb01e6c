"""Recommendations by rules: how they are written, read and checked; what they say is in their texts."""
