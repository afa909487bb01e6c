"""Tables as the engine takes them, their evaluation, storage and provenance."""
