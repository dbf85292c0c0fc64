"""Networks: how large maps become, which threads are drawn, and what is said of the rest."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from lessons.kit.pictures import Network
from tutor.pictures import network
from tutor.pictures.cells import DARK, plain
from tutor.pictures.layers import wrap_names
from tutor.pictures.letters import length

NAN, INF = float("nan"), float("inf")


def net(sizes, sign=1.0, fields=False):
    layers = tuple(tuple(f"n{k}" for k in range(size)) for size in sizes)
    weights = tuple(sign * np.ones((a, b)) for a, b in pairwise(sizes))
    maps = tuple(tuple(np.ones((4, 4)) for _ in layer) for layer in layers) if fields else ()
    return Network("n", layers, weights, maps)


def draw(picture, width, height, palette=DARK):
    return network.paint(picture, network.layout(picture, width, height), palette)


def dots(text):
    return sum((ord(c) - 0x2800).bit_count() for c in text if "\u2800" < c <= "\u28ff")


def cells(neuron):
    rows = range(neuron.row, neuron.row + neuron.height)
    return {(column, row) for column in range(neuron.column, neuron.right) for row in rows}


def test_signs_differ_without_color():
    body = [plain(draw(net((2, 7), sign), 40, 12)).split("\n")[:-1] for sign in (1.0, -1.0)]
    positive, negative = (dots("".join(lines)) for lines in body)
    assert positive > 1.6 * negative > 100


def test_strong_weights_are_thicker():
    picture = Network("n", (("a", "b"), ("c",)), (np.array([[1.0], [0.1]]),))
    lines = plain(draw(picture, 40, 5)).split("\n")
    assert dots("".join(lines[:2])) > 1.3 * dots("".join(lines[3:]))


def test_a_zero_weight_and_an_unknown_one_are_no_threads():
    assert dots(plain(draw(net((2, 2), 0.0), 40, 5))) == 0
    assert dots(plain(draw(net((2, 2), NAN), 40, 5))) == 0


@pytest.mark.parametrize(("size", "tall"), [((100, 34), 5), ((70, 30), 3)])
def test_eight_and_eight_neurons_have_legible_maps(size, tall):
    layout = network.layout(net((2, 8, 8, 1), fields=True), *size)
    neurons = [neuron for layer in layout.layers for neuron in layer.neurons]
    assert len(neurons) == 19
    assert {(neuron.width, neuron.height) for neuron in neurons} == {(2 * tall, tall)}


SHAPES = [(2, 8, 8, 1), (2, 5, 1), (2, 16, 16, 1), (1, 1), (2, *[16] * 6, 1), (64, 16, 10), (3,)]


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("size", [(100, 34), (70, 30), (76, 20), (58, 14)])
def test_maps_keep_apart_and_no_thread_crosses_one(sizes, size):
    picture = net(sizes, fields=True)
    rng = np.random.default_rng(0)
    picture = replace(picture, weights=tuple(rng.normal(size=w.shape) for w in picture.weights))
    layout = network.layout(picture, *size)
    neurons = [neuron for layer in layout.layers for neuron in layer.neurons]
    assert not any(cells(a) & cells(b) for a, b in combinations(neurons, 2))
    inside = {(x, y) for x in range(size[0]) for y in range(size[1])}
    covered = set().union(*map(cells, neurons))
    assert covered <= inside
    x, y = layout.edges.x // 2, layout.edges.y // 4
    assert not covered & set(zip(x.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_shown_and_counted_neurons_are_all_there_are(sizes):
    layout = network.layout(net(sizes, fields=True), 76, 20)
    assert [len(layer.neurons) + layer.hidden for layer in layout.layers] == list(sizes)
    text = plain(draw(net(sizes, fields=True), 76, 20))
    assert all(f"+{layer.hidden}" in text for layer in layout.layers if layer.hidden)
    assert text.split("\n")[0].split() == [str(size) for size in sizes]


def test_drawn_and_counted_threads_are_all_there_are():
    picture = net((2, 8, 8, 1), fields=True)
    drawn = network.layout(picture, 100, 34).edges
    assert len(drawn.weights) + drawn.left_out == 2 * 8 + 8 * 8 + 8
    assert f"+{drawn.left_out} weaker" in plain(draw(picture, 100, 34))
    assert drawn.left_out == 48


def test_each_neuron_keeps_its_strongest_threads():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(8, 8))
    names = tuple("abcdefgh")
    drawn = network.layout(Network("n", (names, names), (weights,)), 60, 20).edges
    strongest = np.sort(np.abs(weights), axis=0)[-2:].ravel()
    assert np.allclose(np.sort(np.abs(drawn.weights)), np.sort(strongest))


def test_few_threads_carry_their_numbers():
    weights = (np.array([[0.25, -1.5], [2.0, 0.125]]), np.array([[-0.5], [3.0]]))
    picture = Network("n", (("a", "b"), ("h", "i"), ("y",)), weights)
    text = plain(draw(picture, 60, 14))
    assert all(number in text for number in ("0.25", "-1.5", " 2", "0.125", "-0.5", " 3"))
    assert "strongest 3" in text
    assert network.layout(net((4, 4)), 60, 14).labels == ()


def test_names_are_wrapped_before_they_are_cut():
    names = ("sepal length", "sepal width", "petal length", "petal width")
    picture = Network("n", (names, ("y",)), (np.ones((4, 1)),))
    wide, narrow = plain(draw(picture, 60, 14)), plain(draw(picture, 40, 14))
    assert all(name in wide for name in names)
    assert narrow.count("sepal") == narrow.count("width") == 2
    assert "…" not in narrow


def test_names_that_must_be_cut_stay_different():
    cut = wrap_names(tuple(f"a long name {k}" for k in range(10)), 8, 1)
    assert len(set(cut.lines)) == 10
    assert all(length(line) <= 8 for (line,) in cut.lines)


def test_hidden_names_stand_below_their_maps():
    picture = net((2, 8, 8, 1), fields=True)
    text = plain(draw(picture, 100, 34))
    assert all(text.count(f"n{k}") == 2 for k in range(2, 8))
    rng = np.random.default_rng(0)
    picture = replace(picture, weights=tuple(rng.normal(size=w.shape) for w in picture.weights))
    layout = network.layout(picture, 100, 34)
    passed = set(zip(layout.edges.x // 2, layout.edges.y // 4, strict=True))
    for neuron in (neuron for layer in layout.layers[1:3] for neuron in layer.neurons):
        below = neuron.row + neuron.height
        assert not passed & {(column, below) for column in range(neuron.column, neuron.right)}


def test_a_map_shows_its_field():
    split = np.where(np.arange(8) < 4, -1.0, 1.0) * np.ones((8, 1))
    picture = Network("n", (("x",),), (), ((split,),))
    (neuron,) = network.layout(picture, 40, 12).layers[0].neurons
    line = draw(picture, 40, 12)[neuron.row + 1]
    ground = [span.bg for span in line for _ in span.text]
    left, right = ground[neuron.column], ground[neuron.right - 1]
    assert left[0] > left[2]
    assert right[2] > right[0]


@pytest.mark.parametrize("fields", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (3, 50), (12, 1), (20, 6), (58, 14), (200, 60)])
def test_every_size_is_filled_exactly(size, fields):
    wild = Network(
        "n", (("学习", ""), ("y",)), (np.array([[INF], [1e300]]),), ((np.zeros((0, 0)),),)
    )
    shapes = [net(sizes, fields=fields) for sizes in (*SHAPES, (), (0, 2), (2, 0, 2))]
    for picture in (*shapes, wild):
        lines = plain(draw(picture, *size)).split("\n")
        assert [length(line) for line in lines] == [size[0]] * size[1]


def test_without_room_the_layers_are_named():
    assert plain(draw(net((2, 3, 1)), 5, 1)) == "netw…"
    assert plain(draw(net((9,) * 30), 26, 1)).startswith("network 9-9-9")


def test_in_words():
    text = network.describe(net((2, 3, 1), -0.5))
    assert text == ": layers 2-3-1, 9 weights, values from -0.5 to -0.5"
    assert network.describe(net(())) == ": layers none, 0 weights, no finite values"
