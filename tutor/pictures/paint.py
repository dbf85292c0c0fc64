"""One door to all pictures: any record in, lines of cells out; and any record in words."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.array import Array
from lessons.kit.pictures import (
    Bars,
    Curve,
    Field,
    Graph,
    Matrix,
    Network,
    Picture,
    Series,
    Table,
    Text,
)
from tutor.pictures.bars import bars
from tutor.pictures.cells import Line, Palette
from tutor.pictures.chart import curve
from tutor.pictures.graph import graph
from tutor.pictures.network import network
from tutor.pictures.raster import field
from tutor.pictures.text import matrix, table, text
from tutor.pictures.ticks import short

# Each function takes its own record; the key before it is the proof that it gets that one.
PAINTERS: dict[type, Callable[[Any, int, int, Palette], list[Line]]] = {
    Curve: curve,
    Bars: bars,
    Field: field,
    Network: network,
    Graph: graph,
    Table: table,
    Matrix: matrix,
    Text: text,
}


def paint(picture: Picture, width: int, height: int, palette: Palette) -> list[Line]:
    """Draw any picture: exactly `height` lines of exactly `width` cells.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(paint(Text("Rule", ("w ← w − ηg",)), 12, 2, DARK))
    'w ← w − ηg  \\n            '
    """
    if width < 1 or height < 1:
        return [()] * max(height, 0)
    return PAINTERS[type(picture)](picture, width, height, palette)


def describe(picture: Picture) -> str:
    """What is seen, in one plain sentence, for those who read the screen by ear.

    >>> describe(Curve("Loss", (Series("loss", [0, 60, 120], [0.69, 0.03, 0.031]),)))
    'Loss over step: loss 0.69 at 0 to 0.031 at 120, lowest 0.03.'
    """
    return f"{picture.title}{TELLERS[type(picture)](picture)}."


def _curve(picture: Curve) -> str:
    told = "; ".join(map(_series, picture.series)) or "no values yet"
    marks = ", ".join(f"{mark.text} at {short(mark.x, 6)}" for mark in picture.marks)
    return f" over {picture.x_label}: {told}" + (f"; marks: {marks}" if marks else "")


def _series(series: Series) -> str:
    y = np.asarray(series.y, dtype=float)
    kind = "pinned " * series.ghost + "predicted " * series.predicted
    if not len(y):
        return f"{kind}{series.name} has no values yet"
    first, last = (f"{short(float(y[i]))} at {short(float(series.x[i]), 6)}" for i in (0, -1))
    known = y[np.isfinite(y)]
    lowest = f", lowest {short(float(known.min()))}" if known.size else ", no finite value"
    broken = ", with gaps" if 0 < known.size < len(y) else ""
    return f"{kind}{series.name} {first}{f' to {last}' if len(y) > 1 else ''}{lowest}{broken}"


def _bars(picture: Bars) -> str:
    pairs = zip(picture.names, picture.values, strict=False)
    told = [f"{name} {short(float(value))}" for name, value in pairs]
    rest = f" and {len(told) - 12} more" if len(told) > 12 else ""
    return ": " + (", ".join(told[:12]) + rest if told else "no bars yet")


def _span(values: Array) -> str:
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if not known.size:
        return "no finite values"
    return f"values from {short(float(known.min()))} to {short(float(known.max()))}"


def _field(picture: Field) -> str:
    x0, x1, y0, y1 = (short(v) for v in picture.extent)
    told = [f" for x {x0} to {x1} and y {y0} to {y1}: {_span(picture.values)}"]
    points = sum(len(group.x) for group in picture.points)
    told += [f"{points} points"] if points else []
    for path in picture.paths:
        if len(path.x):
            at = f"({short(float(path.x[-1]))}, {short(float(path.y[-1]))})"
            told.append(f"{path.name} stands at {at} after {len(path.x) - 1} moves")
    told += [f"target ({short(x)}, {short(y)})" for x, y in picture.targets]
    return "; ".join(told)


def _network(picture: Network) -> str:
    sizes = "-".join(str(len(layer)) for layer in picture.layers)
    known = [np.ravel(np.asarray(w, dtype=float)) for w in picture.weights]
    weights = np.concatenate([np.empty(0), *known])
    return f": layers {sizes or 'none'}, {weights.size} weights, {_span(weights)}"


def _graph(picture: Graph) -> str:
    told = f": {len(picture.nodes)} operations"
    if picture.current is None or not 0 <= picture.current < len(picture.nodes):
        return told
    node = picture.nodes[picture.current]
    gradient = f", gradient {node.gradient}" if node.gradient else ""
    return f"{told}, now {node.name} = {node.formula} = {node.value}{gradient}"


def _table(picture: Table) -> str:
    told = f": {len(picture.rows)} rows of {', '.join(filter(None, picture.header))}"
    if picture.current is None or not 0 <= picture.current < len(picture.rows):
        return told
    return f"{told}; now {', '.join(filter(None, picture.rows[picture.current]))}"


def _matrix(picture: Matrix) -> str:
    shape = " by ".join(map(str, np.shape(picture.values)))
    return f": {shape} matrix, {_span(picture.values)}"


def _text(picture: Text) -> str:
    if picture.current is not None and 0 <= picture.current < len(picture.lines):
        return f": {picture.lines[picture.current]}"
    return ": " + "; ".join(picture.lines)


TELLERS: dict[type, Callable[[Any], str]] = {
    Curve: _curve,
    Bars: _bars,
    Field: _field,
    Network: _network,
    Graph: _graph,
    Table: _table,
    Matrix: _matrix,
    Text: _text,
}
