"""The primitives and their derivatives: one table of rows, in files from simple to complex.

A row is all that is known about a primitive (`Op`). The vector-Jacobian products are plain array
code; run on tensors they build graph, so that a gradient has a gradient. Where a function has a
corner, its row says which derivative is taken there.
"""

import engine.primitives.elementwise as elementwise
import engine.primitives.packs as packs
import engine.primitives.pairs as pairs
import engine.primitives.reductions as reductions
import engine.primitives.views as views
import engine.primitives.windows as windows

__all__ = ["elementwise", "packs", "pairs", "reductions", "views", "windows"]
