"""The curvature of a loss at the current parameters: the Hessian, and its extreme eigenvalues.

A product H v costs about as much as three gradients, and never needs H itself; the two methods
that find eigenvalues know H only through such products, v (n,) to H v (n,).

Gradient descent on a quadratic converges when η < 2/λmax, λmax the largest eigenvalue of H.
`lanczos` finds that one; `power_iteration` finds the one of largest magnitude, which is another
where the loss curves down more steeply than up.

Sources: Pearlmutter 1994, Fast exact multiplication by the Hessian; LeCun, Simard & Pearlmutter
1993, Automatic learning rate maximization by on-line estimation of the Hessian's eigenvectors;
Golub & Van Loan 2013, Matrix Computations, sections 8.2.1 and 10.1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError, unknown
from engine.linalg.norms import length
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor
from engine.validate import integer, scalar

Product = Callable[[Array], Array]
"""v (n,) to H v (n,), H symmetric."""

LARGEST_HESSIAN = 2000
"""Parameters for which `hessian` still writes the matrix out: 32 MB of numbers."""


class HessianProduct:
    """v → H v, H = ∂²y/∂w², compiled once; each call reads the current parameters.

    The arrays of w and of every other leaf (the data) are bound, not copied: write into them
    (`w.value[...] = …`) and the next call gives the new Hessian. A new array in their place is not
    seen.

    Args:
        y: one number, shape (), computed from w.
        w: a leaf of any shape with n ≥ 1 numbers.

    Raises:
        ShapeError: y holds more than one number.
        DomainError: w was computed, so that there is nothing to write into; or it is empty.

    >>> w = Tensor([1.0, 2.0])
    >>> product = HessianProduct((w * w * w).sum(), w)
    >>> product(np.ones(2)).tolist()
    [6.0, 12.0]
    >>> w.value[...] = 0.0, 1.0
    >>> product(np.ones(2)).tolist()
    [0.0, 6.0]

    Source: Pearlmutter 1994, here as the gradient of ∇y · v.
    """

    def __init__(self, y: Tensor, w: Tensor) -> None:
        if w.op is not None or not w.size:
            came = f"one computed by {w.op.name}" if w.op else "an empty one"
            raise DomainError(
                f"HessianProduct: expected w to be a leaf of ≥ 1 numbers, got {came}."
            )
        self._shape, self.size = w.shape, w.size
        v = Tensor(np.zeros_like(w.value), "v")
        (g,) = grad(y, [w])
        self._program = Program([v], grad((g * v).sum(), [w]))

    def __call__(self, v: Array) -> Array:
        """H v, a fresh array (n,); the numbers of w are counted row by row.

        Raises:
            ShapeError: v is not of shape (n,).
        """
        if np.shape(v) != (self.size,):
            raise ShapeError(
                f"HessianProduct: expected v of shape ({self.size},), got {np.shape(v)}."
            )
        (h,) = self._program(np.reshape(v, self._shape))
        return h.flatten()  # a copy: the program writes over its own array at the next call


def hessian(y: Tensor, w: Tensor) -> Array:
    """All second derivatives ∂²y/∂wᵢ∂wⱼ at the current parameters: n products with unit vectors.

    Given as computed, not symmetrized: H is symmetric but for rounding, and a larger asymmetry
    would be the sign of a wrong derivative. `np.linalg.eigvalsh` reads one triangle of it.

    Args:
        y: one number, shape (), computed from w.
        w: a leaf of any shape with 1 ≤ n ≤ 2000 numbers, counted row by row.

    Returns:
        (n, n).

    Raises:
        ShapeError: y holds more than one number.
        DomainError: too many parameters; or w was computed, or is empty.

    >>> w = Tensor([3.0, 5.0])
    >>> hessian(w[0] * w[0] * w[1], w).tolist()
    [[10.0, 6.0], [6.0, 0.0]]
    """
    if w.size > LARGEST_HESSIAN:
        raise DomainError(
            f"hessian: expected at most {LARGEST_HESSIAN} parameters, got {w.size}. Use "
            "HessianProduct and lanczos: they never write the matrix out."
        )
    product = HessianProduct(y, w)
    return np.stack([product(unit) for unit in np.eye(product.size)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class PowerStep:
    """A step of the power iteration: a unit vector v (n,), and how nearly H v = λ v.

    `eigenvalue` is the Rayleigh quotient λ = v · H v. `residual` is ‖H v − λ v‖: some eigenvalue
    of H is no farther from λ than that. `step` counts products, from 1.
    """

    step: int
    eigenvalue: float
    residual: float
    vector: Array


def power_iteration(
    product: Product, size: int, *, rng: np.random.Generator
) -> Iterator[PowerStep]:
    """Multiply again and again: v ← H v / ‖H v‖ turns to the eigenvalue of largest magnitude.

    With |λ₁| > |λ₂| ≥ … each step multiplies the tangent of the angle between v and the eigenvector
    of λ₁ by |λ₂/λ₁| at most, and in the end the error of λ by the square of that. A pair λ₁ = −λ₂
    never settles, and its residual tells.

    Args:
        product: v (n,) to H v (n,), H symmetric.
        size: n ≥ 1.
        rng: draws the first direction.

    Returns:
        Steps without end; the last one only when H v = 0.

    Raises:
        DomainError: size < 1, or a product that is not finite (the loss diverged).
        ShapeError: a product of another shape.

    >>> H = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> steps = power_iteration(lambda v: H @ v, 2, rng=np.random.default_rng(1))
    >>> [round(next(steps).eigenvalue, 3) for _ in range(5)]
    [2.715, 2.964, 2.996, 3.0, 3.0]

    Source: Golub & Van Loan 2013, section 8.2.1; LeCun, Simard & Pearlmutter 1993 for a network.
    """
    return _power_steps(product, _start("power_iteration", size, rng))


def _power_steps(product: Product, v: Array) -> Iterator[PowerStep]:
    for step in count(1):
        h = _checked("power_iteration", step, product(v), v)
        eigenvalue, size = float(v @ h), length(h)
        yield PowerStep(step, eigenvalue, length(h - eigenvalue * v), v)
        if not size:
            return
        v = h / size


@dataclass(frozen=True, slots=True)
class LanczosStep:
    """A step of Lanczos: what k products say about both ends of the spectrum of H.

    `largest` and `smallest` are the extreme eigenvalues of the (k, k) tridiagonal matrix T with
    `alphas` on its diagonal and the first k − 1 of `betas` beside it: λmin ≤ smallest ≤ largest
    ≤ λmax, and each step moves them outwards. `residual` is β_k |s_k|, s_k the last entry of the
    eigenvector of T that belongs to `largest`: some eigenvalue of H is no farther from it.
    """

    step: int
    largest: float
    smallest: float
    residual: float
    alphas: tuple[float, ...]
    betas: tuple[float, ...]


def lanczos(product: Product, size: int, *, rng: np.random.Generator) -> Iterator[LanczosStep]:
    """The best estimates of λmin and λmax that lie in the span of q, H q, H² q, …

    β_k q_{k+1} = H q_k − α_k q_k − β_{k−1} q_{k−1}; T = Qᵀ H Q holds the α and β. Every new vector
    is made orthogonal to all earlier ones, twice: without that rounding brings found eigenvectors
    back, and T shows them many times over.

    Args:
        product: v (n,) to H v (n,), H symmetric.
        size: n ≥ 1.
        rng: draws the first direction.

    Returns:
        At most n steps, fewer when β_k is zero but for rounding: then the span holds H q_k as well,
        and the values of T are eigenvalues of H. A multiple eigenvalue is found once.

    Raises:
        DomainError: size < 1, or a product that is not finite (the loss diverged).
        ShapeError: a product of another shape.

    >>> H = np.diag([-5.0, 1.0, 3.0])
    >>> *_, last = lanczos(lambda v: H @ v, 3, rng=np.random.default_rng(0))
    >>> last.step, round(last.smallest, 9), round(last.largest, 9)
    (3, -5.0, 3.0)

    Source: Golub & Van Loan 2013, sections 10.1 and 10.3 (complete reorthogonalization).
    """
    return _lanczos_steps(product, _start("lanczos", size, rng))


def _lanczos_steps(product: Product, q: Array) -> Iterator[LanczosStep]:
    size, basis = len(q), q[None]  # (k, n)
    alphas: tuple[float, ...] = ()
    betas: tuple[float, ...] = ()
    for step in range(1, size + 1):
        r = _checked("lanczos", step, product(q), q)
        alphas = (*alphas, float(q @ r))
        for _ in range(2):
            r = r - basis.T @ (basis @ r)
        beta = length(r)
        tridiagonal = np.diag(alphas) + np.diag(betas, 1) + np.diag(betas, -1)
        values, vectors = np.linalg.eigh(tridiagonal)
        betas = (*betas, beta)
        residual = beta * abs(float(vectors[-1, -1]))
        yield LanczosStep(step, float(values[-1]), float(values[0]), residual, alphas, betas)
        scale = max(map(abs, (*alphas, *betas)))
        if beta <= 10 * size * np.finfo(np.float64).eps * scale:
            return
        q = r / beta
        basis = np.vstack([basis, q])


@dataclass(frozen=True, slots=True)
class Eigenvalue:
    """An eigenvalue of H, how sure it is, and what it cost.

    Some eigenvalue of H is no farther from `value` than `residual`. `steps` counts products.
    `converged` is false when the limit came first: then `value` is only the best so far.
    """

    value: float
    residual: float
    steps: int
    converged: bool


METHODS = ("lanczos", "power")


def top_eigenvalue(
    product: Product,
    size: int,
    *,
    rng: np.random.Generator,
    method: str = "lanczos",
    tolerance: float = 1e-9,
    limit: int = 500,
) -> Eigenvalue:
    """The eigenvalue at the top of the spectrum, by one of two methods that mean two things by it.

    "lanczos" gives the largest, λmax, the one that 2/η is compared with. "power" gives the one of
    largest magnitude, which may be negative.

    Args:
        product: v (n,) to H v (n,), H symmetric.
        size: n ≥ 1.
        rng: draws the first direction.
        method: "lanczos" or "power".
        tolerance: stop when the residual is at most tolerance·|λ|, tolerance > 0.
        limit: the most products, ≥ 1.

    Raises:
        UnknownNameError: no such method.
        DomainError: a setting outside its domain, or a product that is not finite.
        ShapeError: a product of another shape.

    >>> w = Tensor([1.0, 1.0])
    >>> product = HessianProduct(w[0] * w[0] - 3 * w[1] * w[1], w)
    >>> for method in ("lanczos", "power"):
    ...     found = top_eigenvalue(product, 2, rng=np.random.default_rng(0), method=method)
    ...     print(f"{found.value:.6f}")
    2.000000
    -6.000000
    """
    if method not in METHODS:
        raise unknown("method of finding eigenvalues", method, METHODS)
    tolerance = scalar("top_eigenvalue", "tolerance", tolerance, above=0, infinite=True)
    limit = integer("top_eigenvalue", "limit", limit, low=1)
    found = Eigenvalue(0.0, np.inf, 0, False)
    for found in _estimates(method, product, size, rng):
        sure = found.residual <= tolerance * abs(found.value)
        if sure or found.steps == limit:
            return Eigenvalue(found.value, found.residual, found.steps, sure)
    # The method ended by itself: nothing is left to find, even where λ = 0 has no relative error.
    return Eigenvalue(found.value, found.residual, found.steps, True)


def _estimates(
    method: str, product: Product, size: int, rng: np.random.Generator
) -> Iterator[Eigenvalue]:
    if method == "power":
        for a in power_iteration(product, size, rng=rng):
            yield Eigenvalue(a.eigenvalue, a.residual, a.step, False)
    else:
        for b in lanczos(product, size, rng=rng):
            yield Eigenvalue(b.largest, b.residual, b.step, False)


def _start(name: str, size: int, rng: np.random.Generator) -> Array:
    """A unit vector (n,) in a direction that prefers none."""
    v = rng.standard_normal(integer(name, "size", size, low=1))
    return v / np.linalg.norm(v)


def _checked(name: str, step: int, h: Array, v: Array) -> Array:
    """H v, if it can be worked with."""
    if h.shape != v.shape:
        raise ShapeError(f"{name}: expected H v of shape {v.shape}, got {h.shape}.")
    finite = np.isfinite(h)
    if not finite.all():
        raise DomainError(
            f"{name}: expected a finite H v, got {h[~finite][0]} in product {step}. Go back to "
            "parameters at which the loss is finite."
        )
    return h
