"""Why what fits the data may fail on the rest, and what helps: penalties, early stopping, data."""

from engine.generalization.bias_variance import (
    BiasVariance,
    bias_variance,
    bias_variance_steps,
    neighbors_fit,
    polynomial_fit,
)
from engine.generalization.bounds import (
    cases_needed,
    compression_bound,
    hoeffding,
    separable_labelings,
)
from engine.generalization.double_descent import (
    Risk,
    Width,
    double_descent_steps,
    gaussian_risk,
    isotropic_risk,
    minimum_norm,
)
from engine.generalization.early_stopping import EarlyStopping, descent_filter, early_stopping
from engine.generalization.lasso import (
    CoordinateStep,
    Lasso,
    lasso,
    lasso_steps,
    smallest_zero_penalty,
    soft_threshold,
)
from engine.generalization.ridge import Ridge, degrees_of_freedom, dropout_penalty, ridge

__all__ = [
    "BiasVariance",
    "CoordinateStep",
    "EarlyStopping",
    "Lasso",
    "Ridge",
    "Risk",
    "Width",
    "bias_variance",
    "bias_variance_steps",
    "cases_needed",
    "compression_bound",
    "degrees_of_freedom",
    "descent_filter",
    "double_descent_steps",
    "dropout_penalty",
    "early_stopping",
    "gaussian_risk",
    "hoeffding",
    "isotropic_risk",
    "lasso",
    "lasso_steps",
    "minimum_norm",
    "neighbors_fit",
    "polynomial_fit",
    "ridge",
    "separable_labelings",
    "smallest_zero_penalty",
    "soft_threshold",
]
