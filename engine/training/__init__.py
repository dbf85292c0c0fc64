"""Training: seeded batches and noise, one compiled step each, all state in plain arrays."""

from engine.training.breakdown import Breakdown
from engine.training.descent import Rate, State
from engine.training.game import Game, Player
from engine.training.noise import Noise
from engine.training.probe import Probe
from engine.training.supervised import LossOf, Training

__all__ = [
    "Breakdown", "Game", "LossOf", "Noise", "Player", "Probe", "Rate", "State", "Training",
]  # fmt: skip
