"""A question as lines: what is asked, what can be picked, what was said to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from lessons.kit.blocks import Inline
from lessons.kit.checks import Verdict
from lessons.kit.lesson import Question, QuestionKind
from lessons.kit.markdown import inline
from tutor.pictures.canvas import length
from tutor.pictures.cells import DARK, Line, Palette, Span, plain
from tutor.pictures.page import wrapped

LABELS: Mapping[QuestionKind, str] = {
    "choice": "Choose", "number": "Work out", "prediction": "Before you run", "goal": "Goal",
}  # fmt: skip
QuestionPart = Literal["question", "verdict", "hint"]
"""What of a question is to be in sight: all of it, what was said last, the last hint."""
NO_HINT = "There is no further hint."
NARROWEST = 8
"""Cells below which text is not squeezed."""
_INDENT = 9
"""Cells before an option's text: `▸ ( ) 1  `."""
_MARKED = re.compile(r"([\\`*_$<&\[\]])")


class OptionTarget(NamedTuple):
    """A click answers with this option, counted from 0."""

    number: int


@dataclass(frozen=True)
class Asked:
    """A question as it stands: what was picked, what was said to it, which hints are open.

    `shown_hints` is one more than there are hints when a further one was asked for.
    `ask`, `hints` and the verdict's text are inline Markdown; the note is plain text.
    """

    question: Question
    ask: str
    hints: tuple[str, ...] = ()
    shown_hints: int = 0
    cursor: int = 0
    picked: int | None = None
    verdict: Verdict | None = None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was answered rightly."""
        return self.verdict is not None and self.verdict.ok

    @property
    def options(self) -> tuple[str, ...]:
        """The answers to pick from."""
        return tuple(option.text for option in self.question.options)


def question_lines(asked: Asked, width: int, palette: Palette, lit: bool) -> list[Line]:
    """The question, its options, what was said to the answer, and the open hints.

    `lit` says whether keys go to it. An option is the target of a click until it is passed.

    >>> from lessons.kit.pages import Option, QuestionSpec
    >>> spec = QuestionSpec("q", "1 + 1?", (Option("2", "", True), Option("3")), "Count.", (), 1)
    >>> asked = Asked(Question(spec, None, None), spec.ask)
    >>> print(plain(question_lines(asked, 40, DARK, lit=True)))
    ? Choose  1 + 1?
    ▸ ( ) 1  2
      ( ) 2  3
    """
    sign, tone = ("✓", palette.good) if asked.passed else ("?", palette.tones[1])
    head = f"{sign} {LABELS[asked.question.kind]}  "
    lead = Span(head, tone, None, True)
    if length(head) <= width // 4:
        lines = _led(lead, asked.ask, width, palette)
    else:
        lines = [(lead,), *_led(Span("  "), asked.ask, width, palette)]
    for i in range(len(asked.options)):
        lines += _option(asked, i, width, palette, lit)
    if asked.note:
        indent = length(head) if length(head) <= width // 4 else 2
        lines += _led(Span(" " * indent), escaped(asked.note), width, palette)
    if asked.verdict:
        mark, tone = ("✓ ", palette.good) if asked.verdict.ok else ("✗ ", palette.bad)
        lines += _led(Span(mark, tone, None, True), asked.verdict.text, width, palette)
    for i, hint in enumerate(asked.hints[: asked.shown_hints], 1):
        lines += _led(Span("  "), f"*Hint {i}* {hint}", width, palette)
    if asked.shown_hints > len(asked.hints):
        lines += _led(Span("  "), NO_HINT, width, palette)
    return lines


def part_row(asked: Asked, part: QuestionPart, width: int, palette: Palette) -> int:
    """The row among the question's lines where a part of it begins."""
    if part == "question":
        return 0
    hints = 0 if part == "verdict" else max(0, asked.shown_hints - 1)
    verdict = None if part == "verdict" else asked.verdict
    before = replace(asked, verdict=verdict, shown_hints=hints)
    return len(question_lines(before, width, palette, lit=False))


def _led(lead: Span, text: str, width: int, palette: Palette) -> list[Line]:
    """A paragraph behind what leads it; its further lines are indented as far."""
    indent = length(lead.text)
    rows = wrapped(_inline(text), max(NARROWEST, width - indent), palette)
    return [(Span(" " * indent) if i else lead, *row) for i, row in enumerate(rows)]


def _option(asked: Asked, i: int, width: int, palette: Palette, lit: bool) -> list[Line]:
    is_lit = lit and i == asked.cursor and not asked.passed
    mark = "(•)" if asked.picked == i else "( )"
    rows = wrapped(_inline(asked.options[i]), max(NARROWEST, width - _INDENT), palette)
    lead = (
        Span("▸ " if is_lit else "  ", palette.tones[0], None, True),
        Span(f"{mark} ", palette.tones[0] if is_lit else palette.text, None, is_lit),
        Span(f"{i + 1}  ", palette.muted),
    )
    lines = [(*lead, *rows[0]), *((Span(" " * _INDENT), *row) for row in rows[1:])]
    target = None if asked.passed else OptionTarget(i)
    return [tuple(span._replace(target=target) for span in line) for line in lines]


@lru_cache(maxsize=256)
def _inline(text: str) -> Inline:
    return inline(text)


def escaped(text: str) -> str:
    r"""Plain text as Markdown that shows it unchanged, such as what a learner typed.

    >>> escaped("got '2*x*$'")
    "got '2\\*x\\*\\$'"
    """
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def plain_text(text: str) -> str:
    """Inline Markdown as plain text in one line, for notices.

    >>> plain_text("*Look*: $\\\\sigma_1 > 0$.")
    'Look: σ₁ > 0.'
    """
    return plain(wrapped(_inline(text), 10_000, DARK))
