"""A hundred thousand hostile strings: how long does reading one take, and how much memory?

`python -m tests.bench.fuzz_formula [count] [seed]` prints the slowest and the largest case, and
ends with 1 if any took more than 50 ms or 10 MB, or raised anything but a formula's errors.
Time and memory are taken in two passes, since watching memory costs time.
"""

import random
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator

from engine.errors import FormulaDomainError, FormulaError
from engine.formula import Formula
from tests.engine.formula.attacks import DEEP, HOSTILE, attack

MOST_SECONDS, MOST_BYTES = 0.050, 10e6
VALUES = {"X": [[1.0, 2.0], [3.0, 4.0]], "x": [0.5, -2.0]}


def strings(count: int, seed: int) -> Iterator[str]:
    """The fixed cases, and random ones up to a number."""
    fixed = [*HOSTILE]
    for before, middle, behind in DEEP:
        fixed += [before * n + middle + behind * n for n in (10, 60, 99, 160, 330, 499, 10**6)]
    yield from fixed
    draw = random.Random(seed)
    for _ in range(count - len(fixed)):
        yield attack(draw)


def outcome(text: str) -> str:
    """What reading a string came to; whatever is no formula's error passes through."""
    try:
        Formula(text)
    except FormulaError as error:
        str(error)
        return "refused"
    return "read"


def evaluated(text: str) -> str:
    """What the value of a string came to, once it was read."""
    try:
        f = Formula(text)
        f(**{name: VALUES.get(name, 2.0) for name in f.names})
    except FormulaDomainError:
        return "outside of its domain"
    except FormulaError:
        return "does not fit"
    return "evaluated"


def main(count: int = 100_000, seed: int = 0) -> int:
    """Run all passes and print what came of them."""
    told, kinds, values = [], Counter[str](), Counter[str]()
    slowest, largest = (0.0, ""), (0, "")
    outcome("x*sin(x)")
    for text in strings(count, seed):
        start = time.perf_counter()
        kind = outcome(text)
        slowest = max(slowest, (time.perf_counter() - start, text[:80]))
        kinds[kind] += 1
        if kind == "read":
            values[evaluated(text)] += 1
    tracemalloc.start()
    for text in strings(count, seed):
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        outcome(text)
        _, peak = tracemalloc.get_traced_memory()
        largest = max(largest, (peak - before, text[:80]))
    tracemalloc.stop()
    told.append(f"{count} strings, seed {seed}: {dict(kinds)}; of those read {dict(values)}")
    told.append(f"slowest {slowest[0] * 1e3:.2f} ms: {slowest[1]!r}")
    told.append(f"largest {largest[0] / 1e6:.3f} MB: {largest[1]!r}")
    sys.stdout.write("\n".join(told) + "\n")
    return int(slowest[0] > MOST_SECONDS or largest[0] > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
