"""Where the neurons of a network stand, and how large their maps can be.

Maps are as large as the room allows: a full layer stands in two staggered columns where that makes
them larger, and threads to its second column pass between the maps of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lessons.kit.pictures import Network
from tutor.pictures.canvas import fit, length

LARGEST = 12
"""Rows of the largest map; a map is twice as wide as tall, so that it looks square."""
NARROW, WIDE = 7, 28
"""Between two layers, threads need so many columns to be told apart, and no more than these."""
LABELLED = 12
"""The same where threads carry numbers."""
MODEST = 3
"""Rows of maps beside a layer that has room for swatches only."""
APART = 2
"""Columns between the two halves of a staggered layer."""


@dataclass(frozen=True)
class Neuron:
    """Where one neuron sits: its upper left cell and its size in cells; one cell is a dot.

    `passage` is the row in which its threads pass the other half of its layer.
    """

    column: int
    row: int
    width: int
    height: int
    passage: int

    @property
    def right(self) -> int:
        """The first column that is no longer the neuron's."""
        return self.column + self.width

    @property
    def middle(self) -> float:
        """Its middle row; half rows are possible."""
        return self.row + (self.height - 1) / 2


@dataclass(frozen=True)
class Layer:
    """The shown neurons of a layer between its left and right columns; others are `hidden`."""

    neurons: tuple[Neuron, ...]
    left: int
    right: int
    hidden: int


@dataclass(frozen=True)
class Names:
    """The names beside the first or the last layer, each wrapped into lines."""

    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def width(self) -> int:
        """Columns that the names take, with the blank before the neurons."""
        longest = max((length(line) for name in self.lines for line in name), default=0)
        return longest + 1 if longest else 0


@dataclass(frozen=True)
class Size:
    """How one layer is drawn: rows and columns of a map, and in how many halves it stands."""

    count: int
    tall: int
    wide: int
    halves: int

    @property
    def span(self) -> int:
        """Columns of the whole layer."""
        return self.wide * self.halves + APART * (self.halves - 1)


def stack(
    picture: Network, width: int, top: int, rows: int, few: bool
) -> tuple[tuple[Layer, ...], Names, Names] | None:
    """A place for as many neurons as fit, and the names at both sides; None without room.

    `few` threads are kept long, since they carry their numbers.
    """
    count = len(picture.layers)
    for tall in range(min(LARGEST, rows), -1, -1):
        sizes = _sizes(picture, tall, rows)
        if sizes is None:
            continue
        left, right = _sides(picture, width, rows, sizes)
        free = width - sum(size.span for size in sizes) - left.width - right.width
        least = (LABELLED if few else NARROW) if tall > 1 else 2
        if free >= least * (count - 1):
            break
    else:
        return None
    gap = min(free / max(count - 1, 1), WIDE)
    at = left.width + (free - gap * (count - 1)) / 2
    layers = []
    for size in sizes:
        column = round(at)
        place = _staggered if size.halves == 2 else _single
        neurons = tuple(place(size, column, top, rows))
        layers.append(Layer(neurons, column, column + size.span, size.count - len(neurons)))
        at += size.span + gap
    return tuple(layers), left, right


def _sizes(picture: Network, tall: int, rows: int) -> list[Size] | None:
    """Every layer with maps so tall; at 0 they are one row, and no layer is staggered.

    A layer that is too full for the smallest real maps gets swatches, and the others stay modest.
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
        sizes.append(Size(count, max(own, 1), wide, halves or 1))
    is_full = any(size.wide == 3 for size in sizes)
    return None if is_full and tall > MODEST else sizes


def _halves(count: int, tall: int, rows: int) -> int:
    """In how many columns so many maps fit, one row apart: 1, 2, or 0 for not at all."""
    if count * (tall + 1) - 1 <= rows:
        return 1
    return 2 if _height(count, tall, tall + 1) <= rows else 0


def _lag(tall: int, pitch: int) -> int:
    """How far the second half hangs lower, so that gaps lie beside middles."""
    return pitch - 1 - (tall - 1) // 2


def _height(count: int, tall: int, pitch: int) -> int:
    """Rows of a staggered layer."""
    first, second = (count + 1) // 2, count // 2
    return max((first - 1) * pitch, (second - 1) * pitch + _lag(tall, pitch)) + tall


def _staggered(size: Size, column: int, top: int, rows: int) -> list[Neuron]:
    """Neurons zigzag in two columns, each half with gaps where the other has its middles."""
    count, tall = size.count, size.tall
    pitches = (p for p in (tall + 3, tall + 2) if _height(count, tall, p) <= rows)
    pitch = next(pitches, tall + 1)
    start = top + (rows - _height(count, tall, pitch)) // 2
    neurons = []
    for k in range(count):
        row = start + (k // 2) * pitch + (k % 2) * _lag(tall, pitch)
        at = column + (k % 2) * (size.wide + APART)
        neurons.append(Neuron(at, row, size.wide, tall, row))
    # Threads leave a row for the names below the maps, where there are two.
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


def _single(size: Size, column: int, top: int, rows: int) -> list[Neuron]:
    """One layer's neurons evenly down; the last row is left to count those without room."""
    tall = size.tall
    shown = size.count if size.count * tall <= rows else max((rows - 1) // tall, 1)
    spare = rows - shown * tall - (shown < size.count)
    # Much further apart, neurons would drift away from each other.
    gap = min(spare // max(shown - 1, 1), max(3, tall)) if shown > 1 else 0
    start = top + (rows - shown * tall - gap * (shown - 1) - (shown < size.count)) // 2
    starts = [start + k * (tall + gap) for k in range(shown)]
    return [Neuron(column, row, size.wide, tall, row) for row in starts]


def _sides(picture: Network, width: int, rows: int, sizes: Sequence[Size]) -> tuple[Names, Names]:
    """The names of the inputs and of the outputs, as wide as a quarter of the picture allows."""
    names = picture.layers
    room = width // (4 if len(names) < 6 else 6)
    lines = []
    for size in (sizes[0], sizes[-1]):
        spare = (rows - size.count * size.tall) // max(size.count - 1, 1)
        lines.append(size.tall + max(min(spare, 3) - 1, 0))
    left = wrapped(names[0], room, lines[0])
    return left, wrapped(names[-1], room, lines[1]) if len(names) > 1 else Names()


def wrapped(names: Sequence[str], room: int, most: int) -> Names:
    """Names in at most so many lines of `room` cells; cut only if they stay different.

    >>> wrapped(("petal length", "petal width"), 6, 2).lines
    (('petal', 'length'), ('petal', 'width'))
    >>> wrapped(("pixel 17", "pixel 18"), 5, 1).lines
    (('pi…17',), ('pi…18',))
    """
    lines = [_wrap(name, room) for name in names]
    if all(len(line) <= most and max(map(length, line), default=0) <= room for line in lines):
        return Names(tuple(lines))
    cut = [fit(name, min(length(name), room)) for name in names]
    if len(set(cut)) < len(set(names)) and room > 4:
        ends = [
            name if length(name) <= room else f"{name[: room - 3]}…{name[-2:]}" for name in names
        ]
        cut = [fit(name, min(length(name), room)) for name in ends]
    return Names(tuple((name,) for name in cut))


def _wrap(name: str, room: int) -> tuple[str, ...]:
    lines = [""]
    for word in name.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and length(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)
