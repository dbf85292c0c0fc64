"""Screens: each only wires its widgets together."""
