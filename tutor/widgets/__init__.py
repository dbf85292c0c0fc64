"""Widgets: each a thin class around a pure drawing function."""
