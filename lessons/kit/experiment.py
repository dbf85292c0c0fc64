"""Experiments: what stands beside the pages. Three kinds: still, walk, process.

A `Still` shows pictures of its knobs and has nothing to play. A `Walk` (in `lessons.kit.walk`) is
an algorithm of the engine that ends, a record a step, backwards too. A `Process` goes on step by
step. Only what an experiment has is written down: knobs and views in the class body, in their
order, the first view being the large one.
"""

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, Self, TypeVar

import numpy as np

from engine.errors import unknown
from lessons.kit.failures import Failure
from lessons.kit.history import History
from lessons.kit.knobs import AbstractKnob
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Picture
from lessons.kit.state import State, fingerprint, keep, put

Status = Literal["running", "converged", "diverged"]
T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Picture])
RESERVED = ("oracles",)
"""Names that a page may stage beside views and charts."""


@dataclass(frozen=True)
class Chart:
    """Recorded numbers as a view of its own, over the steps."""

    title: str
    numbers: tuple[str, ...]
    log: bool = False


class derived(cached_property[T]):  # noqa: N801 - reads as a decorator
    """What follows from knobs and state: computed when looked at, forgotten at each change."""


def view(method: M) -> M:
    """Mark a method as one of the experiment's pictures, computed only while it is seen."""
    method.is_view = True  # type: ignore[attr-defined]
    return method


class AbstractExperiment:
    """Knobs, pictures and, where there is one, a state that moves.

    Class attributes that a lesson may set:

    Attributes:
        charts: name → recorded numbers shown as a view.
        failures: how it goes wrong, by name.
        kept: names of the attributes that the future depends on, besides knobs, steps and `rng`.
        unit: what one step is called.
        stride: numbers are measured every so many steps; may be set by `begin`.
        budget: how many steps a run without a screen makes.

    Raises:
        UnknownNameError, DomainError: a value for no knob, or one that it cannot have.
    """

    knobs: ClassVar[dict[str, AbstractKnob[Any]]] = {}
    views: ClassVar[tuple[str, ...]] = ()
    charts: ClassVar[Mapping[str, Chart]] = {}
    failures: ClassVar[tuple[Failure, ...]] = ()
    kept: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = "step"
    budget: ClassVar[int] = 1000
    _derived: ClassVar[tuple[str, ...]] = ()

    stride: int = 1
    status: Status = "running"
    """Whether there is anything left to do; usually a property of the experiment."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # A class's own things come before those of its bases, which its subject may share.
        names = [name for base in cls.__mro__ for name in vars(base)]
        found = {name: inspect.getattr_static(cls, name) for name in dict.fromkeys(names)}
        cls.knobs = {n: knob for n, knob in found.items() if isinstance(knob, AbstractKnob)}
        cls.views = tuple(n for n, value in found.items() if hasattr(value, "is_view"))
        cls._derived = tuple(n for n, value in found.items() if isinstance(value, derived))

    def __init__(self, seed: int = 0, **values: object) -> None:
        for name in values:
            self.knob(name)
        self.seed, self.history = seed, History()
        self.values: dict[str, Any] = {
            name: knob.parse(values.get(name, knob.default)) for name, knob in self.knobs.items()
        }
        self.reset()

    @classmethod
    def title(cls) -> str:
        """What the experiment is called in a line of text: its class in small letters."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def knob(cls, name: str) -> AbstractKnob[Any]:
        """The knob of that name.

        Raises:
            UnknownNameError: there is none.
        """
        if name not in cls.knobs:
            raise unknown("knob", name, cls.knobs)
        return cls.knobs[name]

    def reset(self) -> None:
        """Begin again: the same seed and knobs give the same start."""
        self.rng, self.steps = np.random.default_rng(self.seed), 0
        self._forget()
        self.begin()

    def _forget(self) -> None:
        for name in self._derived:
            self.__dict__.pop(name, None)

    def turn(self, name: str, value: object) -> None:
        """Give a knob that does not rebuild another value, in mid-run.

        Raises:
            UnknownNameError, DomainError: no such knob, or a value that it cannot have.
        """
        knob = self.knob(name)
        self.values = {**self.values, name: knob.parse(value)}
        self._forget()
        if not knob.shows:
            self.turned(name)

    def advance(self, count: int) -> None:
        """Make `count` steps."""
        raise NotImplementedError(f"{type(self).__name__} has no steps.")

    # What a lesson writes, as far as it has it.

    def begin(self) -> None:
        """Make what the knobs and `self.rng` say, at the start and whenever a knob rebuilds."""

    def turned(self, name: str) -> None:
        """A knob has a new value, `self.<name>`: put it to use."""

    def numbers(self) -> Mapping[str, float]:
        """The numbers worth recording now, by name."""
        return {}

    def oracles(self) -> Iterable[Oracle]:
        """Predictions beside measurements."""
        return ()

    # What comes for free.

    def snapshot(self) -> State:
        """Everything that the future depends on, copied."""
        return {
            "values": {name: self.knobs[name].show(value) for name, value in self.values.items()},
            "steps": self.steps,
            "kept": {name: keep(getattr(self, name)) for name in ("rng", *self.kept)},
        }

    @classmethod
    def restored(cls, seed: int, state: State, history: History) -> Self:
        """An experiment that goes on where a snapshot was taken."""
        lab = cls(seed, **state["values"])
        lab.steps, lab.history = state["steps"], history
        for name in ("rng", *lab.kept):
            setattr(lab, name, put(getattr(lab, name), state["kept"][name]))
        lab._forget()
        return lab

    @property
    def settings(self) -> dict[str, str]:
        """Every knob that the run depends on, as text."""
        return {name: knob.show(self.values[name]) for name, knob in self.knobs.items()
                if not knob.shows}  # fmt: skip

    @property
    def state_hash(self) -> str:
        """A hash of everything that the future depends on."""
        kept = self.snapshot()["kept"]
        state = {"knobs": self.settings, "steps": self.steps, "kept": kept}
        return fingerprint({"experiment": self.title(), **state})


class Still(AbstractExperiment):
    """Pictures of the knobs: no step, no transport, no chart."""


class Process(AbstractExperiment, ABC):
    """Goes on, step by step; `step` changes what `kept` names."""

    @abstractmethod
    def step(self) -> None:
        """Make one step. Where many at once are cheaper, override `advance` as well."""

    def advance(self, count: int) -> None:
        """Make `count` steps."""
        for _ in range(count):
            self.step()
            self.steps += 1
        self._forget()
