"""Pictures as data: what a lesson wants shown, with no drawing in it.

A lesson returns these records; only the program's `pictures` folder knows how to paint them.
`tone` picks a colour and a glyph from the theme: the same tone always means the same thing
within one lesson (0 is the learner's run, 1 and up are its companions).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.array import Array


@dataclass(frozen=True)
class Mark:
    """A moment on the horizontal axis, such as a knob that was turned."""

    x: float
    text: str


@dataclass(frozen=True)
class Series:
    """One line of a chart: y over x, equally long. A ghost is a pinned earlier run."""

    name: str
    x: Sequence[float] | Array
    y: Sequence[float] | Array
    tone: int = 0
    ghost: bool = False
    predicted: bool = False


@dataclass(frozen=True)
class Curve:
    """Lines over a common axis."""

    title: str
    series: tuple[Series, ...]
    x_label: str = "step"
    log_y: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Bars:
    """One bar a name; `predicted`, where given, is drawn as a tick on each bar."""

    title: str
    names: tuple[str, ...]
    values: Sequence[float] | Array
    predicted: Sequence[float] | Array | None = None


@dataclass(frozen=True)
class Points:
    """Points in the plane, coloured by class (0, 1, …) and shaped by class too."""

    x: Array
    y: Array
    labels: Array
    faint: bool = False


@dataclass(frozen=True)
class Path:
    """A trajectory in the plane; its last point is where the walker stands now."""

    name: str
    x: Sequence[float] | Array
    y: Sequence[float] | Array
    tone: int = 0


@dataclass(frozen=True)
class Field:
    """A function of the plane as a heat map: values[row, column], row 0 at the bottom (y0).

    `extent` is (x0, x1, y0, y1). `diverging` centres the colours on 0 (range ±`bound`);
    otherwise they run from the least to the greatest value. `contours` asks for level lines.
    """

    title: str
    values: Array
    extent: tuple[float, float, float, float]
    points: tuple[Points, ...] = ()
    paths: tuple[Path, ...] = ()
    targets: tuple[tuple[float, float], ...] = ()
    diverging: bool = False
    bound: float = 1.0
    contours: bool = False


@dataclass(frozen=True)
class Network:
    """Layers of neurons with signed weights between them.

    `fields[layer][neuron]`, where given, is a small map of that neuron's output over the input
    plane. `weights[l]` has shape (neurons of layer l, neurons of layer l + 1).
    """

    title: str
    layers: tuple[tuple[str, ...], ...]
    weights: tuple[Array, ...]
    fields: tuple[tuple[Array, ...], ...] = ()


@dataclass(frozen=True)
class GraphNode:
    """One operation: what it is called, its value and, once known, the gradient there."""

    name: str
    formula: str
    value: str
    gradient: str = ""
    inputs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Graph:
    """A computation as boxes and arrows; `current` is lit, `column[i]` places node i."""

    title: str
    nodes: tuple[GraphNode, ...]
    columns: tuple[int, ...]
    current: int | None = None


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; `current` is lit."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    current: int | None = None


@dataclass(frozen=True)
class Matrix:
    """Numbers in a grid, shaded by size and sign."""

    title: str
    values: Array
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """Lines of words and formulas; `current` is lit."""

    title: str
    lines: tuple[str, ...] = field(default=())
    current: int | None = None


Picture = Curve | Bars | Field | Network | Graph | Table | Matrix | Text
