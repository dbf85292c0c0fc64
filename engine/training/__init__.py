"""Training: seeded batches and noise, one compiled step each, all state in plain arrays."""

from engine.training.adversarial import AdversarialTraining
from engine.training.breakdown import Breakdown
from engine.training.evaluator import Evaluator
from engine.training.noise import Noise
from engine.training.optimizer_state import OptimizerState, Snapshot
from engine.training.player import LossValue, Player
from engine.training.supervised import LossFn, Training

__all__ = [
    "AdversarialTraining", "Breakdown", "Evaluator", "LossFn", "LossValue", "Noise",
    "OptimizerState", "Player", "Snapshot", "Training",
]  # fmt: skip
