"""What to learn from: toy sets, sequences, images made on the spot; real sets; one's own files."""

from engine.data.dataset import DataSet, Task, first_two_components, split, standardize
from engine.data.densities import modes_covered, ring, ring_centers
from engine.data.microscopy import Patches, Slide, patches, slide
from engine.data.own import own_data
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
    "TOY", "DataSet", "Patches", "Sequences", "Slide", "Task", "adding", "breast_cancer", "circle",
    "digits", "echo", "first_two_components", "gauss", "iris", "modes_covered", "next_character",
    "one_hot", "own_data", "patches", "plane", "reversal", "ring", "ring_centers", "slide",
    "sorting", "spiral", "split", "standardize", "xor",
]  # fmt: skip
