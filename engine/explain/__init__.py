"""Explain: what a graph computes, forward and backward, as plain data with its live numbers.

`Ledger` reads whole named parts of single numbers; `explain` and `explain_gradient` read one
element of any tensor; `audit` holds reverse mode against differences. They read the numbers that
the tensors hold: after an update, of a `snapshot`. Nothing here prints.
"""

from engine.explain.audit import Audit, Estimate, audit
from engine.explain.elements import Element, name_tensors
from engine.explain.gradient import GradientExplanation, Term, explain_gradient
from engine.explain.ledger import Ledger, number
from engine.explain.node import Explanation, explain
from engine.explain.snapshot import snapshot

__all__ = [
    "Audit",
    "Element",
    "Estimate",
    "Explanation",
    "GradientExplanation",
    "Ledger",
    "Term",
    "audit",
    "explain",
    "explain_gradient",
    "name_tensors",
    "number",
    "snapshot",
]
