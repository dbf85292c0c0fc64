"""A lesson without a screen: run it, and print what came of it."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Literal, TextIO

from lessons.catalogue import Entry, load
from lessons.kit.run import Run

Form = Literal["text", "json", "csv", "plot"]


def run_lesson(
    entry: Entry, values: Mapping[str, str], seed: int, steps: int | None, form: Form
) -> int:
    """Run a lesson for `steps` steps (or its own budget) and print the result.

    Raises:
        UnknownNameError, DomainError: no such knob, or a value that it cannot have.
    """
    run = Run(load(entry), seed, values)
    run.advance(run.lesson.budget if steps is None else steps)
    if form == "json":
        print_json(run, entry.path)
    elif form == "csv":
        print_csv(run, sys.stdout)
    elif form == "plot":
        print_plot(run)
    else:
        print_text(run, entry)
    return 0


def print_json(run: Run, path: str) -> None:
    """One object. What is no number in JSON (NaN, an infinity) is null there."""
    sys.stdout.write(json.dumps(_plain({"lesson": path, **run.record()}), ensure_ascii=False))
    sys.stdout.write("\n")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value


def print_csv(run: Run, out: TextIO) -> None:
    """The recorded numbers, a row a record."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([run.simulation.unit, *run.history.series])
    writer.writerows(zip(run.history.steps, *run.history.series.values(), strict=True))


def print_plot(run: Run) -> None:
    """The lesson's chart as wide as the terminal, in colour where the output is one."""
    import shutil

    from rich.console import Console
    from rich.text import Text

    from tutor.pictures.cells import DARK
    from tutor.pictures.paint import paint

    size = shutil.get_terminal_size((100, 24))
    console = Console(width=size.columns, highlight=False)
    for line in paint(run.chart(), size.columns, max(8, min(24, size.lines - 2)), DARK):
        text = Text(end="")
        for span in line:
            text.append(span.text, f"rgb({','.join(map(str, span.fg))})" if span.fg else "")
        console.print(text)


def print_text(run: Run, entry: Entry) -> None:
    """A short report for people."""
    write = sys.stdout.write
    record = run.record()
    write(f"{entry.front.title}: {record['status']} after {run.steps} {run.simulation.unit}s\n")
    width = max(len(name) for name in (*run.metrics, *_names(record["oracles"])))
    for name, value in run.metrics.items():
        write(f"  {name:<{width}}  {value:.6g}\n")
    for oracle in record["oracles"]:
        sign = {True: "✓ agrees", False: "✗ does not agree", None: "· not measured yet"}
        write(
            f"  {oracle['name']:<{width}}  predicted {oracle['predicted']:.6g}, "
            f"measured {oracle['measured']:.6g}  {sign[oracle['ok']]}\n"
        )
    if run.failure:
        write(f"{run.failure.name}: {run.failure.why} {run.failure.cure}\n")


def _names(oracles: Sequence[Mapping[str, str]]) -> list[str]:
    return [oracle["name"] for oracle in oracles]
