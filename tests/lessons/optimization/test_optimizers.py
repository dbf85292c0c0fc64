"""Optimizers: theory beside the race, the claims of the pages, failures and the goal."""

import numpy as np
import pytest

from engine.errors import DltutorError
from engine.optim import adam, momentum, sgd
from engine.tensor import Tensor
from lessons.catalogue import find, load
from lessons.kit.run import Run
from tests.lessons.claims import says
from tutor.pictures import table

PATH = "optimization/optimizers"
LESSON = load(find(PATH))
VALLEY, SADDLE, FAMOUS, NETWORK = LESSON.experiments.values()
RACERS = ("sgd", "momentum", "adam")
LAMBDA = np.array([1.0, 100.0])


def run_of(lab, steps, seed=0, **values):
    run = Run(lab, seed, values)
    run.advance(steps)
    return run


def arrivals(run):
    return [one.arrived for one in run.lab.entrants.values()]


def oracles(run):
    return {oracle.name: oracle for oracle in run.lab.oracles()}


def heavy_ball(lr, beta, most=3000, curvatures=(1, 100), turns=None):
    """Updates of momentum from (1, 1) until a millionth is left, by its rule alone; None if never.

    `turns` collects whether the error along the floor has changed its sign, update by update.
    """
    x, y, vx, vy = 1.0, 1.0, 0.0, 0.0
    for k in range(1, most + 1):
        vx, vy = beta * vx + curvatures[0] * x, beta * vy + curvatures[1] * y
        was, x, y = x, x - lr * vx, y - lr * vy
        if turns is not None:
            turns.append(was * x < 0)
        if x * x + y * y <= 2e-12:
            return k
        if not x * x + y * y < 1e18:
            return None
    return None


def radius(lr, beta):
    """The largest root of z² − (1 + β − ηλ) z + β over both curvatures."""
    return max(abs(np.roots([1, lr * c - 1 - beta, beta])).max() for c in LAMBDA)


def adam_on_valley(degrees, lr=0.05, shared=False, most=3000):
    """Updates of Adam from (1, 1), and √v at update 100; `shared` gives both weights one scale."""
    angle = np.radians(degrees)
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    w, m, v, scales = R.T @ np.ones(2), np.zeros(2), np.zeros(2), np.zeros(2)
    for t in range(1, most + 1):
        g = R.T @ (LAMBDA * (R @ w))
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * (np.full(2, np.mean(g**2)) if shared else g**2)
        w = w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        scales = np.sqrt(v) if t == 100 else scales
        if np.hypot(*w) <= 1e-6 * np.sqrt(2):
            return t, scales
    return None, scales


# Theory and race.


@pytest.mark.parametrize(
    ("lr", "beta", "angle"),
    [(0.0198, 0.0, 0), (0.01, 0.9, 0), (0.0255, 0.715, 45), (0.0331, 0.66942, 20), (0.01, 0.81, 0)],
)
def test_the_roots_foretell_what_the_race_counts(lr, beta, angle):
    slow = min(lr, 0.0198)
    run = run_of(VALLEY, 1000, lr_sgd=slow, lr_momentum=lr, beta=beta, angle=angle)
    found = oracles(run)
    for name, a, b in (("sgd", slow, 0.0), ("momentum", lr, beta)):
        oracle = found[f"{name} arrives"]
        assert oracle.predicted == heavy_ball(a, b), name
        assert oracle.ok is (True if oracle.predicted <= 1000 else None)
    assert all(oracle.ok is not False for oracle in found.values())


@pytest.mark.sweep
@pytest.mark.parametrize("at", ["1, 1", "0.3, -1.2", "0, 1"])
def test_the_roots_foretell_every_setting(at):
    for lr in (0.0003, 0.002, 0.01, 0.0199, 0.03):
        for beta in (0.0, 0.3, 0.81, 0.9, 0.97):
            run = run_of(VALLEY, 2000, lr_momentum=lr, beta=beta, lr_sgd=min(lr, 0.0199), at=at)
            refuted = [o for o in oracles(run).values() if o.ok is False]
            assert refuted == [], (lr, beta)


def test_each_component_of_sgd_shrinks_by_its_own_share_also_when_the_valley_is_long():
    run = run_of(VALLEY, 400, lr_sgd=0.0005, angle=30)
    found = oracles(run)
    assert [found[f"sgd takes off, λ = {c}"].ok for c in (1, 100)] == [True, True]
    run.turn("lr_sgd", 0.001)
    assert [oracles(run)[f"sgd takes off, λ = {c}"].ok for c in (1, 100)] == [None, None]
    assert "sgd arrives" not in oracles(run)
    run.advance(1)
    assert oracles(run)["sgd takes off, λ = 1"].predicted == 0.001
    assert oracles(run)["sgd takes off, λ = 1"].ok


@pytest.mark.parametrize("lab", LESSON.experiments.values())
def test_adams_first_step_is_that_of_its_formula(lab):
    assert oracles(Run(lab))["Adam’s first step / η"].ok is None
    run = run_of(lab, 1, lr_adam=0.03)
    run.turn("lr_adam", 0.5)
    run.advance(1)
    oracle = oracles(run)["Adam’s first step / η"]
    assert oracle.ok
    assert abs(oracle.measured) == pytest.approx(1, rel=1e-3)


def test_sgd_leaves_the_saddle_by_its_factor():
    run = run_of(SADDLE, 50)
    assert oracles(run)["sgd leaves by"].ok
    run.advance(300)
    assert oracles(run)["sgd leaves by"].ok is None


def test_a_leap_from_afar_onto_the_ridge_is_not_held_against_the_saddle():
    run = run_of(SADDLE, 1, lr_sgd=1, at="1.41, 1")
    assert abs(run.lab.entrants["sgd"].w[0]) < 0.03
    assert oracles(run)["sgd leaves by"].ok is None
    run.advance(1)
    assert oracles(run)["sgd leaves by"].ok


def test_a_start_with_no_slope_along_the_first_weight_says_nothing_of_adam():
    run = run_of(VALLEY, 3, at="1.5, -0.015", angle=45)
    assert "Adam’s first step / η" not in oracles(run)
    assert all(oracle.ok is not False for oracle in oracles(run).values())


# The claims, page by page.


def test_no_rate_brings_gradient_descent_there_in_less_than_675():
    says(PATH, "No η brings gradient descent through this valley in fewer than 675 steps")
    counts = [heavy_ball(lr, 0.0, 700) for lr in np.linspace(0.0196, 0.02, 401)]
    assert min(filter(None, counts)) == 675
    assert not any(heavy_ball(lr, 0.0, 674) for lr in np.linspace(0.0005, 0.03, 60))


def test_momentum_grows_towards_its_longest_step():
    says(PATH, "So the steps are 0.1, 0.15, 0.175, and they grow towards")
    says(PATH, "With β = 0.9 they grow towards *ten* times η")
    for beta, first, longest in ((0.5, [0.1, 0.15, 0.175], 0.2), (0.9, [0.1], 1.0)):
        w, v, steps = 0.0, 0.0, []
        for t in range(1, 400):
            before = w
            w, v = momentum(w, 1.0, t, v, lr=0.1, beta=beta)
            steps.append(before - w)
        assert steps[: len(first)] == pytest.approx(first)
        assert steps[-1] == pytest.approx(longest)
        assert max(steps) <= longest + 1e-9


def test_slopes_agree_along_the_floor_and_change_sign_across():
    says(PATH, "the first twenty slopes all have one sign")
    run, seen = Run(VALLEY), []
    for _ in range(20):
        seen.append(run.lab.look(run.lab.entrants["momentum"].w)[1])
        run.advance(1)
    along, across = np.array(seen).T
    assert (along > 0).all()
    assert abs(np.diff(np.sign(across))).sum() > 4
    assert abs(across.sum()) < 0.5 * abs(across).sum()


def test_the_best_settings_have_the_best_rate_and_pay_for_the_double_root():
    says(
        PATH, "For κ = 100: β = 0.669421, η = 0.0330579, rate 0.818182 (the best of sgd: 0.980198)"
    )
    beta, lr = (9 / 11) ** 2, (2 / 11) ** 2
    assert (round(beta, 6), round(lr, 7), round(beta**0.5, 6)) == (0.669421, 0.0330579, 0.818182)
    assert radius(2 / 101, 0) == pytest.approx(0.980198, abs=5e-7)
    grid = [radius(a, b) for a in np.linspace(0.003, 0.06, 20) for b in np.linspace(0.3, 0.98, 35)]
    assert min(grid) >= beta**0.5 - 1e-7
    assert min(radius(a, 0) for a in np.linspace(0.001, 0.03, 59)) >= 0.980198 - 1e-6
    says(PATH, "93 updates, where $\\rho^k$ alone would take 69")
    assert heavy_ball(lr, beta) == 93
    assert np.ceil(np.log(1e-6) / np.log(beta**0.5)) == 69
    for c in LAMBDA:
        trace = 1 + beta - lr * c
        assert trace**2 - 4 * beta == pytest.approx(0, abs=1e-12), "both roots are one"


def test_a_worse_rate_arrives_earlier():
    says(PATH, "with β = 0.715 and η = 0.0255 (rate 0.845577) 65 will do")
    assert radius(0.0255, 0.715) == pytest.approx(0.845577, abs=5e-7)
    run = run_of(VALLEY, 100, lr_momentum=0.0255, beta=0.715)
    assert arrivals(run)[1] == 65
    assert arrivals(run_of(VALLEY, 100, lr_momentum=0.0330579, beta=0.669421))[1] == 93


@pytest.mark.sweep
def test_a_hundred_updates_are_enough_for_beta_from_two_thirds_to_four_fifths():
    says(PATH, "some η does it for β from about 2/3 to 4/5")
    rates = np.linspace(0.005, 0.038, 331)
    for beta in (0.5, 0.6, 0.64, 0.67, 0.7, 0.75, 0.8, 0.82, 0.85, 0.9):
        can = any(heavy_ball(lr, beta, 100) for lr in rates)
        assert can == (0.65 < beta < 0.81), beta


def test_adams_steps_stay_on_a_steady_slope_and_shrink_where_its_sign_changes():
    says(PATH, "As long as the slope stays the same, so does the step")
    says(PATH, "Where its sign changes again and again, m cancels and steps get shorter")
    for sign, low, high in ((1, 0.9999, 1.0001), (-1, 0, 0.1)):
        w, m, v = 0.0, 0.0, 0.0
        for t in range(1, 101):
            before = w
            w, m, v = adam(w, 3.0 * sign**t, t, m, v, lr=0.1)
            if t == 1 or sign == 1:
                assert abs(w - before) == pytest.approx(0.1, rel=1e-4)
        assert low <= abs(w - before) / 0.1 <= high


def test_turned_axes_change_adams_way_and_no_other():
    says(PATH, "At these rates Adam arrives after 212 updates, momentum after 258, sgd after 688")
    says(PATH, "sgd and momentum go the very same way as before")
    says(PATH, "Adam needs 1346 updates now")
    straight, askew = (run_of(VALLEY, 1500, lr_sgd=0.0198, angle=a) for a in (0, 45))
    for run, last in ((straight, 0), (askew, 2)):
        assert LESSON.questions["askew"].check.outcome(run.lab) == last
    assert arrivals(straight) == [688, 258, 212]
    assert arrivals(askew) == [688, 258, 1346]
    ways = [[r.lab.entrants[n].trail.points for n in RACERS] for r in (straight, askew)]
    for one, other in list(zip(*ways, strict=True))[:2]:
        assert one == pytest.approx(other, abs=1e-9)


def test_a_scale_for_each_weight_is_what_adam_gains_on_straight_axes():
    says(PATH, "it does no better than with one scale for both, which needs 1345 at any angle")
    says(PATH, "the slopes across are a hundred times those along")
    (count, scales), (askew, alike) = adam_on_valley(0), adam_on_valley(45)
    assert (count, askew) == (212, 1346)
    assert scales[1] / scales[0] == pytest.approx(100, rel=0.01)
    assert alike.max() / alike.min() < 1.05
    assert {adam_on_valley(a, shared=True)[0] for a in (0, 20, 45)} == {1345}
    says(PATH, "slow for want of a larger rate: with 0.5 Adam needs 275")
    assert adam_on_valley(45, lr=0.5)[0] == 275


def test_on_the_ridge_all_come_to_rest_in_the_saddle():
    says(
        PATH, "The slope along x is then 0 and stays 0, so with these rates all three come to rest"
    )
    lab = run_of(SADDLE, 700, at="0, 1").lab
    assert all(one.w[0] == 0 and abs(one.w[1]) < 1e-3 for one in lab.entrants.values())
    assert all(one.w[0] > 0.5 for one in run_of(SADDLE, 700).lab.entrants.values())


def test_adam_leads_at_the_saddle_because_it_divides_by_the_slope():
    says(PATH, "its first step is η = 0.05, fifty times as far as x was from the ridge")
    run = run_of(SADDLE, 1)
    moved = {name: abs(run.lab.entrants[name].w[0] - 0.001) for name in RACERS}
    assert moved["adam"] == pytest.approx(0.05, rel=1e-3)
    assert [moved["sgd"], moved["momentum"]] == pytest.approx([0.015e-3, 0.01e-3], rel=1e-3)
    w, m, v = 0.001, 0.0, 0.0  # with a large ε Adam hardly divides, and the lead is gone
    for t in range(1, 101):
        w, m, v = (float(x) for x in adam(w, w**3 - w, t, m, v, lr=0.05, eps=1.0))
    run.advance(99)
    assert abs(w) < abs(run.lab.entrants["momentum"].w[0]) < abs(run.lab.entrants["adam"].w[0])


def network_losses(rule, seed, scale=1.0, shared=False, **settings):
    """The share of the first loss after 300 updates; slopes ×`scale`, one scale for all weights."""
    lab = NETWORK(seed)
    w, memory = lab.start.copy(), [np.zeros_like(lab.start) for _ in rule.state]
    for t in range(1, 301):
        g = scale * lab.look(w)[1]
        if shared:
            m, v = memory
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * np.mean(g**2)
            w = w - settings["lr"] * (m / (1 - 0.9**t)) / np.sqrt(v / (1 - 0.999**t))
            memory = [m, v]
        else:
            w, *memory = rule(w, g, t, *memory, **settings)
    return lab.left(w)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.sweep) for seed in range(1, 20))]
)
def test_on_the_network_the_size_of_slopes_decides_and_not_a_scale_for_each_weight(seed):
    says(PATH, "slopes are small here, and Adam alone divides by their size")
    says(PATH, "one scale for all 33 leads as well")
    says(PATH, "with a rate of 1 momentum is ahead of this Adam")
    race = run_of(NETWORK, 300, seed)
    left = {name: race.lab.left(one.w) for name, one in race.lab.entrants.items()}
    assert left["adam"] < left["momentum"] < left["sgd"]
    assert abs(race.lab.look(race.lab.start)[1]).max() < 0.5
    assert network_losses(adam, seed, lr=0.03, shared=True) < left["momentum"]
    # Slopes ten times as large, or a rate ten times as large: the lead is gone.
    larger = network_losses(momentum, seed, scale=10, lr=0.1)
    assert larger == pytest.approx(network_losses(momentum, seed, lr=1.0), rel=1e-6)
    of_adam = network_losses(adam, seed, scale=10, lr=0.03)
    assert larger < of_adam
    assert of_adam == pytest.approx(left["adam"], rel=0.15), "but for ε, and for the rest at 1 %"


def test_the_network_has_33_weights():
    says(PATH, "a network of 33 weights")
    assert len(NETWORK(0).start) == 33


def test_on_rosenbrock_the_rates_of_the_valley_fail_two_of_three():
    says(PATH, "the others fly apart with the rates of the first one, and Adam arrives")
    rates = {name: VALLEY.knobs[name].default for name in ("lr_sgd", "lr_momentum", "lr_adam")}
    lab = run_of(FAMOUS, FAMOUS.budget, **rates).lab
    assert [lab.entrants[name].fate for name in RACERS] == ["out at 3", "out at 4", "★ 2463"]


@pytest.mark.sweep
def test_the_cost_of_a_narrow_valley():
    says(PATH, "sgd needs updates in proportion to κ, momentum to $\\sqrt\\kappa$")

    def best(kappa):
        root = kappa**0.5
        lr, beta = (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2
        plain = heavy_ball(2 / (1 + kappa), 0, 10**6, (1, kappa))
        return plain, heavy_ball(lr, beta, 10**6, (1, kappa))

    (sgd_few, few), (sgd_many, many) = best(100), best(10_000)
    assert sgd_many / sgd_few == pytest.approx(100, rel=0.05)
    assert many / few == pytest.approx(10, rel=0.15)


def test_a_thousandfold_loss_changes_adams_way_by_next_to_nothing():
    says(PATH, "m̂ and √v̂ both grow by 1000, so their quotient stays (except for ε)")
    lab, ways = FAMOUS(0), {}
    for rule, lr in ((sgd, 1e-6), (momentum, 1e-6), (adam, 0.05)):
        for scale in (1, 1000):
            w, memory = lab.start, [np.zeros(2) for _ in rule.state]
            for t in range(1, 40):
                w, *memory = rule(w, scale * lab.look(w)[1], t, *memory, lr=lr)
            ways[rule.name, scale] = w - lab.start
    assert ways["adam", 1000] == pytest.approx(ways["adam", 1], rel=1e-6)
    for name in ("sgd", "momentum"):
        assert abs(ways[name, 1000]).max() > 10 * abs(ways[name, 1]).max()


@pytest.mark.parametrize(
    ("values", "minima"),
    [
        pytest.param({"ground": "rosenbrock"}, [(1, 1)], marks=pytest.mark.sweep),
        pytest.param({"ground": "beale", "at": "1, 1.5"}, [(3, 0.5)], marks=pytest.mark.sweep),
        ({"ground": "himmelblau"}, [(3, 2), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848)]),
    ],
)
def test_adam_finds_a_known_minimum_and_its_star_stands_in_it(values, minima):
    run = run_of(FAMOUS, 2500, **values)
    one = run.lab.entrants["adam"]
    assert one.arrived
    assert min(np.hypot(*(one.w - place)) for place in minima) < 2e-3
    picture = run.lab.scenery()
    path = next(path for path in picture.paths if path.name == "adam")
    assert path.arrived
    assert any((path.x[-1], path.y[-1]) == tuple(spot.at) for spot in picture.spots)


# Views.


def test_the_inside_of_an_update_is_the_update_that_comes():
    for lab, name in (*((FAMOUS, name) for name in RACERS), (NETWORK, "adam")):
        run = run_of(lab, 7, focus=name)
        told = float(run.lab.inside().lines[-1].rpartition("= ")[2])
        run.advance(1)
        assert run.lab.entrants[name].w[0] == pytest.approx(told, rel=1e-5, abs=1e-9)


def test_the_standings_fit_into_38_columns_and_say_who_has_arrived():
    run = run_of(VALLEY, 400, lr_sgd=0.5, angle=45)
    fitted = table.layout(run.lab.standings(), 38, 5)
    assert fitted.hidden == 0
    assert "…" not in "".join(sum(fitted.cells, ()))
    fates = [row[-1] for row in run.lab.standings().rows]
    assert fates == ["out at 3", "★ 258", "not yet"]
    assert [row[2] for row in run_of(VALLEY, 0).lab.standings().rows] == ["1.5", "1", "0.071"]


def test_the_rule_is_shown_as_it_is_written():
    code = VALLEY(0).rule().lines
    assert "    m = beta1 * m + (1 - beta1) * g" in code
    assert not any('"""' in line or "fmt" in line for line in code)


def test_the_way_is_shown_from_its_start():
    run = run_of(VALLEY, 500, lr_sgd=0.0005)
    path = run.lab.scenery().paths[0]
    assert (path.x[0], path.y[0]) == (1, 1)


# Failures.


def is_out(run, name):
    return run.lab.entrants[name].out is not None


@pytest.mark.sweep
def test_who_flies_apart_is_out_and_nobody_else():
    for lr in (1e-4, 0.005, 0.0195, 0.0205, 0.03, 0.037, 0.1, 3):
        for beta in (0.0, 0.5, 0.9):
            run = run_of(VALLEY, 1000, lr_sgd=lr, lr_momentum=lr, beta=beta, lr_adam=max(lr, 1e-3))
            assert is_out(run, "sgd") == (radius(lr, 0) > 1), lr
            assert is_out(run, "momentum") == (radius(lr, beta) > 1), (lr, beta)
            assert not is_out(run, "adam")
            assert bool(run.failure) == (is_out(run, "sgd") or is_out(run, "momentum"))


@pytest.mark.sweep
def test_swinging_is_told_from_a_good_and_from_a_creeping_momentum():
    sign = next(f for f in VALLEY.failures if f.name.startswith("Swinging")).detect
    for lr in (1e-4, 0.001, 0.01, 0.033):
        for beta in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99):
            turns = []
            count = heavy_ball(lr, beta, 690, turns=turns)
            # The crossing of a slow swing comes late: wait until it must have been.
            heavy_ball(lr, beta, 3000, turns=turns)
            truth = count is None and sum(turns) >= 3
            run = run_of(VALLEY, 60, lr_momentum=lr, beta=beta)
            assert sign(run.lab) == truth, (lr, beta)


def test_failures_come_on_purpose_and_their_remedies_are_healthy():
    for lab, patience in ((VALLEY, 120), (SADDLE, 600), (FAMOUS, 20), (NETWORK, 20)):
        for failure in lab.failures:
            ill = run_of(lab, patience, **failure.scene)
            assert ill.failure is failure, failure.name
            well = run_of(lab, patience, **{**failure.scene, **failure.fix})
            assert well.failure is None, failure.name
            assert min(well.metrics.values()) <= min(ill.metrics.values())
    for lab in LESSON.experiments.values():
        assert run_of(lab, 60).failure is None


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(10))
def test_worse_than_at_the_start_is_silent_while_losses_fall(seed):
    failure = NETWORK.failures[0]
    for steps in (10, 20, 40, 100):
        assert run_of(NETWORK, steps, seed).failure is None
    assert run_of(NETWORK, 30, seed, **failure.scene).failure is failure


def test_one_that_flies_apart_stops_and_the_others_go_on():
    run = run_of(VALLEY, 300, lr_sgd=1)
    assert (run.status, is_out(run, "sgd")) == ("converged", True)
    assert arrivals(run)[1:] == [258, 212]
    assert np.isfinite(run.history.series["sgd"]).all()
    assert "sgd (out)" in [path.name for path in run.lab.scenery().paths]
    assert run_of(FAMOUS, 50, lr_sgd=10, lr_momentum=10).status == "running"


# Questions.


def test_the_goal_is_missed_by_the_scene_and_reached_by_arrow_keys():
    question = LESSON.questions["hundred"]
    goal, scene = question.check, question.scene
    missed = run_of(VALLEY, goal.budget, **scene)
    assert not goal.grade(missed, scene).ok
    reached = run_of(VALLEY, 0, **{**scene, **goal.answer})
    while not goal.grade(reached, scene).ok and reached.steps < goal.budget:
        reached.advance(1)
    assert reached.steps == 84
    lr, beta = VALLEY.knobs["lr_momentum"], VALLEY.knobs["beta"]
    values = [lr.moved(0.01, i) for i in range(30)], [beta.moved(0.9, -i) for i in range(30)]
    assert any(heavy_ball(a, b, 100) for a in values[0] for b in values[1])


def test_the_goal_is_not_won_by_a_knob_turned_in_mid_run_nor_from_a_nearer_start():
    question = LESSON.questions["hundred"]
    goal, scene = question.check, question.scene
    run = run_of(VALLEY, 1, **scene)
    run.turn("lr_momentum", 0.033)
    run.turn("beta", 0.67)
    run.advance(98)
    assert "reset" in goal.grade(run, scene).text
    near = run_of(VALLEY, 100, **{**scene, **goal.answer, "at": "1, 0"})
    assert "start" in goal.grade(near, scene).text


def test_answers_are_those_of_the_rules_and_slips_are_refused():
    for name in ("settled", "first"):
        check = LESSON.questions[name].check
        for seed in range(30):
            v = check.vary(np.random.default_rng(seed))
            for wrong in check.wrong:
                for digits in (2, 3, 4, 10):
                    assert not check.grade(f"{wrong(v):.{digits}g}", v).ok, (name, v)
    settled, first = (LESSON.questions[name].check for name in ("settled", "first"))
    v = {"lr": 0.02, "beta": 0.9}
    speed = 0.0
    for t in range(1, 500):
        _, speed = momentum(0.0, 1.0, t, speed, **v)
    assert settled.answer(v) == pytest.approx(0.02 * speed)
    for g in (0.03, 4.0, 500.0):
        assert first.answer({"lr": 0.2, "g": g}) == pytest.approx(
            -adam(0.0, g, 1, lr=0.2)[0], rel=1e-3
        )


def test_a_start_in_the_minimum_is_an_arrival():
    run = run_of(VALLEY, 10, at="0, 0")
    assert (run.status, run.steps, arrivals(run)) == ("converged", 0, [0, 0, 0])
    with pytest.raises(DltutorError):
        Run(VALLEY, 0, {"at": "7, 7"})


def test_the_loss_on_a_map_is_that_of_the_surface():
    lab = VALLEY(0, angle=30)
    assert lab.look(lab.start)[0] == pytest.approx(50.5)
    assert lab.loss_of({"w": Tensor(lab.frame.T @ [0.5, -1.0])}).item() == pytest.approx(50.125)
