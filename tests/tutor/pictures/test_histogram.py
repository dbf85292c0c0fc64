"""Histograms: bars whose area is their share, and the law over them."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Histogram, Mark, Series
from tutor.pictures.cells import DARK, plain
from tutor.pictures.histogram import densities, describe, layout, paint

UNEVEN = Histogram("h", np.array([0.0, 1.0, 2.0, 6.0]), np.array([10, 20, 10]))


def rows(picture, width, height, palette=DARK):
    return plain(paint(picture, layout(picture, width, height), palette)).split("\n")


def test_the_area_is_one_whatever_the_widths():
    edges, density = densities(UNEVEN)
    assert (density * np.diff(edges)).sum() == pytest.approx(1)
    assert density == pytest.approx([0.25, 0.5, 0.0625])


def test_bars_are_as_high_as_their_density():
    at = layout(UNEVEN, 67, 19)
    eighths = np.array(at.eighths)
    low, middle, high = (eighths[int(len(eighths) * share)] for share in (0.08, 0.25, 0.7))
    assert middle == 8 * at.frame.height
    assert low / middle == pytest.approx(0.5, abs=0.02)
    assert high / middle == pytest.approx(0.125, abs=0.02)


def test_bins_finer_than_columns_keep_their_mass():
    rng = np.random.default_rng(0)
    counts, edges = np.histogram(rng.normal(size=5000), 400)
    at = layout(Histogram("h", edges, counts), 50, 20)
    height = np.array(at.eighths) / (8 * at.frame.height) * at.frame.y.high
    width = (edges[-1] - edges[0]) / len(height)
    assert (height * width).sum() == pytest.approx(1, abs=0.05)


def test_the_law_lies_on_the_bars_it_predicts():
    law = Series("law", [0, 1, 1, 2, 2, 6], [0.25, 0.25, 0.5, 0.5, 0.0625, 0.0625])
    at = layout(replace(UNEVEN, density=law), 67, 19)
    tops = {}
    for column, row, _ in at.line:
        tops[column] = min(row, tops.get(column, row))
    gaps = [at.frame.height - eighths / 8 - tops[c] for c, eighths in enumerate(at.eighths)]
    assert np.median(np.abs(gaps)) <= 1


def test_marks_are_seen_in_front_of_bars_and_beside_them():
    marked = replace(UNEVEN, marks=(Mark(1.5, "mean"), Mark(5, "σ")))
    text = rows(marked, 60, 15)
    assert "mean" in text[1]
    assert "σ" in text[1]
    assert sum(line.count("╎") for line in text) > 15


def test_there_are_numbers_on_both_axes():
    text = rows(UNEVEN, 60, 15)
    assert {"0", "2", "4", "6"} <= set(text[-1].split())
    assert any(line.startswith("0.4") for line in text)


@pytest.mark.parametrize("edges", [[], [0.0], [1.0, 1.0], [0, np.nan]])
def test_without_values_it_says_so(edges):
    nothing = Histogram("h", np.array(edges, dtype=float), np.ones(max(len(edges) - 1, 0)))
    assert "no values yet" in rows(nothing, 40, 9)[4]
    assert describe(nothing) == ": no values yet"


def test_without_room_it_is_said_in_words():
    assert "40 values from 0 to 6" in rows(UNEVEN, 60, 3)[1]
