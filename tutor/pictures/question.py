"""A question as lines: what is asked, what can be picked, what was said to it."""

from dataclasses import dataclass

from rich.cells import cell_len

from lessons.kit.checks import Check, Choice, Goal, Number, Predict, Verdict
from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.page import wrapped


@dataclass(frozen=True)
class Asked:
    """A question as it stands: what was picked, what was said to it, which hints are open."""

    check: Check
    ask: str
    options: tuple[str, ...] = ()
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


LABELS = {Choice: "Choose", Number: "Work out", Predict: "Before you run", Goal: "Goal"}


def question_lines(asked: Asked, width: int, palette: Palette, lit: bool) -> list[Line]:
    """The question, its options, what was said to the answer, and the open hints.

    >>> from tutor.pictures.cells import DARK, plain
    >>> q = Choice(name="q", ask="1 + 1?", options=("2", "3"), answer=0, why="Count.", hints=())
    >>> print(plain(question_lines(Asked(q, q.ask, q.options), 30, DARK, lit=True)))
    ? Choose  1 + 1?
    ▸ ( ) 1  2
      ( ) 2  3
    """
    sign, tone = ("✓", palette.good) if asked.passed else ("?", palette.tones[1])
    label = f"{sign} {LABELS[type(asked.check)]}"
    head = wrapped(asked.ask, max(8, width - cell_len(label) - 2), palette)
    indent = " " * (cell_len(label) + 2)
    lines: list[Line] = [
        (Span(f"{label}  ", tone, None, True), *head[0]),
        *((Span(indent), *line) for line in head[1:]),
    ]
    for i, option in enumerate(asked.options):
        lines += _option_lines(asked, i, option, width, palette, lit)
    if asked.note:
        lines += wrapped(asked.note, width, palette)
    if asked.verdict:
        mark, tone = ("✓ ", palette.good) if asked.verdict.ok else ("✗ ", palette.bad)
        said = wrapped(asked.verdict.text, max(8, width - 2), palette)
        lines += [(Span("  " if i else mark, tone, None, True), *x) for i, x in enumerate(said)]
    for i, hint in enumerate(asked.hints[: asked.shown_hints]):
        said = wrapped(f"*Hint {i + 1}* {hint}", max(8, width - 2), palette)
        lines += [(Span("  "), *line) for line in said]
    return lines


def _option_lines(
    asked: Asked, i: int, option: str, width: int, palette: Palette, lit: bool
) -> list[Line]:
    pointed = lit and i == asked.cursor and not asked.passed
    mark = "(•)" if asked.picked == i else "( )"
    text = wrapped(option, max(8, width - 9), palette)
    first = (
        Span("▸ " if pointed else "  ", palette.tones[0], None, True),
        Span(f"{mark} ", palette.tones[0] if pointed else palette.text, None, pointed),
        Span(f"{i + 1}  ", palette.muted),
        *text[0],
    )
    return [first, *((Span(" " * 9), *line) for line in text[1:])]
