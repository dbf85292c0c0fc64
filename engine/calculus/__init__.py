"""Calculus that can be watched: derivatives, Taylor, areas, differential equations."""

from engine.calculus.differences import (
    BestSteps,
    DifferenceStep,
    best_steps,
    central_difference,
    complex_step,
    difference_steps,
    forward_difference,
)
from engine.calculus.dual import Dual, derivative, gradient
from engine.calculus.forward import Forward, ForwardStep, forward, forward_steps
from engine.calculus.gauss import NewtonStep, Nodes, gauss_legendre, legendre, node_steps, nodes
from engine.calculus.monte_carlo import Estimate, monte_carlo, monte_carlo_steps
from engine.calculus.ode import State, gradient_flow, gradient_flow_steps, ode, ode_steps
from engine.calculus.quadrature import (
    Integral,
    Refinement,
    integrate,
    refinement_steps,
    simpson,
    trapezoid,
)
from engine.calculus.taylor import TaylorTerm, polynomial, taylor, taylor_steps
from engine.calculus.variables import jacobian, substitution

__all__ = [
    "BestSteps",
    "DifferenceStep",
    "Dual",
    "Estimate",
    "Forward",
    "ForwardStep",
    "Integral",
    "NewtonStep",
    "Nodes",
    "Refinement",
    "State",
    "TaylorTerm",
    "best_steps",
    "central_difference",
    "complex_step",
    "derivative",
    "difference_steps",
    "forward",
    "forward_difference",
    "forward_steps",
    "gauss_legendre",
    "gradient",
    "gradient_flow",
    "gradient_flow_steps",
    "integrate",
    "jacobian",
    "legendre",
    "monte_carlo",
    "monte_carlo_steps",
    "node_steps",
    "nodes",
    "ode",
    "ode_steps",
    "polynomial",
    "refinement_steps",
    "simpson",
    "substitution",
    "taylor",
    "taylor_steps",
    "trapezoid",
]
