"""Screens: each only connects its widgets."""
