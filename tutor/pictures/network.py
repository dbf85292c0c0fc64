"""Networks: layers from left to right, each neuron a small map, weights as edges between them.

An edge's color and texture both show the sign (solid: positive, dotted: negative), its strength
shows the magnitude; few edges carry their numbers. What does not fit is counted.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from lessons.kit.pictures import Handle, Network
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas, Dots, message_lines
from tutor.pictures.cells import Line, Palette
from tutor.pictures.edge_labels import EdgeLabel, Occupancy, place_edge_labels
from tutor.pictures.layers import Layer, Neuron, SideNames, stack
from tutor.pictures.letters import fit, length
from tutor.pictures.network_edges import NetworkEdges, draw_edges, network_edges
from tutor.pictures.ticks import format_number
from tutor.pictures.tints import tint

MAX_LABELED_EDGES = 12
"""Up to this many edges carry their numbers."""


@dataclass(frozen=True)
class NetworkLayout:
    """The positions of neurons, names, edges and their numbers; no layers without room."""

    width: int
    height: int
    layers: tuple[Layer, ...] = ()
    names: tuple[SideNames, SideNames] = (SideNames(), SideNames())
    edges: NetworkEdges | None = None
    labels: tuple[EdgeLabel | None, ...] = ()
    framed: bool = False


def layout(picture: Network, width: int, height: int) -> NetworkLayout:
    """Place every neuron, or as many as fit, and choose the edges to draw."""
    framed = height >= 9
    rows = height - 2 * framed
    few = sum(np.size(w) for w in picture.weights) <= MAX_LABELED_EDGES
    placed = stack(picture, width, int(framed), rows, few) if picture.layers else None
    if placed is None:
        return NetworkLayout(width, height)
    layers, left, right = placed
    drawn = network_edges(picture, layers)
    labels: tuple[EdgeLabel | None, ...] = ()
    if len(drawn.weights) <= MAX_LABELED_EDGES:
        cells = {cell for layer in layers for neuron in layer.neurons for cell in _cells(neuron)}
        lines = [drawn.dots(edge) for edge in range(len(drawn.weights))]
        texts = [
            [(format_number(w),), (format_number(w, 2),), (format_number(w, 1),)]
            for w in drawn.weights.tolist()
        ]
        labels = tuple(place_edge_labels(lines, texts, Occupancy(width, height - framed, cells)))
    return NetworkLayout(width, height, layers, (left, right), drawn, labels, framed)


def _cells(neuron: Neuron) -> list[tuple[int, int]]:
    rows = range(neuron.row, neuron.row + neuron.height)
    return list(product(range(neuron.column, neuron.right), rows))


def paint(
    picture: Network, layout: NetworkLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Edges at the bottom, neurons and names on top of them; a message without room.

    >>> from tutor.pictures.cells import DARK, plain
    >>> tiny = Network("Tiny", (("x",), ("y",)), (np.array([[1.0]]),))
    >>> plain(paint(tiny, layout(tiny, 14, 1), DARK))
    'x ●⣤⣤⣤1⣤⣤⣤⡄● y'
    """
    if layout.edges is None:
        words = "network " + "-".join(str(len(layer)) for layer in picture.layers)
        return message_lines(words, layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    dots = Dots(canvas.width, canvas.height)
    draw_edges(dots, layout.edges, palette)
    for column, row, glyph, color in dots.lit():
        canvas.put(column, row, glyph, color)
    for index, layer in enumerate(layout.layers):
        _layer(canvas, picture, index, layer, palette)
        _counts(canvas, layout, index, len(picture.layers[index]), palette)
    _names(canvas, layout, palette)
    for weight, number in zip(layout.edges.weights.tolist(), layout.labels, strict=False):
        if number is not None:
            color = tint(palette, palette.high if weight > 0 else palette.low, palette.text, 0.5)
            canvas.put(number.column, number.row, number.texts[0], color)
    if layout.framed:
        _legend(canvas, layout.edges, palette)
    return canvas.lines()


def _layer(canvas: Canvas, picture: Network, index: int, layer: Layer, p: Palette) -> None:
    """The neurons of one layer as maps or dots, with names below hidden ones if there is room."""
    fields = picture.fields[index] if index < len(picture.fields) else ()
    for k, neuron in enumerate(layer.neurons):
        if k < len(fields) and neuron.width > 1:
            values = np.atleast_2d(np.asarray(fields[k], dtype=float))
            bound = float(np.abs(values[np.isfinite(values)]).max(initial=1.0))
            pixels = shades.resample(values, neuron.width, 2 * neuron.height)[::-1]
            levels = shades.diverging(pixels, bound)
            shades.blocks(canvas, neuron.column, neuron.row, levels, p, True)
        else:
            middle = neuron.column + (neuron.width - 1) // 2
            canvas.put(middle, neuron.row + (neuron.height - 1) // 2, "●", p.text)
    if layer.neurons and 0 < index < len(picture.layers) - 1:
        _hidden_names(canvas, picture.layers[index], layer, p)


def _hidden_names(canvas: Canvas, names: tuple[str, ...], layer: Layer, p: Palette) -> None:
    """Names below the maps, if all of them fit beside the passing edges."""
    taken = {cell for neuron in layer.neurons for cell in _cells(neuron)}
    if layer.right - layer.left > layer.neurons[0].width:
        taken |= set(product(range(layer.left, layer.right), (n.passage for n in layer.neurons)))
    places = [(n.column, n.row + n.height, n.width) for n in layer.neurons]
    shown = names[: len(places)]
    fits = all(length(name) <= wide for name, (_, _, wide) in zip(shown, places, strict=True))
    free = all((at, row) not in taken and row < canvas.height - 1 for at, row, _ in places)
    if fits and free and layer.neurons[0].width > 1:
        for name, (column, row, wide) in zip(shown, places, strict=True):
            canvas.put(column, row, fit(name, wide, "^"), p.muted)


def _counts(canvas: Canvas, layout: NetworkLayout, index: int, size: int, p: Palette) -> None:
    """The number of neurons above a layer, and the number of those not shown below it."""
    layer = layout.layers[index]
    middle = (layer.left + layer.right - 1) // 2
    if layout.framed and layer.neurons:
        canvas.put(middle - (length(str(size)) - 1) // 2, 0, str(size), p.muted)
    if layer.hidden and layer.neurons:
        following = (
            layout.layers[index + 1].left if index + 1 < len(layout.layers) else canvas.width
        )
        text = f"+{layer.hidden} more"
        if length(text) > following - layer.left - 1:
            text = f"+{layer.hidden}"
        last = layer.neurons[-1]
        at = min(max(middle - (length(text) - 1) // 2, 0), canvas.width - length(text))
        canvas.put(at, last.row + last.height, text, p.muted)


def _names(canvas: Canvas, layout: NetworkLayout, p: Palette) -> None:
    """Inputs to the left of their neurons, outputs to the right."""
    ends = ((layout.layers[0], layout.names[0]), (layout.layers[-1], layout.names[1]))
    for side, (layer, names) in enumerate(ends):
        for neuron, lines in zip(layer.neurons, names.lines, strict=False):
            top = int(neuron.middle - (len(lines) - 1) / 2)
            for row, text in enumerate(lines, start=max(top, int(layout.framed))):
                column = layer.right + 1 if side else layer.left - 1 - length(text)
                canvas.put(column, row, text, p.text)


def _legend(canvas: Canvas, drawn: NetworkEdges, p: Palette) -> None:
    """The meaning of edges, how many weak ones are not drawn, and the greatest weight."""
    row = canvas.height - 1
    for column, text, color in (
        (0, "⠤⠤⠤", p.high), (4, "positive", p.muted), (14, "⠆⠰⠆", p.low), (18, "negative", p.muted),
    ):  # fmt: skip
        canvas.put(column, row, text, color)
    strongest = f"strongest {format_number(drawn.strongest)}"
    weaker = f"+{drawn.left_out} weaker" if drawn.left_out else ""
    room = canvas.width - 28
    tail = f"{weaker}   {strongest}".strip()
    text = next((t for t in (tail, weaker or strongest) if length(t) <= room), "")
    canvas.put(canvas.width - length(text), row, text, p.muted)


def describe(picture: Network) -> str:
    """The sizes of the layers, and the range of the weights."""
    sizes = "-".join(str(len(layer)) for layer in picture.layers)
    flat = [np.ravel(np.asarray(w, dtype=float)) for w in picture.weights]
    weights = np.concatenate([np.empty(0), *flat])
    known = weights[np.isfinite(weights)]
    values = "no finite values"
    if known.size:
        low, high = (format_number(float(v)) for v in (known.min(), known.max()))
        values = f"values from {low} to {high}"
    return f": layers {sizes or 'none'}, {weights.size} weights, {values}"


def pick(picture: Network, layout: NetworkLayout, column: int, row: int) -> Handle | None:
    """A network is only looked at."""
    return None
