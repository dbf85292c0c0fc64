"""Formulas written in LaTeX: on one line, for text and screen readers, or in two dimensions."""

from tutor.pictures.formula.layout import display, line, problems

__all__ = ["display", "line", "problems"]
