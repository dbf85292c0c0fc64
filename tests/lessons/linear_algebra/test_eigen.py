"""The claims of the lesson on eigenvalues, each with an attempt to refute it."""

import numpy as np
import pytest

from engine.curvature import power_iteration
from engine.data import iris
from lessons.kit.run import Run
from lessons.linear_algebra.eigen._plane import invariants
from lessons.linear_algebra.eigen.lab import (
    Bowl,
    Covariance,
    Direction,
    Portrait,
    Power,
    QRIteration,
    Recurrent,
    checks,
)
from tests.lessons.claims import says

PATH = "linear_algebra/eigen"


def lab_of(experiment, steps=0, seed=0, **values):
    run = Run(experiment, seed, values)
    run.advance(steps)
    return run.lab


def test_on_two_lines_the_image_is_parallel():
    says(PATH, "(1, 1) goes to (3, 3)")
    says(PATH, "It happens on two lines; on one of them λ is 3.")
    found = []
    for degree in np.arange(0, 180, 0.5):
        lab = lab_of(Direction, v=2 * np.array([np.cos(np.radians(degree)),
                                                np.sin(np.radians(degree))]))  # fmt: skip
        if lab.sideways < 1e-3:
            found.append((degree, round(lab.quotient, 3)))
    assert found == [(45, 3), (135, 1)]


def test_sum_and_product_of_the_roots_for_any_matrix():
    says(PATH, "The sum of both roots is $a + d$, the *trace*; their product is the determinant.")
    says(PATH, "$\\lambda^2 - 2\\lambda - 15 = 0$, so λ = 5 and −3")
    assert invariants(np.array([[1.0, 2.0], [8.0, 1.0]])).roots == (5, -3)
    for A in np.random.default_rng(0).uniform(-9, 9, (100, 2, 2)):
        ours = np.sort_complex(invariants(A).roots)
        assert ours == pytest.approx(np.sort_complex(np.linalg.eigvals(A)))
        assert all(oracle.ok for oracle in lab_of(Direction, A=A.tolist()).oracles())


def test_the_quarter_turn_turns_every_arrow_and_the_shear_keeps_one_line():
    says(PATH, "every arrow is turned")
    says(PATH, "λ = 1 is double, but just one line stays")
    t = np.radians(np.arange(0, 180, 1.0))
    ways = np.stack([np.cos(t), np.sin(t)], axis=1)
    turn = [lab_of(Direction, A="quarter turn", v=way).sideways for way in ways]
    assert min(turn) > 0.99
    shear = [lab_of(Direction, A="shear", v=way).sideways for way in ways]
    assert np.flatnonzero(np.array(shear) < 1e-4).tolist() == [0]
    assert lab_of(Direction, A="quarter turn").polynomial().marks == ()
    assert min(lab_of(Direction, A="quarter turn").polynomial().series[0].y) > 0
    assert min(lab_of(Direction, A="shear").polynomial().series[0].y) == pytest.approx(0)


@pytest.mark.parametrize("A", [[[1, 0], [0, 1]], [[2, 0], [0, 2]], [[0, 0], [0, 0]]])
def test_a_multiple_of_the_identity_is_not_called_defective(A):
    assert Run(Direction, 0, {"A": A}).failure is None


def test_detectors_agree_with_exact_arithmetic():
    names = {-1: "No direction stays", 0: "Defective"}
    for a, b, c, d in np.random.default_rng(1).integers(-2, 3, (300, 4)).tolist():
        inside = (a - d) ** 2 + 4 * b * c
        is_multiple = b == c == 0 and a == d
        failure = Run(Direction, 0, {"A": [[a, b], [c, d]]}).failure
        wanted = None if is_multiple else names.get(int(np.sign(inside)))
        assert (failure and failure.name) == wanted, (a, b, c, d)


def test_the_error_shrinks_to_a_third_at_every_step():
    says(PATH, "Here that is 1/3 every time.")
    errors = lab_of(Power, 15).errors
    assert errors[1:] / errors[:-1] == pytest.approx(np.full(14, 1 / 3))


def test_the_error_shrinks_by_the_ratio_of_the_eigenvalues_for_any_matrix():
    says(PATH, "so their ratio, the error, is multiplied by")
    rng, seen = np.random.default_rng(2), 0
    for A in rng.uniform(-9, 9, (60, 2, 2)):
        lab = lab_of(Power, 12, A=A.tolist(), start=rng.uniform(-3, 3, 2))
        if lab.law.kind == "two" and abs(lab.law.roots[1] / lab.law.roots[0]) < 0.95:
            found = list(lab.oracles())
            assert all(oracle.ok is not False for oracle in found), A
            seen += any(oracle.ok for oracle in found)
    assert seen > 15


def test_a_start_without_the_first_eigenvector_stays_at_the_other():
    says(PATH, "Start at (1, −1): it holds nothing of $v_1$, and the iteration stays at λ = 1.")
    run = Run(Power, 0, {"start": "1, -1"})
    run.advance(100)
    assert run.lab.record.value == pytest.approx(1)
    assert run.failure.name == "Blind start"
    for start in ("1, -0.9", "-1, 1.1", "0, 1"):  # with a little of v₁ it finds 3
        assert lab_of(Power, 100, start=start).record.value == pytest.approx(3)


@pytest.mark.parametrize("A", ["quarter turn", "swap"])
def test_two_of_one_size_never_settle(A):
    says(PATH, "neither eigenvalue is the larger in size, so it never settles")
    run = Run(Power, 0, {"A": A})
    run.advance(200)
    assert run.failure.name == "Not settled"


def test_a_shift_takes_eight_steps_and_none_173():
    says(PATH, "With shift it takes 8 steps; a ninth reads off the answer.")
    says(
        PATH,
        "173. Without shift an error is multiplied by the ratio of two neighboring eigenvalues",
    )
    says(PATH, "some of them are 2.78 and 3.55, and 0.78 is slow.")
    assert lab_of(QRIteration, 400).steps == 8 + 1  # and the answer
    lab = lab_of(QRIteration, 400, shift=False)
    assert lab.steps == 173 + 1
    assert np.round(np.diag(lab.T), 2).tolist() == [6.86, 3.55, 2.78, 0.81]
    assert round(2.7838 / 3.5484, 2) == 0.78
    says(PATH, "the eigenvalues stay.")
    for steps in (1, 5, 20, 100):
        T = lab_of(QRIteration, steps, shift=False).T
        assert np.linalg.eigvalsh(T) == pytest.approx(np.linalg.eigvalsh(lab.A))


def test_pairs_of_opposite_sign_need_a_shift():
    says(PATH, "unless two are λ and −λ (preset *± pairs*, no shift)")
    assert lab_of(QRIteration, 400, A="± pairs").status == "converged"
    assert lab_of(QRIteration, 400, A="± pairs", shift=False).status == "diverged"
    says(PATH, "First A is turned so that three diagonals are left.")
    T = lab_of(QRIteration, 1).T
    assert np.tril(T, -2) == pytest.approx(0)


def symmetric_matrices():
    rng = np.random.default_rng(8)
    yield [[-8, 7, -9, 1], [7, -4, 0, -1], [-9, 0, -9, -7], [1, -1, -7, 3]]  # |λ₂| near |λ₃|
    yield [[8, 0, 0, 0], [0, -3, -5, -9], [0, -5, 1, -9], [0, -9, -9, 3]]  # in two blocks
    yield [[0, 0, 0, 0], [0, 1, -2, 1], [0, -2, 4, 2], [0, 1, 2, -2]]  # singular
    for B in rng.integers(-9, 10, (30, 4, 4)):
        yield (np.triu(B) + np.triu(B, 1).T).tolist()


def test_the_coupling_falls_by_the_two_smallest_wherever_others_are_gone():
    measured = 0
    for A in symmetric_matrices():
        run, seen = Run(QRIteration, 0, {"A": A, "shift": False}), False
        for _ in range(40):
            run.advance(1)
            found = list(run.lab.oracles())
            assert all(oracle.ok is not False for oracle in found), (A, run.lab.steps)
            seen |= any(oracle.ok for oracle in found if oracle.name.startswith("coupling"))
        measured += seen
    assert measured > 20
    lab = lab_of(QRIteration, 60, shift=False)
    (rate,) = (oracle for oracle in lab.oracles() if oracle.name.startswith("coupling"))
    assert rate.ok
    assert rate.predicted == pytest.approx(0.8082 / 2.7838, rel=1e-2)


def test_every_start_dies_out_if_and_only_if_the_spectral_radius_is_below_one():
    says(PATH, "if ρ < 1, every start dies out; if ρ > 1, nearly every start grows")
    rng = np.random.default_rng(3)
    for at in rng.uniform(-3, 3, (60, 2)):
        lab = lab_of(Portrait, at=at)
        if abs(lab.law.radius - 1) < 0.03:
            continue
        x = rng.standard_normal((2, 20))
        for _ in range(600):
            x = lab.A @ x
        size = abs(x).max(axis=0)
        assert (size < 1e-3).all() if lab.law.radius < 1 else (size > 1e3).all()
        says(PATH, "Leaps die out inside the triangle, where |λ| < 1")
        t, d = lab.at
        assert (lab.law.radius < 1) == (d < 1 and abs(t) < 1 + d)


def test_the_sign_of_the_real_part_decides_the_flow():
    says(
        PATH, "So the sign of the real part of λ decides: if every Re λ < 0, every start dies out."
    )
    says(PATH, "the flow dies out in the upper left quarter, where Re λ < 0")
    for at in np.random.default_rng(4).uniform(-3, 3, (40, 2)):
        lab = lab_of(Portrait, at=at)
        values, V = np.linalg.eig(lab.A)
        if abs(values.real.max()) < 0.2:
            continue
        for start in np.random.default_rng(5).standard_normal((20, 2)):
            # e to the A t, by the eigenvectors of NumPy
            x = (V * np.exp(40 * values)) @ np.linalg.solve(V, start.astype(complex))
            assert (abs(x).max() < 1) == (values.real.max() < 0), at
        assert (values.real.max() < 0) == (at[0] < 0 and at[1] > 0)


def test_the_flow_of_the_run_is_the_exponential_of_the_matrix():
    for at in np.random.default_rng(6).uniform(-2, 2, (20, 2)):
        lab = lab_of(Portrait, 20, at=at)
        values, V = np.linalg.eig(lab.A)
        start = lab.trail.points[0].reshape(2, 2, -1)[1]
        wanted = (V * np.exp(2 * values)) @ np.linalg.solve(V, start.astype(complex))
        np.testing.assert_allclose(lab.x[1], wanted.real, rtol=1e-4, atol=1e-4)


def test_both_laws_are_measured_wherever_one_clicks():
    for at in np.random.default_rng(7).uniform(-3, 3, (40, 2)):
        lab = lab_of(Portrait, 300, at=at)
        assert all(oracle.ok is not False for oracle in lab.oracles()), at


@pytest.mark.parametrize("at", ["1.9, 0.95", "1, 0.30", "0, 1", "-1.95, 0.96", "2.45, 1.55",
                                "0, 3", "0.001, 0.0001", "-3, 2.251"])  # fmt: skip
def test_the_size_of_a_spiral_has_its_factor_at_every_step(at):
    run = Run(Portrait, 0, {"at": at})
    q2 = -run.lab.A[0, 1]
    for _ in range(80):
        before = (run.lab.x**2).sum(axis=2) @ [1, q2]
        moving = run.lab.moving
        run.advance(1)
        measured = {oracle.name: oracle for oracle in run.lab.oracles()}
        assert all(oracle.ok for oracle in measured.values()), run.lab.steps
        leap, flow = (measured[f"size, one {unit}"] for unit in ("leap", "step of the flow"))
        assert leap.tolerance == 1e-9
        trace, det = run.lab.at
        after = (run.lab.x**2).sum(axis=2) @ [1, q2]
        for law, oracle, wanted in ((0, leap, det), (1, flow, np.exp(0.1 * trace))):
            assert oracle.predicted**2 == pytest.approx(wanted)
            assert not moving[law] or after[law] / before[law] == pytest.approx(wanted, rel=1e-5)


def test_what_is_gone_or_has_arrived_stands_still_while_the_other_goes_on():
    lab = lab_of(Portrait, 300, at="0.2, 0.01")  # leaps die at once, the flow grows slowly
    assert lab.size[0] < 1e-12 < 1 < lab.size[1] < 1e12
    assert lab.status == "running"
    gone, stood = (lab_of(Portrait, steps, at="3, -3").x[0] for steps in (40, 60))
    assert (gone == stood).all()


@pytest.mark.parametrize(
    ("at", "leaps", "flow"),
    [
        ("1.8, 0.72", "saddle", "node, out"),
        ("1, 0.8", "spiral, in", "spiral, out"),
        ("-1, 1.5", "spiral, out", "spiral, in"),
        ("1, 1", "center", "spiral, out"),
        ("0, 1", "center", "center"),
        ("0, 2", "spiral, out", "center"),
        ("1, 0.25", "defective node, in", "defective node, out"),
        ("2, 1", "border case", "defective node, out"),
        ("0.5, 0.02", "node, in", "node, out"),
        ("0, -1", "border case", "saddle"),
        ("0.4, -0.9", "saddle", "saddle"),
        ("-2, 0.5", "saddle", "node, in"),
    ],
)
def test_every_place_of_the_map_has_its_names(at, leaps, flow):
    assert lab_of(Portrait, at=at).kinds == [leaps, flow]


def test_both_ends_of_the_range_count():
    says(PATH, "Find a spiral whose leaps die out, with ρ from 0.7 to 0.98, while its flow grows.")
    reached = checks["spiral"].reached
    for det, wanted in ((0.48, False), (0.49, True), (0.9604, True), (0.97, False)):
        lab = lab_of(Portrait)
        lab.at = np.array([1, det])
        assert reached(lab) == wanted, det


def test_a_center_neither_grows_nor_dies_out():
    says(PATH, "or around a *center* if it neither grows nor dies out")
    for at, law in (("1, 1", 0), ("-1.9, 1", 0), ("0.3, 1", 0), ("0, 0.5", 1), ("0, 3", 1)):
        lab = lab_of(Portrait, 300, at=at)
        assert lab.kinds[law] == "center"
        assert lab.sizes[law, 100:].min() > 0.5 * lab.sizes[law, :100].min() > 0
        assert lab.sizes[law, 100:].max() < 1.01 * lab.sizes[law, :100].max()


def test_on_the_parabola_the_matrix_is_defective():
    says(PATH, "Above the parabola λ is a *complex pair*: x turns as it goes, on a *spiral*")
    says(PATH, "On it λ is double and this A *defective*: one line stays.")
    for t in (-3, -2, -1, -0.4, 0, 0.2, 1, 2, 3):
        assert lab_of(Portrait, at=(t, t * t / 4)).law.kind == "defective"
        assert lab_of(Portrait, at=(t, t * t / 4 + 0.05)).law.kind == "pair"


def test_the_border_of_the_learning_rate():
    says(PATH, "Their correlation is 0.872, and λ = 1 ± 0.872.")
    lab = lab_of(Bowl)
    assert round(lab.r, 3) == 0.872
    assert lab.spectrum.values == pytest.approx([1 + lab.r, 1 - lab.r])
    border = 2 / lab.spectrum.values[0]
    for lr, status in ((0.97 * border, "converged"), (1.03 * border, "diverged")):
        assert lab_of(Bowl, 3000, lr=lr).status == status
    *_, last = zip(range(60), power_iteration(lambda v: lab.H @ v, 2, rng=np.random.default_rng(0)),
                   strict=False)  # fmt: skip
    assert last[1].eigenvalue == pytest.approx(1 + lab.r)


def test_the_memory_vanishes_explodes_or_is_held_by_tanh():
    says(PATH, "the memory cannot explode; gradients still can. But for ρ < 1 this memory vanishes")
    for seed in range(2):
        small, large = (lab_of(Recurrent, 400, seed, radius=r).sizes for r in (0.8, 1.3))
        assert small[-1] < 1e-6
        assert large[-1] > 1e6
        assert lab_of(Recurrent, 400, seed, radius=1.3, bend=True).sizes.max() <= np.sqrt(32)
        assert lab_of(Recurrent, 400, seed, radius=0.8, bend=True).sizes[-1] < 1e-6


def test_with_tanh_this_memory_vanishes_though_not_every_one_does():
    says(PATH, "But for ρ < 1 this memory vanishes all the same: near 0, tanh changes next to")
    for seed in range(12):
        for radius in (0.5, 0.9):
            sizes = lab_of(Recurrent, 400, seed, radius=radius, bend=True).sizes
            assert sizes[-1] < 1e-9, (seed, radius)
    W, h = np.array([[-3.7, 1.7], [-4.8, 2.0]]), np.array([0.9, 0.9])
    assert abs(np.linalg.eigvals(W)).max() < 0.9
    for _ in range(1000):
        h = np.tanh(W @ h)
    assert sorted(abs(h)) == pytest.approx([0.950, 0.989], abs=1e-3)


@pytest.mark.parametrize(
    ("experiment", "values", "name"),
    [
        (Direction, {"A": "quarter turn"}, "No direction stays"),
        (Direction, {"A": "shear"}, "Defective"),
        (Bowl, {"lr": 1.2}, "Flown apart"),
        (Recurrent, {"radius": 0.8}, "Vanished"),
        (Recurrent, {"radius": 1.3}, "Exploded"),
    ],
)
def test_a_note_names_what_the_page_breaks(experiment, values, name):
    says(PATH, "Break it with two presets of A; a note names what is missing:")
    says(PATH, "*Flown apart* is what this run was to show.")
    says(
        PATH,
        "turn ρ to 0.8 and play, then to 1.3, reset (`r`) and play; a note names it.",
    )
    run = Run(experiment, 0, values)
    run.advance(400)
    assert run.failure.name == name


@pytest.mark.parametrize(
    ("experiment", "knob", "wanted"),
    [(Bowl, "lr", 1.2), (Recurrent, "radius", 0.8), (Recurrent, "radius", 1.3)],
)
def test_a_few_arrow_keys_reach_the_values_that_the_text_names(experiment, knob, wanted):
    slider = experiment.knobs[knob]
    value, presses = slider.default, 0
    while value != wanted and presses < 20:
        value, presses = slider.moved(value, 1 if wanted > value else -1), presses + 1
    assert value == wanted


def test_less_than_five_percent_is_left_for_every_seed():
    says(PATH, "0.9 to the power of 50 is 0.005. A random start loses a little more at first")
    assert round(0.9**50, 3) == 0.005
    left = [checks["memory"].run(seed).lab.sizes[50] for seed in range(20)]
    assert max(left) < 0.05
    assert np.median(left) < 0.9**50


@pytest.mark.sweep
def test_the_oracle_of_the_memory_holds_for_every_knob_and_seed():
    for seed in range(6):
        for radius in (0.5, 0.9, 1.0, 1.5):
            lab = lab_of(Recurrent, 400, seed, radius=radius)
            assert all(oracle.ok for oracle in lab.oracles()), (seed, radius)


def test_no_direction_has_a_larger_variance_than_the_first_eigenvector():
    says(PATH, "It is largest along the eigenvector of the larger λ")
    says(PATH, "it is 3.66, the larger eigenvalue of C: 96.3 % of all variance in these two")
    X = iris().x[:, [0, 2]]
    t = np.linspace(0, np.pi, 2000)
    spread = [(X @ [np.cos(a), np.sin(a)]).var(ddof=1) for a in t]
    lab = lab_of(Covariance, v="1.3, 3")
    assert max(spread) == pytest.approx(lab.widest, rel=1e-5)
    assert round(lab.widest, 2) == 3.66
    assert round(lab.widest / lab.C.trace(), 3) == 0.963
    V = np.linalg.eigh(lab.C)[1]
    assert abs(V[:, 1] @ lab.v) / np.linalg.norm(lab.v) > 0.999


def test_what_is_said_of_matrices_at_large():
    rng = np.random.default_rng(5)
    for _ in range(20):
        W = rng.standard_normal((6, 6))
        says(PATH, "through $W^\\top$, which has the same eigenvalues")
        ours, other = (np.sort_complex(np.linalg.eigvals(M)) for M in (W, W.T))
        assert ours == pytest.approx(other)
        says(PATH, "If it is A itself, A is *symmetric* and its eigenvalues are real.")
        assert abs(np.linalg.eigvals(W + W.T).imag).max() == 0
        says(PATH, "Qᵀ undoes Q, so R Q = QᵀT Q: only the axes change, and the eigenvalues stay.")
        Q, R = np.linalg.qr(W)
        np.testing.assert_allclose(Q.T @ Q, np.eye(6), atol=1e-12)
        np.testing.assert_allclose(R @ Q, Q.T @ W @ Q, atol=1e-12)
