"""Every case of the grid in our engine: eager, number by number, and as a compiled program."""

from collections.abc import Sequence

import numpy as np

from engine.errors import DomainError
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor
from tests.engine.corners.grid import Case, Path


def graphs(case: Case, columns: Sequence[Tensor], paths: Sequence[Path]) -> list[Tensor]:
    """The value and the derivatives along the paths, each of as many numbers as a column."""
    y = case.f(*columns)
    found: dict[Path, Tensor] = {(): y}

    def derivative(path: Path) -> Tensor:
        if path not in found:
            (found[path],) = grad(derivative(path[:-1]).sum(), [columns[path[-1]]])
        return found[path]

    return [derivative(path) for path in paths]


def eager(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(paths, points): the values, and where the engine refused to give one."""
    parts = [_eager(case, rows) for rows in _batches(case)]
    values, refused = zip(*parts, strict=True)
    return np.concatenate(values, axis=1), np.concatenate(refused, axis=1)


def _batches(case: Case) -> Sequence[np.ndarray]:
    return np.split(case.points, len(case.points)) if case.alone else [case.points]


def _eager(case: Case, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All points at once, or where one of them is refused, each half by itself."""
    columns = [Tensor(c.copy()) for c in points.T]
    try:
        found = [g.value.reshape(len(points)) for g in graphs(case, columns, case.paths)]
    except DomainError:
        if len(points) == 1:
            return _until_refused(case, columns)
        middle = len(points) // 2
        halves = [_eager(case, part) for part in (points[:middle], points[middle:])]
        values, refused = zip(*halves, strict=True)
        return np.concatenate(values, axis=1), np.concatenate(refused, axis=1)
    return np.array(found), np.zeros((len(found), len(points)), dtype=bool)


def _until_refused(case: Case, columns: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """One point, path by path: what lies behind a refused derivative is refused too."""
    values = np.full((len(case.paths), 1), np.nan)
    refused = np.zeros_like(values, dtype=bool)
    for i, path in enumerate(case.paths):
        try:
            values[i] = graphs(case, columns, [path])[0].value
        except DomainError:
            refused[i] = True
    return values, refused


def compiled(case: Case) -> np.ndarray:
    """(paths, points): the same from a program made at an ordinary point."""
    size = 1 if case.alone else len(case.points)
    columns = [Tensor(np.full(size, x), f"x{i}") for i, x in enumerate(case.ordinary)]
    program = Program(columns, graphs(case, columns, case.paths))
    results = []
    for points in _batches(case):
        found = program(*points.T)
        results.append(np.array([np.broadcast_to(np.ravel(g), size) for g in found]))
    return np.concatenate(results, axis=1)
