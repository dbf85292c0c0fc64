"""Probability and statistics: distributions, what data say about them, and how sure that is."""

from engine.probability.continuous import Exponential, Laplace, Normal, Uniform
from engine.probability.dirichlet import Dirichlet
from engine.probability.discrete import Bernoulli, Binomial, Categorical, Geometric, Poisson
from engine.probability.distribution import AbstractDistribution, Support
from engine.probability.multivariate import MultivariateNormal
from engine.probability.shaped import Beta, ChiSquare, Gamma, StudentT
from engine.probability.table import DISTRIBUTIONS, distribution
from engine.probability.tabulated import Tabulated

__all__ = [
    "DISTRIBUTIONS",
    "AbstractDistribution",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "ChiSquare",
    "Dirichlet",
    "Exponential",
    "Gamma",
    "Geometric",
    "Laplace",
    "MultivariateNormal",
    "Normal",
    "Poisson",
    "StudentT",
    "Support",
    "Tabulated",
    "Uniform",
    "distribution",
]
