"""A small convolutional network on digits, and what its kernels become."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.array import Array
from engine.data import digits
from engine.losses import cross_entropy
from engine.models import CNN
from engine.optim import rule
from engine.tensor import Tensor
from engine.training import Snapshot, Training
from lessons.kit.experiment import Chart, ProcessExperiment, Status, derived, view
from lessons.kit.knobs import Integer, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Cells, PictureRow, Table
from lessons.vision.convolution._images import BRIGHT, KERNELS

TRAINED, BATCH, SAMPLE = 1200, 20, 240
"""Digits to learn from, the other 597 test; how many an update looks at, and the loss shown."""


def plain_loss(params: Mapping[str, Array], x: Array, y: Array) -> float:
    """The network's loss, window by window: images x (N, 8, 8), one-hot y (N, 10)."""
    ringed = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    z = np.einsum(
        "nijuv,fuv->nfij", sliding_window_view(ringed, (3, 3), (1, 2)), params["w1"][:, 0]
    )
    z = z.reshape(len(x), -1, 4, 2, 4, 2).max(axis=(3, 5)) + params["b1"][:, None, None]
    h = np.maximum(z, 0).reshape(len(x), -1)
    scores = h @ params["W"][:-1] + params["W"][-1]
    scores -= scores.max(axis=1, keepdims=True)
    return float((np.log(np.exp(scores).sum(axis=1)) - (scores * y).sum(axis=1)).mean())


class Learned(ProcessExperiment):
    """Kernels 3 × 3, max pooling, one dense layer; `last` is the state before the last update."""

    filters = Integer("kernels", 4, 1, 8, rebuilds=True, help="How many look at the digit.")
    learn = Switch("kernels learn", True, rebuilds=True,
                   help="Off: the dense layer alone learns.")  # fmt: skip
    lr = Slider("learning rate", 0.1, 0.001, 1, log=True, symbol="η",
                help="How far each update goes.")  # fmt: skip
    which = Integer("digit", 3, 0, 1796, display_only=True, help="Whose maps are shown.")

    unit, stride, budget = "update", 20, 1000
    state_names = ("fit", "last", "began")
    charts = {
        "loss": Chart("Loss on digits to learn from", ("loss",), log=True),
        "score": Chart("Right on digits never seen", ("right",)),
    }

    def begin(self) -> None:
        """Random kernels, and the compiled step."""
        data, (weights, order) = digits(), self.rng.spawn(2)
        self.images, self.y = data.x.reshape(-1, 1, 8, 8) / BRIGHT, data.y
        x, y = self.images[:TRAINED], self.y[:TRAINED]
        self.model = CNN((1, 8, 8), (self.filters,), 10, padding=1)
        w = self.model.init(weights)
        self.began = self.model.spec.views(w.copy())["w1"]
        fixed = {} if self.learn else {"w1": Tensor(self.began)}
        self.fit = Training(
            self.model, w, lambda p, x, y: cross_entropy(self.model({**p, **fixed}, x), y),
            rule("sgd")(lr=self.lr), x, y, batch=BATCH, rng=order,
        )  # fmt: skip
        self.last: Snapshot = {}

    def step(self) -> None:
        """Make one update."""
        self.last = self.fit.snapshot()
        self.fit.run()

    def turned(self, name: str) -> None:
        """The next update takes the present learning rate."""
        self.last = {}
        self.fit.set("lr", self.lr)

    @derived
    def right(self) -> float:
        """The share of the other digits that is named right."""
        named = self.fit.predict(self.images[TRAINED:]).argmax(1)
        return float((named == self.y[TRAINED:].argmax(1)).mean())

    def metrics(self) -> Mapping[str, float]:
        """Loss on some of the digits to learn from, and the share of others named right."""
        loss = self.fit.loss(self.images[:SAMPLE], self.y[:SAMPLE])
        return {"loss": loss, "right": self.right}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Diverged where the weights are no longer numbers."""
        return "running" if np.isfinite(self.fit.w).all() else "diverged"

    @derived
    def kernels(self) -> Array:
        """(F, 3, 3), as they are."""
        return np.asarray(self.fit.params["w1"][:, 0])

    @view
    def now(self) -> PictureRow:
        """Every kernel."""
        cells = (Cells(f"k{i}", np.round(k, 1) + 0.0, digits=self.filters <= 4,
                       bound=float(abs(self.kernels).max()))
                 for i, k in enumerate(self.kernels, 1))  # fmt: skip
        title = f"Kernels after {self.steps} updates: {self.right:.1%} of new digits right"
        return PictureRow(title, tuple(cells))

    @view
    def maps(self) -> PictureRow:
        """A digit, and what each kernel passes on of it: pooled, above 0."""
        x = self.images[self.which : self.which + 1]
        maps = self.model.maps(self.model.spec.tensors(Tensor(self.fit.w)), Tensor(x))[0][0]
        parts = (Cells(f"map {i}", m, digits=False) for i, m in enumerate(maps.value[0], 1))
        digit = Cells("digit", x[0, 0], digits=False, bound=1.0)
        return PictureRow("A digit, and its feature maps", (digit, "→", *parts))

    def likeness(self, k: Array) -> dict[str, float]:
        """The cosine between a kernel and each of the named ones."""
        names = ("Sobel x", "Sobel y", "edges", "blur")
        named = {name: np.array(KERNELS[name], float) for name in names}
        return {name: float((k * m).sum() / np.sqrt((k**2).sum() * (m**2).sum()))
                for name, m in named.items()}  # fmt: skip

    @view
    def alike(self) -> Table:
        """How like the named kernels they are, from −1 to 1, and how far they moved."""
        alike = [self.likeness(k) for k in self.kernels]
        rows = [(name, *(f"{one[name]:+.1f}" for one in alike)) for name in alike[0]]
        pairs = zip(self.kernels, self.began[:, 0], strict=True)
        moved = (f"{np.linalg.norm(k - old) / np.linalg.norm(old):.0%}" for k, old in pairs)
        names = (f"k{i}" for i in range(1, self.filters + 1))
        return Table("Cosine with named ones", ("", *names), (*rows, ("moved by", *moved)))

    def oracles(self) -> Iterator[Oracle]:
        """The last update's slopes of kernels and dense layer, against differences of the loss."""
        for name in ("w1", "W"):
            has_run = self.last and self.status == "running"
            by_differences, made = self._slopes(name) if has_run else (0.0, NOT_YET)
            law = "(L(w + hd) − L(w − hd))/2h against the update made, along it"
            if name == "w1" and not self.learn:
                by_differences, law = 0.0, "they do not learn"
            yield Oracle(f"slope of {name}", by_differences, made, 1e-4, law)

    def _slopes(self, name: str) -> tuple[float, float]:
        """The slope of the loss along the update of a parameter, by differences and as made."""
        spec = self.model.spec
        before, after = spec.views(self.last["w"].copy()), self.fit.params
        g = (before[name] - after[name]) / self.lr
        size = float(np.sqrt((g**2).sum()))
        d = g / size if size else g
        rows = self.last["order"][self.last["cursor"] :][:BATCH]
        x, y = self.images[rows, 0], self.y[rows]

        def slope(h: float) -> float:
            up, down = (plain_loss({**before, name: before[name] + t * d}, x, y) for t in (h, -h))
            return (up - down) / (2 * h)

        near, far = slope(1e-6), slope(1e-5)
        is_smooth = abs(near - far) < 1e-5 * max(size, 1e-3)  # no maximum changes its place
        return near, size if not size or (is_smooth and size > 1e-3) else NOT_YET
