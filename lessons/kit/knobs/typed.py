"""A formula that the learner types. The shared arguments are explained in `knobs.knob`."""

from collections.abc import Sequence
from typing import ClassVar, Unpack

from engine.formula import Formula
from lessons.kit.knobs.knob import AbstractKnob, Shared


class Typed(AbstractKnob[Formula]):
    """A formula in the given arguments, refused with a caret under what is wrong.

    Args:
        default: its text at first.
        arguments: the names of its variables.
        samples: further formulas, which the arrow keys go through.

    >>> f = Typed("f(x)", "x*sin(x)", ("x",), samples=("x**2",))
    >>> f.show(f.moved(f.default, 1)), f.parse("2*x")(3.0)
    ('x**2', 6.0)
    """

    merges: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        default: str,
        arguments: Sequence[str],
        samples: Sequence[str] = (),
        **shared: Unpack[Shared],
    ) -> None:
        self.arguments, self.samples = tuple(arguments), (default, *samples)
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> Formula:
        """The formula; its error points at the character that is wrong."""
        return text if isinstance(text, Formula) else Formula(str(text), self.arguments)

    def show(self, value: Formula) -> str:
        """What was typed."""
        return value.text

    def moved(self, value: Formula, across: int, up: int = 0) -> Formula:
        """The sample some places on; from a formula of one's own, the first."""
        shown = self.show(value)
        at = self.samples.index(shown) + across + up if shown in self.samples else 0
        return self.parse(self.samples[at % len(self.samples)])

    def corners(self) -> tuple[Formula, ...]:
        """All samples."""
        return tuple(map(self.parse, self.samples))
