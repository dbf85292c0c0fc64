"""Knobs: everything a learner can change, declared once in the class body of an experiment.

`lr = Slider("learning rate", 0.005, 1e-4, 10, log=True)` makes `self.lr` the present value, a float
to the reader and to mypy. Every knob can parse what it shows, so a command line can express
everything that was done by hand.
"""

from lessons.kit.knobs.arrays import Cell, Matrix, Point
from lessons.kit.knobs.formula_input import FormulaInput
from lessons.kit.knobs.knob import AbstractKnob, ActiveWhen
from lessons.kit.knobs.scalars import Choice, Integer, Slider, Switch

__all__ = [
    "AbstractKnob",
    "ActiveWhen",
    "Cell",
    "Choice",
    "FormulaInput",
    "Integer",
    "Matrix",
    "Point",
    "Slider",
    "Switch",
]
