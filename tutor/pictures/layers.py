"""The placement of a network's neurons, and the size of their maps.

Maps are as large as the space allows: a full layer is split into two staggered columns if that
makes them larger, and edges to its second column pass between the maps of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lessons.kit.pictures import Network
from tutor.pictures.letters import fit, length, split

MAX_MAP_HEIGHT = 12
"""Rows of the largest map; a map has twice as many columns as rows, so that it looks square."""
MIN_GAP, MAX_GAP = 7, 28
"""The least columns between two layers for edges to be distinct, and the most they get."""
MIN_LABELED_GAP = 12
"""The least columns if edges carry numbers."""
SMALL_MAP_HEIGHT = 3
"""The most rows of maps if some layer has room only for one-row maps."""
STAGGER_GAP = 2
"""Columns between the two halves of a staggered layer."""


@dataclass(frozen=True)
class Neuron:
    """The upper left cell of a neuron and its size in cells; a single cell is a dot.

    `passage` is the row in which its edges pass the other half of its layer.
    """

    column: int
    row: int
    width: int
    height: int
    passage: int

    @property
    def right(self) -> int:
        """The first column to the right of the neuron."""
        return self.column + self.width

    @property
    def middle(self) -> float:
        """Its middle row, which may be half-integral."""
        return self.row + (self.height - 1) / 2


@dataclass(frozen=True)
class Layer:
    """The visible neurons of a layer, its left and right columns, and the number `hidden`."""

    neurons: tuple[Neuron, ...]
    left: int
    right: int
    hidden: int


@dataclass(frozen=True)
class SideNames:
    """The names beside the first or the last layer, each wrapped into lines."""

    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def width(self) -> int:
        """The columns that the names take, including the space before the neurons."""
        longest = max((length(line) for name in self.lines for line in name), default=0)
        return longest + 1 if longest else 0


@dataclass(frozen=True)
class LayerSize:
    """How one layer is drawn: rows and columns of a map, and the number of its columns of maps."""

    count: int
    tall: int
    wide: int
    halves: int

    @property
    def span(self) -> int:
        """The columns of the whole layer."""
        return self.wide * self.halves + STAGGER_GAP * (self.halves - 1)


def stack(
    picture: Network, width: int, top: int, rows: int, few: bool
) -> tuple[tuple[Layer, ...], SideNames, SideNames] | None:
    """Place as many neurons as fit, and the names at both sides; None without room.

    `few` edges get longer gaps, since they carry their numbers.
    """
    count = len(picture.layers)
    for tall in range(min(MAX_MAP_HEIGHT, rows), -1, -1):
        sizes = _sizes(picture, tall, rows)
        if sizes is None:
            continue
        left, right = _sides(picture, width, rows, sizes)
        free = width - sum(size.span for size in sizes) - left.width - right.width
        least = (MIN_LABELED_GAP if few else MIN_GAP) if tall > 1 else 2
        if free >= least * (count - 1):
            break
    else:
        return None
    gap = min(free / max(count - 1, 1), MAX_GAP)
    at = left.width + (free - gap * (count - 1)) / 2
    layers = []
    for size in sizes:
        column = round(at)
        place = _staggered if size.halves == 2 else _single
        neurons = tuple(place(size, column, top, rows))
        layers.append(Layer(neurons, column, column + size.span, size.count - len(neurons)))
        at += size.span + gap
    return tuple(layers), left, right


def _sizes(picture: Network, tall: int, rows: int) -> list[LayerSize] | None:
    """The sizes of all layers with maps of `tall` rows; at 0, one row and no staggered layer.

    A layer that is too full for the smallest real maps gets one-row maps, and the others stay
    small.
    """
    sizes = []
    for index, layer in enumerate(picture.layers):
        count = len(layer)
        has_maps = index < len(picture.fields) and bool(picture.fields[index])
        own = tall if has_maps and _halves(count, 2, rows) else 1
        halves = _halves(count, own, rows) if has_maps and tall else 1
        if own > 1 and not halves:
            return None
        wide = 2 * own if own > 1 else 3 if has_maps else 1
        sizes.append(LayerSize(count, max(own, 1), wide, halves or 1))
    is_full = any(size.wide == 3 for size in sizes)
    return None if is_full and tall > SMALL_MAP_HEIGHT else sizes


def _halves(count: int, tall: int, rows: int) -> int:
    """The number of columns into which the maps fit, one row apart: 1, 2, or 0 if they do not."""
    if count * (tall + 1) - 1 <= rows:
        return 1
    return 2 if _height(count, tall, tall + 1) <= rows else 0


def _lag(tall: int, pitch: int) -> int:
    """How much lower the second half is, so that its gaps are beside the first half's middles."""
    return pitch - 1 - (tall - 1) // 2


def _height(count: int, tall: int, pitch: int) -> int:
    """The rows of a staggered layer."""
    first, second = (count + 1) // 2, count // 2
    return max((first - 1) * pitch, (second - 1) * pitch + _lag(tall, pitch)) + tall


def _staggered(size: LayerSize, column: int, top: int, rows: int) -> list[Neuron]:
    """Neurons zigzagging in two columns, each half with gaps where the other has its middles."""
    count, tall = size.count, size.tall
    pitches = (p for p in (tall + 3, tall + 2) if _height(count, tall, p) <= rows)
    pitch = next(pitches, tall + 1)
    start = top + (rows - _height(count, tall, pitch)) // 2
    neurons = []
    for k in range(count):
        row = start + (k // 2) * pitch + (k % 2) * _lag(tall, pitch)
        at = column + (k % 2) * (size.wide + STAGGER_GAP)
        neurons.append(Neuron(at, row, size.wide, tall, row))
    # If there are two free rows below the maps, edges leave one of them for the names.
    below = tall + (pitch > tall + 1)
    taken = [
        {row for n in neurons[half::2] for row in range(n.row, n.row + below)} for half in (0, 1)
    ]
    return [
        replace(neuron, passage=_passage(neuron, taken[1 - k % 2], top, rows))
        for k, neuron in enumerate(neurons)
    ]


def _passage(neuron: Neuron, taken: set[int], top: int, rows: int) -> int:
    free = set(range(top, top + rows)) - taken
    return min(free, key=lambda row: (abs(row - neuron.middle), -row))


def _single(size: LayerSize, column: int, top: int, rows: int) -> list[Neuron]:
    """One layer's neurons, evenly spaced; the last row counts those without room."""
    tall = size.tall
    shown = size.count if size.count * tall <= rows else max((rows - 1) // tall, 1)
    spare = rows - shown * tall - (shown < size.count)
    # Wider gaps would make the layer fall apart.
    gap = min(spare // max(shown - 1, 1), max(3, tall)) if shown > 1 else 0
    start = top + (rows - shown * tall - gap * (shown - 1) - (shown < size.count)) // 2
    starts = [start + k * (tall + gap) for k in range(shown)]
    return [Neuron(column, row, size.wide, tall, row) for row in starts]


def _sides(
    picture: Network, width: int, rows: int, sizes: Sequence[LayerSize]
) -> tuple[SideNames, SideNames]:
    """The names of the inputs and of the outputs, as wide as a quarter of the picture allows."""
    names = picture.layers
    room = width // (4 if len(names) < 6 else 6)
    lines = []
    for size in (sizes[0], sizes[-1]):
        spare = (rows - size.count * size.tall) // max(size.count - 1, 1)
        lines.append(size.tall + max(min(spare, 3) - 1, 0))
    left = wrap_names(names[0], room, lines[0])
    return left, wrap_names(names[-1], room, lines[1]) if len(names) > 1 else SideNames()


def wrap_names(names: Sequence[str], room: int, most: int) -> SideNames:
    """Names in at most `most` lines of `room` cells; truncated only if they stay distinct.

    >>> wrap_names(("petal length", "petal width"), 6, 2).lines
    (('petal', 'length'), ('petal', 'width'))
    >>> wrap_names(("pixel 17", "pixel 18"), 5, 1).lines
    (('pi…17',), ('pi…18',))
    """
    lines = [_wrap(name, room) for name in names]
    if all(len(line) <= most and max(map(length, line), default=0) <= room for line in lines):
        return SideNames(tuple(lines))
    cut = [fit(name, min(length(name), room)) for name in names]
    if len(set(cut)) < len(set(names)) and room > 4:
        ends = [name if length(name) <= room else _middle_cut(name, room) for name in names]
        cut = [fit(name, min(length(name), room)) for name in ends]
    return SideNames(tuple((name,) for name in cut))


def _middle_cut(name: str, room: int) -> str:
    """The beginning and the last two cells of a name that is too long."""
    return f"{split(name, room - 3)[0]}…{split(name, length(name) - 2)[1]}"


def _wrap(name: str, room: int) -> tuple[str, ...]:
    lines = [""]
    for word in name.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and length(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)
