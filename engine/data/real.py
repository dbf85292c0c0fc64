"""Real measurements, shipped with the program so that it works without a network.

Source, authors and license of each: LICENSE-DATA.md in this folder.
"""

from importlib import resources

import numpy as np

from engine.array import Array
from engine.data.dataset import DataSet


def iris() -> DataSet:
    """150 iris flowers of three species by four lengths in cm; setosa stands apart, two overlap.

    Returns:
        x (150, 4); y one-hot (150, 3), 50 flowers a species.

    >>> iris().class_names
    ('setosa', 'versicolor', 'virginica')

    Source: Fisher 1936, doi 10.24432/C56C76.
    """
    stored = _stored("iris")
    return DataSet(
        "iris",
        stored["features"].astype(np.float64),
        _one_hot(stored["labels"], 3),
        _names(stored["feature_names"]),
        _names(stored["label_names"]),
        "classification",
    )


def breast_cancer() -> DataSet:
    """569 tumors by 30 measurements of their cell nuclei; a hyperplane parts them exactly.

    Returns:
        x (569, 30); y (569, 1): 0 malignant (212), 1 benign (357).

    >>> data = breast_cancer()
    >>> data.class_names, int(data.y.sum())
    (('malignant', 'benign'), 357)

    Source: Wolberg, Mangasarian, Street & Street 1995, doi 10.24432/C5DW2B.
    """
    stored = _stored("breast_cancer")
    return DataSet(
        "breast cancer",
        stored["features"].astype(np.float64),
        stored["labels"].astype(np.float64)[:, None],
        _names(stored["feature_names"]),
        _names(stored["label_names"]),
        "classification",
    )


def digits() -> DataSet:
    """1797 handwritten digits of 8 × 8 pixels, ink from 0 to 16, row by row from the top left.

    Returns:
        x (1797, 64), so `x.reshape(-1, 8, 8)` gives the images; y one-hot (1797, 10).

    >>> data = digits()
    >>> data.x.shape, data.y.shape, data.x.max()
    ((1797, 64), (1797, 10), np.float64(16.0))

    Source: Alpaydin & Kaynak 1998, doi 10.24432/C50P49.
    """
    stored = _stored("digits")
    images = stored["images"].astype(np.float64)
    return DataSet(
        "digits",
        images.reshape(len(images), -1),  # (N, H·W)
        _one_hot(stored["labels"], 10),
        tuple(f"row {row} column {column}" for row in range(1, 9) for column in range(1, 9)),
        tuple(str(digit) for digit in range(10)),
        "classification",
    )


def _stored(name: str) -> dict[str, Array]:
    """All arrays of one archive of this folder, read while the file is open."""
    with (
        resources.files("engine.data").joinpath(f"{name}.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        return dict(archive)


def _one_hot(labels: Array, k: int) -> Array:
    """(N,) integers below k → (N, k) rows of the identity."""
    return np.eye(k)[labels.astype(np.intp)]


def _names(stored: Array) -> tuple[str, ...]:
    return tuple(str(name) for name in stored)
