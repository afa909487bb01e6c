"""Use cases: what a command does, callable from Python."""
