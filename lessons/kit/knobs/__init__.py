"""Knobs: whatever a learner can change, declared once in the body of an experiment.

`lr = Slider("learning rate", 0.005, 1e-4, 10, log=True)` makes `self.lr` the present value, a float
to the reader and to mypy. Every knob reads what it shows, so a line of text can say everything that
was done by hand.
"""

from lessons.kit.knobs.dials import Choice, Slider, Switch, Whole
from lessons.kit.knobs.knob import AbstractKnob, Only
from lessons.kit.knobs.placed import Cell, Numbers, Point
from lessons.kit.knobs.typed import Typed

__all__ = [
    "AbstractKnob",
    "Cell",
    "Choice",
    "Numbers",
    "Only",
    "Point",
    "Slider",
    "Switch",
    "Typed",
    "Whole",
]
