"""A batch through a layer: one flower at a time, compared with a single product."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine import MLP, Tensor
from engine.array import Array
from engine.data import iris
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Matrix
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Cells, PictureRow, Plane, Points


@dataclass(frozen=True, eq=False)
class Fed:
    """One flower went through; `done` (n, 2) are all outputs so far."""

    flower: int
    done: Array
    why: str


def on_a_line(lab: "Feed") -> bool:
    """Whether all outputs lie on one line through 0, once there are enough of them."""
    if lab.record is None or len(lab.record.done) < 100:
        return False
    s = np.linalg.svd(lab.record.done, compute_uv=False)
    return bool(s[1] <= 1e-9 * s[0])


class Feed(AlgorithmExperiment[Fed]):
    """150 flowers through a layer of two neurons, one at a time."""

    W = Matrix(
        "W",
        {
            "petals": [[0, 0, 1, 0], [0, 0, 0, 1]],
            "sepals": [[1, 0, 0, 0], [0, 1, 0, 0]],
            "sums": [[1, 1, 0, 0], [0, 0, 1, 1]],
            "twins": [[0.5, 0.0, 0.5, 0.0], [1.0, 0.0, 1.0, 0.0]],
        },
        reach=5,
        help="One row a neuron, one weight a length.",
    )
    unit = "flower"
    failures = (
        Failure(
            "One line",
            on_a_line,
            "the rows of W differ only by a factor: rank 1, the second neuron adds nothing.",
            "Change a weight of one row.",
            scene={"W": "twins"},
            fix={"W": "petals"},
        ),
    )

    def records(self) -> Iterator[Fed]:
        """Every number of the output, by plain multiplication."""
        X = iris().x
        done = np.empty((0, 2))
        for n, x in enumerate(X):
            z = [sum(float(w) * float(v) for w, v in zip(row, x, strict=True)) for row in self.W]
            done = np.vstack([done, z])
            yield Fed(n, done, f"flower {n + 1}: z = ({z[0]:.3g}, {z[1]:.3g})")

    @derived
    def Z(self) -> Array:
        """(150, 2): the batch by the engine's dense layer, one product; its bias row is 0."""
        model = MLP((4, 2))
        w = np.vstack([self.W.T, np.zeros((1, 2))])
        return model(model.spec.tensors(Tensor(w.ravel())), Tensor(iris().x)).value

    @view
    def plane(self) -> Plane:
        """All that came out so far, and faintly what the one product says."""
        kinds = iris().y.argmax(axis=1).astype(float)
        done = np.empty((0, 2)) if self.record is None else self.record.done
        low, high = self.Z.min(axis=0), self.Z.max(axis=0)
        edge = 0.1 * (high - low) + 0.1
        return Plane(
            f"{len(done)} of 150 flowers: output z₁ across, z₂ up",
            (low[0] - edge[0], high[0] + edge[0], low[1] - edge[1], high[1] + edge[1]),
            points=(
                Points(self.Z[:, 0], self.Z[:, 1], kinds, faint=True),
                Points(done[:, 0], done[:, 1], kinds[: len(done)]),
            ),
            x_label="z₁",
            y_label="z₂",
            equal=False,
        )

    @view
    def layer(self) -> PictureRow:
        """The layer at the flower that was fed last."""
        n = 0 if self.record is None else self.record.flower
        x = iris().x[n]
        return PictureRow(
            f"Flower {n + 1}: W · x = z",
            (
                Cells("W", self.W, edit="W"),
                "·",
                Cells("x", x[:, None]),
                "=",
                Cells("z", (self.W @ x)[:, None]),
            ),
        )

    def oracles(self) -> Iterator[Oracle]:
        """The batch is one product."""
        n = 0 if self.record is None else self.record.flower
        for k in range(2):
            z = NOT_YET if self.record is None else float(self.record.done[n, k])
            yield Oracle(
                f"z{'₁₂'[k]} of this flower",
                float(self.Z[n, k]),
                z,
                1e-9,
                "X Wᵀ, its row",
                compare="absolute",
            )
        agree = mean = NOT_YET
        if self.record is not None and self.status == "converged":
            done = self.record.done
            agree = int(np.sum(np.isclose(done, self.Z, rtol=1e-12, atol=1e-12)))
            mean = float(done[:, 0].mean())
        yield Oracle("numbers that agree", 300, agree, 1e-9, "the batch is one product")
        of_mean = float(self.W[0] @ iris().x.mean(axis=0))
        yield Oracle("mean of z₁", of_mean, mean, 1e-9, "z₁ of the mean flower")
