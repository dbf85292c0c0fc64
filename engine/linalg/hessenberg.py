"""A = Q H Qᵀ with zeros below the first subdiagonal: what the QR algorithm starts from.

Reflections from both sides keep the eigenvalues. A symmetric matrix becomes tridiagonal.

Source: Golub & Van Loan 2013, algorithms 7.4.2 and 8.3.1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.linalg.norms import orthogonality
from engine.linalg.orthogonal import reflector
from engine.linalg.records import finite_records, last
from engine.validate import square


@dataclass(frozen=True, slots=True, eq=False)
class HessenbergStep:
    """Column `column` is zero below its subdiagonal; v (n,) is the mirror of the reflection."""

    step: int
    column: int
    why: str
    v: Array
    H: Array


@dataclass(frozen=True, slots=True, eq=False)
class Hessenberg:
    """A = Q H Qᵀ. `residual` is max |A Q − Q H| / max |A|, `orthogonality` is max |QᵀQ − I|."""

    H: Array
    Q: Array
    residual: float
    orthogonality: float
    why: str


def hessenberg_steps(A: ArrayLike) -> Iterator[HessenbergStep | Hessenberg]:
    """Reflect rows and columns k + 1, … so that column k ends one below the diagonal.

    Args:
        A: (n, n).

    Returns:
        n − 2 steps; the last record is the `Hessenberg`.

    Raises:
        ShapeError: not square.
        DomainError: NaN; overflow.

    >>> hessenberg([[4, 1, 2], [3, 1, 0], [4, 0, 1]]).H[:, 0].round(12).tolist()
    [4.0, -5.0, 0.0]

    Source: Golub & Van Loan 2013, algorithm 7.4.2.
    """
    return finite_records("hessenberg", _hessenberg_steps(square("hessenberg", "A", A)))


def _hessenberg_steps(A: Array) -> Iterator[HessenbergStep | Hessenberg]:
    n, H, Q = len(A), A.copy(), np.eye(len(A))
    for k in range(n - 2):
        v = np.zeros(n)
        v[k + 1 :], alpha = reflector(H[k + 1 :, k])
        H -= 2 * np.outer(v, v @ H)
        H -= 2 * np.outer(H @ v, v)
        Q -= 2 * np.outer(Q @ v, v)
        H[k + 1, k], H[k + 2 :, k] = alpha, 0.0
        why = f"column {k + 1} below the diagonal becomes ({alpha:.4g}, 0, …)"
        yield HessenbergStep(k + 1, k, why, v, H.copy())
    residual = float(np.abs(A @ Q - Q @ H).max() / (np.abs(A).max() or 1.0))
    right = orthogonality(Q)
    yield Hessenberg(H, Q, residual, right, f"A Q is Q H but for {residual:.2g}")


def hessenberg(A: ArrayLike) -> Hessenberg:
    """A = Q H Qᵀ: the last record of `hessenberg_steps`.

    >>> hessenberg([[1, 2], [3, 4]]).H.tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    answer = last(hessenberg_steps(A))
    assert isinstance(answer, Hessenberg)
    return answer
