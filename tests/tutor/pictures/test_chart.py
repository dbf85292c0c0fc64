"""Lines over an axis."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Curve, Mark, Series
from tutor.pictures.cells import DARK, plain
from tutor.pictures.chart import layout, paint
from tutor.pictures.trace import trace

BLUE, AMBER = DARK.tones[0], DARK.tones[1]


def curve(picture, width, height, palette):
    return paint(picture, layout(picture, width, height), palette)


def one(y, **kind):
    return Curve("Loss", (Series("loss", list(range(len(y))), y),), **kind)


def is_braille(char):
    return "\u2800" < char <= "\u28ff"


def heights(lines, color):
    """The topmost row of that color's braille in each column, counted from the bottom."""
    top = {}
    for row, line in enumerate(lines):
        column = 0
        for span in line:
            for char in span.text:
                if span.fg == color and is_braille(char):
                    top.setdefault(column, len(lines) - row)
                column += 1
    return [top[column] for column in sorted(top)]


def test_a_small_chart():
    drawn = plain(curve(one([0.0, 1.0, 2.0]), 24, 8, DARK)).split("\n")
    assert [line.rstrip() for line in drawn] == [
        " ● loss 2",
        "2 ┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⢀⡠⠔⠊",
        "  │             ⣀⠤⠒⠊⠁",
        "1 ┤┈┈┈┈┈┈┈┈⢀⡠⠔⠒⠉┈┈┈┈┈┈┈┈",
        "  │    ⢀⡠⠔⠊⠁",
        "0 ┤⣀⡠⠔⠊⠁┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈",
        "  └┬─────────┬──────────",
        "   0         1      step",
    ]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("n", [2, 7, 300, 5000])
def test_a_rising_series_never_goes_down(n, log):
    rising = heights(curve(one(np.linspace(1, 50, n) ** 2, log_y=log), 60, 14, DARK), BLUE)
    assert len(rising) >= 50
    assert rising == sorted(rising)
    assert rising[0] < rising[-1]


def test_a_spike_in_ten_thousand_points_survives():
    y = np.zeros(10_000)
    y[6007] = 1.0
    rows = heights(curve(one(y), 60, 14, DARK), BLUE)
    assert max(rows) == 13
    assert rows.count(13) <= 2


def test_a_gap_is_left_empty():
    cells = trace([(np.linspace(0, 1, 41), np.r_[[0.5] * 15, [np.nan] * 11, [0.5] * 15])],
                  [False], 40, 3)  # fmt: skip
    columns = {column for column, _, _ in cells[0]}
    assert {0, 13, 27, 39} <= columns
    assert not columns & set(range(16, 24))


def test_a_log_axis_leaves_out_what_is_not_positive():
    lines = curve(one([1.0, 0.0, -1.0, 100.0], log_y=True), 40, 10, DARK)
    assert "100" in plain(lines)
    assert len(heights(lines, BLUE)) == 2


@pytest.mark.parametrize(
    "y", [[], [np.nan], [np.inf, -np.inf, np.nan], [0.0]], ids=["empty", "nan", "inf", "zero"]
)
def test_nothing_to_draw_is_said(y):
    assert "no values yet" in plain(curve(one(y, log_y=True), 40, 10, DARK))


@pytest.mark.parametrize("y", [[3.0], [3.0, 3.0], [1e300, -1e300], [1e-300, 2e-300]])
def test_extremes_are_drawn(y):
    assert heights(curve(one(y), 40, 10, DARK), BLUE)


def test_without_room_the_latest_value_is_told():
    assert plain(curve(one([2.0, 0.03125]), 19, 9, DARK)).strip() == "loss 0.0312 at ste…"
    assert plain(curve(one([2.0, 0.03125]), 40, 4, DARK)).strip() == "loss 0.0312 at step 1"
    assert plain(curve(one([]), 40, 1, DARK)).strip() == "Loss: no values yet"


def test_series_differ_by_more_than_color():
    x = np.arange(100)
    pair = Curve("Loss", (Series("a", x, x), Series("b", x, 99 - x, 1),
                          Series("c", x, x * 0 + 50, 2, ghost=True)))  # fmt: skip
    text = plain(curve(pair, 60, 14, DARK))
    assert text.startswith(" ● a 99   ◆ b 0   △ c")
    assert all(text.count(glyph) >= 3 for glyph in "●◆△")


def test_a_prediction_leaves_the_measured_line_in_sight():
    x = np.arange(50)
    both = Curve("L", (Series("m", x, x), Series("theory", x, x, predicted=True)))
    lines = curve(both, 60, 14, DARK)
    gray = next(s.fg for s in lines[0] if s.text.startswith("╌"))
    assert 20 < len(heights(lines, gray)) < 35
    assert 20 < len(heights(lines, BLUE)) < 35


def test_mark_texts_never_run_into_each_other():
    marks = (Mark(10, "η 0.1"), Mark(15, "β"), Mark(60, "a"), Mark(99, "late"))
    text = plain(curve(one(np.arange(100.0), marks=marks), 60, 14, DARK)).split("\n")
    assert text[1].split() == ["η", "0.1", "▾", "▾", "β", "▾", "a", "late", "▾"]
    assert text[0].strip() == "● loss 99"
    assert any("╎" in line for line in text[2:])


def test_more_names_than_room_are_counted():
    many = Curve("L", tuple(Series(f"series {k}", [0, 1], [0, k], k) for k in range(9)))
    first = plain(curve(many, 40, 10, DARK)).split("\n")[0]
    assert "+7" in first


def test_a_log_axis_across_spreads_decades_evenly():
    x = np.arange(1, 1001)
    power = Curve("L", (Series("a", x, 1000 / x),), log_x=True, log_y=True)
    rows = heights(curve(power, 60, 14, DARK), BLUE)
    steps = np.diff(rows)
    assert set(steps.tolist()) <= {0, -1}  # a power law is straight
    assert "100" in plain(curve(power, 60, 14, DARK)).split("\n")[-1]


def test_what_is_not_positive_has_no_place_on_a_log_axis_across():
    lines = curve(
        Curve("L", (Series("a", [-1, 0, 1, 100], [1, 2, 3, 4]),), log_x=True), 40, 10, DARK
    )
    assert "3" in plain(lines)
    assert "1.5" not in plain(lines)


@pytest.mark.parametrize("count", [2, 3])
def test_lines_that_run_together_all_stay_in_sight(count):
    x = np.arange(60)
    same = Curve("L", tuple(Series(f"s{k}", x, x, k) for k in range(count)))
    lines = curve(same, 60, 14, DARK)
    seen = [len(heights(lines, DARK.tones[k])) for k in range(count)]
    assert min(seen) >= 8
    assert sum(seen) >= 45


def test_every_line_ends_in_its_glyph():
    x = np.arange(60)
    ended = Series("ended", x[:20], np.full(20, 30.0), 1)
    crowd = Series("on", x, np.full(60, 30.0)), Series("twin", x, np.full(60, 30.0), 2)
    text = plain(curve(Curve("L", (ended, *crowd)), 60, 14, DARK)).split("\n")
    row = next(line for line in text[1:] if "◆" in line)
    assert row.rstrip()[-2:] in ("▲●", "●▲")
    assert 20 <= row.rindex("◆") <= 26


def test_markers_lie_on_their_line():
    x = np.arange(60)
    pair = Curve("L", (Series("a", x, x * 1.0), Series("b", x, 60.0 - x, 1)))
    text = plain(curve(pair, 60, 14, DARK)).split("\n")[1:-2]
    bare = plain(curve(Curve("L", pair.series[:1]), 60, 14, DARK)).split("\n")[1:-2]
    spots = [(r, c) for r, line in enumerate(text) for c, char in enumerate(line) if char == "●"]
    assert len(spots) >= 3
    assert all(is_braille(bare[r][c]) for r, c in spots)


@pytest.mark.parametrize(
    ("width", "first_line"),
    [
        (60, "● sgd 50.5   ◆ momentum 50.5   ▲ adam 50.5"),
        (38, "● sgd 50.5   ◆ momentum 50.5   ▲ adam"),
        (34, "● sgd 50.5   ◆ momentum   ▲ adam"),
        (31, "● sgd   ◆ momentum   ▲ adam"),
        (24, "● sgd   ◆ momentum   +1"),
    ],
)
def test_the_legend_gives_up_values_before_names(width, first_line):
    names = ("sgd", "momentum", "adam")
    race = Curve("Loss", tuple(Series(name, [0], [50.5], tone) for tone, name in enumerate(names)))
    assert plain(curve(race, width, 9, DARK)).split("\n")[0].strip() == first_line


def test_the_legend_of_a_function_tells_no_value_that_would_be_its_last():
    run = one([3.0, 7.25])
    assert "7.25" in plain(curve(run, 60, 12, DARK)).splitlines()[0]
    assert "7.25" not in plain(curve(replace(run, is_run=False), 60, 12, DARK)).splitlines()[0]
