"""Letters with marks, wide characters and emoji: every line has its width, and nothing is lost."""

from pathlib import Path as File

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from lessons.catalogue import Entry
from lessons.kit.blocks import Piece
from lessons.kit.front_matter import FrontMatter
from lessons.kit.knobs import Choice, Slider
from lessons.kit.lesson import Question
from lessons.kit.markdown import blocks
from lessons.kit.pages import Option, QuestionSpec
from lessons.kit.pictures import (
    Arrow,
    Bars,
    Cells,
    Curve,
    Graph,
    GraphEdge,
    GraphNode,
    Histogram,
    Mark,
    Network,
    Path,
    Plane,
    Series,
    Spot,
    Table,
    Text,
)
from tutor.pictures.cells import DARK, Span, plain
from tutor.pictures.edit_line import EditLine
from tutor.pictures.formula import display
from tutor.pictures.knobs import help_lines, knob_lines, layout
from tutor.pictures.layers import wrap_names
from tutor.pictures.lesson_map import map_lines
from tutor.pictures.letters import clusters, fit, length, pieces, split
from tutor.pictures.page import page, wrap_inline
from tutor.pictures.paint import paint
from tutor.pictures.question import QuestionState, question_lines
from tutor.pictures.scroll import shorten
from tutor.pictures.text import wrap_line
from tutor.progress.events import LessonProgress
from tutor.widgets.canvas import strip
from tutor.widgets.chips import Chip, chip_line
from tutor.widgets.notice import Note, Notice

M, V, WIDE, EMOJI = "m\u0302", "v\u0302", "漢", "🎯"
WORDS = f"{M} {V} {WIDE}{WIDE} {EMOJI} {M}{V}{WIDE}{EMOJI}x"
STEP = [0.0, 1.0, 2.0]
LETTERS = ("m", M, V, "v\u0302\u20d7", WIDE, EMOJI, " ", "x")
texts = st.lists(st.sampled_from(LETTERS), max_size=14).map("".join)


def squeezed(words):
    """The cells that are not blank, each a letter with its marks."""
    return [cell for cell in clusters(words) if cell.strip()]


def words_of(lines):
    return "".join("".join(span.text for span in line) for line in lines)


def lone_marks(line):
    """Whether a span begins with a mark, whose letter is then elsewhere."""
    return [span.text for span in line if span.text and not cell_len(span.text[0])]


# Cutting.


@given(texts, st.integers(0, 16))
def test_a_cut_loses_nothing_and_separates_no_mark(text, room):
    head, rest = split(text, room)
    assert clusters(head) + clusters(rest) == clusters(text)
    assert length(head) <= max(room, 2 * (room == 1))
    assert not rest or cell_len(rest[0])


@given(texts, st.integers(1, 20))
def test_a_strip_can_be_cut_anywhere(text, width):
    whole = strip((Span(text), Span("end")), width, Style())
    assert whole.cell_length == cell_len(whole.text) == width
    shown = "".join(clusters(whole.text))
    if length(text) + 3 <= width:
        assert shown == fit("".join(clusters(text)) + "end", width)
    for at in range(width + 1):
        left, right = whole.crop(0, at), whole.crop(at, width)
        assert (left.cell_length, right.cell_length) == (at, width - at)
        kept = squeezed(left.text) + squeezed(right.text)
        # Half of a wide character is blank; every other letter is there, with its marks.
        assert [cell for cell in squeezed(shown) if cell_len(cell) == 1] == [
            cell for cell in kept if cell_len(cell) == 1
        ]


def test_only_letters_with_marks_are_pieces_of_their_own():
    assert pieces("plain") == ("plain",)
    assert pieces("漢字 η") == ("漢字 η",)
    assert pieces(f"a{M}{M}b") == ("a", M, M, "b")


# Texts.


@pytest.mark.parametrize("width", range(2, 40))
def test_a_page_keeps_its_width_and_every_letter(width):
    source = f"{WORDS} `{WORDS}` *{WORDS}*\n\n- {WORDS}\n\n```\n{WORDS}\n```"
    lines = page(blocks(source), width, DARK)
    assert max(length(plain([line])) for line in lines) <= width
    assert not any(map(lone_marks, lines))
    shown = squeezed(words_of(lines))
    assert [cell for cell in shown if cell != "•"] == 5 * squeezed(WORDS)


@pytest.mark.parametrize("width", range(2, 40))
def test_wrapped_text_keeps_its_width_and_every_letter(width):
    rows = wrap_line(WORDS, width)
    assert max(map(length, rows)) <= width
    assert squeezed("".join(rows)) == squeezed(WORDS)
    lines = paint(Text("t", (WORDS,)), width, 30, DARK)
    assert {cell_len(plain([line])) for line in lines} == {width}
    assert squeezed(words_of(lines)) == squeezed(WORDS)


@pytest.mark.parametrize("width", range(18, 40))
def test_a_question_and_a_note_keep_their_width_and_every_letter(width):
    spec = QuestionSpec("q", WORDS, (Option(WORDS, "", True), Option("3")), WORDS, (), 1)
    state = QuestionState(Question(spec, None, None), spec.ask)
    lines = question_lines(state, width, DARK, lit=True)
    shown = squeezed(words_of(lines))
    assert shown.count(M) == shown.count(V) == 4
    assert shown.count(WIDE) == 6
    assert max(length(plain([line])) for line in lines) <= width
    notice = Notice()
    notice._notes = (Note("◎", (Piece(WORDS),)),)
    lines = notice.draw(width, 4, DARK)
    assert squeezed(words_of(lines)) == ["◎", *squeezed(WORDS)]
    assert max(length(plain([line])) for line in lines) <= width


@given(texts, st.integers(0, 14))
def test_a_shortened_text_is_not_too_long(text, width):
    for words in (text, f"{text} 12 {text}"):
        short = shorten(words, width)
        assert length(short) <= width
        assert short == words or "…" in short or not width


def test_names_that_are_cut_keep_their_ends():
    names = wrap_names((f"{M}{V}{WIDE}{WIDE}1{M}", f"{M}{V}{WIDE}{WIDE}2{V}"), 6, 1).lines
    assert names == ((f"{M}{V}…1{M}",), (f"{M}{V}…2{V}",))


# Formulas.


@pytest.mark.parametrize("width", [30, 60, 100])
def test_a_formula_with_hats_has_rows_of_one_width(width):
    rows = display(r"w = \frac{\hat m}{\sqrt{\hat v} + \varepsilon}", width)
    bar = next(row for row in rows if "─" in row)
    over, under = rows[0], rows[-1]
    start, stop = bar.index("─"), bar.rindex("─")
    assert M in over
    assert V in under
    assert start <= clusters(over).index(M) <= stop
    assert start <= clusters(under).index(V) <= stop
    assert max(map(length, rows)) <= width


# Bars, panels and lists.


@pytest.mark.parametrize("width", range(20, 60))
def test_chips_keep_their_width(width):
    chips = [Chip(f" {M} "), Chip(WIDE, "a"), Chip("", fill=True), Chip(f"{V}{EMOJI}\ufe0f")]
    line = chip_line(chips, width, DARK)
    shown = strip(line, width, Style())
    assert length(plain([line])) == shown.cell_length == cell_len(shown.text) == width
    assert squeezed(shown.text) == [M, WIDE, V, EMOJI]


@pytest.mark.parametrize("width", range(24, 80, 3))
def test_the_panel_keeps_its_width_and_its_values(width):
    class Lab:
        rate = Slider(f"{M} {WIDE}", 0.1, 0.01, 1, symbol=V)
        kind = Choice(f"{EMOJI}", (f"{M}{V}", WIDE))

    knobs = (Lab.__dict__["rate"], Lab.__dict__["kind"])
    values = {"rate": 0.1, "kind": f"{M}{V}"}
    for current in (None, 0, 1):
        lines = knob_lines(knobs, values, layout(knobs, width), DARK, current)
        assert {cell_len(plain([line])) for line in lines} == {width}
        shown = squeezed(words_of(lines))
        assert shown.count(M) == shown.count(V) == 2
        assert EMOJI in shown
    lines = help_lines(WORDS, width, 4, DARK)
    assert {cell_len(plain([line])) for line in lines} == {width}
    assert squeezed(words_of(lines)) == squeezed(WORDS)


@pytest.mark.parametrize("width", range(12, 50))
def test_the_map_of_lessons_keeps_its_width(width):
    entry = Entry("s", "n", File(), FrontMatter(WORDS, "", 1, 10))
    (line,) = map_lines([entry], {"s/n": LessonProgress()}, 0, width, DARK)
    assert cell_len(plain([line])) == max(width, 17)
    room = width - 13
    if room >= length(WORDS):
        assert WORDS in plain([line])


@given(texts, st.integers(2, 12), st.lists(st.sampled_from("<>x^"), max_size=12))
def test_a_typed_line_never_parts_a_letter_from_its_mark(text, width, keys):
    line = EditLine(text, len(text))
    for key in keys:
        name = {"<": "left", ">": "right", "x": "backspace", "^": "home"}[key]
        line = line.pressed(name, None)
        assert length(line.shown(width)) <= width
        assert line.at in (0, len(line.text)) or cell_len(line.text[line.at])


# Pictures.

NAMES = (M, V, WIDE, EMOJI)
PICTURES = {
    "curve": Curve(
        M,
        tuple(Series(name, STEP, STEP, tone=k) for k, name in enumerate(NAMES)),
        x_label=f"{M}{WIDE}",
        marks=(Mark(1.0, f"{V}{EMOJI}"),),
    ),
    "bars": Bars("b", NAMES, [1.0, 2.0, 3.0, 4.0]),
    "histogram": Histogram(
        "h", np.arange(4.0), np.ones(3), Series(WORDS, STEP, [0.1] * 3), f"{M}{WIDE}"
    ),
    "plane": Plane(
        "p",
        (-1, 1, -1, 1),
        paths=tuple(Path(name, [0], [0], has_marker=True) for name in NAMES),
        arrows=(Arrow(f"{M}{WIDE}", (0.5, 0.5)), Arrow(f"{V}{EMOJI}", (-0.5, -0.5))),
        spots=(Spot((0.5, -0.5), f"{EMOJI}{V}"),),
        x_label=M,
        y_label=V,
    ),
    "cells": Cells("c", np.ones((2, 2)), (M, WIDE), (V, EMOJI)),
    "table": Table("t", (M, WIDE), ((V, EMOJI), (EMOJI, M)), 1),
    "graph": Graph(
        "g",
        (GraphNode(M, 0, 0.5, "1"), GraphNode(WIDE, 1, 0.5, "2", "1", f"{V}·{EMOJI}")),
        (GraphEdge(M, WIDE),),
    ),
    "network": Network("n", ((M, WIDE), (V, EMOJI)), (np.ones((2, 2)),)),
}
"""Each with all four kinds of letters."""


@pytest.mark.parametrize("name", PICTURES)
def test_every_line_of_a_picture_has_its_width(name):
    for width in range(2, 101):
        for line in paint(PICTURES[name], width, 15, DARK):
            shown = strip(line, width, Style())
            assert length(plain([line])) == cell_len(plain([line])) == shown.cell_length == width
            assert not lone_marks(line)
            # No mark is on a letter of the picture that has none.
            assert {cell for cell in clusters(shown.text) if len(cell) > 1} <= {M, V}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_with_room_shows_every_name(name):
    shown = clusters(plain(paint(PICTURES[name], 100, 24, DARK)))
    assert set(NAMES) <= set(shown)


@pytest.mark.parametrize("name", PICTURES)
def test_a_mark_shifts_nothing(name):
    """The same picture with letters without marks has everything in the same cells."""

    def without(value):
        if isinstance(value, str):
            return value.replace("\u0302", "")
        if isinstance(value, tuple):
            return tuple(map(without, value))
        if hasattr(value, "__dataclass_fields__"):
            return type(value)(
                **{key: without(getattr(value, key)) for key in value.__match_args__}
            )
        return value

    for width in (20, 40, 80):
        marked = plain(paint(PICTURES[name], width, 15, DARK)).replace("\u0302", "")
        assert marked == plain(paint(without(PICTURES[name]), width, 15, DARK))


@given(texts, texts, st.integers(1, 20))
def test_a_paragraph_has_no_line_that_is_too_long(strong, text, width):
    lines = wrap_inline((Piece(strong, "strong"), Piece(text)), width, DARK)
    assert max(length(plain([line])) for line in lines) <= max(width, 2)
    assert squeezed(words_of(lines)) == squeezed(strong + text)
