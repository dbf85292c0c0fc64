"""Linear algebra step by step: generators whose last record is the answer, and plain functions."""

from engine.linalg.cholesky import cholesky, cholesky_solve, cholesky_steps
from engine.linalg.condition import condition, hilbert
from engine.linalg.elimination import elimination_steps, inverse, inverse_steps, solve
from engine.linalg.hessenberg import hessenberg, hessenberg_steps
from engine.linalg.iterative import (
    conjugate_gradient,
    conjugate_gradient_bound,
    conjugate_gradient_steps,
    iteration_matrix,
    splitting,
    splitting_steps,
)
from engine.linalg.jacobi import jacobi_eigen, jacobi_eigen_steps
from engine.linalg.least_squares import least_squares, least_squares_steps
from engine.linalg.lu import determinant, lu, lu_solve, lu_steps
from engine.linalg.norms import angle, cosine, gram, norm, project
from engine.linalg.orthogonal import gram_schmidt_steps, householder_steps, qr
from engine.linalg.pca import pca
from engine.linalg.power import inverse_iteration, inverse_iteration_steps, power, power_steps
from engine.linalg.qr_algorithm import qr_algorithm, qr_algorithm_steps
from engine.linalg.schur import eigenvalues, schur, schur_steps, spectral_radius
from engine.linalg.svd import low_rank, low_rank_steps, svd, svd_steps

__all__ = [
    "angle", "cholesky", "cholesky_solve", "cholesky_steps", "condition", "conjugate_gradient",
    "conjugate_gradient_bound", "conjugate_gradient_steps", "cosine", "determinant", "eigenvalues",
    "elimination_steps", "gram", "gram_schmidt_steps", "hessenberg", "hessenberg_steps", "hilbert",
    "householder_steps", "inverse", "inverse_iteration", "inverse_iteration_steps", "inverse_steps",
    "iteration_matrix", "jacobi_eigen", "jacobi_eigen_steps", "least_squares",
    "least_squares_steps", "low_rank", "low_rank_steps", "lu", "lu_solve", "lu_steps", "norm",
    "pca", "power", "power_steps", "project", "qr", "qr_algorithm", "qr_algorithm_steps", "schur",
    "schur_steps", "solve", "spectral_radius", "splitting", "splitting_steps", "svd", "svd_steps",
]  # fmt: skip
