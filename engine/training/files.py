"""A snapshot as a file: NumPy's npz with a JSON text inside, no pickle, written all or nothing."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from engine.errors import FileError

PathLike = str | os.PathLike[str]
"""Where a file lies."""

TEXT = "json"
"""The archive's entry that holds all but the arrays, and says where each of them belongs."""


def write(path: PathLike, tree: Mapping[str, Any]) -> None:
    """Write mappings and lists of arrays, numbers and texts; a file that is there is replaced.

    It is written beside its place and then moved there, so that a crash leaves the old file whole.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(f"{folder}/a.npz", {"w": np.ones(2), "of": ["sgd", 1]})
    ...     read(f"{folder}/a.npz")
    {'w': array([1., 1.]), 'of': ['sgd', 1]}

    Raises:
        FileError: the place cannot be written to.
    """
    arrays: dict[str, Any] = {}
    text = json.dumps(_without_arrays(tree, "", arrays))
    place, beside = Path(path), None
    try:
        if not place.name:
            raise OSError(0, "it names no file")
        # A name of its own: several threads may save to one place.
        beside = place.with_name(f".{place.name}.{uuid4().hex}.tmp")
        with beside.open("xb") as file:
            np.savez(file, allow_pickle=False, **{TEXT: np.array(text)}, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except (OSError, ValueError) as error:
        if beside:
            with suppress(OSError, ValueError):
                beside.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"save: expected a file that can be written, got {str(place)!r} "
                        f"({reason}). Name another one.") from error  # fmt: skip


def read(path: PathLike) -> dict[str, Any]:
    """What `write` was given.

    >>> read("no such file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    engine.errors.FileError: load: expected a file that save wrote, got ...

    Raises:
        FileError: there is no such file, or it is not one that `write` wrote, whole.
    """
    try:
        # Of a damaged file that it opened itself, NumPy leaves the handle open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            tree = _with_arrays(json.loads(str(archive[TEXT])), archive)
            if not isinstance(tree, dict):
                raise TypeError("no mapping")
            return tree
    except FileNotFoundError:
        raise FileError(f"load: expected a file that save wrote, got {path}, which does not "
                        f"exist. Name another one.") from None  # fmt: skip
    except Exception as error:  # a damaged archive may raise anything from zipfile, NumPy or json
        raise FileError(
            f"load: expected a file that save wrote, got {path}, which is damaged or of another "
            f"kind. Name another one, or save the run again."
        ) from error


def _without_arrays(tree: Any, path: str, arrays: dict[str, Any]) -> Any:
    """The tree with each array moved to `arrays`, and its name there in its place."""
    if isinstance(tree, np.ndarray):
        arrays[path] = tree
        return {"array": path}
    parts = {name: _without_arrays(part, f"{path}/{name}" if path else str(name), arrays)
             for name, part in _parts(tree)}  # fmt: skip
    if isinstance(tree, Mapping):
        return {"mapping": parts}
    return list(parts.values()) if isinstance(tree, list | tuple) else tree


def _parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, Mapping):
        yield from tree.items()
    elif isinstance(tree, list | tuple):
        yield from enumerate(tree)


def _with_arrays(tree: Any, arrays: Mapping[str, Any]) -> Any:
    """The inverse of `_without_arrays`."""
    if isinstance(tree, list):
        return [_with_arrays(part, arrays) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        return arrays[tree["array"]]
    return {name: _with_arrays(part, arrays) for name, part in tree["mapping"].items()}
