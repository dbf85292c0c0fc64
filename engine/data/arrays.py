"""Arrays from an npz file that nobody vouches for: its headers are read before any number is."""

import zipfile
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.errors import FileError


def read_arrays(path: Path, names: Sequence[str], most_bytes: int) -> list[Array]:
    """The arrays of those names, of finite numbers, as float64.

    Args:
        path: a file as `numpy.savez` writes it.
        names: of the arrays.
        most_bytes: that they may take together.

    Raises:
        FileError: no such file, no archive, an array that is missing, too large, or holds
            something else; names the array, and the place and value of a number that is not finite,
            or an integer too large for float64.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(Path(folder) / "own.npz", x=[[1, 2]], y=[0])
    ...     [x.tolist() for x in read_arrays(Path(folder) / "own.npz", ("x", "y"), 10**6)]
    [[[1.0, 2.0]], [0.0]]
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _require_room(path, archive, names, most_bytes)
            arrays = [_read(archive, name) for name in names]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            f"{path.name}: expected arrays saved by numpy.savez, got {error}."
        ) from None
    return [_real(path, name, array) for name, array in zip(names, arrays, strict=True)]


def _require_room(
    path: Path, archive: zipfile.ZipFile, names: Sequence[str], most_bytes: int
) -> None:
    """Neither what the archive nor what an array says of its own size may be too large."""
    sizes = [sum(part.file_size for part in archive.infolist())]
    for name in names:
        if f"{name}.npy" not in archive.namelist():
            raise FileError(f"{path.name}: expected arrays {' and '.join(names)}, got no {name}.")
        with archive.open(f"{name}.npy") as file:
            shape, dtype = _header(file)
        if dtype.kind not in "fiub":
            raise FileError(f"{path.name}: expected numbers in {name}, got {dtype}.")
        sizes.append(prod(shape) * dtype.itemsize)
    if max(sizes) > most_bytes:
        raise FileError(f"{path.name}: expected at most {most_bytes // 10**6} MB unpacked, got "
                        f"{max(sizes) // 10**6} MB.")  # fmt: skip


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type, as the first bytes of an array tell them."""
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in read:
        raise ValueError(f"an array of version {version[0]}.{version[1]}")
    try:
        shape, _, dtype = read[version](file)
    except ValueError:
        shape, dtype = (-1,), np.dtype(float)
    if min(shape, default=0) < 0:
        raise ValueError("an array whose header cannot be read")
    return shape, dtype


def _read(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(f"{name}.npy") as file:
        array: Array = np.lib.format.read_array(file, allow_pickle=False)
        return array


def _real(path: Path, name: str, array: Array) -> Array:
    """As float64, which holds integers up to 2⁵³ exactly and numbers up to 1.8e308."""
    with np.errstate(over="ignore"):
        real = array.astype(np.float64)
    _refuse(path, name, array, ~np.isfinite(real), "finite numbers below 1.8e308")
    if array.dtype.kind in "iu":
        # Compared from below: 2⁵³ itself may have come from rounding.
        _refuse(path, name, array, np.abs(real) >= 2.0**53, "integers below 2⁵³")
    return real


def _refuse(path: Path, name: str, array: Array, wrong: NDArray[np.bool_], wanted: str) -> None:
    places = np.argwhere(wrong)
    if len(places):
        index = tuple(map(int, places[0]))
        raise FileError(f"{path.name}: expected {wanted}, got {array[index]} at "
                        f"{name}{list(index)}.")  # fmt: skip
