"""A tabulated density agrees with closed forms, and says where a typed one is none."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.formula import Formula
from engine.probability import Normal, Tabulated, Uniform

P = np.array([0.001, 0.1, 0.25, 0.5, 0.9, 0.999])
ROUND = 3e-6
"""What 1200 straight pieces may miss of a curved density."""


def test_a_ramp_is_exact_however_few_its_pieces():
    for law in (Tabulated(-3, 3, [0, 7]), Tabulated.of(Formula("x + 3"), -3, 3)):
        assert law.mean == pytest.approx(1, abs=1e-12)  # −3 + 6 · 2/3
        assert law.variance == pytest.approx(2, abs=1e-12)  # 6²/18
        assert_allclose(law.quantile(P), -3 + 6 * np.sqrt(P), atol=1e-12)
        x = np.linspace(-3, 3, 50)
        assert_allclose(law.cdf(x), ((x + 3) / 6) ** 2, atol=1e-14)
        assert_allclose(law.density(x), (x + 3) / 18, atol=1e-14)


def test_a_falling_ramp_mirrors_a_rising_one():
    rising, falling = Tabulated(0, 1, [0, 1]), Tabulated(0, 1, [1, 0])
    assert_allclose(falling.quantile(P), 1 - rising.quantile(1 - P), atol=1e-12)


def test_a_parabola_has_its_known_moments_and_quantiles():
    law = Tabulated.of(Formula("x**2"), -3, 3)  # F(x) = (x³ + 27)/54
    assert law.mean == pytest.approx(0, abs=1e-12)
    assert law.variance == pytest.approx(27 / 5, rel=ROUND)
    assert_allclose(law.quantile(P), np.cbrt(54 * P - 27), atol=0.003)
    far = P[P != 0.5]  # at the median the density is 0, and F says little about x
    assert_allclose(law.quantile(far), np.cbrt(54 * far - 27), atol=1e-5)


def test_a_typed_normal_density_is_the_normal_law():
    law, normal = Tabulated.of(Formula("exp(-x**2/2)"), -8, 8), Normal()
    assert law.std == pytest.approx(1, rel=2e-5)
    assert_allclose(law.quantile(P), normal.quantile(P), atol=2e-4)
    assert_allclose(law.cdf(np.arange(-4, 5)), normal.cdf(np.arange(-4, 5)), atol=1e-5)


def test_the_error_falls_with_the_square_of_the_pieces():
    errors = [abs(Tabulated.of(lambda x: x**2, -3, 3, n).variance - 5.4) for n in (20, 40)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.02)


def test_a_constant_is_uniform_and_its_unit_does_not_count():
    for height in (1e-300, 1, 1e308):
        law = Tabulated.of(lambda _, height=height: height, -3, 3)
        assert law.variance == pytest.approx(Uniform(-3, 3).variance)
        assert_allclose(law.quantile(P), Uniform(-3, 3).quantile(P), atol=1e-12)


def test_quantile_and_cdf_are_inverse_also_across_a_gap():
    law = Tabulated.of(Formula("where(abs(x) > 1, 1, 0)"), -3, 3)
    assert_allclose(law.cdf(law.quantile(P)), P, atol=1e-14)
    assert float(law.quantile(0.5)) <= -0.99  # the smallest x with F(x) ≥ ½
    assert law.cdf(0) == pytest.approx(0.5)
    assert (law.cdf(-3), law.cdf(3), law.survival(3)) == (0, 1, 0)
    assert law.density([-4, 0, 4]).tolist() == [0, 0, 0]


def test_draws_follow_the_law():
    law = Tabulated.of(Formula("exp(-4*(x + 1.5)**2) + exp(-4*(x - 1)**2)"), -3, 3)
    x = np.sort(law.sample(4000, rng=np.random.default_rng(0)))
    assert abs(law.cdf(x) - np.arange(1, 4001) / 4000).max() < 1.95 / np.sqrt(4000)  # Kolmogorov
    assert law.sample(0, rng=np.random.default_rng(0)).shape == (0,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", r"expected numbers ≥ 0, got -3 at x = -3"),
        ("0*x", r"expected more than 0 somewhere from -3 to 3, got 0 everywhere"),
        ("exp(999*x)", r"expected finite numbers, got inf at x = "),
    ],
)
def test_what_is_no_density_is_refused_with_its_place(text, sentence):
    with np.errstate(over="ignore"), pytest.raises(DomainError, match=sentence):
        Tabulated.of(Formula(text), -3, 3)


def test_bounds_and_shapes_are_refused():
    with pytest.raises(DomainError, match="low < high"):
        Tabulated(1, 1, [1, 1])
    with pytest.raises(DomainError):
        Tabulated(0, 1, [1])
    with pytest.raises(ShapeError):
        Tabulated(0, 1, [[1, 1]])
    with pytest.raises(ShapeError, match="one number for each x"):
        Tabulated.of(lambda x: np.outer(x, x), 0, 1)


@pytest.mark.parametrize("heights", [[1, 0], [3, 1, 0], np.linspace(1, 0, 1201)])
def test_a_small_tail_keeps_its_digits_on_either_side(heights):
    falling, rising = Tabulated(0, 1, heights), Tabulated(-1, 0, np.flip(heights))
    cells = np.add(heights[1:], heights[:-1]) / 2
    slope = heights[-2] * len(cells) / cells.mean()  # of the density at its end
    for near in (1e-4, 1e-7, 1e-10, 2.0**-53):
        x = 1 - near
        exact = {"rel": 1e-12, "abs": 0}
        assert falling.survival(x) == pytest.approx(slope * (1 - x) ** 2 / 2, **exact)
        assert rising.cdf(-x) == pytest.approx(slope * (1 - x) ** 2 / 2, **exact)
        assert falling.density(x) == pytest.approx(slope * (1 - x), **exact)
    x = np.linspace(0, 1, 777)
    assert_allclose(falling.cdf(x) + falling.survival(x), 1, atol=1e-14)


def test_a_width_whose_density_or_variance_is_no_float_is_refused():
    for low, high in ((0, 1e-300), (-1e307, 1e307), (1e15, 1e15 + 1), (-1e308, 1e308)):
        with pytest.raises(DomainError, match="low < high, from 1e-100 to 1e"):
            Tabulated.of(lambda x: 1.0, low, high)
    for low, high in ((0, 1e-100), (-4e99, 4e99)):
        law = Tabulated.of(lambda x: 1.0, low, high)
        assert law.density(high / 2) == pytest.approx(1 / (high - low))
        assert law.variance == pytest.approx((high - low) ** 2 / 12, rel=1e-12)


def test_a_table_far_from_zero_is_the_same_but_for_its_place():
    near, far = (Tabulated.of(lambda x: 1 + np.sin(x), a, a + 1) for a in (0.0, 1e6 * 2 * np.pi))
    assert far.std == pytest.approx(near.std, rel=1e-8)
    assert_allclose(far.density(far.low + P), near.density(P), rtol=1e-8)
    uniform = Tabulated.of(lambda x: 1.0, 1e6, 1e6 + 1)
    assert uniform.density(1e6 + 0.3) == pytest.approx(1, rel=1e-12)


def test_a_jump_costs_one_over_the_cells_and_less_than_a_cell_is_not_seen():
    errors = [
        abs(Tabulated.of(lambda x: (x > 1) * 1.0, -3, 3, n).mean - 2) for n in (100, 200, 400)
    ]
    assert_allclose(np.divide(errors[:-1], errors[1:]), 2, rtol=0.1)
    law = Tabulated.of(lambda x: 1 + 1e6 * (abs(x - 1.0025) < 0.002), -3, 3)  # between two points
    assert law.variance == pytest.approx(Uniform(-3, 3).variance)
