"""Eigenvalues of any real matrix, complex pairs included: A = Q T Qᵀ, by Francis's double step.

T is upper triangular but for 2 × 2 blocks on its diagonal; each block holds a pair a ± bi.

Sources: Francis 1961 and 1962; Golub & Van Loan 2013, sections 7.4 and 7.5.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.hessenberg import hessenberg
from engine.linalg.norms import length, orthogonality
from engine.linalg.orthogonal import reflector
from engine.linalg.records import EPS, finite_records, last
from engine.scaling import ldexp, scaled
from engine.validate import square

Complex = NDArray[np.complex128]

LIMIT = 60
"""The most double steps for one eigenvalue or pair; three are usual."""


@dataclass(frozen=True, slots=True, eq=False)
class FrancisStep:
    """A double step in rows `rows` (first and last), with both shifts at once, or a deflation.

    `kind` is "chase" or "deflate"; a deflation has no shifts. `coupling` is the subdiagonal entry
    nearest to zero. T (n, n) is the matrix after it.
    """

    step: int
    kind: str
    rows: tuple[int, int]
    shifts: tuple[complex, ...]
    coupling: float
    why: str
    T: Array


@dataclass(frozen=True, slots=True, eq=False)
class Schur:
    """A = Q T Qᵀ; `values` (n,) complex are the eigenvalues in the order of T's diagonal.

    `residual` is max |A Q − Q T| / max |A|, `orthogonality` is max |QᵀQ − I|: the values are exact
    for a matrix that near. How far they moved by that depends on their own condition, which for a
    matrix that is not symmetric may be large.
    """

    values: Complex
    T: Array
    Q: Array
    residual: float
    orthogonality: float
    why: str


def schur_steps(A: ArrayLike) -> Iterator[FrancisStep | Schur]:
    """Chase a bulge down the subdiagonal; the couplings at its end vanish, and the matrix splits.

    Args:
        A: (n, n), any real matrix.

    Returns:
        Steps; the last record is the `Schur`.

    Raises:
        ShapeError: not square.
        DomainError: an eigenvalue did not settle in 60 steps (never seen); NaN; overflow.

    >>> np.sort(schur([[1, 2], [8, 1]]).values.real).round(12).tolist()
    [-3.0, 5.0]
    >>> schur([[0, 1], [-1, 0]]).values.tolist()
    [1j, -1j]

    Source: Golub & Van Loan 2013, algorithms 7.5.1 and 7.5.2.
    """
    return finite_records("schur", _schur_steps(*scaled(square("schur", "A", A))))


def _schur_steps(A: Array, e: int) -> Iterator[FrancisStep | Schur]:
    """For A 2ᵉ."""
    start = hessenberg(A)
    T, Q, scale = start.H.copy(), start.Q.copy(), length(A)
    hi, step, tries = len(A) - 1, 0, 0
    while hi > 0:
        lo = _split(T, hi, scale)
        step, tries = step + 1, tries + 1
        if hi - lo <= 1:
            if hi > lo:
                _straighten(T, Q, lo)
            done = _times(_roots(T, lo, hi), e)
            why = f"rows {lo + 1} to {hi + 1} are done: {_listed(done)}"
            yield FrancisStep(step, "deflate", (lo, hi), (), 0.0, why, np.ldexp(T, e))
            hi, tries = lo - 1, 0
            continue
        if tries > LIMIT:
            raise DomainError(f"schur: expected an eigenvalue in {LIMIT} steps, got none.")
        # By a power of two: products of tiny entries do not vanish.
        block, more = scaled(T[lo : hi + 1, lo : hi + 1])
        total, product = _shifts(block, tries)
        _chase(T, Q, lo, hi, _first(block, total, product))
        shifts = _times(_quadratic_roots(total, product), e + more)
        coupling = ldexp(float(np.abs(np.diag(T, -1))[lo:hi].min()), e)
        why = f"shifts {_listed(shifts)}; the least coupling is {coupling:.2g}"
        yield FrancisStep(step, "chase", (lo, hi), shifts, coupling, why, np.ldexp(T, e))
    residual = float(np.abs(A @ Q - Q @ T).max() / (np.abs(A).max() or 1.0))
    right = orthogonality(Q)
    why = f"A Q is Q T but for {residual:.2g}, QᵀQ is I but for {right:.2g}"
    values = np.array(_times(_values(T), e), dtype=np.complex128)
    yield Schur(values, np.ldexp(T, e), Q, residual, right, why)


def _times(values: Sequence[complex], e: int) -> tuple[complex, ...]:
    """All of them times 2ᵉ."""
    return tuple(complex(ldexp(z.real, e), ldexp(z.imag, e)) for z in values)


def _listed(values: Sequence[complex]) -> str:
    return ", ".join(f"{z.real:.6g}" if not z.imag else f"{z:.6g}" for z in values)


def _split(T: Array, hi: int, scale: float) -> int:
    """The first row of the block that ends at hi; couplings within rounding become zero."""
    for i in range(hi, 0, -1):
        beside = abs(T[i, i]) + abs(T[i - 1, i - 1]) or scale
        if abs(T[i, i - 1]) <= EPS * beside:
            T[i, i - 1] = 0.0
            return i
    return 0


def _shifts(T: Array, tries: int) -> tuple[float, float]:
    """Sum and product of the eigenvalues of the last 2 × 2 block."""
    if tries % 10 == 0:  # walking in a circle: push it out (Golub & Van Loan 2013, section 7.5.6)
        size = abs(float(T[-1, -2])) + abs(float(T[-2, -3]))
        return 1.5 * size, size * size
    a, b, c, d = (float(x) for x in T[-2:, -2:].ravel())
    return a + d, a * d - b * c


def _first(T: Array, total: float, product: float) -> Array:
    """What T² − total T + product I has in its first column: three numbers, zeros below."""
    a, b, c, d, e = T[0, 0], T[0, 1], T[1, 0], T[1, 1], T[2, 1]
    return np.array([a * a + b * c - total * a + product, c * (a + d - total), c * e])


def _chase(T: Array, Q: Array, lo: int, hi: int, first: Array) -> None:
    """One implicit double step in rows lo … hi, at least three of them, in place."""
    for k in range(lo, hi):
        end = min(k + 3, hi + 1)
        v, _ = reflector(first[: end - k])
        T[k:end] -= 2 * np.outer(v, v @ T[k:end])
        T[:, k:end] -= 2 * np.outer(T[:, k:end] @ v, v)
        Q[:, k:end] -= 2 * np.outer(Q[:, k:end] @ v, v)
        if k > lo:
            T[k + 1 : end, k - 1] = 0.0
        first = T[k + 1 : min(k + 4, hi + 1), k].copy()


def _straighten(T: Array, Q: Array, k: int) -> None:
    """Turn a 2 × 2 block with real eigenvalues into a triangle, in place; leave a pair alone."""
    c, d = float(T[k + 1, k]), float(T[k + 1, k + 1])
    roots = _roots(T, k, k + 1)
    if not c or roots[0].imag:
        return
    lam = max((root.real for root in roots), key=lambda root: abs(root - d))
    u = np.array([lam - d, c])  # the eigenvector, from its second row
    u /= length(u)
    J = np.array([[u[0], -u[1]], [u[1], u[0]]])
    T[k : k + 2] = J.T @ T[k : k + 2]
    T[:, k : k + 2] = T[:, k : k + 2] @ J
    Q[:, k : k + 2] = Q[:, k : k + 2] @ J
    T[k + 1, k] = 0.0


def _roots(T: Array, lo: int, hi: int) -> list[complex]:
    """The eigenvalues of a block of one row or two."""
    if lo == hi:
        return [complex(T[lo, lo])]
    a, b, c, d = (float(x) for x in T[lo : hi + 1, lo : hi + 1].ravel())
    if not c:
        return [complex(a), complex(d)]
    block, e = scaled(np.array([a, b, c, d]))  # no square vanishes
    a, b, c, d = block.tolist()
    half = (a - d) / 2
    inside = half * half + b * c
    if inside < 0:
        x, y = ldexp(d + half, e), ldexp(math.sqrt(-inside), e)
        return [complex(x, y), complex(x, -y)]
    z = half + math.copysign(math.sqrt(inside), half)
    other = d - b * c / z if z else d
    return [complex(ldexp(d + z, e)), complex(ldexp(other, e))]


def _quadratic_roots(total: float, product: float) -> list[complex]:
    """The roots of z² − total z + product."""
    return _roots(np.array([[total, -product], [1.0, 0.0]]), 0, 1)


def _values(T: Array) -> list[complex]:
    found: list[complex] = []
    while (k := len(found)) < len(T):
        pair = k + 1 < len(T) and T[k + 1, k] != 0
        found += _roots(T, k, k + 1 if pair else k)
    return found


def schur(A: ArrayLike) -> Schur:
    """A = Q T Qᵀ: the last record of `schur_steps`.

    >>> schur([[5]]).values.tolist()
    [(5+0j)]
    """
    answer = last(schur_steps(A))
    assert isinstance(answer, Schur)
    return answer


def eigenvalues(A: ArrayLike) -> Complex:
    """All eigenvalues of a real matrix, largest size first.

    Args:
        A: (n, n).

    Returns:
        (n,) complex; of a pair the one with positive imaginary part comes first.

    Raises:
        ShapeError: not square.
        DomainError: NaN; overflow.

    >>> eigenvalues([[1, 2], [8, 1]]).real.round(12).tolist()
    [5.0, -3.0]
    """
    values = schur(A).values
    return values[np.argsort(-np.abs(values), kind="stable")]


def spectral_radius(A: ArrayLike) -> float:
    """ρ(A) = max |λ|: x ← A x dies out for every start if and only if ρ < 1.

    Args:
        A: (n, n).

    >>> spectral_radius([[0, 0.5], [-0.5, 0]])
    0.5
    """
    return float(np.abs(schur(A).values).max())
