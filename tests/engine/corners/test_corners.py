"""Values and derivatives at corners: ours, eager and compiled, beside PyTorch's and JAX's."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from engine.formula import Formula
from engine.reverse import grad
from engine.tensor import OPS, Tensor
from tests.engine.corners.conventions import CONVENTIONS, ROUNDING, Cell
from tests.engine.corners.grid import CASES, ORDERS, PARTS, REFERENCES, Case, Path
from tests.engine.corners.in_engine import compiled, eager

LIBRARIES = np.load(REFERENCES)
BY_NAME = {case.name: case for case in CASES}


@cache
def ours(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eager values, where they are refused, and compiled values of a case."""
    case = BY_NAME[name]
    return *eager(case), compiled(case)


def cells(case: Case) -> list[Cell]:
    """The cells of a case that are not the same in all three libraries."""
    torch, jax = LIBRARIES[case.name]
    value = ours(case.name)[2]
    different = ~(alike(value, torch) & alike(value, jax))
    return [
        Cell(
            case.name,
            tuple(case.points[j].tolist()),
            case.paths[i],
            *(float(library[i, j]) for library in (value, torch, jax)),
        )
        for i, j in np.argwhere(different)
    ]


def alike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`same`, number by number."""
    with np.errstate(all="ignore"):
        return (abs(a - b) <= 1e-12 * np.maximum(abs(a), abs(b))) | (a == b) | (a != a) & (b != b)


def test_the_file_was_made_on_this_grid():
    for case in CASES:
        np.testing.assert_array_equal(LIBRARIES[f"points of {case.name}"], case.points)
        assert LIBRARIES[case.name].shape == (2, len(case.paths), len(case.points))


def test_every_primitive_is_tried():
    named = " ".join(BY_NAME)
    assert [name for name in OPS if name not in named and name not in PARTS] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_eager_and_compiled_are_the_same_but_where_eager_refuses(name):
    value, refused, program = ours(name)
    with np.errstate(invalid="ignore"):
        close = alike(value, program) | (abs(value - program) <= ROUNDING)
    differ = np.argwhere(~refused & ~close)
    case = BY_NAME[name]
    assert [(case.points[j].tolist(), case.paths[i]) for i, j in differ] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_eager_refuses_only_where_there_is_nothing_finite_to_give(name):
    case, (_, refused, _) = BY_NAME[name], ours(name)
    torch = dict(zip(case.paths, LIBRARIES[name][0], strict=True))

    def ends(path: Path, j: int) -> bool:
        """Whether the value, or a derivative on the way, is infinite or none."""
        steps = [path[:k] for k in range(len(path) + 1) if path[:k] in torch]
        return not all(np.isfinite(torch[step][j]) for step in steps)

    wrong = {tuple(case.points[j].tolist()) for i, j in np.argwhere(refused)
             if not ends(case.paths[i], j)}  # fmt: skip
    assert wrong == ({(-np.inf, -0.5)} if name == "power" else set())  # C's pow gives 0


def test_every_difference_belongs_to_a_convention():
    found: Counter[str] = Counter()
    unexplained = []
    for cell in (cell for case in CASES for cell in cells(case)):
        name = next((c.name for c in CONVENTIONS if c.holds(cell)), None)
        found[name] += 1
        if name is None:
            unexplained.append(cell)
    assert unexplained == []
    assert {c.name: found[c.name] for c in CONVENTIONS if c.cells is not None} == {
        c.name: c.cells for c in CONVENTIONS if c.cells is not None
    }


@pytest.mark.parametrize(("text", "derivatives"), [
    ("x**3 + x**1 + x**0", [1, 1, 0, 6, 0]),
    ("(2*x)**3", [0, 0, 0, 48, 0]),
    ("2*x**2", [0, 0, 4, 0, 0]),
])  # fmt: skip
def test_typed_powers_have_all_derivatives_at_0(text, derivatives):
    x = Tensor(0.0)
    y = Formula(text)(x)
    found = [y]
    for _ in range(ORDERS):
        found.append(grad(found[-1], x))
    assert [g.item() for g in found] == derivatives


def test_powers_at_0_in_single_precision():
    x, p = (Tensor(np.array(v, np.float32)) for v in ([0, 0, 0, 2], [0, 1, 2, 3]))
    dx, dp = grad((x**p).sum(), [x, p])
    assert dx.dtype == dp.dtype == np.float32
    assert dx.value.tolist() == [0, 1, 0, 12]
    assert dp.value.tolist() == [0, 0, 0, pytest.approx(8 * np.log(2))]
