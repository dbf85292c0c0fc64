"""Embedding: words, or anything else that is only counted, as vectors that are learned."""

import numpy as np

from engine.errors import DomainError, ShapeError
from engine.primitives.packs import gather
from engine.tensor import Tensor


def embedding(ids: Tensor, table: Tensor) -> Tensor:
    """Row number id of a table, for each id: the product of a one-hot row with it, without zeros.

    A row's gradient is the sum of all that came to it; rows that nobody asked for get none.

    Args:
        ids: (…) integers 0 ≤ id < K, such as (N, T) words.
        table: (K, D).

    Returns:
        (…, D).

    Raises:
        ShapeError: the table is not (K, D) with K ≥ 1.
        DomainError: an id is not an integer or has no row. A compiled step does not look again:
            there a number is cut off to a whole one, and to the nearest row.

    >>> table = Tensor([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]])
    >>> embedding(Tensor([2, 0, 2]), table).value.tolist()
    [[2.0, 2.5], [0.0, 0.5], [2.0, 2.5]]

    Source: Bengio et al. 2003, A neural probabilistic language model, section 2.
    """
    if table.ndim != 2 or not table.shape[0]:
        raise ShapeError(
            f"embedding: expected a table of shape (K, D) with K ≥ 1, got {table.shape}."
        )
    count, x = table.shape[0], ids.value
    wrong = ~((x >= 0) & (x < count) & (x == np.rint(x)))  # NaN is wrong as well
    if wrong.any():
        raise DomainError(f"embedding: expected integers 0 ≤ id < {count}, got "
                          f"{x[wrong].flat[0]:g}.")  # fmt: skip
    return gather(table, ids)
