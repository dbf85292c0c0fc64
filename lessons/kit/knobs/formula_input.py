"""A formula that the learner types. The arguments of all knobs are explained in `knobs.knob`."""

from collections.abc import Sequence
from typing import ClassVar, Unpack

from engine.formula import Formula
from lessons.kit.knobs.knob import AbstractKnob, KnobOptions


class FormulaInput(AbstractKnob[Formula]):
    """A formula in the given arguments; an error points at what is wrong with a caret.

    Args:
        default: its initial text.
        arguments: the names of its variables.
        samples: further formulas, which the arrow keys cycle through.

    >>> f = FormulaInput("f(x)", "x*sin(x)", ("x",), samples=("x**2",))
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
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.arguments, self.samples = tuple(arguments), (default, *samples)
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> Formula:
        """The formula; an error points at the character that is wrong."""
        return text if isinstance(text, Formula) else Formula(str(text), self.arguments)

    def show(self, value: Formula) -> str:
        """The text as typed."""
        return value.text

    def moved(self, value: Formula, across: int, up: int = 0) -> Formula:
        """The sample some positions further, wrapping around; from any other formula, the first."""
        shown = self.show(value)
        at = self.samples.index(shown) + across + up if shown in self.samples else 0
        return self.parse(self.samples[at % len(self.samples)])

    def edge_cases(self) -> tuple[Formula, ...]:
        """All samples."""
        return tuple(map(self.parse, self.samples))
