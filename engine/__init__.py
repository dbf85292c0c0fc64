"""The mathematics of deep learning on NumPy: tensors, gradients, compiled steps, optimizers.

Imports NumPy and the standard library, nothing else; knows no lesson and no screen. The names
below are loaded when first asked for, so that what needs none of them starts without NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.array import Array
    from engine.models.mlp import MLP
    from engine.parameters import ParamSpec
    from engine.program import Program
    from engine.reverse import grad, gradcheck, hessian_vector
    from engine.tensor import OPS, Tensor
    from engine.training import Evaluator, Training

__all__ = [
    "MLP",
    "OPS",
    "Array",
    "Evaluator",
    "ParamSpec",
    "Program",
    "Tensor",
    "Training",
    "grad",
    "gradcheck",
    "hessian_vector",
]

_HOMES = {
    "array": ("Array",),
    "reverse": ("grad", "gradcheck", "hessian_vector"),
    "models.mlp": ("MLP",),
    "parameters": ("ParamSpec",),
    "program": ("Program",),
    "tensor": ("OPS", "Tensor"),
    "training": ("Evaluator", "Training"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"engine.{home}"), name)
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
