"""Networks."""

from itertools import pairwise

import numpy as np

from lessons.kit.pictures import Network
from tutor.pictures.cells import DARK, plain
from tutor.pictures.network import network


def net(sizes, sign=1.0, fields=False):
    layers = tuple(tuple(f"n{k}" for k in range(size)) for size in sizes)
    weights = tuple(sign * np.ones((a, b)) for a, b in pairwise(sizes))
    maps = tuple(tuple(np.ones((4, 4)) for _ in layer) for layer in layers) if fields else ()
    return Network("n", layers, weights, maps)


def dots(lines):
    return sum((ord(c) - 0x2800).bit_count() for c in plain(lines) if "\u2800" < c <= "\u28ff")


def test_signs_differ_without_colour():
    positive, negative = (network(net((1, 1), sign), 40, 5, DARK) for sign in (1.0, -1.0))
    assert dots(positive) > 1.8 * dots(negative) > 10


def test_strong_weights_are_thicker():
    weights = np.array([[1.0], [0.1]])
    text = plain(network(Network("n", (("a", "b"), ("c",)), (weights,)), 40, 5, DARK)).split("\n")
    upper = sum((ord(c) - 0x2800).bit_count() for c in "".join(text[:2]) if c > "\u2800")
    lower = sum((ord(c) - 0x2800).bit_count() for c in "".join(text[3:]) if c > "\u2800")
    assert upper > 1.3 * lower


def test_a_zero_weight_is_no_thread():
    assert dots(network(net((2, 2), 0.0), 40, 5, DARK)) == 0


def test_every_neuron_of_a_small_network_is_seen():
    text = plain(network(net((2, 4, 2, 1)), 58, 14, DARK))
    assert text.count("●") == 9
    assert text.split("\n")[0].split() == ["2", "4", "2", "1"]
    assert "positive" in text
    assert "negative" in text


def test_neurons_with_fields_are_maps_and_keep_their_names():
    lines = network(net((2, 4, 2, 1), fields=True), 58, 14, DARK)
    blue = [span for line in lines for span in line if span.bg is not None]
    assert sum(len(span.text) for span in blue) == 9 * 4 * 2
    assert "n3" in plain(lines)


def test_what_does_not_fit_is_counted():
    text = plain(network(net((30, 8, 8, 1)), 60, 14, DARK))
    shown = sum(line.startswith((" n", "n")) for line in text.split("\n"))
    assert f"+{30 - shown} more" in text
    assert 5 <= shown <= 12


def test_a_deep_network_fits_80_columns():
    text = plain(network(net((30, 8, 8, 8, 8, 8, 8, 1)), 58, 14, DARK))
    assert text.split("\n")[0].split() == ["30", *["8"] * 6, "1"]
    assert text.count("●") == 11 + 6 * 8 + 1


def test_without_room_the_layers_are_told():
    assert plain(network(net((2, 3, 1)), 11, 1, DARK)) == "network 2-…"
