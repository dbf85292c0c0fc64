"""Sizes of every model: integers of NumPy are integers, all else is refused in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import DomainError
from engine.models import CNN, GAN, MLP, VAE, Autoencoder, RecurrentNet, Transformer

MODELS = [
    (MLP((2, 3, 1), rate=0.5), ["sizes"]),
    (Autoencoder((4, 2)), ["sizes"]),
    (VAE((4, 3), latent=2), ["sizes", "latent"]),
    (CNN((1, 6, 6), (2,), 3, padding=1),
     ["image", "filters", "classes", "kernel", "padding", "pool"]),
    (RecurrentNet("rnn", 2, 3, 1, truncate=2), ["inputs", "hidden", "outputs", "truncate"]),
    (Transformer(4, 3, width=4, heads=2),
     ["tokens", "length", "width", "heads", "hidden", "blocks"]),
    (GAN(generator=(3,), discriminator=(3,)),
     ["latent", "size", "generator", "discriminator"]),
]  # fmt: skip
CASES = [(model, name) for model, names in MODELS for name in names]
HOSTILE = [-1, 2.5, True, np.nan, np.inf, "3", 1j]


def ids(case):
    return case if isinstance(case, str) else type(case).__name__


@pytest.mark.parametrize(("model", "name"), CASES, ids=ids)
def test_what_is_no_size_is_refused(model, name):
    value = getattr(model, name)
    for hostile in HOSTILE:
        wrong = (*value[:-1], hostile) if isinstance(value, tuple) else hostile
        with pytest.raises(DomainError, match=rf"^\w+: expected an integer {name} ≥ [01], got "):
            replace(model, **{name: wrong})


@pytest.mark.parametrize(("model", "name"), CASES, ids=ids)
def test_integers_of_any_type_make_the_same_model(model, name):
    value = getattr(model, name)
    number = np.array(value) if isinstance(value, tuple) else np.int64(value)
    same = replace(model, **{name: number})
    assert same == model
    assert repr(same) == repr(model)


@pytest.mark.parametrize("model", [MLP((2, 1)), CNN((1, 6, 6), (2,), 3)], ids=ids)
@pytest.mark.parametrize("rate", [-0.1, 1.0, np.nan, True, "0.5", None])
def test_a_rate_of_dropout_is_a_probability_below_one(model, rate):
    with pytest.raises(DomainError, match=r"^\w+: expected 0 ≤ rate < 1, got "):
        replace(model, rate=rate)
