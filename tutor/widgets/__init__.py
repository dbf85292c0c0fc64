"""Widgets: a thin class each, around a pure function that draws."""
