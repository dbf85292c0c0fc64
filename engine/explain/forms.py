"""Primitives that act number by number, in mathematical notation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.explain.elements import Element, joined
from engine.explain.ledger import WORDS

FORMS: Mapping[str, str] = {
    "negative": "−{}",
    "square": "{}²",
    "sqrt": "√{}",
    "exp": "e^{}",
    "expm1": "e^{} − 1",
    "log1p": "ln(1 + {})",
    "absolute": "|{}|",
    "relu": "max(0, {})",
    "softplus": "ln(1 + e^{})",
    "astype": "{}",
    "hard_tanh": "max(-1, min(1, {}))",
    "huber": "{0}²/2 if |{0}| ≤ 1 else |{0}| − 1/2",
    "add": "{} + {}",
    "subtract": "{} − {}",
    "multiply": "{}·{}",
    "divide": "{}/{}",
    "power": "{}^{}",
    "lower_exponent": "{} − 1",
    "log_base": "{}",
    "rank": "1 + sign({} − {})",
    "negative_part": "{} − {}",
    "weighted": "{}·{}",
    "maximum": "max({}, {})",
    "minimum": "min({}, {})",
    "relu_grad": "{0} if {1} > 0 else 0",
}
"""Primitives that act number by number; those missing are written as functions, σ(x)."""

_BRACKETED_TWICE = re.compile(r"(?<=[(|])\((-[^()]*)\)(?=[,)|])|(?<=, )\((-[^()]*)\)(?=[,)])")


@dataclass(frozen=True)
class Written:
    """A formula in letters and in numbers, and the elements that it names."""

    letters: str
    numbers: str
    inputs: tuple[Element, ...]


def formed(name: str, parts: Sequence[Element]) -> Written:
    """A primitive of a few elements, by its row of `FORMS`, or as a function of them.

    >>> from engine.tensor import Tensor
    >>> x = Element(Tensor(-2.0), (), "x", -2.0)
    >>> formed("square", [x]).numbers, formed("sigmoid", [x]).letters, formed("sin", [x]).numbers
    ('(-2)²', 'σ(x)', 'sin(-2)')
    """
    letters, numbers = [part.name for part in parts], [part.number for part in parts]
    form = FORMS.get(name)
    if form:
        texts = [form.format(*words) for words in (letters, numbers)]
    else:
        called = WORDS.get(name, name)
        texts = [f"{called}({joined(words, ', ', '')})" for words in (letters, numbers)]
    return Written(tidy(texts[0]), tidy(texts[1]), leading_on(parts))


def tidy(text: str) -> str:
    """A text without the brackets of a negative number that stands in brackets anyway.

    >>> tidy("max(0, (-2)) + σ((-1))·(-3)")
    'max(0, -2) + σ(-1)·(-3)'
    """
    return _BRACKETED_TWICE.sub(lambda found: found[1] or found[2], text)


def leading_on(parts: Iterable[Element]) -> tuple[Element, ...]:
    """The elements to walk on to: each once, and no bare numbers.

    >>> from engine.explain.elements import element
    >>> from engine.tensor import Tensor
    >>> x = element(Tensor(2.0, "x"), (), {})
    >>> [part.name for part in leading_on([x, x])]
    ['x']
    """
    found = {part.key: part for part in parts if not part.is_number}
    return tuple(found.values())
