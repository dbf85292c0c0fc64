"""Pictures as data: what an experiment wants to show, without any drawing code.

An experiment returns these records; only the program's `pictures` folder knows how to paint them.
`tone` picks a color and a glyph from the theme: the same tone always means the same thing within
one lesson (0 is the learner's run, 1 and up are the runs beside it).

Anything interactive names the knob that it turns (`knob=`, `pick=`, `edit=`); there is no other
input. A picture's `handles` are everything in it that can be grabbed, in the order in which the
keyboard visits them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.array import Array
from lessons.kit.oracles import Oracle

Pair = Sequence[float] | Array
"""Two numbers: x and y."""
FloatSequence = Sequence[float] | Array
HandlePart = tuple[int, int] | int | str | None


class Handle(NamedTuple):
    """Something in a picture that a learner can grab: it turns `knob`.

    `part` says which part of the knob's value, or which value: None for a point that is dragged, or
    the row of a `Matrix` of points; (row, column) for a cell, a number or a name for something
    picked by a click.
    """

    knob: str
    part: HandlePart = None


@dataclass(frozen=True)
class Mark:
    """A labeled position on the horizontal axis, such as the step at which a knob was turned."""

    x: float
    text: str


@dataclass(frozen=True)
class Series:
    """One line of a chart: y over x, of equal length. A ghost is an earlier run that was pinned."""

    name: str
    x: FloatSequence
    y: FloatSequence
    tone: int = 0
    ghost: bool = False
    predicted: bool = False


@dataclass(frozen=True)
class Curve:
    """Lines over a common axis.

    Of a run, the last point of a line is its present value, which the legend tells; not so of
    functions (`is_run=False`).
    """

    title: str
    series: tuple[Series, ...]
    x_label: str = "step"
    log_y: bool = False
    log_x: bool = False
    marks: tuple[Mark, ...] = ()
    is_run: bool = True

    @property
    def handles(self) -> tuple[Handle, ...]:
        """A curve is only looked at."""
        return ()


@dataclass(frozen=True)
class Bars:
    """One bar per name; `predicted`, if given, is drawn as a tick on each bar.

    `pick` names the `Integer` knob that a click on bar i sets to i, counted from 1. `lit` bars are
    highlighted.
    """

    title: str
    names: tuple[str, ...]
    values: FloatSequence
    predicted: FloatSequence | None = None
    lit: tuple[int, ...] = ()
    pick: str = ""

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every bar, if bars can be picked."""
        return tuple(Handle(self.pick, i + 1) for i in range(len(self.names)) if self.pick)


@dataclass(frozen=True)
class Histogram:
    """How often values fell between edges (k + 1 of them for k counts), drawn as a density.

    `density` is what theory predicts, drawn as a line over the bars; `marks` are vertical lines.
    """

    title: str
    edges: Array
    counts: Array
    density: Series | None = None
    x_label: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """A histogram is only looked at."""
        return ()


@dataclass(frozen=True)
class Points:
    """Points in the plane, colored by class (0, 1, …) and shaped by class too."""

    x: Array
    y: Array
    labels: Array
    faint: bool = False


@dataclass(frozen=True)
class Path:
    """A line through points of the plane.

    `has_marker` draws a marker at the last point: the current position of a trajectory, which an
    outline or a grid line does not have. A path that has `arrived` ends in a star.
    """

    name: str
    x: FloatSequence
    y: FloatSequence
    tone: int = 0
    has_marker: bool = False
    arrived: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Arrow:
    """From tail to tip; `knob` names the `Point` knob that dragging the tip turns."""

    name: str
    tip: Pair
    tail: Pair = (0.0, 0.0)
    tone: int = 0
    knob: str = ""
    faint: bool = False


@dataclass(frozen=True)
class Spot:
    """A single point: a star, or a grip that can be dragged if `knob` names a `Point` knob.

    It may also name a `Matrix` knob of shape (N, 2), whose rows are points: `row` says which.
    """

    at: Pair
    name: str = ""
    tone: int = 0
    knob: str = ""
    row: int | None = None


@dataclass(frozen=True)
class Region:
    """The inside of a polygon with corners (x, y), lightly filled."""

    name: str
    x: FloatSequence
    y: FloatSequence
    tone: int = 0


@dataclass(frozen=True)
class HeatMap:
    """A function on the plane as colors: values[row, column], row 0 at the bottom.

    It covers the whole extent of its plane. `diverging` centers the colors on 0 (range ±`bound`);
    otherwise they run from the least to the greatest value. `contours` adds level lines.
    """

    values: Array
    diverging: bool = False
    bound: float = 1.0
    contours: bool = False


@dataclass(frozen=True)
class Plane:
    """A rectangle of the plane, extent (x0, x1, y0, y1), with everything on it.

    `equal` keeps circles round; `axes` are the lines through 0 with their numbers (at the edge if 0
    lies outside). Over a heat map, numbers appear at the edges only. `pick` names the `Point` knob
    that a click anywhere sets, as on a map; a `Spot` or an `Arrow` of that knob shows its value.
    """

    title: str
    extent: tuple[float, float, float, float]
    heat: HeatMap | None = None
    regions: tuple[Region, ...] = ()
    paths: tuple[Path, ...] = ()
    points: tuple[Points, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    spots: tuple[Spot, ...] = ()
    x_label: str = ""
    y_label: str = ""
    equal: bool = True
    axes: bool = True
    pick: str = ""

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every tip and spot that a knob moves."""
        tips = [Handle(arrow.knob) for arrow in self.arrows]
        spots = [Handle(spot.knob, spot.row) for spot in self.spots]
        return tuple(handle for handle in (*tips, *spots) if handle.knob)


@dataclass(frozen=True)
class Cells:
    """A matrix, one sharp block per number, never smoothed; row 0 at the top.

    `digits` writes each number on its block, else blocks are pixels. Colors are centered on 0 if
    any value is negative, and reach to `bound` (default: the largest magnitude). `lit` cells are
    framed. `pick` names the `Cell` knob that a click on a cell sets, `edit` the `Matrix` knob whose
    entries these are.
    """

    title: str
    values: Array
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    lit: tuple[tuple[int, int], ...] = ()
    digits: bool = True
    bound: float | None = None
    pick: str = ""
    edit: str = ""

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every cell, row by row, if cells can be picked or edited."""
        knob = self.pick or self.edit
        rows, columns = self.values.shape
        places = [(i, j) for i in range(rows) for j in range(columns)] if knob else []
        return tuple(Handle(knob, place) for place in places)


@dataclass(frozen=True)
class Network:
    """Layers of neurons with signed weights between them.

    `fields[layer][neuron]`, if given, is a small map of that neuron's output over the input plane.
    `weights[l]` has shape (neurons of layer l, neurons of layer l + 1).
    """

    title: str
    layers: tuple[tuple[str, ...], ...]
    weights: tuple[Array, ...]
    fields: tuple[tuple[Array, ...], ...] = ()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """A network is only looked at."""
        return ()


@dataclass(frozen=True)
class GraphNode:
    """One value of a computation: its name, its number and, once known, its gradient.

    `column` counts from the left; `row` is its height among the rows of the graph, from 0 at the
    top, and may be fractional. A `small` node is a constant or a target, drawn without a box.
    """

    name: str
    column: int
    row: float
    value: str = ""
    gradient: str = ""
    formula: str = ""
    small: bool = False


@dataclass(frozen=True)
class GraphEdge:
    """An edge from one node to another, and its weight, if any: name, value, gradient."""

    source: str
    target: str
    name: str = ""
    value: str = ""
    gradient: str = ""


@dataclass(frozen=True)
class Graph:
    """A computation as nodes and edges, values forward and gradients backward.

    `current` names the node or edge that is being computed now: it is highlighted, as are its
    inputs (`sources`). `backward` reverses the arrows for the backward pass. `pick` names the
    `Choice` knob that a click on a node or an edge sets to its name.
    """

    title: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    current: str = ""
    sources: tuple[str, ...] = ()
    backward: bool = False
    pick: str = ""

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every node and every named edge, if they can be picked."""
        names = [*(node.name for node in self.nodes), *(edge.name for edge in self.edges)]
        return tuple(Handle(self.pick, name) for name in dict.fromkeys(names) if name and self.pick)


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; row number `current` is highlighted.

    `pick` names the `Choice` knob that a click on a row sets to the row's first cell.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    current: int | None = None
    pick: str = ""

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every row, if rows can be picked."""
        return tuple(Handle(self.pick, row[0]) for row in self.rows if self.pick and row)


@dataclass(frozen=True)
class Text:
    """Lines of words and formulas, or of code; line number `current` is highlighted."""

    title: str
    lines: tuple[str, ...] = ()
    current: int | None = None

    @property
    def handles(self) -> tuple[Handle, ...]:
        """A text is only read."""
        return ()


@dataclass(frozen=True)
class Oracles:
    """What theory predicts next to what the run measured, and whether the two agree."""

    title: str
    oracles: tuple[Oracle, ...]

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Oracles are only read."""
        return ()


SinglePicture = Curve | Bars | Histogram | Plane | Cells | Network | Graph | Table | Text | Oracles


@dataclass(frozen=True)
class PictureRow:
    """Pictures in a row with signs between them: window, "·", kernel, "=", products."""

    title: str
    parts: tuple[SinglePicture | str, ...]

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Those of all parts."""
        pictures = (part for part in self.parts if not isinstance(part, str))
        return tuple(handle for picture in pictures for handle in picture.handles)


Picture = SinglePicture | PictureRow
