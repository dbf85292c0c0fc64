"""Comparing speeds on a noisy machine: the contenders take turns, and the best round counts.

A round is long enough for the clock and short enough to fall between two disturbances; noise only
ever adds time, so the minimum over many rounds is what the code itself takes.
"""

from collections.abc import Callable, Mapping
from time import perf_counter

Run = Callable[[], object]
ROUND = 0.004
"""Seconds that one round of one contender should last."""


def compare(contenders: Mapping[str, Run], rounds: int = 60) -> dict[str, float]:
    """The time of one call of each contender, in microseconds, by the minimum over its rounds.

    Args:
        contenders: name → one call.
        rounds: turns that each one takes; the order is reversed every other time.
    """
    counts = {name: _calls_per_round(run) for name, run in contenders.items()}
    best = dict.fromkeys(contenders, float("inf"))
    for i in range(rounds):
        for name in list(contenders)[:: 1 if i % 2 else -1]:
            best[name] = min(best[name], _time(contenders[name], counts[name]))
    return {name: 1e6 * seconds for name, seconds in best.items()}


def _time(run: Run, calls: int) -> float:
    """Seconds per call."""
    turns = range(calls)
    start = perf_counter()
    for _ in turns:
        run()
    return (perf_counter() - start) / calls


def _calls_per_round(run: Run) -> int:
    run()
    return max(1, round(ROUND / max(_time(run, 3), 1e-9)))
