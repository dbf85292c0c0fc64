"""Explain: what a graph computes, forward and backward, as plain data with its live numbers.

`Worksheet` reads whole named parts of single numbers; `explain` and `explain_gradient` read one
element of any tensor; `audit` holds reverse mode against differences. They read the numbers that
the tensors hold: after an update, of a `snapshot`. What they read are expressions, which `letters`,
`numbers`, `latex` and `one_line` write. Nothing here prints.
"""

from engine.explain.audit import Audit, Estimate, audit
from engine.explain.elements import name_tensors
from engine.explain.gradient import GradientExplanation, Term, explain_gradient
from engine.explain.latex import latex
from engine.explain.line import one_line
from engine.explain.node import Explanation, explain
from engine.explain.render import letters, number, numbers
from engine.explain.snapshot import snapshot
from engine.explain.worksheet import Worksheet

__all__ = [
    "Audit",
    "Estimate",
    "Explanation",
    "GradientExplanation",
    "Term",
    "Worksheet",
    "audit",
    "explain",
    "explain_gradient",
    "latex",
    "letters",
    "name_tensors",
    "number",
    "numbers",
    "one_line",
    "snapshot",
]
