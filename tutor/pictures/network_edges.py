"""The weights of a network as edges in braille: which are drawn, and through which dots."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Network
from tutor.pictures.canvas import Dots, IntArray
from tutor.pictures.cells import Palette
from tutor.pictures.layers import Layer, Neuron
from tutor.pictures.tints import tint

THICK_FRACTION = 0.6
"""Edges above this fraction of the strongest are drawn double."""
MAX_EDGES = 16
"""The most edges per layer that can be followed; with more, each neuron keeps its strongest."""
BEND = np.linspace(0, 1, 10)


@dataclass(frozen=True)
class NetworkEdges:
    """The drawn edges, the weakest first, and their dots; `of[i]` is the edge of dot i."""

    weights: Array
    strongest: float
    left_out: int
    x: IntArray
    y: IntArray
    of: IntArray

    def dots(self, edge: int) -> tuple[IntArray, IntArray]:
        """The dots of one edge, in order."""
        own = self.of == edge
        return self.x[own], self.y[own]


def network_edges(picture: Network, layers: Sequence[Layer]) -> NetworkEdges:
    """The strongest weights between visible neurons, few enough per neuron to be followed."""
    known = [w[np.isfinite(w)] for w in picture.weights]
    strongest = float(max((np.abs(w).max(initial=0.0) for w in known), default=0.0))
    found: list[tuple[float, ...]] = []
    left_out = 0
    for here, there, w in zip(layers, layers[1:], picture.weights, strict=False):
        sizes = np.abs(w[: len(here.neurons), : len(there.neurons)])
        sizes = np.where(np.isfinite(sizes), sizes, 0.0)
        most = max(MAX_EDGES // max(len(there.neurons), 1), 1)
        starts = [_start(neuron, here) for neuron in here.neurons]
        for j, target in enumerate(there.neurons[: sizes.shape[1]]):
            order = np.argsort(sizes[:, j], kind="stable")[::-1]
            order = order[sizes[order, j] > 0]
            left_out += len(order[most:])
            end = _end(target, there)
            found += [(float(w[i, j]), *starts[i], *end) for i in order[:most].tolist()]
    found.sort(key=lambda edge: abs(edge[0]))
    table = np.array(found).reshape(-1, 9)
    weights = table[:, 0]
    x, y, of = _trace(_corners(table[:, 1:].T[:, :, None]))
    # Edges of negative weights are dotted: pairs of dots with equal gaps.
    within = np.arange(len(of)) - np.searchsorted(of, of)
    kept = (weights[of] > 0) | (within % 4 < 2)
    return NetworkEdges(weights, strongest, left_out, x[kept], y[kept], of[kept])


def _start(neuron: Neuron, layer: Layer) -> tuple[float, float, float, float]:
    """Where an edge leaves: the neuron's side, then that of its layer; columns and rows."""
    row = neuron.passage if neuron.right < layer.right else neuron.middle
    return neuron.right, neuron.middle, layer.right, row


def _end(neuron: Neuron, layer: Layer) -> tuple[float, float, float, float]:
    """Where an edge arrives: the side of the layer, then that of the neuron."""
    row = neuron.passage if layer.left < neuron.column else neuron.middle
    return layer.left, row, neuron.column, neuron.middle


def _corners(ends: Array) -> Array:
    """The corners of each edge, in dots: past the other half of the layer, in a soft S to the next
    layer, into the neuron.

    Takes the eight numbers of start and end, each of shape (edges, 1).
    """
    x0, y0, x1, y1, x2, y2, x3, y3 = ends
    # The dot before the neuron is the last one.
    x2, x3 = np.minimum(x2, x3 - 0.5), x3 - 0.5
    x = [x0, np.minimum(x0 + 2, x1), x1 + BEND * (x2 - x1), np.maximum(x3 - 1.5, x2), x3]
    y = [y0, y1, y1 + (3 * BEND**2 - 2 * BEND**3) * (y2 - y1), y2, y3]
    corners: Array = np.stack([2 * np.hstack(x), 4 * np.hstack(y) + 1.5], axis=2)
    return corners


def _trace(corners: Array) -> tuple[IntArray, IntArray, IntArray]:
    """The dots through the corners of all lines (line, corner, x and y), and the line of each."""
    a, b = corners[:, :-1].reshape(-1, 2), corners[:, 1:].reshape(-1, 2)
    counts = np.ceil(np.abs(b - a).max(axis=1, initial=0.0)).astype(int)
    share = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(np.arange(len(a)), counts)
    share = share / np.repeat(counts, counts)
    dots = np.floor(a[at] + share[:, None] * (b - a)[at] + 0.5).astype(int)
    return dots[:, 0], dots[:, 1], at // max(corners.shape[1] - 1, 1)


def draw_edges(dots: Dots, drawn: NetworkEdges, p: Palette) -> None:
    """Draw all edges, the strongest last, so that it is on top where edges cross."""
    if not len(drawn.of):
        return
    shares = np.abs(drawn.weights) / drawn.strongest
    thick = shares[drawn.of] > THICK_FRACTION
    x, y = np.append(drawn.x, drawn.x[thick]), np.append(drawn.y, drawn.y[thick] + 1)
    of = np.append(drawn.of, drawn.of[thick])
    inside = (x >= 0) & (x < 2 * dots.width) & (y >= 0) & (y < 4 * dots.height)
    x, y, of = x[inside], y[inside], of[inside]
    np.bitwise_or.at(dots.bits, (y // 4, x // 2), dots.BITS[y % 4, x % 2])
    np.maximum.at(dots.owners, (y // 4, x // 2), of)
    for weight, share in zip(drawn.weights.tolist(), shares.tolist(), strict=True):
        side = p.high if weight > 0 else p.low
        dots.colors.append(tint(p, side, p.background, 0.75 * (1 - share**0.7)))
