"""Engine faults that are planted one by one in a copy, to see which oracles notice.

Run as a program (`python -m tests.lessons.faults`) it prints which lesson refutes which fault.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fault:
    """A piece of an engine file, and the wrong one in its place."""

    file: str
    right: str
    wrong: str


FAULTS = {
    "uphill": Fault("optim/gradient.py", "return (w - lr * g,)", "return (w + lr * g,)"),
    "rate off by 1 %": Fault(
        "optim/gradient.py", "return (w - lr * g,)", "return (w - 1.01 * lr * g,)"
    ),
    "dampened momentum": Fault(
        "optim/gradient.py", "v = beta * v + g\n    return w - lr * v, v",
        "v = beta * v + (1 - beta) * g\n    return w - lr * v, v",
    ),
    "no bias correction": Fault(
        "optim/adaptive.py", "return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v",
        "return w - lr * m / (np.sqrt(v) + eps), m, v",
    ),
    "loss halved": Fault(
        "losses.py", 'return (elementwise.softplus(z) - pairs.multiply_no_nan(y, z)).mean()',
        'return 0.5 * (elementwise.softplus(z) - pairs.multiply_no_nan(y, z)).mean()',
    ),
    "half a batch": Fault(
        "training/batches.py", "batch = [x[start:stop] for x in self._ordered]",
        "batch = [np.concatenate([x[start : start + len(x[start:stop]) - len(x[start:stop]) // 2], "
        "x[start : start + len(x[start:stop]) // 2]]) for x in self._ordered]",
    ),
    "slope of a part": Fault(
        "primitives/packs.py", "part = g[index(i, ", "part = -g[index(i, ",
    ),
    "slope of the sigmoid": Fault(
        "primitives/elementwise.py", "lambda g, y, x: g * (y * (1 - y))",
        "lambda g, y, x: g * (y * (1 + y))",
    ),
    "slope of tanh": Fault(
        "primitives/elementwise.py", "primitive(np.tanh, lambda g, y, x: g * (1 - y * y)",
        "primitive(np.tanh, lambda g, y, x: g * (1 - y)",
    ),
    "slope of a product": Fault(
        "primitives/pairs.py", "lambda g, y, a, b: g * b,\n    lambda g, y, a, b: g * a,",
        "lambda g, y, a, b: g * b,\n    lambda g, y, a, b: -(g * a),",
    ),
    "slope of a weighted score": Fault(
        "primitives/pairs.py", "lambda g, y, p, x: g * p,", "lambda g, y, p, x: 0.9 * (g * p),"
    ),
    "turned the other way": Fault(
        "linalg/jacobi.py",
        "M[:, p], M[:, q] = c * x - s * y, s * x + c * y",
        "M[:, p], M[:, q] = c * x + s * y, s * x + c * y",
    ),
    "smallest first": Fault(
        "linalg/svd.py", 'order = np.argsort(-lengths, kind="stable")',
        'order = np.argsort(lengths, kind="stable")',
    ),
    "determinant without its last pivot": Fault(
        "linalg/lu.py", "det = product(np.append(np.diag(U), (-1.0) ** swaps))",
        "det = product(np.append(np.diag(U)[:-1], (-1.0) ** swaps))",
    ),
    "half a shadow": Fault(
        "linalg/orthogonal.py", "rest -= R[i, j] * Q[:, i]", "rest -= 0.5 * R[i, j] * Q[:, i]"
    ),
    "shadow too short": Fault(
        "linalg/norms.py", "shadow = float(unit @ u)", "shadow = 0.9 * float(unit @ u)"
    ),
    "directions from a cube": Fault(
        "linalg/balls.py", "z = rng.standard_normal((n, d))", "z = rng.random((n, d))"
    ),
    "data not centered": Fault(
        "linalg/pca.py", "parts = svd(centered)", "parts = svd(data)"
    ),
    "kernel upside down": Fault(
        "kernels/convolution.py", "return np.matmul(w.reshape(filters, k * channels), windows",
        "return np.matmul(w[:, ::-1].reshape(filters, k * channels), windows",
    ),
    "margin from the near side": Fault(
        "assembly.py", "behind = x[_at(axis, slice(n - p, n))], x[_at(axis, slice(0, p))]",
        "behind = x[_at(axis, slice(0, p))], x[_at(axis, slice(n - p, n))]",
    ),
    "slope to a smaller one": Fault(
        "kernels/windows.py", "keep(np.equal(seen, y, out=mask)", "keep(np.less(seen, y, out=mask)"
    ),
    "slope of a kernel": Fault(
        "kernels/convolution.py", "np.matmul(g[:, None], windows.transpose(0, 1, 3, 2), out=each)",
        "np.matmul(g[:, None], 0.9 * windows.transpose(0, 1, 3, 2), out=each)",
    ),
    "half of a central difference": Fault(
        "calculus/differences.py", 'x, (right - left) / 2, h)', 'x, (right - left) / 4, h)'
    ),
    "complex step along the real axis": Fault(
        "calculus/differences.py", "f(complex(x, h))", "f(complex(x + h, h))"
    ),
    "Taylor without factorials": Fault(
        "calculus/series.py", "return _total(parts) / k +", "return _total(parts) +"
    ),
    "spread of a gamma law": Fault(
        "probability/shaped.py", "value = math.sqrt(self.shape) / self.rate",
        "value = self.shape / self.rate",
    ),
    "rate counted twice": Fault(
        "probability/continuous.py", "return math.log(self.rate) - self.rate * x",
        "return math.log(self.rate) - 2 * self.rate * x",
    ),
    "correlation squared": Fault(
        "probability/association.py", "R = np.clip(unit.T @ unit, -1, 1)",
        "R = np.clip((unit.T @ unit) ** 2, -1, 1)",
    ),
    "one person too many": Fault(
        "probability/bayes.py", "np.log1p(-np.arange(people) / days)",
        "np.log1p(-np.arange(people + 1) / days)",
    ),
    "power of A + I": Fault("linalg/power.py", "new = forth(v)", "new = forth(v) + v"),
    "shift not given back": Fault(
        "linalg/qr_algorithm.py", "factors.R @ factors.Q + mu * np.eye(m)", "factors.R @ factors.Q"
    ),
    "radius by the smallest": Fault(
        "linalg/schur.py", "return float(np.abs(schur(A).values).max())",
        "return float(np.abs(schur(A).values).min())",
    ),
}  # fmt: skip

EXPECTED = {
    "calculus/derivatives": {
        "half of a central difference", "complex step along the real axis",
        "Taylor without factorials", "slope of a product",
    },
    "linear_algebra/vectors": {"half a shadow", "shadow too short", "directions from a cube"},
    "linear_algebra/matrices": {"turned the other way", "determinant without its last pivot"},
    "linear_algebra/eigen": {
        "power of A + I", "shift not given back", "radius by the smallest", "data not centered",
        "uphill", "rate off by 1 %",
    },
    "linear_algebra/svd": {"turned the other way", "smallest first", "data not centered"},
    "networks/backprop": {
        "uphill", "rate off by 1 %", "loss halved", "slope of the sigmoid", "slope of a product",
        "slope of a weighted score",
    },
    "networks/playground": {
        "uphill", "rate off by 1 %", "dampened momentum", "no bias correction", "loss halved",
        "half a batch", "slope of the sigmoid", "slope of tanh", "slope of a weighted score",
    },
    "probability/distributions": {
        "spread of a gamma law", "rate counted twice", "correlation squared",
        "one person too many",
    },
    "optimization/gradient_descent": {"uphill", "rate off by 1 %", "slope of a product"},
    "optimization/optimizers": {
        "uphill", "rate off by 1 %", "dampened momentum", "no bias correction",
        "slope of a product",
    },
    "vision/convolution": {
        "uphill", "rate off by 1 %", "kernel upside down", "margin from the near side",
        "slope to a smaller one", "slope of a kernel",
    },
}  # fmt: skip
"""Lesson → the faults that its oracles must refute."""


def refuted_by(fault: Fault | None, root: Path = ROOT) -> dict[str, list[str]]:
    """Lesson → the oracles that a copy of the project with this fault refutes."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for package in ("engine", "lessons"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(root / package, copy / package, ignore=ignored)
        (copy / "refute.py").write_text((Path(__file__).parent / "refute.py").read_text())
        if fault:
            plant(fault, copy / "engine")
        environment = {**os.environ, "PYTHONPATH": str(copy), "OPENBLAS_NUM_THREADS": "1"}
        run = subprocess.run(
            [sys.executable, str(copy / "refute.py")], cwd=copy, env=environment,
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        found: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
        return found


def plant(fault: Fault, engine: Path) -> None:
    """Put the wrong piece in place of the right one, which must stand there."""
    file = engine / fault.file
    text = file.read_text(encoding="utf-8")
    assert fault.right in text, f"{fault.file} no longer has: {fault.right}"
    file.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")


def table() -> dict[str, dict[str, list[str]]]:
    """Fault → lesson → refuted oracles, for all faults."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(FAULTS, pool.map(refuted_by, FAULTS.values()), strict=True))


if __name__ == "__main__":
    for name, lessons in table().items():
        sys.stdout.write(f"{name}:\n")
        for lesson, oracles in lessons.items():
            if oracles:
                sys.stdout.write(f"    {lesson}: {', '.join(oracles)}\n")
