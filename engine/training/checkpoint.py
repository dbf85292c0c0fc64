"""A training on disk: saved whole, and gone on with bit for bit by one that is built alike."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DltutorError, FileError
from engine.training.files import PathLike, read, write
from engine.training.loop import Loop
from engine.training.optimizer_state import Snapshot


def save_checkpoint(loop: Loop, path: PathLike) -> None:
    """Write the whole state to one npz file, all or nothing; a file that is there is replaced.

    Numbers that are hyperparameters are in it; of a schedule only that there is one. The model, the
    loss and the data are not.

    >>> from tempfile import TemporaryDirectory
    >>> from engine.parameters import ParamSpec
    >>> from engine.training.player import Player
    >>> player = Player(ParamSpec({"w": (1,)}), np.ones(1), lambda p, x: p["w"].sum(), "sgd")
    >>> first, second = (
    ...     Loop("demo", [player], {"x": np.ones(1)}, batch=1, rng=np.random.default_rng(0))
    ...     for _ in range(2))
    >>> first.run((0,), 3)
    >>> with TemporaryDirectory() as folder:
    ...     save_checkpoint(first, f"{folder}/run.npz")
    ...     load_checkpoint(second, f"{folder}/run.npz")
    >>> second.states[0]
    OptimizerState(1 parameters, sgd(lr=0.1), 3 updates made)

    Raises:
        FileError: the place cannot be written to.
    """
    write(path, {
        "built": _built(loop),
        "hyperparameters": [
            {k: None if callable(v) else v for k, v in state.current.hyperparameters.items()}
            for state in loop.states
        ],
        "snapshot": loop.snapshot(),
    })  # fmt: skip


def load_checkpoint(loop: Loop, path: PathLike) -> None:
    """Go on, bit for bit, from where it was saved on a training that was built alike.

    Hyperparameters that were numbers are taken from the file, and end a schedule of this training;
    one that was under a schedule goes on under the one that this training has.

    Raises:
        FileError: no such file, a damaged one, or one of a training that was built otherwise. The
            training is then as it was.

    >>> load_checkpoint(None, "no such file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    engine.errors.FileError: load: expected a file that save wrote, got ...
    """
    tree = read(path)
    try:
        _require_built_alike(path, tree["built"], _built(loop))
        hyperparameters = tree["hyperparameters"]
        _require_hyperparameters(path, loop, hyperparameters)
        snapshot = tree["snapshot"]
        is_whole = _same_form(snapshot, loop.snapshot()) and _has_order(snapshot)
        deepcopy(loop.rng).bit_generator.state = snapshot["rng"]
    except FileError:
        raise
    except (DltutorError, KeyError, TypeError, ValueError, AttributeError, OverflowError):
        is_whole = False
    if not is_whole:
        raise FileError(f"load: expected a file that save wrote, got {path}, in which numbers are "
                        f"missing or wrong. Save the run again.")  # fmt: skip
    loop.restore(snapshot)
    for state, numbers in zip(loop.states, hyperparameters, strict=True):
        for name, value in numbers.items():
            if value is not None:
                state.set(name, value)


def _built(loop: Loop) -> dict[str, Any]:
    """How a training was built, as far as a file tells, in words and numbers."""
    return {
        "kind": loop.owner,
        "parameters": [{k: list(v) for k, v in s.spec.shapes.items()} for s in loop.states],
        "type": loop.dtype.name,
        "optimizer": [state.rule.name for state in loop.states],
        "data": {k: list(x.shape) for k, x in zip(loop.names, loop.batches.arrays, strict=True)},
        "batch": loop.batches.size,
        "carried": {name: list(value.shape) for name, value in loop.carried.items()},
        "generator": loop.rng.bit_generator.state["bit_generator"],
    }


def _require_built_alike(
    path: PathLike, theirs: Mapping[str, Any], ours: Mapping[str, Any]
) -> None:
    for name, value in ours.items():
        # A mapping's order counts: it is that of the flat vector.
        if repr(theirs[name]) != repr(value):
            raise FileError(f"load: expected a file of a training with {name} = {value}, got "
                            f"{theirs[name]} in {path}. Build the training as the one that was "
                            f"saved.")  # fmt: skip


def _require_hyperparameters(path: PathLike, loop: Loop, numbers: list[Mapping[str, Any]]) -> None:
    """Refuse values that the rules do not have, and a schedule that this training lacks."""
    for state, given in zip(loop.states, numbers, strict=True):
        current = state.current.hyperparameters
        if given.keys() != current.keys():
            raise KeyError(state.rule.name)
        state.rule.check({name: value for name, value in given.items() if value is not None})
        for name, value in given.items():
            if value is None and not callable(current[name]):
                raise FileError(f"load: expected {name} as a number, got a schedule in {path}. "
                                f"Give this training its schedule before.")  # fmt: skip


def _same_form(theirs: Any, ours: Any) -> bool:
    """Whether two trees have the same names, and arrays of the same shapes and types."""
    if isinstance(ours, Mapping):
        return theirs.keys() == ours.keys() and all(_same_form(theirs[k], ours[k]) for k in ours)
    if isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(_same_form, theirs, ours))
    if isinstance(ours, np.ndarray):
        return bool(theirs.shape == ours.shape and theirs.dtype == ours.dtype)
    return type(theirs) is type(ours)


def _has_order(snapshot: Snapshot) -> bool:
    """Whether the order is one of the rows, the place lies in it, and updates were counted."""
    order: Array = snapshot["order"]
    counts = [part["t"].item() for part in snapshot["players"]]
    return (
        np.array_equal(np.sort(order), np.arange(len(order)))
        and 0 <= snapshot["cursor"] < len(order)
        and all(count >= 0 and count == int(count) for count in counts)
    )
