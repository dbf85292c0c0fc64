"""`python -m tests.bench`: the engine's speed beside hand-written NumPy and other libraries.

Prints ratios measured in one run on one BLAS thread; the exit code is 1 when a target is missed.
"""

# ruff: noqa: T201

import os

for name in ("OMP", "OPENBLAS", "MKL"):  # before NumPy is loaded
    os.environ[f"{name}_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import sys  # noqa: E402

import numpy as np  # noqa: E402

from tests.bench import cases  # noqa: E402
from tests.bench.by_hand import FORMS  # noqa: E402
from tests.bench.cases import CASES, ByHand, Case, fixed_batch, ours  # noqa: E402
from tests.bench.deep import Deep, conv_net, recurrent_net  # noqa: E402
from tests.bench.peers import PEERS, layers  # noqa: E402
from tests.bench.timing import compare  # noqa: E402

UPDATES = 50
LINE = "{:<36}{:>10}{:>12}{:>8}{:>9}  {}"


def table_line(name: str, times: dict[str, float], target: float | None, per: int = 1) -> bool:
    """Print one line; whether the target, if there is one, is met."""
    mine = times.pop("ours") / per
    hand = min(times.values()) / per
    met = target is None or mine / hand <= target
    wanted, said = ("", "") if target is None else (f"≤ {target}", "yes" if met else "NO")
    print(LINE.format(name, f"{mine:.1f}", f"{hand:.1f}", f"{mine / hand:.2f}", wanted, said),
          flush=True)  # fmt: skip
    return met


def require_equal(name: str, one: np.ndarray, other: np.ndarray) -> None:
    """Stop when two ways of training do not end at the same parameters."""
    if not np.allclose(one, other, rtol=1e-10, atol=1e-10):
        raise SystemExit(f"{name}: after 100 steps off by {np.abs(one - other).max():.1e}")


def run_case(case: Case) -> list[bool]:
    """The bare step, and training with its slices and shuffles, against every form by hand."""
    mine = ours(case.task, case.rows)
    hands = {form.__name__: ByHand(form, case.task, case.rows) for form in FORMS}
    mine.run(100)
    for name, hand in hands.items():
        hand.run(100)
        require_equal(f"{case.name}, {name}", hand.w, mine.w)
    runs = {"ours": mine, **hands}
    bare = compare({k: fixed_batch(run, case.task, case.rows) for k, run in runs.items()})
    full = compare({name: lambda run=run: run.run(UPDATES) for name, run in runs.items()})
    return [table_line(f"{case.name}, step", bare, case.target),
            table_line(f"{case.name}, run", full, case.target, UPDATES)]  # fmt: skip


def run_frame() -> bool:
    """A frame of the playground."""
    task = CASES[0].task
    runs = {"ours": cases.frame_ours(task)}
    runs |= {form.__name__: cases.frame_by_hand(form, task) for form in FORMS}
    return table_line("playground frame", compare(runs), 1.3)


def run_peers(case: Case) -> None:
    """One update on one batch in every library that is installed."""
    task = case.task
    x, y, w = cases.data(task, case.rows)
    x, y = x[: task.batch], y[: task.batch]
    same = ours(task, case.rows).program  # on the same batch, from the same start
    step, (laid_x, laid_y) = same.run, (same.layout(0, x), same.layout(1, y))
    steps = {"ours": lambda: step(laid_x, laid_y)}
    for _ in range(100):
        steps["ours"]()
    for name, peer in PEERS.items():
        try:
            run, state = peer(task, x, y, layers(task, w))
        except ImportError:
            continue
        for _ in range(100):
            run()
        got = np.concatenate([W.ravel() for W in state()])
        require_equal(f"{case.name}, {name}", got, same.bound["w"])
        steps[name] = run
    times = compare(steps, rounds=30)
    for name in PEERS:
        took = f"{times[name]:.1f} µs, {times[name] / times['ours']:.1f} ×" if name in times else (
            "skipped: not installed")  # fmt: skip
        print(f"{case.name + ', step':<36}{name:<16}{took}", flush=True)


def run_deep(deep: Deep) -> list[bool]:
    """The convolutional or the recurrent step against all others."""
    times, met = deep.times(), []
    for name, took in times.items():
        if name in ("ours", "by hand"):
            continue
        ratio, wanted = took / times["ours"], deep.faster_than.get(name, 0.0)
        met.append(ratio >= wanted)
        said = f", wanted ≥ {wanted:g} ×: {'yes' if met[-1] else 'NO'}" if wanted else ""
        print(f"{deep.name + ', step':<36}{name:<16}{took:.1f} µs, {ratio:.1f} ×{said}", flush=True)
    both = {name: times[name] for name in ("ours", "by hand")}
    return [*met, table_line(f"{deep.name}, step", both, deep.target)]


def main() -> int:
    """All cases, the frame, the deep ones, the peers."""
    print(LINE.format("case", "ours µs", "by hand µs", "ratio", "target", "met"))
    with np.errstate(all="ignore"):
        met = [met for case in CASES for met in run_case(case)]
        met.append(run_frame())
        for deep in (conv_net(), recurrent_net()):
            met += run_deep(deep)
        print(f"\nOthers (ours = 1 ×; NumPy {np.__version__})")
        for case in CASES[:3]:
            run_peers(case)
    return 0 if all(met) else 1


sys.exit(main())
