"""`python -m tests.bench.train [name …] [--seeds 0 1 2] [--picture FILE]`: do the models learn?

Trains each task from scratch with each seed on one core and prints what came out beside what is
wanted; the exit code is 1 when something is missed. The picture shows real digits in its two upper
rows and below them what the VAE of the first seed makes up.
"""

# ruff: noqa: T201

import os

for name in ("OMP", "OPENBLAS", "MKL"):  # before NumPy is loaded
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse  # noqa: E402
import sys  # noqa: E402
from time import perf_counter  # noqa: E402

import numpy as np  # noqa: E402

from tests.bench.tasks import SETTINGS, TASKS, decoded  # noqa: E402

LINE = "{:<14}{:>5}  {:<40}{:>10}{:>9}{:>9}  {}"
SIDE, GAP, SCALE = 8, 2, 6


def run_task(task: str, seed: int) -> bool:
    """Print a line for each result of a task; whether all are as wanted, and in time."""
    start = perf_counter()
    results = list(TASKS[task](seed))
    seconds = perf_counter() - start
    limit = SETTINGS[task].seconds
    for result in results:
        met = result.met and seconds <= limit
        print(LINE.format(task, seed, result.name, f"{result.value:.4f}", result.wanted,
                          f"{seconds:.1f}", "yes" if met else "NO"), flush=True)  # fmt: skip
    return seconds <= limit and all(result.met for result in results)


def save_picture(file: str, seed: int, columns: int = 12) -> None:
    """Two rows of real digits over six of made-up ones, with gaps between them, as a PNG."""
    from PIL import Image

    made, real = decoded(seed, 6 * columns)
    images = np.concatenate([real[: 2 * columns], made]).reshape(-1, columns, SIDE, SIDE)
    room = np.full((len(images), columns, SIDE + GAP, SIDE + GAP), 0.4)
    room[..., GAP:, GAP:] = images
    sheet = room.transpose(0, 2, 1, 3).reshape(len(images) * (SIDE + GAP), -1)
    sheet = np.pad(sheet, ((0, GAP), (0, GAP)), constant_values=0.4)
    pixels = np.kron(255 * sheet, np.ones((SCALE, SCALE))).astype(np.uint8)
    Image.fromarray(pixels).save(file)


def main() -> int:
    """All tasks that are asked for, with all seeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.train")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(TASKS)}; all by default")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--picture", metavar="FILE", help="save digits of the VAE as a PNG")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in TASKS]
    if unknown:
        parser.error(f"expected names of {', '.join(TASKS)}, got {unknown[0]}")
    print(LINE.format("task", "seed", "result", "", "wanted", "seconds", "met"))
    met = [run_task(name, seed) for name in given.names or TASKS for seed in given.seeds]
    if given.picture:
        save_picture(given.picture, given.seeds[0])
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
