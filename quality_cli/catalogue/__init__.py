"""Indicators as data: model, loader with positions, wording, review dates."""
