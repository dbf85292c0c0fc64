"""Where we differ from PyTorch or from JAX, and why: every cell that is not the same in all three.

A cell belongs to the first convention that holds for it, and each convention says how many cells
it has; so a new difference, and one that went away, both show. What the functions promise at their
corners stands in their docstrings; here stands what others do there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isinf, isnan

import numpy as np

from tests.engine.corners.grid import Path

SMALLEST = float(np.finfo(float).tiny)
"""The smallest normal number."""
ROUNDING = 5e-15
"""What is left of numbers near 1 when they cancel, some units in their last place."""


@dataclass(frozen=True)
class Cell:
    """One derivative at one point: what we give (compiled), and what the two libraries give."""

    case: str
    point: tuple[float, ...]
    path: Path
    ours: float
    torch: float
    jax: float

    @property
    def order(self) -> int:
        """How often it was differentiated."""
        return len(self.path)

    @property
    def is_torch(self) -> bool:
        """Whether PyTorch gives what we give."""
        return same(self.ours, self.torch)

    @property
    def is_jax(self) -> bool:
        """Whether JAX gives what we give."""
        return same(self.ours, self.jax)

    def named(self, *starts: str) -> bool:
        """Whether the case's name begins with one of these."""
        return self.case.startswith(starts)


def same(a: float, b: float) -> bool:
    """Equal to 12 digits; NaN is NaN, and −0 is 0."""
    if isnan(a) or isnan(b) or isinf(a) or isinf(b):
        return a == b or (isnan(a) and isnan(b))
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


@dataclass(frozen=True)
class Convention:
    """One reason to differ.

    Args:
        ours: what we do.
        theirs: what PyTorch and JAX do.
        why: the reason.
        cells: how many there are; None where that depends on the processor's last digits.
        holds: whether a cell that is not the same in all three differs for this reason.
    """

    name: str
    ours: str
    theirs: str
    why: str
    cells: int | None
    holds: Callable[[Cell], bool]


def _rounding(cell: Cell) -> bool:
    return max(abs(cell.ours - cell.torch), abs(cell.ours - cell.jax)) <= ROUNDING


def _has_nan(cell: Cell) -> bool:
    return any(map(isnan, cell.point))


def _has_inf(cell: Cell) -> bool:
    return any(map(isinf, cell.point))


def _huge(cell: Cell) -> bool:
    return any(1e200 <= abs(x) < inf for x in cell.point)


def _neither(cell: Cell) -> bool:
    return isnan(cell.torch) and isnan(cell.jax)


KINKS = (
    "absolute", "c · absolute", "hard_tanh", "c · hard_tanh", "huber", "leaky_relu", "softsign",
    "l1", "hinge",
)  # fmt: skip
"""Functions made of straight or otherwise different parts."""
BY_ROWS = ("softmax", "log_softmax", "cross_entropy", "kl_divergence")

CONVENTIONS = [
    Convention(
        "subnormal numbers",
        "are numbers, as in PyTorch",
        "JAX's compiler takes them for 0, or divides by them as by 0",
        "IEEE arithmetic underflows gradually, and NumPy with it",
        None,
        lambda c: c.is_torch and any(0 < abs(x) < SMALLEST for x in (*c.point, c.torch)),
    ),
    Convention(
        "the last digits",
        "the formulas y (1 − y), eˣ − 1 + 1, softplus(z) − z round near 1, so near 0 they keep few "
        "digits of their own",
        "other formulas, which round elsewhere",
        "the error is some units in the last place of 1, which no sum with a 1 in it can show",
        None,
        _rounding,
    ),
    Convention(
        "NaN in, NaN out",
        "a derivative at NaN is NaN",
        "a comparison with NaN is false, and so picks a side: 0, 1 or −1",
        "a gradient that looks healthy hides where a computation went wrong",
        249,
        lambda c: _has_nan(c) and isnan(c.ours),
    ),
    Convention(
        "NaN in a window",
        "the last place of a window with NaN gets the gradient",
        "PyTorch: the NaN; JAX: the next place",
        "the maximum is NaN, which is equal to no number; to look for it would cost every step",
        47,
        lambda c: _has_nan(c) and "max_pool" in c.case,
    ),
    Convention(
        "NaN beside",
        "maximum and minimum send nothing to either side (JAX), x⁰ has the derivative 0 even at "
        "NaN (PyTorch), and what does not depend on x does not depend on a NaN there",
        "PyTorch sends all to both sides; JAX differentiates x⁰ of a tensor exponent to NaN",
        "each is one of the two",
        195,
        lambda c: _has_nan(c) and (c.is_torch or c.is_jax),
    ),
    Convention(
        "x⁰, x¹, x² of a tensor exponent",
        "after as many derivatives they are constant, also at 0, at NaN and where 1/x overflows",
        "PyTorch and JAX: 0·∞ from the second or the third derivative on",
        "that is what they are, and what both libraries give for an exponent that is a number",
        36,
        lambda c: c.named("power") and c.ours == 0 and set(c.path) == {0},
    ),
    Convention(
        "a kink",
        "0, or the slope of the left side (leaky_relu); the second derivative of a corner is 0",
        "PyTorch the same; JAX 1, the right side, or the mean of both",
        "PyTorch's is a subgradient everywhere, and the one that learners will meet",
        75,
        lambda c: c.is_torch and c.named(*KINKS) and not _huge(c),
    ),
    Convention(
        "elu at 0",
        "the second derivative at 0 is that of the left side, like the first (JAX)",
        "PyTorch takes the left side in the first, the right side from the second on",
        "the derivatives of one side belong together",
        18,
        lambda c: c.is_jax and c.named("elu", "selu") and c.point == (0,),
    ),
    Convention(
        "∞·0",
        "an infinite cotangent times a derivative of 0 is NaN, as the chain rule's product says",
        "PyTorch, and JAX for some, do not multiply but pick one of cotangent and 0",
        "a picked 0 costs time in every step and hides that the gradient overflowed",
        37,
        lambda c: c.named("c · ", "relu_grad") and isnan(c.ours) and _has_inf(c),
    ),
    Convention(
        "−∞ to a fractional power",
        "C's function pow says 0 or ∞; eagerly it is refused",
        "a root instead of pow (JAX, PyTorch for 1/2), which is NaN or ∞",
        "a negative number has no real fractional power, be it infinite",
        7,
        lambda c: c.named("x**", "power") and c.point[0] == -inf and (c.is_torch or c.is_jax),
    ),
    Convention(
        "0 to a negative power",
        "±∞, also the derivative by the exponent, xᵖ ln x (PyTorch); eagerly refused",
        "JAX: ∞·0 = NaN",
        "that is the limit",
        84,
        lambda c: c.named("0**", "power") and c.is_torch and isinf(c.ours),
    ),
    Convention(
        "by the exponent at 0",
        "xᵖ ln x and what follows is 0 at x = 0 for p ≥ 0 (JAX)",
        "PyTorch: the first is 0, the second 0·∞ = NaN",
        "the limit for p > 0; at p = 0 both libraries agree on 0",
        123,
        lambda c: c.named("0**", "power") and c.ours == 0 and c.is_jax,
    ),
    Convention(
        "by base and exponent",
        "the formula's value (JAX)",
        "PyTorch: a mask that is right for p = 0 cuts off what depends on p",
        "(p xᵖ⁻¹)′ = xᵖ⁻¹ + p xᵖ⁻¹ ln x is 1/x at p = 0, not 0",
        42,
        lambda c: c.named("power") and c.is_jax and len(set(c.path)) == 2,
    ),
    Convention(
        "0·(−∞) in a loss",
        "a class without weight does not count, whatever its score: the loss is finite, or ∞",
        "PyTorch and JAX with probabilities as targets: NaN (with class numbers as we do)",
        "masked classes have scores of −∞ and targets of 0",
        13,
        lambda c: (
            c.named("cross_entropy", "kl_divergence", "binary") and _neither(c) and c.path == ()
        ),
    ),
    Convention(
        "beside an infinite score",
        "its own share is NaN, that of all finite scores 0",
        "NaN in the whole row",
        "the limit, and what both libraries give for the gradient of logsumexp",
        31,
        lambda c: c.named(*BY_ROWS) and _has_inf(c) and _neither(c),
    ),
    Convention(
        "scores above 1e15",
        "z − log Σ eᶻ has lost the logarithm of the number of ties: log K is less than a digit",
        "the row is shifted by its maximum first",
        "the shift would cost a pass in every step, and the gradient, p − y, is exact",
        7,
        lambda c: c.named(*BY_ROWS) and _huge(c) and c.path == (),
    ),
    Convention(
        "logsumexp of huge numbers",
        "its gradient is the softmax (JAX)",
        "PyTorch: exp(x − y) of a rounded y, so that the gradient does not sum to 1",
        "the gradient is a distribution",
        18,
        lambda c: c.named("logsumexp") and c.is_jax,
    ),
    Convention(
        "an overflow on the way",
        "0, the limit; or ±∞, where the result is too large",
        "∞·0 = NaN, in PyTorch, in JAX or in both: 1/b², x²",
        "of two formulas for one derivative the one that overflows later",
        22,
        lambda c: (_huge(c) or c.named("mish")) and not isnan(c.ours),
    ),
    Convention(
        "∞ as an argument of a loss",
        "what the formula gives in the order in which its docstring has it (JAX)",
        "PyTorch divides by the variance, multiplies the mask of hinge by z, or −∞ by 0: NaN",
        "each is one of the two",
        153,
        lambda c: c.named("hinge", "gaussian_nll", "binary") and c.is_jax,
    ),
    Convention(
        "∞ − ∞",
        "is NaN, and so are a loss of an infinite output with an infinite or a soft target and its "
        "derivatives",
        "a comparison with NaN picks a side: 0; JAX's cross-entropy is a sum of products, so ∞",
        "there is no number to give",
        11,
        lambda c: c.named("l1", "huber loss", "hinge", "binary") and _has_inf(c) and isnan(c.ours),
    ),
    Convention(
        "softplus above 20",
        "log(1 + eˣ)",
        "PyTorch: x, whose second derivative is 0",
        "the value is the same to 9 digits, but not the derivative of its derivative",
        3,
        lambda c: c.named("softplus") and c.torch == 0 and abs(c.ours - c.jax) <= ROUNDING,
    ),
    Convention(
        "−∞ in a window of one",
        "the place gets the gradient (PyTorch)",
        "JAX begins with −∞ and finds no place",
        "a maximum stands somewhere",
        2,
        lambda c: c.named("b · max_pool") and c.is_torch,
    ),
]
