"""What every simulation offers: steps, numbers, pictures, and its whole state as a value."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import numpy as np

from lessons.kit.knobs import Settings
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Picture

Status = Literal["running", "converged", "diverged"]
State = Mapping[str, Any]
"""Named arrays, numbers, texts and mappings of these; together all that the future depends on."""


class AbstractSimulation(ABC):
    """One experiment, built from the knobs' values and a seeded generator.

    `stride` says after how many steps the numbers are recorded, and `unit` what one step is called.
    """

    stride: int = 1
    unit: str = "step"

    @abstractmethod
    def step(self, count: int = 1) -> None:
        """Make `count` steps."""

    @abstractmethod
    def metrics(self) -> Mapping[str, float]:
        """The numbers worth recording now, by name."""

    @abstractmethod
    def snapshot(self) -> State:
        """The whole state, copied."""

    @abstractmethod
    def restore(self, state: State) -> None:
        """Go back to a snapshot, bit for bit."""

    @abstractmethod
    def turn(self, settings: Settings) -> None:
        """Take the new values of the knobs that do not rebuild."""

    @abstractmethod
    def pictures(self) -> tuple[Picture, ...]:
        """What there is to see now, the most telling picture first."""

    def oracles(self) -> tuple[Oracle, ...]:
        """Predictions beside measurements."""
        return ()

    def status(self) -> Status:
        """Whether there is anything left to do."""
        return "running"


def fingerprint(state: State) -> str:
    """A hash of a whole state: equal exactly when every bit of it is.

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
        elif isinstance(value, list | tuple):
            digest.update(f"[{len(value)};".encode())
            for item in value:
                add(item)
        else:
            digest.update(f"{value!r};".encode())

    add(state)
    return digest.hexdigest()[:32]
