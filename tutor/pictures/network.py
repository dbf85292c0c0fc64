"""Networks: layers as columns of neurons, weights as threads between them.

A thread's colour and its texture both tell the sign (solid: positive, dotted: negative), its
strength tells the size. Neurons with a field are small maps; those without are dots.
"""

from dataclasses import dataclass

import numpy as np

from lessons.kit.pictures import Network
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas, Counts, Dots, fit, length, say
from tutor.pictures.cells import Line, Palette, mix
from tutor.pictures.ticks import short

THICK = 0.6
"""Threads above this share of the strongest are drawn double."""


@dataclass(frozen=True)
class Neuron:
    """Where one neuron sits: its upper left cell and its size in cells."""

    column: int
    row: int
    width: int
    height: int

    @property
    def middle(self) -> float:
        """Its middle row, in dots of braille from the top of the sheet."""
        return 4 * self.row + 2 * self.height - 0.5


def network(picture: Network, width: int, height: int, palette: Palette) -> list[Line]:
    """Layers from left to right; what does not fit is counted, as in `+22 more`.

    >>> from tutor.pictures.cells import DARK, plain
    >>> tiny = Network("Tiny", (("x",), ("y",)), (np.array([[1.0]]),))
    >>> plain(network(tiny, 12, 1, DARK))
    'x ●⣤⣤⣤⣤⣤⣤● y'
    """
    sizes = [len(layer) for layer in picture.layers]
    words = "network " + "-".join(map(str, sizes))
    if not sizes or height < 1 or width < 4 * len(sizes):
        return say(words, width, height, palette)
    canvas = Canvas(width, height)
    top, bottom = (1, 1) if height >= 9 else (0, 0)
    places = _places(picture, width, top, height - top - bottom)
    strongest = _strongest(picture)
    _threads(canvas, picture, places, strongest, palette)
    for index, neurons in enumerate(places):
        _layer(canvas, picture, index, neurons, palette)
        hidden = sizes[index] - len(neurons)
        if top and neurons:
            middle = neurons[0].column + neurons[0].width // 2
            text = str(sizes[index])
            canvas.put(middle - (length(text) - 1) // 2, 0, text, palette.muted)
        if hidden and neurons:
            text, last = f"+{hidden} more", neurons[-1]
            if index + 1 < len(places) and len(text) > _gap(places, index):
                text = f"+{hidden}"
            at = min(max(last.column + (last.width - length(text)) // 2, 0), width - length(text))
            canvas.put(at, last.row + last.height, text, palette.muted)
    if bottom:
        _legend(canvas, strongest, palette)
    return canvas.lines()


def _gap(places: list[list[Neuron]], index: int) -> int:
    here, there = places[index], places[index + 1]
    return there[0].column - here[0].column - 1 if here and there else 0


def _places(picture: Network, width: int, top: int, rows: int) -> list[list[Neuron]]:
    """Every shown neuron's place: maps as large as the fullest layer lets them be."""
    names = picture.layers
    tallest = max(map(len, names))
    tall = next((t for t in (3, 2) if tallest * (t + 1) - 1 <= rows), 1) if picture.fields else 1
    while tall > 1 and 2 * tall * len(names) > width // 2:
        tall -= 1
    wide = 2 * tall if picture.fields and 4 * len(names) <= width // 2 else 1
    wide = max(wide, 3) if wide > 1 else 1
    sides = [min(max(map(length, layer), default=0), width // 6) for layer in (names[0], names[-1])]
    left, right = (side + 1 if side else 0 for side in sides)
    free = width - left - right - wide
    step = free / max(len(names) - 1, 1)
    places = []
    for index, layer in enumerate(names):
        column = left + round(index * step) if len(names) > 1 else left + free // 2
        places.append(_stack(len(layer), column, top, rows, wide, tall))
    return places


def _stack(count: int, column: int, top: int, rows: int, wide: int, tall: int) -> list[Neuron]:
    """One layer's neurons, evenly spread; the last row counts those without room."""
    shown = count if count * tall <= rows else max((rows - 1) // tall, 1)
    spare = rows - shown * tall - (1 if shown < count else 0)
    # Beyond two rows apart, neurons drift away from the names of their layer.
    gap = min(spare // max(shown - 1, 1), 3) if shown > 1 else 0
    start = top + (rows - shown * tall - gap * (shown - 1) - (1 if shown < count else 0)) // 2
    return [Neuron(column, start + k * (tall + gap), wide, tall) for k in range(shown)]


def _strongest(picture: Network) -> float:
    """The greatest finite |w|, or 0."""
    known = [np.abs(w[np.isfinite(w)]).max(initial=0.0) for w in picture.weights]
    return float(max(known, default=0.0))


def _threads(
    canvas: Canvas, picture: Network, places: list[list[Neuron]], strongest: float, p: Palette
) -> None:
    """The weights between shown neurons, the strongest drawn last; weak ones give way."""
    dots = Dots(canvas.width, canvas.height)
    for here, there, weights in zip(places, places[1:], picture.weights, strict=False):
        pairs = [
            (abs(float(weights[i, j])), float(weights[i, j]), a, b)
            for i, a in enumerate(here)
            for j, b in enumerate(there)
            if np.isfinite(weights[i, j]) and weights[i, j] != 0
        ]
        pairs.sort(key=lambda pair: pair[0])
        room = 2 * max(len(here), len(there), 2)
        for size, w, a, b in pairs[-room:]:
            share = size / strongest
            colour = mix(p.background, p.high if w > 0 else p.low, 0.25 + 0.75 * share**0.7)
            x, y = _thread(a, b, w < 0)
            dots.set(x, y, colour)
            if share > THICK:
                dots.set(x, y + 1, colour)
    for column, row, glyph, colour in dots.lit():
        canvas.put(column, row, glyph, colour)


def _thread(a: Neuron, b: Neuron, dotted: bool) -> tuple[Counts, Counts]:
    """A soft S from the right side of a to the left side of b, in dots."""
    start, stop = 2 * (a.column + a.width), 2 * b.column - 1
    count = 2 * max(stop - start, int(abs(b.middle - a.middle)), 1)
    t = np.arange(count + 1) / count
    x = np.rint(start + t * (stop - start)).astype(int)
    y = np.floor(a.middle + (3 * t**2 - 2 * t**3) * (b.middle - a.middle) + 0.5).astype(int)
    if dotted:
        along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        kept = along % 4 < 1.5
        x, y = x[kept], y[kept]
    return x, y


def _layer(canvas: Canvas, picture: Network, index: int, neurons: list[Neuron], p: Palette) -> None:
    """The neurons of one layer, and their names where they do not cross a thread."""
    names, last = picture.layers[index], index == len(picture.layers) - 1
    fields = picture.fields[index] if index < len(picture.fields) else ()
    for k, neuron in enumerate(neurons):
        if k < len(fields) and neuron.width > 1:
            values = np.atleast_2d(np.asarray(fields[k], dtype=float))
            pixels = shades.resample(values, neuron.width, 2 * neuron.height)[::-1]
            levels = shades.diverging(pixels, 1.0)
            shades.blocks(canvas, neuron.column, neuron.row, levels, p, True)
        else:
            middle = neuron.column + (neuron.width - 1) // 2
            canvas.put(middle, neuron.row + (neuron.height - 1) // 2, "●", p.text)
        row = neuron.row + (neuron.height - 1) // 2
        room = canvas.width // 6
        if index == 0:
            text = fit(names[k], min(length(names[k]), room))
            canvas.put(neuron.column - 1 - length(text), row, text, p.text)
        elif last:
            text = fit(names[k], min(length(names[k]), room))
            canvas.put(neuron.column + neuron.width + 1, row, text, p.text)
        elif k + 1 == len(neurons) or neurons[k + 1].row > neuron.row + neuron.height:
            below = neuron.row + neuron.height
            if neuron.width > 1 and below < canvas.height - 1:
                text = fit(names[k], neuron.width, "^")
                canvas.put(neuron.column, below, text, p.muted)


def _legend(canvas: Canvas, strongest: float, p: Palette) -> None:
    """What threads mean: without it the textures are a riddle."""
    row = canvas.height - 1
    for column, text, colour in (
        (0, "⠤⠤⠤", p.high),
        (4, "positive", p.muted),
        (14, "⠄⠄⠄", p.low),
        (18, "negative", p.muted),
    ):
        canvas.put(column, row, text, colour)
    text = f"strongest {short(strongest)}"
    if canvas.width >= 28 + length(text):
        canvas.put(canvas.width - length(text), row, text, p.muted)
