"""Models ready to be trained."""

from engine.models.mlp import MLP

__all__ = ["MLP"]
