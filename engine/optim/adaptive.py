"""Rules that scale each parameter's step by the size of its own past gradients.

The conventions and defaults are those of PyTorch, but in AMSGrad; PyTorch has no Lion. ε is added
outside the root (in Adadelta inside, as its paper has it).

All but Adamax and Lion square the gradient: beyond 1.3e154 (1.8e19 in float32) the square is inf,
and so is v from then on. Such a rule no longer moves the parameter; RAdam does not from step 6 on.
Clip or scale gradients that may grow so large.
"""

import numpy as np

from engine.optim.rules import Numeric, optimizer


@optimizer
def adagrad(
    w: Numeric,
    g: Numeric,
    t: Numeric,
    v: Numeric = 0.0,
    *,
    lr: Numeric = 0.01,
    eps: Numeric = 1e-10,
) -> tuple[Numeric, ...]:
    """Divide by the root of the sum of all squares so far: rare gradients keep large steps.

    Duchi, Hazan & Singer 2011, figure 1, diagonal form. The sum only grows, so steps fade out.

    >>> w, v = adagrad(1.0, 100.0, 1, lr=0.5)
    >>> round(float(w), 6), v
    (0.5, 10000.0)
    """
    v = v + g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@optimizer
def rmsprop(
    w: Numeric, g: Numeric, t: Numeric, v: Numeric = 0.0,
    *, lr: Numeric = 0.01, rho: Numeric = 0.99, eps: Numeric = 1e-8,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adagrad that forgets: a fading mean of squares, so that steps do not fade out.

    Hinton 2012, lecture 6e (with ρ = 0.9). PyTorch calls ρ alpha. v starts at 0 and is not
    corrected for it, so that the first step is η / √(1 − ρ).

    >>> w, v = rmsprop(1.0, 100.0, 1, lr=0.01)
    >>> round(float(w), 6)
    0.9
    """
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@optimizer
def adadelta(
    w: Numeric, g: Numeric, t: Numeric, v: Numeric = 0.0, u: Numeric = 0.0,
    *, lr: Numeric = 1.0, rho: Numeric = 0.9, eps: Numeric = 1e-6,
) -> tuple[Numeric, ...]:  # fmt: skip
    """The step in the unit of the parameter: its own past size over that of the gradients.

    Zeiler 2012, Algorithm 1, where E[g²] is our v, E[Δx²] our u, and η is 1. From u = 0 it starts
    with tiny steps, √ε.

    >>> w, v, u = adadelta(1.0, 100.0, 1, rho=0.75)
    >>> round(float(w), 6)
    0.998
    """
    v = rho * v + (1 - rho) * g**2
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    u = rho * u + (1 - rho) * delta**2
    return w - lr * delta, v, u


@optimizer
def adam(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, v: Numeric = 0.0,
    *, lr: Numeric = 1e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Scale each step by the recent size of its own gradient. Kingma & Ba 2015, Algorithm 1.

    The first step is η g / (|g| + ε), whatever the scale of g.

    >>> w, m, v = adam(1.0, 100.0, 1, lr=0.5)
    >>> round(float(w), 6)
    0.5
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@optimizer
def adamw(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, v: Numeric = 0.0,
    *, lr: Numeric = 1e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
    weight_decay: Numeric = 0.01,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adam, and every weight shrinks by the same share, however steep its gradient.

    Loshchilov & Hutter 2019, Algorithm 2; as in PyTorch the share is η λ (the paper’s is λ times
    the schedule alone).

    >>> w, m, v = adamw(1.0, 0.0, 1, lr=0.5, weight_decay=0.1)
    >>> float(w)
    0.95
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return (1 - lr * weight_decay) * w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@optimizer
def adamax(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, u: Numeric = 0.0,
    *, lr: Numeric = 2e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adam scaled by the largest recent gradient in place of a root of squares.

    Kingma & Ba 2015, Algorithm 2; as in PyTorch ε is added to |g|, the paper has none.

    >>> w, m, u = adamax(1.0, 100.0, 1, lr=0.5)
    >>> round(float(w), 6)
    0.5
    """
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, abs(g) + eps)
    return w - lr / (1 - beta1**t) * m / u, m, u


@optimizer
def nadam(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, v: Numeric = 0.0, product: Numeric = 1.0,
    *, lr: Numeric = 2e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
    psi: Numeric = 4e-3,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adam with Nesterov’s look ahead. Dozat 2016, Algorithm 2.

    μ rises from β₁ / 2 to β₁ as in the report’s section 3 and in PyTorch, at the pace ψ; `product`
    is μ₁ μ₂ … μₜ, which corrects for the start of m.

    >>> w, m, v, product = nadam(1.0, 100.0, 1, lr=0.5, beta1=0.0)
    >>> round(float(w), 6)
    0.5
    """
    mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (psi * s)) for s in (t, t + 1))
    product = product * mu
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = (1 - mu) / (1 - product) * g + mu_next / (1 - product * mu_next) * m
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), m, v, product


@optimizer
def amsgrad(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, v: Numeric = 0.0, v_max: Numeric = 0.0,
    *, lr: Numeric = 1e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adam that never forgets its largest v, so that a rare steep gradient keeps its weight.

    Reddi, Kale & Kumar 2018, Algorithm 2, and ε; as there, and other than in PyTorch, without
    Adam’s corrections for the start: the first step is η (1 − β₁) / √(1 − β₂).

    >>> w, m, v, v_max = amsgrad(1.0, 0.0, 1, 0.0, 1.0, 4.0, beta2=0.5)
    >>> v, float(v_max)
    (0.5, 4.0)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    return w - lr * m / (np.sqrt(v_max) + eps), m, v, v_max


@optimizer
def radam(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0, v: Numeric = 0.0,
    *, lr: Numeric = 1e-3, beta1: Numeric = 0.9, beta2: Numeric = 0.999, eps: Numeric = 1e-8,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Adam that trusts v only once it has seen enough, and until then is plain momentum.

    Liu et al. 2020, Algorithm 2; as in PyTorch with ρₜ > 5 for the paper’s 4, and ε. The branch is
    arithmetic, so that it compiles: both ρ are held at 5 or above, where the root r is defined,
    and `early` = 0^(ρₜ − 5) is 1 where ρₜ is held, else 0.

    >>> w, m, v = radam(1.0, 100.0, 1, lr=0.001)  # ρ₁ = 1: the step is η g
    >>> round(float(w), 6)
    0.9
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    rho = 2 / (1 - beta2) - 1
    rho_t = rho - 2 * t * beta2**t / (1 - beta2**t)
    rho, rho_t = np.maximum(rho, 5), np.maximum(rho_t, 5)
    early = 0.0 ** (rho_t - 5)
    r = np.sqrt((rho_t - 4) * (rho_t - 2) * rho / ((rho - 4) * (rho - 2) * rho_t))
    adapted = r * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
    scale = early + (1 - early) * adapted
    return w - lr * m / (1 - beta1**t) * scale, m, v


@optimizer
def lion(
    w: Numeric, g: Numeric, t: Numeric, m: Numeric = 0.0,
    *, lr: Numeric = 1e-4, beta1: Numeric = 0.9, beta2: Numeric = 0.99, weight_decay: Numeric = 0.0,
) -> tuple[Numeric, ...]:  # fmt: skip
    """Only the sign of a mean of gradients counts: every step has the length η.

    Chen et al. 2023, Algorithm 2: the sign is of one mean (β₁), the state another (β₂). Steps do
    not shrink by themselves; the rate has to.

    >>> w, m = lion(1.0, 100.0, 1, lr=0.5)
    >>> float(w), round(m, 6)
    (0.5, 1.0)
    """
    c = beta1 * m + (1 - beta1) * g
    m = beta2 * m + (1 - beta2) * g
    return (1 - lr * weight_decay) * w - lr * np.sign(c), m
