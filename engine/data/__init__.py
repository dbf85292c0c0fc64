"""Points to learn from: toy sets and sequences made on the spot, and three small real sets."""

from engine.data.dataset import DataSet, Task, first_two_components, split, standardise
from engine.data.densities import modes_covered, ring, ring_centres
from engine.data.real import breast_cancer, digits, iris
from engine.data.sequences import (
    Sequences,
    adding,
    echo,
    next_character,
    one_hot,
    reversal,
    sorting,
)
from engine.data.toy import TOY, circle, gauss, plane, spiral, xor

__all__ = [
    "TOY",
    "DataSet",
    "Sequences",
    "Task",
    "adding",
    "breast_cancer",
    "circle",
    "digits",
    "echo",
    "first_two_components",
    "gauss",
    "iris",
    "modes_covered",
    "next_character",
    "one_hot",
    "plane",
    "reversal",
    "ring",
    "ring_centres",
    "sorting",
    "spiral",
    "split",
    "standardise",
    "xor",
]
