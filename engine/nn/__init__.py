"""Layers: functions of parameters and inputs."""

from engine.nn.dense import dense

__all__ = ["dense"]
