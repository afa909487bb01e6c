"""Use cases of collection forms."""
