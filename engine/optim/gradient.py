"""Rules whose step is a sum of gradients: downhill, rolling, and rolling with a look ahead."""

from engine.optim.rules import Numeric, optimizer


@optimizer
def sgd(w: Numeric, g: Numeric, t: Numeric, *, lr: Numeric = 0.1) -> tuple[Numeric, ...]:
    """Step against the gradient. Robbins & Monro 1951; Cauchy 1847.

    >>> sgd(1.0, 2.0, 1, lr=0.25)
    (0.5,)
    """
    return (w - lr * g,)


@optimizer
def momentum(
    w: Numeric, g: Numeric, t: Numeric, v: Numeric = 0.0, *, lr: Numeric = 0.1, beta: Numeric = 0.9
) -> tuple[Numeric, ...]:
    """Keep rolling: v sums the past gradients, the older the less. Polyak 1964.

    The form of PyTorch: v ← β v + g, w ← w − η v (not the one with (1 − β) g).

    >>> momentum(1.0, 2.0, 1, lr=0.25)
    (0.5, 2.0)
    """
    v = beta * v + g
    return w - lr * v, v


@optimizer
def nesterov(
    w: Numeric, g: Numeric, t: Numeric, v: Numeric = 0.0, *, lr: Numeric = 0.1, beta: Numeric = 0.9
) -> tuple[Numeric, ...]:
    """Roll, and already lean to where the rolling leads. Nesterov 1983; Sutskever et al. 2013.

    The form of PyTorch: w is the place looked ahead to, where g is taken, so that the step is
    η (g + β v) with the new v (Sutskever's equations 3 and 4 keep the place before the look).

    >>> w, v = nesterov(1.0, 2.0, 1, lr=0.25, beta=0.5)
    >>> w, v
    (0.25, 2.0)
    """
    v = beta * v + g
    return w - lr * (g + beta * v), v
