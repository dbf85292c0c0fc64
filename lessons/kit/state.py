"""State as a value: what the future of an experiment depends on, copied, restored and hashed."""

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.tensor import Tensor

State = Mapping[str, Any]
"""Named arrays, numbers, strings and mappings of these."""


@runtime_checkable
class Stateful(Protocol):
    """Something that can copy and restore its own state, such as a `Training`."""

    def snapshot(self) -> State:
        """The whole state, copied."""

    def restore(self, state: State) -> None:
        """Return to a snapshot, bit for bit."""


def copy_state(value: object) -> object:
    """A copy of one part of the state.

    >>> copy_state(deque([1, 2]))
    deque([1, 2])
    """
    if isinstance(value, np.random.Generator):
        return deepcopy(value.bit_generator.state)
    if isinstance(value, Tensor):
        return np.array(value.value)
    if isinstance(value, Stateful):
        return value.snapshot()
    if isinstance(value, Mapping):
        return {name: copy_state(item) for name, item in value.items()}
    return deepcopy(value)


def restore_state(now: object, kept: Any) -> object:
    """Restore one part of the state, whose present value is `now`, from its copy `kept`.

    Generators, tensors and `Stateful` objects are restored in place, since others refer to them.
    """
    if isinstance(now, np.random.Generator):
        now.bit_generator.state = deepcopy(kept)
    elif isinstance(now, Tensor):
        now.value[...] = kept
    elif isinstance(now, Stateful):
        now.restore(kept)
    elif isinstance(now, Mapping):
        return {name: restore_state(now.get(name), item) for name, item in kept.items()}
    else:
        return deepcopy(kept)
    return now


def fingerprint(state: object) -> str:
    """A hash of a whole state: equal exactly when every bit of the state is equal.

    >>> fingerprint({"w": np.zeros(2)}) == fingerprint({"w": np.zeros(2)})
    True
    >>> fingerprint({"w": np.zeros(2)}) == fingerprint({"w": -np.zeros(2)})
    False
    """
    digest = sha256()

    def add(value: object) -> None:
        if isinstance(value, Mapping):
            digest.update(f"{{{len(value)};".encode())
            for key in sorted(value):
                digest.update(f"{key!r}:".encode())
                add(value[key])
        elif isinstance(value, np.ndarray):
            digest.update(f"{value.dtype.str}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, list | tuple | deque):
            digest.update(f"[{len(value)};".encode())
            for item in value:
                add(item)
        else:
            digest.update(f"{value!r};".encode())

    add(state)
    return digest.hexdigest()[:32]
