"""Formulas that a learner types, as engine graph: read, checked, differentiated, compiled.

text → tokens (`tokens`) → operations (`parse`, and `branches` for those of a choice)
     → tensors (`build`) → what a lesson needs (`uses`)

There is no eval: an operation names a row of a closed list, and anything else is rejected with an
error that points at the character.
"""

from engine.formula.compare import Equivalence, VariableRange, compare
from engine.formula.compiled import Compiled
from engine.formula.formula import Formula
from engine.formula.rule import typed_rule
from engine.formula.uses import (
    typed_activation,
    typed_function,
    typed_labels,
    typed_loss,
    typed_surface,
)

__all__ = [
    "Compiled", "Equivalence", "Formula", "VariableRange", "compare", "typed_activation",
    "typed_function", "typed_labels", "typed_loss", "typed_rule", "typed_surface",
]  # fmt: skip
