"""The unit of the data changes nothing but the unit: every algorithm, 600 powers of two away.

Each row of `LAWS` says to which power of the unit a field of a record goes; what it does not name
must not change at all. A power of two commutes with every operation, so that equal means equal bit
for bit, in the answer and in every record before it.
"""

import inspect
import math
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest

from engine import linalg
from engine.errors import DomainError

S = np.array([[4.0, 1.0, 2.0], [1.0, 3.0, 0.5], [2.0, 0.5, 5.0]])  # symmetric, positive definite
G = np.array([[1.0, 2.0, 0.5, 0.0], [3.0, -4.0, 1.0, 2.0], [5.0, 6.0, 2.0, 1], [0.1, 7, 3, 0.3]])
TALL = np.array([[1.0, 2.0], [3.0, -4.0], [5.0, 6.0]])
LOW = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
b, v = np.array([1.0, -2.0, 3.0]), np.array([1.0, 0.5, -2.0, 0.25])
HALF, FAR = Fraction(1, 2), Fraction(11, 20)


def rows(right):
    """The powers in [A | B] while A has the unit u and B the unit u^right.

    On the way up each row is divided by its pivot.
    """

    def power(record):
        W, known = record.augmented, len(record.augmented)
        if is_upward(record):
            known = record.rows[-1]
        powers = np.full(W.shape, right)
        powers[:, : len(W)] = 1
        powers[known:] -= 1
        return powers

    return power


def is_upward(record):
    return record.kind == "scale" or (record.kind == "subtract" and record.rows[0] < record.rows[1])


def last_column(record):
    return np.append(np.zeros(len(record.augmented), int), 1)


PIVOT = {"factor": lambda record: int(is_upward(record))}
LEFT_OVER = {"rest": lambda record: int(record.kind == "subtract"), "coefficient": 1, "R": 1}
VALUE = {"eigenvalue": 1, "value": 1, "residual": 1}

LAWS = {
    "inverse": (
        lambda u: linalg.inverse_steps(u * G), {"inverse": -1, "augmented": rows(0), **PIVOT},
    ),
    "lu": (lambda u: linalg.lu_steps(u * G), {"U": 1, "determinant": 4}),
    "lu, singular": (lambda u: linalg.lu_steps(u * LOW), {"U": 1, "determinant": 3}),
    "cholesky": (lambda u: linalg.cholesky_steps(u * S), {"L": HALF, "pivot": 1, "determinant": 3}),
    "gram schmidt": (
        lambda u: linalg.gram_schmidt_steps(u * TALL), LEFT_OVER,
    ),
    "gram schmidt, classical": (
        lambda u: linalg.gram_schmidt_steps(u * TALL, modified=False), LEFT_OVER,
    ),
    "householder": (lambda u: linalg.householder_steps(u * TALL), {"alpha": 1, "R": 1}),
    "hessenberg": (lambda u: linalg.hessenberg_steps(u * G), {"H": 1}),
    "jacobi": (lambda u: linalg.jacobi_eigen_steps(u * S), {"off": 1, "A": 1, "values": 1}),
    "qr algorithm": (
        lambda u: linalg.qr_algorithm_steps(u * S),
        {"shift": 1, "coupling": 1, "T": 1, "values": 1},
    ),
    "qr algorithm, no shift": (
        lambda u: linalg.qr_algorithm_steps(u * S, shift=False),
        {"shift": 1, "coupling": 1, "T": 1, "values": 1},
    ),
    "schur": (
        lambda u: linalg.schur_steps(u * G), {"shifts": 1, "coupling": 1, "T": 1, "values": 1},
    ),
    "svd": (lambda u: linalg.svd_steps(u * TALL), {"W": 1, "s": 1}),
    "svd, wide": (lambda u: linalg.svd_steps(u * TALL.T), {"W": 1, "s": 1}),
    "svd, singular": (lambda u: linalg.svd_steps(u * LOW), {"W": 1, "s": 1}),
    "low rank": (
        lambda u: linalg.low_rank_steps(u * LOW),
        {"approximation": 1, "term": 1, "frobenius": 1, "predicted": 1, "spectral": 1},
    ),
    "condition": (
        lambda u: linalg.condition_steps(u * TALL), {"W": 1, "largest": 1, "smallest": 1},
    ),
    "power": (lambda u: linalg.power_steps(u * S, b), VALUE),
    "power, start": (lambda u: linalg.power_steps(S, u * b), {}),
    "inverse iteration": (
        lambda u: linalg.inverse_iteration_steps(u * S, b, shift=2.5 * u), VALUE,
    ),
    "inverse iteration at an eigenvalue": (
        lambda u: linalg.inverse_iteration_steps(u * np.diag([1.0, 2.0]), [1, 1], shift=u), VALUE,
    ),
    "elimination, A": (
        lambda u: linalg.elimination_steps(u * G, v), {"x": -1, "augmented": rows(0), **PIVOT},
    ),
    "elimination, both": (
        lambda u: linalg.elimination_steps(u * G, u * v),
        {"residual": 1, "augmented": rows(1), **PIVOT},
    ),
    "elimination, b": (
        lambda u: linalg.elimination_steps(G, u * v, pivot=False),
        {"x": 1, "residual": 1, "augmented": last_column},
    ),
    "least squares, A": (lambda u: linalg.least_squares_steps(u * TALL, b), {"x": -1, "matrix": 1}),
    "least squares, b": (
        lambda u: linalg.least_squares_steps(TALL, u * b), {"x": 1, "right": 1, "residual": 1},
    ),
    "normal equations, b": (
        lambda u: linalg.least_squares_steps(TALL, u * b, method="normal"),
        {"x": 1, "right": 1, "residual": 1},
    ),
    "splitting, A": (lambda u: linalg.splitting_steps(u * S, b), {"x": -1}),
    "splitting, b": (
        lambda u: linalg.splitting_steps(S, u * b, method="gauss_seidel"), {"x": 1, "residual": 1},
    ),
    "conjugate gradient, A": (
        lambda u: linalg.conjugate_gradient_steps(u * S, b), {"x": -1, "alpha": -1},
    ),
    "conjugate gradient, b": (
        lambda u: linalg.conjugate_gradient_steps(S, u * b),
        {"x": 1, "r": 1, "p": 1, "residual": 1},
    ),
    "conjugate gradient, A and far b": (
        lambda u: linalg.conjugate_gradient_steps(u * S, 2.0 ** (math.log2(u) * 11 // 20) * b),
        {"x": Fraction(-9, 20), "alpha": -1, **dict.fromkeys(("r", "p", "residual"), FAR)},
    ),
    "conjugate gradient, both": (
        lambda u: linalg.conjugate_gradient_steps(u * S, u * b),
        {"r": 1, "p": 1, "residual": 1, "alpha": -1},
    ),
    "project, a": (
        lambda u: [linalg.project(u * b, [1, 1, 2])], {"coefficient": 1, "along": 1, "across": 1},
    ),
    "project, b": (lambda u: [linalg.project(b, u * np.array([1, 1, 2]))], {"coefficient": -1}),
}  # fmt: skip
"""A power may depend on the record."""

NUMBERS = {
    "norm": (lambda u: linalg.norm(u * b), 1),
    "norm, p = 1": (lambda u: linalg.norm(u * b, 1), 1),
    "norm, p = 3": (lambda u: linalg.norm(u * b, 3), 1),
    "norm, p = inf": (lambda u: linalg.norm(u * b, math.inf), 1),
    "frobenius": (lambda u: linalg.frobenius(u * TALL), 1),
    "cosine": (lambda u: linalg.cosine(u * b, [1, 1, 2]), 0),
    "angle": (lambda u: linalg.angle(u * b, u * np.array([1, 1, 2])), 0),
    "orthogonality": (lambda u: linalg.orthogonality(linalg.svd(u * LOW).U), 0),
    "back substitution": (lambda u: linalg.back_substitution(u * np.triu(S), b), -1),
    "forward substitution": (lambda u: linalg.forward_substitution(np.tril(S), u * b), 1),
    "lu solve": (lambda u: linalg.lu_solve(linalg.lu(u * S), u * b), 0),
    "cholesky solve": (lambda u: linalg.cholesky_solve(linalg.cholesky(u * S), b), -1),
    "eigenvalues": (lambda u: linalg.eigenvalues(u * G).view(float), 1),
    "spectral radius": (lambda u: linalg.spectral_radius(u * G), 1),
    "iteration matrix": (lambda u: linalg.iteration_matrix(u * S), 0),
    "rate of a splitting": (lambda u: linalg.splitting(u * S, b).rate, 0),
    "rate of a run": (lambda u: linalg.conjugate_gradient(u * S, u * b).rate, 0),
    "determinant": (lambda u: linalg.determinant(np.diag([u, 3.0, 1 / u])), 0),
    "gram": (lambda u: linalg.gram(math.sqrt(u) * TALL), 1),
    "normal equations, A": (lambda u: linalg.least_squares(u * TALL, b, method="normal").x, -1),
    "ball, a line": (lambda u: linalg.ball_volume(1, radius=3 * u), 1),
    "ball, p = 1": (lambda u: linalg.ball_volume(2, 1, math.sqrt(u)), 1),
    "ball, many dimensions": (lambda u: linalg.ball_volume(60, radius=2 ** (math.log2(u) / 60)), 1),
    "components": (lambda u: linalg.pca(math.sqrt(u) * TALL).variances, 1),
}

WITHOUT_A_UNIT = {"conjugate_gradient_bound", "directions", "hilbert", "ball_share"}
SAME_AS = {"solve": "elimination", "qr": "householder"}


def times(value, power, unit):
    exponent = np.asarray(math.log2(unit) * power).astype(int)
    if isinstance(value, tuple):
        return tuple(complex(*np.ldexp([z.real, z.imag], exponent)) for z in value)
    if np.iscomplexobj(value):
        return np.ldexp(np.asarray(value).view(float), exponent).view(complex)
    return np.ldexp(value, exponent)


def equal(one, two):
    return np.asarray(one).tobytes() == np.asarray(two).tobytes()


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**600], ids=["tiny", "huge"])
@pytest.mark.parametrize("name", LAWS)
def test_every_record_scales_bit_for_bit(name, unit):
    steps, powers = LAWS[name]
    with np.errstate(over="ignore", under="ignore"):
        plain, scaled = list(steps(1.0)), list(steps(unit))
        assert [type(record) for record in plain] == [type(record) for record in scaled]
        for one, two in zip(plain, scaled, strict=True):
            for field in fields(one):
                power = powers.get(field.name, 0)
                if field.name in ("why", "_rate"):
                    continue
                power = power(one) if callable(power) else power
                want, got = getattr(one, field.name), getattr(two, field.name)
                want = times(want, power, unit) if np.any(power) else want
                assert equal(want, got), (type(one).__name__, field.name, want, got)


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**600], ids=["tiny", "huge"])
@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_scales_bit_for_bit(name, unit):
    f, power = NUMBERS[name]
    assert equal(times(f(1.0), power, unit), f(unit))


REFUSED = {
    "gram": lambda u: linalg.gram(u * TALL),
    "determinant": lambda u: linalg.determinant(u * G),
    "pca": lambda u: linalg.pca(u * TALL),
}


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**600], ids=["tiny", "huge"])
def test_normal_equations_without_a_float_are_shown_in_another_unit(unit):
    stages = list(linalg.least_squares_steps(unit * TALL, b, method="normal"))
    ata, triangle, answer = stages
    e = math.frexp(6 * unit)[1]
    assert ata.why.endswith(f"shown for A / 2^{e} and b / 2^2, as AᵀA itself is beyond all floats")
    assert ata.matrix.tolist() == (TALL.T @ TALL / 64).tolist()
    np.testing.assert_allclose(triangle.matrix @ triangle.matrix.T, ata.matrix, rtol=1e-14)
    np.testing.assert_allclose(answer.x * unit, np.linalg.lstsq(TALL, b)[0], atol=1e-15)


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**600], ids=["tiny", "huge"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_float_is_refused_in_a_sentence(name, unit):
    with pytest.raises(DomainError, match=rf"^{name}: expected .*(Scale|Divide)"):
        REFUSED[name](unit)


def test_a_volume_without_a_float_is_refused_or_zero():
    assert linalg.ball_volume(2, radius=2.0**-600) == 0
    with pytest.raises(DomainError, match=r"^ball_volume: .* got e\^832\.9"):
        linalg.ball_volume(2, radius=2.0**600)


def test_no_function_is_forgotten():
    source = inspect.getsource(inspect.getmodule(test_no_function_is_forgotten))
    for name in linalg.__all__:
        if inspect.isfunction(getattr(linalg, name)) and name not in WITHOUT_A_UNIT:
            plain = SAME_AS.get(name, name).removesuffix("_steps")
            assert f"linalg.{plain}(" in source or f"linalg.{plain}_steps(" in source, name
