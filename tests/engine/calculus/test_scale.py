"""The units of x and of f change nothing but the units: 600 powers of two away, bit for bit.

Each row of `LAWS` computes with f in the unit v and x in the unit u, and says to which powers of
them each number of its answer goes.
"""

import inspect
import math

import numpy as np
import pytest

from engine import calculus
from engine.curvature import lanczos, power_iteration
from engine.errors import DomainError

H = np.array([[2.0, 1.0, 0.0], [1.0, -3.0, 0.5], [0.0, 0.5, 1.0]])


def chance():
    return np.random.default_rng(3)


def wave(u, v):
    """A function without symmetry: v · g(x / u)."""
    return lambda x: v * (np.sin(3 * (x / u)) + (x / u) * (x / u))


def slopes(t, y):
    return -y


def box(u, v):
    return lambda x: v * ((x / u)[:, 0] ** 2 + (x / u)[:, 1])


def wide_box(u, v):
    return lambda x: v * ((x[:, 0] / u) ** 2 + x[:, 1])


LAWS = {
    # name: f of the units of x and of f, powers of both in each number of the answer
    "trapezoid": (lambda u, v: calculus.trapezoid(wave(u, v), 0, u, 7), (1, 1)),
    "simpson": (lambda u, v: calculus.simpson(wave(u, v), 0, u, 8), (1, 1)),
    "gauss": (lambda u, v: calculus.gauss_legendre(wave(u, v), 0, u, 5), (1, 1)),
    "substitution": (
        lambda u, v: calculus.substitution(box(1, v), lambda x, y: (x / u, y), [0, 0], [u, 1], 4),
        (0, 1),
    ),
    "substitution, the box": (
        lambda u, v: calculus.substitution(
            box(1, v), lambda x, y: (x / u, y / u), [0, 0], [u, u], 4
        ),
        (0, 1),
    ),
    "jacobian": (lambda u, v: calculus.jacobian(lambda x: [wave(u, v)(x)], [[u]])[1], (-1, 1)),
    "forward difference": (
        lambda u, v: calculus.forward_difference(wave(u, v), u, u / 64), (-1, 1),
    ),
    "central difference": (
        lambda u, v: calculus.central_difference(wave(u, v), u, u / 64), (-1, 1),
    ),
    "complex step": (lambda u, v: calculus.complex_step(wave(u, v), u), (-1, 1)),
    "duals": (lambda u, v: calculus.derivative(wave(u, v), u), (-1, 1)),
    "gradient by duals": (lambda u, v: calculus.gradient(wave(u, v), [u]), (-1, 1)),
    "euler": (lambda u, v: calculus.ode(slopes, [v, 2 * v], 0.25, 3, method="euler").y, (0, 1)),
    "runge kutta": (
        lambda u, v: calculus.ode(lambda t, y: -y / u, [v, 2 * v], u / 4, 3).y, (0, 1),
    ),
    "gradient flow": (
        lambda u, v: calculus.gradient_flow(lambda w: (w * w).sum(), [v], 0.25, 3).y, (0, 1),
    ),
    "polynomial": (lambda u, v: calculus.polynomial([v, 2 * v / u], u, 3 * u), (0, 1)),
    "power iteration": (
        lambda u, v: next(power_iteration(lambda x: v * H @ x, 3, rng=chance())).residual, (0, 1),
    ),
}  # fmt: skip

ALONE = {"runge kutta", "polynomial"}
"""What they are given has a float only where one of the units is 1."""

UNDERFLOWS = {"jacobian", "duals", "gradient by duals"}
"""Their slopes are products, which may vanish before the last of them."""

UNITS = [(1.0, 2.0**-600), (1.0, 2.0**600), (2.0**-600, 1.0), (2.0**600, 1.0)]
UNITS += [(2.0**-600, 2.0**600), (2.0**600, 2.0**-600), (2.0**-300, 2.0**-300)]


def exponent(powers, units):
    return int(sum(p * math.log2(u) for p, u in zip(powers, units, strict=True)))


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", LAWS)
def test_every_answer_scales_bit_for_bit_or_is_refused(name, units):
    f, powers = LAWS[name]
    by = exponent(powers, units)
    if name in ALONE and 1.0 not in units:
        return
    if by < -1000 and name in UNDERFLOWS:
        assert not np.any(f(*units))
        return
    if abs(by) > 1000:
        with pytest.raises(DomainError, match=r"^\w+: expected "):
            f(*units)
        return
    np.testing.assert_array_equal(f(*units), np.ldexp(f(1.0, 1.0), by))


@pytest.mark.parametrize("units", UNITS[:-1])
@pytest.mark.parametrize("rule", ["trapezoid", "simpson", "gauss"])
def test_the_panels_doubled_do_not_depend_on_the_units(rule, units):
    (u, v), settings = units, {"rule": rule, "n": 2, "tolerance": 1e-6}
    by = exponent((1, 1), units)
    plain = list(calculus.refinement_steps(wave(1.0, 1.0), 0, 1, **settings))
    if abs(by) > 1000:
        return
    scaled = list(calculus.refinement_steps(wave(u, v), 0, u, **settings))
    assert len(plain) == len(scaled)
    for one, two in zip(plain, scaled, strict=True):
        assert two.n == one.n
        assert two.area == math.ldexp(one.area, by)
        np.testing.assert_array_equal(two.change, np.ldexp(one.change, by))
    assert scaled[-1].converged


@pytest.mark.parametrize("units", UNITS[:-1])
def test_every_estimate_by_chance_scales_bit_for_bit(units):
    def run(u, v):
        return list(
            calculus.monte_carlo_steps(wide_box(u, v), [0, 0], [u, 2], 9, rng=chance(), batch=4)
        )

    by = exponent((1, 1), units)
    for one, two in zip(run(1.0, 1.0), run(*units), strict=True):
        assert (two.area, two.standard_error) == (
            math.ldexp(one.area, by),
            math.ldexp(one.standard_error, by),
        )


def test_a_small_box_and_a_tall_function_make_an_ordinary_area():
    """Its volume, 2⁻¹²⁰⁰, and the squares of f have no floats; the area has one."""
    u, v = 2.0**-600, 2.0**900
    found = calculus.monte_carlo(box(u, v), [0, 0], [u, u], 50, rng=chance())
    plain = calculus.monte_carlo(box(1, 1), [0, 0], [1, 1], 50, rng=chance())
    assert found.area == plain.area * 2.0**-300
    assert found.standard_error == plain.standard_error * 2.0**-300


def test_a_batch_far_larger_than_the_ones_before_keeps_the_mean():
    heights = iter([1e-200, 1e200, 1.0])

    def f(x):
        return np.full(len(x), next(heights)) * (1 + x[:, 0])

    found = calculus.monte_carlo(f, [0], [1], 6, rng=chance(), batch=2)
    x = np.concatenate([chance().random((6, 1))])[:, 0]
    y = np.repeat([1e-200, 1e200, 1.0], 2) / 1e200 * (1 + x)
    assert found.area == pytest.approx(y.mean() * 1e200, rel=1e-14)
    assert found.standard_error == pytest.approx(y.std(ddof=1) / math.sqrt(6) * 1e200, rel=1e-14)


@pytest.mark.parametrize("u", [2.0**-600, 2.0**-200, 2.0**200, 2.0**600])
def test_taylor_counts_in_the_unit_of_its_center(u):
    if abs(math.log2(u)) < 300:
        plain = calculus.taylor(lambda x: np.exp(x), 1.0, 3)
        found = calculus.taylor(lambda x: np.exp(x / u), u, 3)
        want = np.ldexp(plain, -int(math.log2(u)) * np.arange(4))
        np.testing.assert_allclose(found, want, rtol=1e-15)
        return
    with pytest.raises(
        DomainError, match=r"^taylor: expected a finite derivative, got .* degree 2"
    ):
        calculus.taylor(lambda x: np.exp(x / u), u, 3)


def test_ordinary_sums_of_numbers_near_the_largest_are_areas():
    for rule in (calculus.trapezoid, calculus.simpson, calculus.gauss_legendre):
        assert rule(lambda x: 1.7e308, 0, 1, 50) == pytest.approx(1.7e308, rel=1e-14)


@pytest.mark.parametrize("v", [2.0**-600, 2.0**600])
def test_curvature_scales_bit_for_bit(v):
    for one, two in zip(
        lanczos(lambda x: H @ x, 3, rng=chance()),
        lanczos(lambda x: v * (H @ x), 3, rng=chance()),
        strict=True,
    ):
        np.testing.assert_array_equal(np.multiply(one.alphas, v), two.alphas)
        np.testing.assert_array_equal(np.multiply(one.betas, v), two.betas)
        assert two.largest == pytest.approx(one.largest * v, rel=1e-14, abs=0)


WITHOUT_A_UNIT = {"legendre", "nodes", "node_steps"}
ELSEWHERE = {"forward", "forward_steps", "best_steps", "difference_steps", "integrate"}


def test_no_function_is_forgotten():
    source = inspect.getsource(inspect.getmodule(test_no_function_is_forgotten))
    for name in calculus.__all__:
        f = getattr(calculus, name)
        if inspect.isfunction(f) and name not in WITHOUT_A_UNIT | ELSEWHERE:
            assert f"calculus.{name.removesuffix('_steps')}" in source, name
