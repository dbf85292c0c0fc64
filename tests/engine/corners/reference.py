"""What PyTorch and JAX give on the grid, written to `references.npz`.

Run by hand, with both installed beside the project, and again whenever the grid changes:

    pip install torch jax optax && python -m tests.engine.corners.reference

The file holds for every case its points, and for every path what PyTorch and what JAX give there
(float64; JAX's losses are those of optax), with the versions that were asked. Neither library is
needed to run the tests.
"""

from typing import Any

import numpy as np

from tests.engine.corners import in_jax, in_torch
from tests.engine.corners.grid import CASES, REFERENCES, Case


def derivatives(case: Case, library: Any) -> np.ndarray:
    """(paths, points): the library's value and derivatives of a case."""
    f = library.FUNCTIONS[case.name]
    if not case.alone:
        return library.derivatives(f, case.points, case.paths)
    columns = [library.derivatives(f, point[None], case.paths) for point in case.points]
    return np.concatenate(columns, axis=1)


def main() -> None:
    """Ask both libraries about every case and write the file."""
    points = {f"points of {case.name}": case.points for case in CASES}
    answers = {
        case.name: np.stack([derivatives(case, library) for library in (in_torch, in_jax)])
        for case in CASES
    }
    versions = np.array([in_torch.VERSION, in_jax.VERSION])
    np.savez_compressed(REFERENCES, versions=versions, **points, **answers)


if __name__ == "__main__":
    main()
