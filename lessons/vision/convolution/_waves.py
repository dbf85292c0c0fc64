"""A picture as a sum of waves: a convolution on a ring gives each of them a factor."""

from collections.abc import Iterator

import numpy as np

from engine.array import Array
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import Integer, Switch
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Bars, Cells, Curve, PictureRow, Series
from lessons.vision.convolution._images import AbstractPicture, convolved, worst_pair


def slow_waves(n: int, cut: int, at: Array) -> Array:
    """(len(at), n): takes n numbers on a ring to their waves of at most `cut` crests, at places.

    Σ cos(2πf(t − j)/n)/n over |f| ≤ cut, number j's share in place t, without a Fourier transform.
    """
    angles = 2 * np.pi * (at[:, None] - np.arange(n)) / n
    shares = [(1 if f in (0, n / 2) else 2) * np.cos(f * angles)  # f and −f, where they differ
              for f in range(min(cut, n // 2) + 1)]  # fmt: skip
    return np.asarray(sum(shares) / n)


class Waves(AbstractPicture, StaticExperiment):
    """The waves of an image times the factors of a kernel are the waves of the output."""

    kernel = AbstractPicture.kernel  # the first in the panel
    cut = Integer("waves up to", 6, 0, 6, symbol="f", help="Faster ones are left out.")
    flip = Switch("flip", help="Turns the kernel by half a turn first.")

    @derived
    def X(self) -> Array:
        """(n, n) complex: the transform of the image, without the waves that are too fast."""
        f = abs(np.fft.fftfreq(len(self.x), 1 / len(self.x)))
        return np.asarray(np.fft.fft2(self.x) * (np.maximum(f[:, None], f) <= self.cut))

    @derived
    def K(self) -> Array:
        """(n, n) complex: the factor of each wave."""
        spread = np.zeros_like(self.x)
        spread[:3, :3] = self.kernel
        factors = np.fft.fft2(np.roll(spread, (-1, -1), (0, 1)))
        return np.asarray(factors if self.flip else factors.conj())

    def convolve(self, x: Array) -> Array:
        """The engine's convolution on a ring."""
        k = self.kernel[::-1, ::-1] if self.flip else self.kernel
        return convolved(x, k, padding=1, margin="circular")

    @derived
    def kept(self) -> Array:
        """(n, n): the image without the waves that are too fast."""
        slow = slow_waves(len(self.x), self.cut, np.arange(len(self.x), dtype=float))
        return slow @ self.x @ slow.T

    @derived
    def y(self) -> Array:
        """(n, n): the waves of the image that are kept, convolved by the engine."""
        return self.convolve(self.kept)

    @view
    def transforms(self) -> PictureRow:
        """The waves of the image, times the factors of the kernel: the waves of the output."""
        before, after = (np.log1p(abs(np.fft.fftshift(a))) for a in (self.X, self.X * self.K))
        bound = float(max(before.max(), after.max()))
        parts = (
            Cells("waves of x", before, digits=False, bound=bound), "·",
            Cells("factors", abs(np.fft.fftshift(self.K)), digits=False), "=",
            Cells("waves of y", after, digits=False, bound=bound), "→",
            Cells("output y", np.round(self.y, 9) + 0.0, digits=self.image == "dot"),
        )  # fmt: skip
        return PictureRow("Slow waves in the middle, fast ones outside", parts)

    @view
    def built(self) -> PictureRow:
        """The image, and the sum of the waves that are kept."""
        bound = float(self.x.max())
        return PictureRow("The image and its waves", (
            Cells("image x", self.x, digits=False, bound=bound), "≈",
            Cells(f"waves up to {self.cut}", self.kept, digits=False, bound=bound),
        ))  # fmt: skip

    @view
    def row(self) -> Curve:
        """A row of the image, and the sum of its waves, also between the pixels."""
        n = len(self.x)
        pixels, at = self.x[(n - 1) // 2], np.linspace(0, n - 1, 12 * (n - 1) + 1)
        series = (
            Series("pixels", np.linspace(1, n, n), pixels, 1),
            Series(f"waves up to {self.cut}", at + 1, slow_waves(n, self.cut, at) @ pixels),
        )
        return Curve(
            f"Row {(n + 1) // 2} as a sum of waves", series, x_label="column", is_run=False
        )

    @derived
    def factors(self) -> tuple[Array, Array]:
        """How much larger waves across become: by the transform of k, and by the engine."""
        n = len(self.x)
        angles = 2 * np.pi * np.arange(n // 2 + 1)[:, None] * np.arange(n) / n
        both = [[self.convolve(np.tile(wave, (n, 1)))[0] for wave in (np.cos(a), np.sin(a))]
                for a in angles]  # fmt: skip
        measured = np.sqrt((np.array(both) ** 2).sum((1, 2)) / n)
        return abs(self.K[0, : n // 2 + 1]), np.round(measured, 12) + 0.0

    @view
    def passes(self) -> Bars:
        """The factor of each wave across; the ticks are the Fourier transform of the kernel."""
        predicted, measured = self.factors
        names = tuple(f"{f} wave" + "s" * (f != 1) for f in range(len(measured)))
        return Bars("Factors of waves across", names, measured, predicted)

    def oracles(self) -> Iterator[Oracle]:
        """The way through the waves comes out where the engine does."""
        fast = np.fft.ifft2(self.X * self.K).real
        rounding = 1e-11 * max(1.0, float(abs(self.y).max()))
        yield Oracle("by FFT, where it differs most", *worst_pair(fast, self.y, rounding), rounding,
                     "transforms multiplied, and back", compare="absolute")  # fmt: skip
        yield Oracle("factor of a wave", *worst_pair(*self.factors, 1e-9), 1e-9,
                     "the Fourier transform of k", compare="absolute")  # fmt: skip
