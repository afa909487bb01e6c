"""Indicators as data: model, loader with positions, examples, hygiene."""
