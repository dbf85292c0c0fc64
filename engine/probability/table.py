"""All distributions of one number by name, from the simplest to the most complex."""

from collections.abc import Mapping

from engine.errors import unknown
from engine.probability.continuous import Exponential, Laplace, Normal, Uniform
from engine.probability.discrete import Bernoulli, Binomial, Categorical, Geometric, Poisson
from engine.probability.distribution import AbstractDistribution
from engine.probability.shaped import Beta, ChiSquare, Gamma, StudentT

DISTRIBUTIONS: Mapping[str, type[AbstractDistribution]] = {
    law.name: law
    for law in (
        Bernoulli, Binomial, Geometric, Poisson, Categorical, Uniform, Normal, Exponential, Laplace,
        Gamma, ChiSquare, Beta, StudentT,
    )
}  # fmt: skip
"""Called without arguments each gives an example; `dataclasses.fields` tells its parameters."""


def distribution(name: str) -> type[AbstractDistribution]:
    """The distribution of that name, to be called with its parameters.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> distribution("normal")()
    Normal(mu=0.0, sigma=1.0)
    """
    if name not in DISTRIBUTIONS:
        raise unknown("distribution", name, DISTRIBUTIONS)
    return DISTRIBUTIONS[name]
