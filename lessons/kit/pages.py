"""Pages: the text of a lesson, read from its pages.md.

The file is Markdown that any editor displays: TOML front matter between +++ lines, then pages, each
a `# Title`, text (see `lessons.kit.markdown`), and two kinds of fenced blocks of our own:

    ``` stage                          ``` ask NAME
    Digit k=3: both, scree             Which number is ‖A − A_k‖₂?
    speed: 15                          + σ_{k+1}
    ```                                - σ_k: that term was kept
                                       why: the largest stretch among what was dropped.
                                       hint: which terms were dropped?
                                       ```
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lessons.kit.blocks import Block, PageError
from lessons.kit.front_matter import FENCE, FrontMatter, parse_front_matter
from lessons.kit.markdown import blocks, inline

_OPENING = re.compile(r"^(`{3,})\s*(stage|ask)\b[ \t]*(.*)$")
_BLANK = re.compile(r"\{([A-Za-z]\w*):([^{}]+)\}")
_MARK = re.compile(r"([-+]) +|(why|hint): *")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Stage:
    """What is shown beside a page: an experiment, its scene, its views, and its speed.

    `scene` holds the knob values that differ from the defaults. `views` are names of views or
    charts, or `oracles`, the large one first. `speed` is in steps per second; None leaves it as is.
    """

    experiment: str
    scene: Mapping[str, str]
    views: tuple[str, ...]
    speed: float | None
    line: int


@dataclass(frozen=True)
class Option:
    """One answer to choose from; `reason` says why it is wrong."""

    text: str
    reason: str = ""
    right: bool = False


@dataclass(frozen=True)
class QuestionSpec:
    """The text of a question; `{name:spec}` stands for a number of the variant."""

    name: str
    ask: str
    options: tuple[Option, ...]
    why: str
    hints: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Page:
    """One page: a title, text, and optionally a stage and a question."""

    title: str
    text: tuple[Block, ...]
    stage: Stage | None
    question: QuestionSpec | None
    line: int


@dataclass(frozen=True)
class PagesFile:
    """A parsed pages.md: the whole text of a lesson."""

    front: FrontMatter
    pages: tuple[Page, ...]
    file: str


def fill(text: str, values: Mapping[str, float]) -> str:
    """Fill the blanks of a text with the numbers of a variant; other braces are left alone.

    >>> fill("$x^{2}$ at x = {x:g}", {"x": -3.0})
    '$x^{2}$ at x = −3'
    """

    def number(blank: re.Match[str]) -> str:
        name, spec = blank.groups()
        return format(values[name], spec).replace("-", "−") if name in values else blank[0]

    return _BLANK.sub(number, text)


def blanks(text: str) -> set[str]:
    """The names of a text's blanks.

    >>> blanks("from {a:g} to {b:.2f}") == {"a", "b"}
    True
    """
    return {match[1] for match in _BLANK.finditer(text)}


def read_pages(file: Path) -> PagesFile:
    """Read a pages.md.

    Raises:
        PageError: something that pages do not support; it names file, line and what was expected.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    ends = [i for i, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(ends) < 2 or ends[0]:
        raise PageError(f"{file}:1: expected TOML front matter between two lines {FENCE}.")
    head = parse_front_matter("\n".join(lines[1 : ends[1]]), str(file))
    starts = list(_headings(lines, ends[1] + 1))
    between = [i for i in range(ends[1] + 1, starts[0] if starts else len(lines)) if lines[i]]
    if between or not starts:
        at = between[0] + 1 if between else len(lines)
        raise PageError(f"{file}:{at}: expected `# Title of a page` after the front matter.")
    stops = [*starts[1:], len(lines)]
    pages = [_Reader(str(file), lines).page(a, b) for a, b in zip(starts, stops, strict=True)]
    _refuse_repeats(pages, str(file))
    return PagesFile(head, tuple(pages), str(file))


def _headings(lines: list[str], start: int) -> Iterator[int]:
    """The lines `# Title` outside fenced blocks."""
    fence = ""
    for i in range(start, len(lines)):
        ticks = re.match(r"`{3,}", lines[i])
        if fence:
            fence = "" if lines[i].strip() == fence else fence
        elif ticks:
            fence = ticks[0]
        elif lines[i].startswith("# "):
            yield i


def _refuse_repeats(pages: list[Page], file: str) -> None:
    seen: dict[str, int] = {}
    for spec in (page.question for page in pages if page.question):
        if spec.name in seen:
            first = seen[spec.name]
            raise PageError(f"{file}:{spec.line}: the name {spec.name} is used in line {first}.")
        seen[spec.name] = spec.line


class _Reader:
    """Reads the lines of one page; lines count from 0 here and from 1 in messages."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file, self.lines = file, lines

    def error(self, line: int, sentence: str) -> PageError:
        return PageError(f"{self.file}:{line + 1}: {sentence}")

    def page(self, start: int, stop: int) -> Page:
        """The page between two headings."""
        title, text = self.lines[start][2:].strip(), [""]
        stage: Stage | None = None
        question: QuestionSpec | None = None
        i = start + 1
        while i < stop:
            opening = _OPENING.match(self.lines[i])
            if not opening:
                text.append(self.lines[i])
                i += 1
                continue
            end = self._end(i, stop, opening[1])
            if opening[2] == "stage":
                if stage:
                    raise self.error(i, "expected one stage per page, got a second one.")
                if opening[3]:
                    raise self.error(i, f"expected nothing after stage, got {opening[3]!r}.")
                stage = self.stage(i + 1, end)
            else:
                if question:
                    raise self.error(i, "expected one question per page, got a second one.")
                question = self.question_spec(opening[3].strip(), i, end)
            text += [""] * (end - i + 1)
            i = end + 1
        content = blocks("\n".join(text), start + 1, self.file)
        if not title or not content:
            raise self.error(start, "expected a page with a title and text.")
        return Page(title, content, stage, question, start + 1)

    def _end(self, start: int, stop: int, fence: str) -> int:
        for i in range(start + 1, stop):
            if self.lines[i].strip() == fence:
                return i
        raise self.error(start, f"expected {fence} to close this block.")

    def stage(self, start: int, stop: int) -> Stage:
        """The lines of a stage: `Experiment knob=value …: view, view`, optionally `speed: 15`."""
        rows = [(i, self.lines[i].strip()) for i in range(start, stop) if self.lines[i].strip()]
        if not rows:
            raise self.error(start - 1, "expected `Experiment knob=value: view, view` in a stage.")
        at, first = rows[0]
        try:
            parts = shlex.split(first)
        except ValueError:
            raise self.error(at, f"expected both quotes of a value, got {first!r}.") from None
        colon = next((i for i, part in enumerate(parts) if part.endswith(":")), None)
        views = tuple(" ".join(parts[(colon or 0) + 1 :]).replace(",", " ").split())
        if colon is None or not views:
            raise self.error(at, f"expected `Experiment knob=value: view, view`, got {first!r}.")
        head = [*parts[:colon], parts[colon][:-1]]
        pairs = [setting.partition("=") for setting in head[1:] if setting]
        if any(not equals for _, equals, _ in pairs):
            raise self.error(at, f"expected settings KNOB=VALUE before the colon, got {first!r}.")
        scene = {name: value for name, _, value in pairs}
        return Stage(head[0], scene, views, self._speed(rows[1:]), at + 1)

    def _speed(self, rows: list[tuple[int, str]]) -> float | None:
        speed = None
        for i, row in rows:
            key, _, value = row.partition(":")
            if key != "speed" or not re.fullmatch(r"\d+(\.\d+)?", value.strip()):
                raise self.error(i, f"expected `speed: 15` (steps per second), got {row!r}.")
            speed = float(value)
        return speed

    def question_spec(self, name: str, start: int, stop: int) -> QuestionSpec:
        """The lines of a question: what is asked, the options, `why: …` and `hint: …`."""
        if not _NAME.fullmatch(name):
            raise self.error(start, f"expected ``` ask NAME in lowercase letters, got {name!r}.")
        parts = self._parts(start, stop)
        ask, why, hints = (
            [text for kind, text in parts if kind == one] for one in ("ask", "why", "hint")
        )
        if not ask[0] or len(why) != 1 or not hints:
            wanted = "a question, one line `why: …` and at least one `hint: …`"
            raise self.error(start, f"expected {wanted} in ask {name}.")
        options = tuple(_option(text, kind == "+") for kind, text in parts if kind in "-+")
        return QuestionSpec(name, ask[0], options, why[0], tuple(hints), start + 1)

    def _parts(self, start: int, stop: int) -> list[tuple[str, str]]:
        """Each part with its mark; a line without a mark continues the part before it."""
        parts, at = [("ask", "")], [start + 1]
        for i in range(start + 1, stop):
            line = self.lines[i].strip()
            mark = _MARK.match(line)
            if mark:
                parts.append((mark[1] or mark[2], line[mark.end() :]))
                at.append(i)
            elif line:
                kind, so_far = parts[-1]
                parts[-1] = (kind, f"{so_far} {line}".strip())
        for (_, text), i in zip(parts, at, strict=True):
            inline(text, i + 1, self.file)  # for its errors
        return parts


def _option(text: str, right: bool) -> Option:
    """`what can be picked: why it is wrong`; a colon inside a formula does not separate."""
    depth = False
    for i, char in enumerate(text):
        depth ^= char == "$"
        if char == ":" and not depth and text[i + 1 : i + 2] == " ":
            return Option(text[:i].strip(), text[i + 1 :].strip(), right)
    return Option(text.strip(), "", right)
