"""Experiments: what is shown beside the pages. There are three kinds.

A `StaticExperiment` shows pictures of its knobs and has no steps. An `AlgorithmExperiment` (in
`lessons.kit.algorithm`) steps through the records of an engine algorithm that ends, forwards and
backwards. A `ProcessExperiment` advances step by step without an end. Knobs and views are declared
in the class body, in the order in which they are shown; the first view is the large one.
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
from lessons.kit.state import State, copy_state, fingerprint, restore_state

Status = Literal["running", "converged", "diverged"]
T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Picture])
RESERVED_VIEWS = ("oracles",)
"""Names that a page may stage besides views and charts."""


@dataclass(frozen=True)
class Chart:
    """A view that plots recorded metrics over the steps."""

    title: str
    metrics: tuple[str, ...]
    log: bool = False


class derived(cached_property[T]):  # noqa: N801 - reads as a decorator
    """A cached property of knobs and state: computed on access, dropped at every change."""


def view(method: M) -> M:
    """Mark a method as one of the experiment's pictures; it is called only while it is visible."""
    method.is_view = True  # type: ignore[attr-defined]
    return method


class AbstractExperiment:
    """Knobs, pictures and, if there are steps, a state.

    Class attributes that a lesson may set:

    Attributes:
        charts: name → recorded metrics shown as a view.
        failures: the ways in which it can fail.
        state_names: the attributes that the future depends on, besides knobs, steps and `rng`.
        unit: what one step is called.
        stride: metrics are recorded once every `stride` steps; `begin` may set it.
        budget: how many steps a run without a screen makes.

    Raises:
        UnknownNameError, DomainError: an unknown knob, or a value that the knob cannot have.
    """

    knobs: ClassVar[dict[str, AbstractKnob[Any]]] = {}
    views: ClassVar[tuple[str, ...]] = ()
    charts: ClassVar[Mapping[str, Chart]] = {}
    failures: ClassVar[tuple[Failure, ...]] = ()
    state_names: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = "step"
    budget: ClassVar[int] = 1000
    _derived: ClassVar[tuple[str, ...]] = ()

    stride: int = 1
    status: Status = "running"
    """Whether there are steps left to make; usually a property of the experiment."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # A class's own knobs and views come before those inherited from its bases.
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
        """The experiment's name on the command line: its class name in snake case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def knob(cls, name: str) -> AbstractKnob[Any]:
        """The knob of that name.

        Raises:
            UnknownNameError: there is no such knob.
        """
        if name not in cls.knobs:
            raise unknown("knob", name, cls.knobs)
        return cls.knobs[name]

    def reset(self) -> None:
        """Start again: the same seed and knobs give the same initial state."""
        self.rng, self.steps = np.random.default_rng(self.seed), 0
        self._forget()
        self.begin()

    def _forget(self) -> None:
        for name in self._derived:
            self.__dict__.pop(name, None)

    def turn(self, name: str, value: object) -> None:
        """Change the value of a knob in mid-run; the knob must not be one that rebuilds.

        Raises:
            UnknownNameError, DomainError: no such knob, or a value that it cannot have.
        """
        knob = self.knob(name)
        self.values = {**self.values, name: knob.parse(value)}
        self._forget()
        if not knob.display_only:
            self.turned(name)

    def advance(self, count: int) -> None:
        """Make `count` steps."""
        raise NotImplementedError(f"{type(self).__name__} has no steps.")

    # What a lesson may override.

    def begin(self) -> None:
        """Build the initial state from the knobs and `self.rng`; also when a knob rebuilds."""

    def turned(self, name: str) -> None:
        """Called when a knob has a new value, `self.<name>`, to apply it."""

    def metrics(self) -> Mapping[str, float]:
        """The numbers to record at this step, by name."""
        return {}

    def oracles(self) -> Iterable[Oracle]:
        """The predictions of theory and the matching measurements."""
        return ()

    # What every experiment inherits.

    def snapshot(self) -> State:
        """Everything that the future depends on, copied."""
        return {
            "values": {name: self.knobs[name].show(value) for name, value in self.values.items()},
            "steps": self.steps,
            "kept": {n: copy_state(getattr(self, n)) for n in ("rng", *self.state_names)},
        }

    @classmethod
    def restored(cls, seed: int, state: State, history: History) -> Self:
        """An experiment that continues from a snapshot."""
        lab = cls(seed, **state["values"])
        lab.steps, lab.history = state["steps"], history
        for name in ("rng", *lab.state_names):
            setattr(lab, name, restore_state(getattr(lab, name), state["kept"][name]))
        lab._forget()
        return lab

    @property
    def settings(self) -> dict[str, str]:
        """Every knob that the run depends on, as text."""
        return {name: knob.show(self.values[name]) for name, knob in self.knobs.items()
                if not knob.display_only}  # fmt: skip

    @property
    def state_hash(self) -> str:
        """A hash of everything that the future depends on."""
        kept = self.snapshot()["kept"]
        state = {"knobs": self.settings, "steps": self.steps, "kept": kept}
        return fingerprint({"experiment": self.title(), **state})


class StaticExperiment(AbstractExperiment):
    """Pictures of the knobs: no steps, no playback controls, no charts."""


class ProcessExperiment(AbstractExperiment, ABC):
    """Advances step by step; `step` changes the attributes listed in `state_names`."""

    @abstractmethod
    def step(self) -> None:
        """Make one step. If many at once are cheaper, override `advance` as well."""

    def advance(self, count: int) -> None:
        """Make `count` steps."""
        for _ in range(count):
            self.step()
            self.steps += 1
        self._forget()
