"""The claims of the lesson on gradient descent, each with an attempt to refute it."""

import numpy as np
import pytest

from lessons.kit.run import Run
from lessons.optimization.gradient_descent.lab import Parabola, Regression, Valley, checks
from tests.lessons.claims import says

PATH = "optimization/gradient_descent"


def run_of(experiment, steps=20_000, **values):
    run = Run(experiment, 0, values)
    run.advance(steps)
    return run


def steps_from(start, lr, kappa=100.0):
    """Steps until a millionth of the way is left, by hand."""
    k = np.arange(6000)[:, None]
    errors = np.array(start) * abs(1 - lr * np.array([1.0, kappa])) ** k
    return int((np.linalg.norm(errors, axis=1) <= 1e-6 * np.linalg.norm(start)).argmax())


def test_the_best_dial_takes_691_steps_and_another_675():
    says(PATH, "a millionth of the way is left after 691 steps")
    assert run_of(Valley, lr=2 / 101).steps == 691
    says(PATH, "from this start, η = 0.01977 needs 675 steps")
    assert run_of(Valley, lr=0.01977).steps == 675
    counts = [steps_from((1, 1), lr) for lr in np.linspace(0.019, 0.02, 401)]
    assert min(filter(None, counts)) == 675


def test_fewer_steps_come_from_a_wall_that_is_gone_early():
    says(PATH, "at this one the wall's part is gone early, and only the floor's has to be small")
    best, other = (run_of(Valley, lr=lr).lab.e for lr in (2 / 101, 0.01977))
    assert abs(best[0]) == pytest.approx(abs(best[1]), rel=1e-2)
    assert abs(other[1]) < 0.2 * abs(other[0])
    # Ablation: without the wall's part, or with hardly any, the best dial is ahead again.
    for start in ((1, 0), (1, 0.01)):
        assert steps_from(start, 2 / 101) == 691 < steps_from(start, 0.01977)


def test_momentum_takes_a_tenth_of_the_steps():
    says(PATH, "The next lesson, *Optimizers*, gets through the valley in a tenth of the steps.")
    w, v, steps = np.ones(2), np.zeros(2), 0
    while np.linalg.norm(w) > 1e-6 * np.sqrt(2):
        v = 0.715 * v + np.array([1, 100]) * w
        w, steps = w - 0.0255 * v, steps + 1
    assert steps <= 0.1 * 675


def test_a_step_against_the_gradient_goes_down_only_if_it_is_short():
    says(PATH, "So a short step *against* it goes down")
    heights = [run_of(Valley, 1, lr=lr).metrics["loss − min"] for lr in (1e-3, 0.019, 0.03)]
    start = Run(Valley).metrics["loss − min"]
    assert heights[0] < start
    assert heights[2] > start


def test_crawling_is_not_called_where_a_hundred_steps_go_nearly_all_the_way():
    for lr, called in ((0.05, False), (0.01, True)):
        run = run_of(Parabola, 120, lr=lr)
        assert (run.failure is not None and run.failure.name == "Crawling") == called


def test_no_other_rate_has_a_better_worst_case():
    says(PATH, "No other fixed η has a better *worst-case* rate.")

    def worst(lr):
        return max(abs(1 - lr), abs(1 - 100 * lr))

    best = worst(2 / 101)
    assert best == pytest.approx(0.980198, abs=5e-7)
    assert all(worst(lr) >= best for lr in np.linspace(1e-4, 0.05, 5001))
    # Some start is as slow as the rate says, whatever η.
    for lr in np.linspace(0.001, 0.02, 39):
        steps = [steps_from(start, lr) for start in ((1, 0), (0, 1))]
        assert max(steps) >= 690 or 0 in steps  # 0: not within 6000 steps


def test_descent_arrives_exactly_below_the_border():
    says(PATH, "exactly if $0 < \\eta < 2/\\lambda_{\\max}$")
    assert run_of(Valley, lr=0.0199).status == "converged"
    assert run_of(Valley, lr=0.02, steps=3000).status == "running"
    assert run_of(Valley, lr=0.0201).status == "diverged"
    assert run_of(Parabola, lr=1.99).status == "converged"
    assert run_of(Parabola, lr=2.01).status == "diverged"
    border = 2 / np.linalg.eigvalsh(Run(Regression).lab.eigenvalues * np.eye(2))[-1]
    assert run_of(Regression, lr=0.98 * border).status == "converged"
    assert run_of(Regression, lr=1.02 * border).status == "diverged"


def test_a_factor_below_zero_zigzags():
    says(PATH, "Between −1 and 0 it *zigzags*")
    way = run_of(Parabola, 6, lr=1.9).lab.trail.points[:, 0]
    assert (way[1:] * way[:-1] < 0).all()
    assert (abs(way[1:]) < abs(way[:-1])).all()


def test_what_is_left_after_300_steps():
    says(PATH, "0.995 to the power 300 leaves 0.22")
    along, across = run_of(Valley, 300, lr=0.005).lab.e
    assert along == pytest.approx(0.22, abs=5e-3)
    assert abs(across) < 1e-80


def test_the_walls_zigzag_from_one_over_kappa_on():
    says(PATH, "from $\\eta = 1/\\kappa$ on the walls zigzag")
    for lr, crosses in ((0.0099, False), (0.0101, True)):
        across = run_of(Valley, 3, lr=lr).lab.trail.points[:, 1]
        assert (across.min() < 0) == crosses


def test_the_widths_have_no_part_in_the_hessian():
    says(PATH, "Its Hessian $X^\\top X/n$ contains no widths")
    from engine.data import iris

    z = (iris().x - iris().x.mean(0)) / iris().x.std(0)
    X = z[:, [0, 2]]
    expected = np.linalg.eigvalsh(X.T @ X / len(X))
    assert Run(Regression).lab.eigenvalues == pytest.approx(expected)
    says(PATH, "all *standardized*: mean 0, standard deviation 1")
    says(PATH, "(correlation 0.87), which makes the bowl a valley with κ near 15")
    assert np.corrcoef(X.T)[0, 1] == pytest.approx(0.87, abs=5e-3)
    assert 14 < expected[1] / expected[0] < 16


def test_the_trail_never_forgets_its_start():
    run = run_of(Valley, 5000, lr=0.001)
    assert run.lab.trail.points[0].tolist() == [1.0, 1.0]
    assert run.lab.scenery().paths[0].x[0] == 1.0


def test_loss_above_its_minimum_is_the_loss_itself():
    lab = run_of(Regression, 40).lab
    w = lab.w.value
    z = lab.best - w
    assert lab.metrics()["loss − min"] > 0
    quadratic = 0.5 * z @ (lab.axes * lab.eigenvalues) @ lab.axes.T @ z
    assert lab.metrics()["loss − min"] == pytest.approx(quadratic, rel=1e-6)


@pytest.mark.sweep
@pytest.mark.parametrize(("experiment", "good"), [(Valley, 0.0198), (Regression, 1.0)])
def test_crawling_is_called_only_where_the_best_is_ten_times_as_quick(experiment, good):
    best = run_of(experiment, lr=good).steps
    for lr in np.geomspace(0.001, good * 1.05, 30):
        run = run_of(experiment, 200, lr=lr)
        called = run.failure is not None and run.failure.name == "Crawling"
        run.advance(20_000)
        if called:
            assert run.steps > 5 * best, lr
        elif run.status == "converged":
            assert run.steps < 20 * best, lr


def test_the_last_hint_is_inside_the_window_and_the_border_is_not():
    assert checks["arrive"].answer == {"lr": 0.0195}
    assert run_of(Valley, lr=0.0195).steps <= 720
    assert run_of(Valley, lr=0.0199).steps > 720
