"""A question as lines: its text, its options, its verdict and its hints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from lessons.kit.blocks import Inline
from lessons.kit.checks import Verdict
from lessons.kit.lesson import Question, QuestionKind
from lessons.kit.markdown import inline
from tutor.pictures.cells import DARK, Line, Palette, Span, plain
from tutor.pictures.letters import length
from tutor.pictures.page import wrap_inline

LABELS: Mapping[QuestionKind, str] = {
    "choice": "Choose", "number": "Work out", "prediction": "Before you run", "goal": "Goal",
}  # fmt: skip
QuestionPart = Literal["question", "verdict", "hint"]
"""The part of a question to scroll to: its start, its verdict, or its last hint."""
NO_HINT = "There is no further hint."
MIN_WIDTH = 8
"""Text is never wrapped to fewer cells than this."""
_INDENT = 9
"""Cells before an option's text: `▸ ( ) 1  `."""
_MARKED = re.compile(r"([\\`*_$<&\[\]])")


class OptionTarget(NamedTuple):
    """A click answers with this option, counted from 0."""

    number: int


@dataclass(frozen=True)
class QuestionState:
    """The state of a question: the chosen option, the verdict, and the open hints.

    `shown_hints` exceeds the number of hints by one if another one was requested.
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
        """Whether it was answered correctly."""
        return self.verdict is not None and self.verdict.ok

    @property
    def options(self) -> tuple[str, ...]:
        """The answers to choose from."""
        return tuple(option.text for option in self.question.options)


def question_lines(state: QuestionState, width: int, palette: Palette, lit: bool) -> list[Line]:
    """The question, its options, the verdict on the answer, and the open hints.

    `lit` says whether it has the focus. Options can be clicked until the question is passed.

    >>> from lessons.kit.pages import Option, QuestionSpec
    >>> spec = QuestionSpec("q", "1 + 1?", (Option("2", "", True), Option("3")), "Count.", (), 1)
    >>> state = QuestionState(Question(spec, None, None), spec.ask)
    >>> print(plain(question_lines(state, 40, DARK, lit=True)))
    ? Choose  1 + 1?
    ▸ ( ) 1  2
      ( ) 2  3
    """
    sign, tone = ("✓", palette.good) if state.passed else ("?", palette.tones[1])
    head = f"{sign} {LABELS[state.question.kind]}  "
    lead = Span(head, tone, None, True)
    if length(head) <= width // 4:
        lines = _led(lead, state.ask, width, palette)
    else:
        lines = [(lead,), *_led(Span("  "), state.ask, width, palette)]
    for i in range(len(state.options)):
        lines += _option(state, i, width, palette, lit)
    if state.note:
        indent = length(head) if length(head) <= width // 4 else 2
        lines += _led(Span(" " * indent), escaped(state.note), width, palette)
    if state.verdict:
        mark, tone = ("✓ ", palette.good) if state.verdict.ok else ("✗ ", palette.bad)
        lines += _led(Span(mark, tone, None, True), state.verdict.text, width, palette)
    for i, hint in enumerate(state.hints[: state.shown_hints], 1):
        lines += _led(Span("  "), f"*Hint {i}* {hint}", width, palette)
    if state.shown_hints > len(state.hints):
        lines += _led(Span("  "), NO_HINT, width, palette)
    return lines


def part_row(state: QuestionState, part: QuestionPart, width: int, palette: Palette) -> int:
    """The row among the question's lines where a part of it starts."""
    if part == "question":
        return 0
    hints = 0 if part == "verdict" else max(0, state.shown_hints - 1)
    verdict = None if part == "verdict" else state.verdict
    before = replace(state, verdict=verdict, shown_hints=hints)
    return len(question_lines(before, width, palette, lit=False))


def _led(lead: Span, text: str, width: int, palette: Palette) -> list[Line]:
    """A paragraph after a lead; its further lines are indented by the lead's width."""
    indent = length(lead.text)
    rows = wrap_inline(_inline(text), max(MIN_WIDTH, width - indent), palette)
    return [(Span(" " * indent) if i else lead, *row) for i, row in enumerate(rows)]


def _option(state: QuestionState, i: int, width: int, palette: Palette, lit: bool) -> list[Line]:
    is_lit = lit and i == state.cursor and not state.passed
    mark = "(•)" if state.picked == i else "( )"
    rows = wrap_inline(_inline(state.options[i]), max(MIN_WIDTH, width - _INDENT), palette)
    lead = (
        Span("▸ " if is_lit else "  ", palette.tones[0], None, True),
        Span(f"{mark} ", palette.tones[0] if is_lit else palette.text, None, is_lit),
        Span(f"{i + 1}  ", palette.muted),
    )
    lines = [(*lead, *rows[0]), *((Span(" " * _INDENT), *row) for row in rows[1:])]
    target = None if state.passed else OptionTarget(i)
    return [tuple(span._replace(target=target) for span in line) for line in lines]


@lru_cache(maxsize=256)
def _inline(text: str) -> Inline:
    return inline(text)


def escaped(text: str) -> str:
    r"""Plain text, such as what a learner typed, as Markdown that shows it unchanged.

    >>> escaped("got '2*x*$'")
    "got '2\\*x\\*\\$'"
    """
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def plain_text(text: str) -> str:
    """Inline Markdown as plain text on one line, for notices.

    >>> plain_text("*Look*: $\\\\sigma_1 > 0$.")
    'Look: σ₁ > 0.'
    """
    return plain(wrap_inline(_inline(text), 10_000, DARK))
