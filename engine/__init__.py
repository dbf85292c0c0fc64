"""The mathematics of deep learning on NumPy: tensors, gradients, compiled steps, optimizers.

Imports NumPy and the standard library, nothing else; knows no lesson and no screen. The names
below are loaded when first asked for, so that what needs none of them starts without NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.activations import gelu, log_softmax, relu, sigmoid, softmax, softplus
    from engine.array import Array
    from engine.assembly import concatenate, pad, stack
    from engine.models.mlp import MLP
    from engine.parameters import ParamSpec
    from engine.primitives.elementwise import (
        absolute,
        arccos,
        arcsin,
        arctan,
        cos,
        cosh,
        erf,
        exp,
        expm1,
        log,
        log1p,
        log2,
        log10,
        sign,
        sin,
        sinh,
        sqrt,
        square,
        tan,
        tanh,
    )
    from engine.primitives.pairs import maximum, minimum, where
    from engine.primitives.reductions import logsumexp
    from engine.program import Program
    from engine.reverse import grad, gradcheck, hessian_vector, jacobian, value_and_grad
    from engine.tensor import OPS, Tensor
    from engine.training import Evaluator, Training

_HOMES = {
    "activations": ("gelu", "log_softmax", "relu", "sigmoid", "softmax", "softplus"),
    "array": ("Array",),
    "assembly": ("concatenate", "pad", "stack"),
    "models.mlp": ("MLP",),
    "parameters": ("ParamSpec",),
    "primitives.elementwise": (
        "absolute", "arccos", "arcsin", "arctan", "cos", "cosh", "erf", "exp", "expm1", "log",
        "log10", "log1p", "log2", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh",
    ),
    "primitives.pairs": ("maximum", "minimum", "where"),
    "primitives.reductions": ("logsumexp",),
    "program": ("Program",),
    "reverse": ("grad", "gradcheck", "hessian_vector", "jacobian", "value_and_grad"),
    "tensor": ("OPS", "Tensor"),
    "training": ("Evaluator", "Training"),
}  # fmt: skip

__all__ = [
    "MLP", "OPS", "Array", "Evaluator", "ParamSpec", "Program", "Tensor", "Training", "absolute",
    "arccos", "arcsin", "arctan", "concatenate", "cos", "cosh", "erf", "exp", "expm1", "gelu",
    "grad", "gradcheck", "hessian_vector", "jacobian", "log", "log1p", "log2", "log10",
    "log_softmax", "logsumexp", "maximum", "minimum", "pad", "relu", "sigmoid", "sign", "sin",
    "sinh", "softmax", "softplus", "sqrt", "square", "stack", "tan", "tanh", "value_and_grad",
    "where",
]  # fmt: skip


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"engine.{home}"), name)
    raise AttributeError(f"module 'engine' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
