"""Optimizers: each a rule for one array, in the letters of its paper.

A rule takes the parameters w, their gradient g and the step number t = 1, 2, …, then its own
state with starting values, then its hyperparameters by name; it returns the new w and the new
state. It works on numbers, arrays and tensors alike: by hand, in a plain loop, and compiled. Called
with hyperparameters alone it gives the same rule with other values: `adam(lr=0.01)`.

Hyperparameters: lr > 0 is the learning rate η; beta, beta1, beta2 and rho in [0, 1) say how much is
remembered; eps > 0 keeps a division defined; weight_decay ≥ 0 is λ; psi ≥ 0 is a pace.
"""

from engine.optim.adaptive import (
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    lion,
    nadam,
    radam,
    rmsprop,
)  # fmt: skip
from engine.optim.gradient import momentum, nesterov, sgd
from engine.optim.rules import CONSTRAINTS, Hyperparameter, Numeric, Rule, optimizer
from engine.optim.table import OPTIMIZERS, rule

__all__ = [
    "CONSTRAINTS", "OPTIMIZERS", "Hyperparameter", "Numeric", "Rule", "adadelta", "adagrad", "adam",
    "adamax", "adamw", "amsgrad", "lion", "momentum", "nadam", "nesterov", "optimizer", "radam",
    "rmsprop", "rule", "sgd",
]  # fmt: skip
