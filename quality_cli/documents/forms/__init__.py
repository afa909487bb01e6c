"""Collection forms: made and read when returned."""
