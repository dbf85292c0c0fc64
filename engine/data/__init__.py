"""Points to learn from: toy sets made on the spot, and three small real ones."""

from engine.data.dataset import DataSet, Task, first_two_components, split, standardise
from engine.data.real import breast_cancer, digits, iris
from engine.data.toy import TOY, circle, gauss, plane, spiral, xor

__all__ = [
    "TOY",
    "DataSet",
    "Task",
    "breast_cancer",
    "circle",
    "digits",
    "first_two_components",
    "gauss",
    "iris",
    "plane",
    "spiral",
    "split",
    "standardise",
    "xor",
]
