"""The claims of the lesson on derivatives, each with an attempt to refute it."""

from fractions import Fraction
from math import exp, isnan, sin

import numpy as np
import pytest

from engine.calculus import complex_step
from engine.errors import DomainError
from lessons.calculus.derivatives._taylor import RESTS
from lessons.calculus.derivatives.lab import (
    EPS,
    Corner,
    DerivativeGraph,
    Rules,
    Secant,
    Steps,
    Taylor,
    checks,
)
from lessons.kit.run import Run
from tests.lessons.claims import says
from tutor.pictures.cells import DARK
from tutor.pictures.paint import paint

PATH = "calculus/derivatives"
SMOOTH = ("sin(x)", "exp(x)", "x*sin(x)", "1/(1+x**2)", "tanh(x)", "log(x+4)", "sqrt(x+4)")
POINTS = (-1.3, -0.4, 0.7, 1.0, 1.9)


def lab_of(experiment, steps=0, **values):
    run = Run(experiment, 0, values)
    run.advance(steps)
    return run.lab


def test_the_secants_of_a_parabola():
    says(PATH, "has the slope (4 − 1)/1 = 3. From 1 to 1.1 it is (1.21 − 1)/0.1 = 2.1")
    says(PATH, "With a run of h it is $2 + h$")
    says(PATH, "h must be within ±0.2, and not 0")
    assert lab_of(Secant).slope == 3
    for h in (-2, -0.5, -0.2, -0.1, 0.1, 0.2, 0.3, 1.5):
        lab = lab_of(Secant, q=f"{1 + h}, 0")
        assert lab.slope == pytest.approx(2 + h)
        assert checks["tangent"].reached(lab) == (abs(h) <= 0.2)


def test_two_points_in_one_have_no_slope():
    says(PATH, "with q exactly on p the quotient is 0/0, which has no value")
    lab = lab_of(Secant, q="1, 3")
    assert isnan(lab.slope)
    assert not checks["tangent"].reached(lab)
    assert [path.name for path in lab.plane().paths] == ["f", "tangent"]
    assert lab.numbers().rows[2][1] == "none"


@pytest.mark.parametrize("f", SMOOTH)
def test_a_tenth_of_h_is_a_tenth_of_the_forward_error_and_a_hundredth_of_the_central(f):
    says(PATH, "a tenth of h, a tenth of the error")
    says(PATH, "is left: slope 2")
    for x in POINTS:
        lab = lab_of(Steps, 40, f=f, x=x)
        rows = {f"{row.h:.0e}": row for row in lab.rows}
        c1, c2, _ = lab.laws
        if c1 > 0.02:
            ratio = rows["1e-03"].forward_error / rows["1e-04"].forward_error
            assert ratio == pytest.approx(10, rel=0.02)
        if c2 > 0.02:
            ratio = rows["1e-02"].central_error / rows["1e-03"].central_error
            assert ratio == pytest.approx(100, rel=0.02)


def test_the_best_steps_for_the_sine_at_1():
    says(PATH, "its error is 3e-9 at h = 1e-8")
    assert checks["smallest"].outcome(checks["smallest"].run().lab) == 1
    rows = {f"{row.h:.0e}": row for row in lab_of(Steps, 40, last=16).rows}
    assert rows["1e-08"].forward_error == pytest.approx(3.0e-9, rel=0.02)
    assert min(row.forward_error for row in rows.values()) == rows["1e-08"].forward_error
    assert rows["1e-05"].central_error == pytest.approx(1.1e-11, rel=0.05)
    assert rows["1e-16"].complex_error == 0


@pytest.mark.parametrize("f", SMOOTH)
def test_where_the_v_is_lowest(f):
    says(PATH, r"It is lowest near $h = \sqrt{\varepsilon} \approx 1.5 \cdot 10^{-8}$")
    says(PATH, r"near $\sqrt[3]{\varepsilon} \approx 6 \cdot 10^{-6}$")
    says(PATH, "it ends at 0 or one last digit")
    logs = []
    for x in POINTS:
        lab = lab_of(Steps, 40, f=f, x=x, last=16)
        c1, c2, noise = lab.laws
        if min(c1, c2) > 1e-3:  # where a factor is 0, more is gained
            one = min(lab.rows, key=lambda row: row.forward_error).h
            two = min(lab.rows, key=lambda row: row.central_error).h
            logs.append(np.log10([one / EPS**0.5, two / EPS ** (1 / 3)]))
        assert lab.rows[-1].complex_error <= 2 * EPS * max(1, noise / EPS)
        assert all(oracle.ok is not False for oracle in lab.oracles()), (f, x)
    assert (abs(np.median(logs, axis=0)) <= 1).all(), logs


def test_a_complex_step_needs_a_function_of_complex_numbers():
    says(PATH, "But f must be made for complex numbers")
    with pytest.raises(DomainError, match="of complex numbers"):
        complex_step(sin, 1.0)


def test_the_sum_of_both_errors_is_least_where_they_are_equal():
    says(PATH, "there both parts are equal, c·h = 1e-16/h")
    balance = checks["balance"]
    for seed in range(20):
        c = balance.vary(np.random.default_rng(seed))["c"]
        h = np.geomspace(1e-12, 1e-4, 100_001)
        least = h[np.argmin(c * h + 1e-16 / h)]
        assert balance.answer({"c": c}) == pytest.approx(least, rel=1e-3)


def test_digits_cancel_with_tiny_steps_only():
    for f in SMOOTH:
        for x in POINTS:
            run = Run(Steps, 0, {"f": f, "x": x, "last": 8})
            while run.advance(1):  # where f″ is tiny, a larger h would have been better
                assert not run.lab.is_rounded or run.lab.laws[0] < 0.02, (f, x)
            assert lab_of(Steps, 40, f=f, x=x, last=15).is_rounded, (f, x)


def test_strips_shrink_tenfold_and_the_corner_a_hundredfold():
    says(PATH, "each strip shrinks about tenfold, the corner about a hundredfold")
    areas = []
    for h in (0.1, 0.01):
        parts = lab_of(Rules, h=h).rectangle().regions
        areas.append([np.ptp(part.x) * np.ptp(part.y) for part in parts])
        told = [float(area) for _, area in lab_of(Rules, h=h).areas().rows]
        assert told == pytest.approx(areas[-1], rel=1e-3)
    _, *ratios = np.divide(*areas)
    assert ratios == pytest.approx([10, 10, 100], rel=0.15)


def test_the_rules_hold_for_any_two_functions():
    for u in SMOOTH:
        for v in SMOOTH:
            lab = lab_of(Rules, u=u, v=v, x=0.6)
            assert len(list(lab.oracles())) == 4
            assert all(oracle.ok for oracle in lab.oracles()), (u, v)


def test_the_product_of_the_slopes_is_no_rule():
    says(PATH, "That is why $u'v'$ is not in the rule")
    lab = lab_of(Rules)
    assert lab.measured["u · v"] != pytest.approx(2 * np.cos(1), rel=0.1)


def test_a_quotient_by_zero_has_no_slope():
    lab = lab_of(Rules, x=0)
    assert [row[1:] for row in lab.rules().rows][2] == ("none", "none")


def test_the_engine_has_no_error_of_a_step():
    says(PATH, "No h occurs, so there is neither an error of the step")
    slopes = {
        "x*sin(x)": lambda x: np.sin(x) + x * np.cos(x),
        "1/(1+x**2)": lambda x: -2 * x / (1 + x * x) ** 2,
        "tanh(x)": lambda x: 1 - np.tanh(x) ** 2,
    }
    for f, slope in slopes.items():
        for x in POINTS:
            lines = lab_of(DerivativeGraph, f=f, x=x).lines
            assert lines[-1].value == pytest.approx(slope(x), rel=4 * EPS, abs=4 * EPS)


def test_four_operations_make_the_derivative_of_x_sin_x():
    says(PATH, "Find its four operations in the picture")
    lines = lab_of(DerivativeGraph).lines
    assert [line.formula for line in lines] == ["sin(x)", "cos(x)", "x·b", "a + c"]
    assert lines[-1].value == sin(1) + np.cos(1)


@pytest.mark.parametrize("f", [*SMOOTH, "x**2", "3*x + 1", "x"])
def test_every_graph_is_whole_and_its_last_line_the_derivative(f):
    for order in range(3):
        lab = lab_of(DerivativeGraph, f=f, order=order, x=0.6)
        names = {"x", *(line.name for line in lab.lines)}
        assert len(names) == len(lab.lines) + 1
        letters = {name for line in lab.lines for name in line.inputs if name.isalpha()}
        assert letters <= names
        assert all(oracle.ok for oracle in lab.oracles())


def test_the_errors_for_e():
    says(PATH, "off by 0.71828, 0.21828, 0.05162, 0.00995, 0.00162 for degrees 1 to 5")
    lab = lab_of(Taylor, 6)
    errors = [f"{lab.off(n + 1, 1.0):.5f}" for n in range(1, 6)]
    assert errors == ["0.71828", "0.21828", "0.05162", "0.00995", "0.00162"]


@pytest.mark.parametrize("f", ["exp(x)", "x*sin(x)", "log(x+4)", "1/(1+x**2)"])
def test_the_error_is_about_the_first_term_left_out(f):
    says(PATH, "Near a the error is about the first term left out")
    says(PATH, "a line of slope n + 1")
    for a in (0.3, 0.8):
        lab = lab_of(Taylor, 6, f=f, a=a)
        c = lab.record.coefficients
        for n in range(5):
            if abs(c[n + 1]) > 0.05 * abs(c).max():
                far, near = lab.off(n + 1, a + 0.02), lab.off(n + 1, a + 0.01)
                assert near == pytest.approx(c[n + 1] * 0.01 ** (n + 1), rel=0.3)
                assert np.log2(far / near) == pytest.approx(n + 1, abs=0.3)


def test_degree_17_has_all_digits_of_e():
    says(PATH, "In degree 17 it is off by less than 1e-15")
    lab = lab_of(Taylor, 21)
    assert abs(lab.off(18, 1.0)) < 1e-15 < lab.off(17, 1.0)


def test_a_series_reaches_only_so_far():
    says(PATH, "It reaches only to |x| < 1, for f is 1/0 at i = √−1, and i is 1 away from 0")
    says(PATH, "the terms are 1 − x² + x⁴ − …, and at 1.5 they grow")
    assert checks["beyond"].outcome(checks["beyond"].run().lab) == 2
    lab = lab_of(Taylor, 21, f="1/(1+x**2)", x=0.5)
    assert lab.record.coefficients.tolist() == [*[1, 0, -1, 0] * 5, 1]
    assert abs(lab.off(21, 0.5)) < 1e-6
    assert not lab.runs_away
    for x in (0.2, 0.6, 0.9, -0.9):
        assert all(abs(lab.off(k + 3, x)) < abs(lab.off(k + 1, x)) for k in range(0, 20, 2)
                   if abs(lab.off(k + 1, x)) > 1e-13)  # fmt: skip
    for x in (1.1, -1.1, 1.5, 2.5):
        assert all(abs(lab.off(k + 3, x)) > abs(lab.off(k + 1, x)) for k in range(0, 20, 2))


@pytest.mark.parametrize("a", [0, 0.5, -1, 2])
def test_the_reach_is_the_distance_of_i(a):
    lab = lab_of(Taylor, 21, f="1/(1+x**2)", a=a)
    reach = abs(1j - a)
    for side in (-1, 1):
        at = {far: [abs(lab.off(n, a + side * far * reach)) for n in range(15, 22)]
              for far in (0.8, 1.25)}  # fmt: skip
        assert max(at[0.8]) < 0.1 * abs(lab.off(1, a + side * 0.8 * reach)) + 0.02
        assert max(at[1.25]) > 5


def test_at_the_reach_all_errors_are_equal():
    says(PATH, "In the picture of |f − p| all lines meet at 1. With x = 0.5 it comes close")
    lab = lab_of(Taylor, 21, f="1/(1+x**2)")
    assert {round(abs(lab.off(n, 1.0)), 12) for n in range(1, 22)} == {0.5}
    lines = lab.remainders().series
    assert [line.name for line in lines] == [f"degree {k}" for k in (0, 5, 10, 15, 20)]
    before, after = ([float(np.interp(np.log(d), np.log(line.x), np.log(line.y))) for line in lines]
                     for d in (0.9, 1.1))  # fmt: skip
    assert before == sorted(before, reverse=True)
    assert after == sorted(after)


def test_only_a_series_that_gets_worse_runs_away():
    says(PATH, "A red ✖ says so: the series fails, not you")
    assert checks["beyond"].run().failure.name == "The error grows"
    for f in ("exp(x)", "sin(x)", "x*sin(x)"):
        for a in (-2, -0.7, 0, 1, 2):
            for x in (-3, -1, 0.4, 2, 3):
                run = Run(Taylor, 0, {"f": f, "a": a, "x": x})
                while run.advance(1):
                    assert not run.lab.runs_away, (f, a, x, run.steps)
    for f, x, reach in (
        ("1/(1+x**2)", 1.2, 1),
        ("log(1 + x)", 2, 1),
        ("sqrt(4 + x)/(2 - x)", 3, 2),
    ):
        assert lab_of(Taylor, 21, f=f, x=x).runs_away
        assert not lab_of(Taylor, 21, f=f, x=0.9 * reach).runs_away


def test_an_error_that_grows_may_be_rounding_alone():
    failure = Taylor.failures[0]
    assert "or it is rounding" in failure.why
    assert "off by about ε/rᵏ" in failure.why
    for f, a, x in (("(x**2-1)/(x-1)", 0.9, 2), ("sin(x)/x", 0.1, 1.5)):
        lab = lab_of(Taylor, 21, f=f, a=a, x=x)
        assert failure.detect(lab)
        assert abs(lab.off(4, x)) < 0.1  # though few terms come close
        laws = [EPS * ((x - a) / 0.1) ** k for k in range(12, 21)]
        ratios = [abs(lab.off(k + 1, x)) / law for k, law in zip(range(12, 21), laws, strict=True)]
        assert ratios == pytest.approx([ratios[0]] * 9, rel=0.1)
        assert 0.01 < ratios[0] < 2


@pytest.mark.parametrize("f", ["exp(x)", "1/(1+x**2)"])
def test_the_rests_of_the_samples_are_those_of_fractions(f):
    for a, x in ((0, 1), (0, Fraction(3, 2)), (-1, Fraction(1, 2)), (2, -1)):
        c = [Fraction(one) for one in lab_of(Taylor, 21, f=f, a=float(a)).record.coefficients]
        for n in (0, 3, 12):
            p = sum(c[k] * (Fraction(x) - a) ** k for k in range(n + 1))
            whole = Fraction(exp(x)) if f == "exp(x)" else 1 / (1 + Fraction(x) ** 2)
            found = RESTS[f][0](float(a), float(x), n)
            assert found == pytest.approx(float(whole - p), rel=1e-9, abs=1e-13)


def test_a_corner_has_no_taylor_polynomial():
    run = Run(Taylor, 0, {"f": "abs(x)"})
    run.advance(3)
    assert run.steps == 1
    assert "got absolute(0), a corner or a jump" in run.lab.refusal


def test_the_sides_of_a_corner():
    says(PATH, "the left has the slope −1, the one to the right +1, for every h")
    says(PATH, "at 0: 0 from the left, 1 from the right")
    for h in (1e-6, 0.01, 0.3, 2):
        lab = lab_of(Corner, f="abs(x)", h=h)
        assert (lab.quotient(-lab.h), lab.quotient(lab.h)) == (-1, 1)
    lab = lab_of(Corner, f="relu(x)")
    assert (lab.limit(-1), lab.limit(1), lab.is_missing) == (0, 1, True)


def test_what_the_engine_answers_at_a_corner():
    says(PATH, "For `abs(x)` and `relu(x)` at 0 it says 0, for `max(0, x)` 1/2")
    says(PATH, "Of a choice it differentiates the side that holds at x")
    for f, slope in (("abs(x)", "0"), ("relu(x)", "0"), ("max(0, x)", "0.5")):
        assert lab_of(Corner, f=f).sides().rows[-1] == ("engine", slope, slope)
    for f, slope in (("x**2 if x > 1 else x", "1"), ("x**2 if x >= 1 else x", "2")):
        assert lab_of(Corner, f=f, x=1).sides().rows[-1][1] == slope


def test_jumps_and_roots_have_no_slope_on_a_side():
    says(PATH, r"A jump, or $\sqrt{\lvert x \rvert}$ at 0, is worse still")
    assert isnan(lab_of(Corner, f="1 if x > 0 else 0").limit(1))
    root = lab_of(Corner, f="sqrt(abs(x))")
    assert isnan(root.limit(1))
    assert isnan(root.limit(-1))


@pytest.mark.parametrize("x", [-2, -0.5, 0, 0.5, 1, 2])
def test_only_missing_derivatives_are_called_missing(x):
    for f in ("x**2", "sin(x)", "exp(x)", "x*abs(x)", "relu(x)**2", "x**3 if x > 0 else x**2"):
        assert not lab_of(Corner, f=f, x=x).is_missing, f
    corners = ("abs(x)", "relu(x)", "1 if x > 0 else 0", "sqrt(abs(x))", "exp(-abs(x))")
    for f in corners:
        assert lab_of(Corner, f=f, x=x).is_missing == (x == 0), f
    lab = lab_of(Corner, f="x**2 if x > 1 else 2*x - 1", x=x)
    assert not lab.is_missing
    assert all(oracle.ok for oracle in lab.oracles())


def test_only_the_tangent_joins_without_a_corner():
    says(PATH, "that is the tangent, 2x − 1")
    reached = checks["join"].reached
    assert reached(lab_of(Corner, f="x**2 if x > 1 else 2*(x - 1) + 1", x=1))
    for f in ("x", "2*x", "1", "3*x - 2", "2*x - 1.01", "x**2"):
        assert not reached(lab_of(Corner, f=f"x**2 if x > 1 else {f}", x=1)), f
    assert not reached(lab_of(Corner, f="2*x - 1", x=1))
    for at in (-99, -3.9, -3, -1.2, 0.9, 0.9999):  # what is straight only from there on
        assert not reached(lab_of(Corner, f=f"x**2 if x > 1 else 2*x-1 if x > {at} else 7", x=1))
    for at in (1.0001, 1.3, 3.9, 99):
        assert not reached(lab_of(Corner, f=f"7 if x > {at} else x**2 if x > 1 else 2*x-1", x=1))
    for same in ("x*x if x >= 1 else x + x - 1", "max(1, x)**2 + 2*min(0, x - 1)"):
        assert reached(lab_of(Corner, f=same, x=1))


@pytest.mark.parametrize("experiment", [Secant, Steps, Taylor, Corner, DerivativeGraph])
@pytest.mark.parametrize(
    "f", ["log(x)", "sqrt(x)", "1/x", "2", "1/(x-1)", "x if x > 0 else log(x)"]
)
def test_a_function_that_is_not_defined_everywhere_is_shown_where_it_is(experiment, f):
    for x in (-1, 0, 1):
        at = {"p": f"{x}, 0"} if experiment is Secant else {"x": x}
        run = Run(experiment, 0, {"f": f, **at})
        run.advance(3)
        for name in experiment.views:
            assert len(paint(getattr(run.lab, name)(), 60, 15, DARK)) == 15
        assert all(oracle.ok is not False for oracle in run.lab.oracles()), (f, x)


def test_before_the_first_term_there_is_no_degree():
    assert lab_of(Taylor).remainders().series == ()
