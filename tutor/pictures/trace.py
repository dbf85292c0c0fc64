"""Lines as braille cells, drawn by plotext, from numbers between 0 and 1.

plotext's time grows with the number of points and with its axes and texts, so it gets thinned
lines on a bare canvas, and colors that merely identify the line of each cell.
"""

import re
from collections.abc import Sequence

import numpy as np
import plotext as plt
from numpy.typing import NDArray

from engine.array import Array
from tutor.pictures.canvas import polyline

GlyphAt = tuple[int, int, str]
"""Column, row (downwards) and glyph."""
RUN = re.compile(r"\x1b\[([0-9;]*)m|([^\x1b]+)")


def trace(
    lines: Sequence[tuple[Array, Array]], dashed: Sequence[bool], width: int, height: int
) -> list[list[GlyphAt]]:
    """The cells of each line, whose x and y range from 0 to 1, upwards; nan is a gap.

    >>> trace([(np.array([0.0, 1.0]), np.array([0.0, 1.0]))], [False], 2, 1)
    [[(0, 0, '⡠'), (1, 0, '⠊')]]
    """
    _bare(width, height)
    for tag, ((x, y), dash) in enumerate(zip(lines, dashed, strict=True), start=1):
        if dash:
            px, py = _dashes(x, y, width, height)
            plt.scatter(px.tolist(), py.tolist(), marker="braille", color=tag)
            continue
        for part in _parts(x, y):
            at = part[_thin(x[part], y[part], width, height)]
            draw = plt.plot if at.size > 1 else plt.scatter
            draw(x[at].tolist(), y[at].tolist(), marker="braille", color=tag)
    return _read(plt.build(), len(lines))


def shared(
    traces: list[list[GlyphAt]],
    lines: Sequence[tuple[Array, Array]],
    dashed: Sequence[bool],
    width: int,
    height: int,
) -> list[list[GlyphAt]]:
    """The cells redistributed, so that lines that coincide alternate and none is fully hidden.

    A line below others keeps all cells that it has alone; those that are shared alternate in runs
    of three columns.

    >>> x = np.linspace(0, 1, 20)
    >>> both = trace([(x, x), (x, x)], [False, False], 20, 5)
    >>> [len(cells) for cells in both]
    [0, 22]
    >>> [len(cells) for cells in shared(both, [(x, x), (x, x)], [False, False], 20, 5)]
    [9, 13]
    """
    owner = {(c, r): k for k, cells in enumerate(traces) for c, r, _ in cells}
    glyph = {(c, r): g for cells in traces for c, r, g in cells}
    claims: dict[tuple[int, int], list[int]] = {cell: [k] for cell, k in owner.items()}
    for k, ((x, y), dash) in enumerate(zip(lines, dashed, strict=True)):
        if dash:
            continue
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        across, down = 2 * width - 1, 4 * height - 1
        dots = polyline(np.where(inside, x * across, np.nan), (1 - y) * down)
        for cell in set(zip((dots[0] // 2).tolist(), (dots[1] // 4).tolist(), strict=True)):
            if cell in owner and owner[cell] != k and not dashed[owner[cell]]:
                claims[cell].append(k)
    result: list[list[GlyphAt]] = [[] for _ in traces]
    for (column, row), sharers in claims.items():
        turn = sharers[column // 3 % len(sharers)]
        result[turn].append((column, row, glyph[column, row]))
    return result


def _dashes(x: Array, y: Array, width: int, height: int) -> tuple[Array, Array]:
    """The line's dots in every second column, so that what is below it shows in between."""
    across, down = 2 * width - 1, 4 * height - 1
    columns, rows = polyline(x * across, y * down)
    dots = np.unique((columns * (down + 1) + rows)[columns % 4 < 2])
    return dots // (down + 1) / across, dots % (down + 1) / down


def _parts(x: Array, y: Array) -> list[NDArray[np.int_]]:
    """The parts without a gap, as index arrays."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if known.size else []


def _bare(width: int, height: int) -> None:
    """Clear plotext's single global figure, and switch off its frame, axes and ticks."""
    plt.clear_figure()
    plt.limit_size(False, False)
    plt.plot_size(width, height)
    plt.theme("clear")
    plt.frame(False)
    plt.xticks([])
    plt.yticks([])
    plt.xlim(0, 1)
    plt.ylim(0, 1)


def _read(text: str, count: int) -> list[list[GlyphAt]]:
    """Split plotext's colored text by color: the k-th line was drawn in color k + 1."""
    cells: list[list[GlyphAt]] = [[] for _ in range(count)]
    for row, line in enumerate(text.split("\n")):
        column, tag = 0, 0
        for code, run in RUN.findall(line):
            if code:
                tag = int(code[5:]) if code.startswith("38;5;") else 0
                continue
            if tag:
                cells[tag - 1] += [(column + i, row, c) for i, c in enumerate(run) if c > " "]
            column += len(run)
    return cells


def _thin(x: Array, y: Array, width: int, height: int) -> list[int]:
    """The ends, and each column's least and greatest value, or one of them if they are close.

    The value nearer to the previous one comes first, so that noise is traced only once per column.
    """
    if len(y) <= width:
        return list(range(len(y)))
    columns = np.rint(x * (width - 1))
    run = np.concatenate([[0], np.cumsum(np.diff(columns) != 0)])
    order = np.lexsort((y, run))
    firsts = np.flatnonzero(np.diff(run[order], prepend=-1))
    lasts = np.append(firsts[1:], len(y)) - 1
    kept, dot = [0], 1 / (4 * height)
    for least, greatest in zip(order[firsts].tolist(), order[lasts].tolist(), strict=True):
        pair = [least, greatest] if y[greatest] - y[least] > dot else [least]
        kept += (
            pair if abs(y[kept[-1]] - y[pair[0]]) <= abs(y[kept[-1]] - y[pair[-1]]) else pair[::-1]
        )
    return [*kept, len(y) - 1]
