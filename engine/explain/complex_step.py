"""A primitive at complex numbers: what the complex step needs.

f(x + ih) = f(x) + ih f′(x) + … holds where f is analytic. Where NumPy's own function is not, the
primitive's row has a form that is.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.exceptions import ComplexWarning
from numpy.typing import NDArray

from engine.errors import DomainError
from engine.tensor import Op

Numbers = NDArray[Any]
"""An array of real or of complex numbers."""


def evaluate(op: Op, inputs: Sequence[Numbers], attrs: Mapping[str, Any]) -> Numbers:
    """The value of a primitive at complex inputs; one without gradient counts as real.

    Raises:
        DomainError: it does not take complex numbers, or loses their imaginary part.

    >>> from engine.tensor import OPS
    >>> evaluate(OPS["relu"], [np.array([2 + 1j, -2 + 1j])], {}).tolist()
    [(2+1j), 0j]
    """
    flows = [op.vjp(i) is not None for i in range(len(inputs))]
    given = [np.asarray(x, complex) if f else x.real for x, f in zip(inputs, flows, strict=True)]
    advice = f"Give the row of {op.name!r} a complex_value."
    try:
        with np.errstate(all="ignore"), catch_warnings():
            simplefilter("error", ComplexWarning)
            value = np.asarray((op.complex_value or op.value)(*given, **attrs))
    except (TypeError, ValueError, ComplexWarning) as error:
        raise DomainError(
            f"complex step: expected {op.name} to take complex numbers, got {error}. {advice}"
        ) from error
    if any(flows) and value.dtype.kind != "c":
        raise DomainError(
            f"complex step: expected {op.name} to give complex numbers, got {value.dtype}. {advice}"
        )
    return value
