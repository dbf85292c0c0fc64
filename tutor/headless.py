"""An experiment without a screen: run it and print the result."""

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite
from numbers import Integral, Real
from typing import Any, Literal

from engine.errors import DomainError, printable
from lessons.catalogue import Entry, load
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import AbstractExperiment
from lessons.kit.knobs import (
    AbstractKnob,
    Cell,
    Choice,
    FormulaInput,
    Integer,
    Matrix,
    Point,
    Slider,
    Switch,
)
from lessons.kit.lesson import Lesson
from lessons.kit.replay import command_line, read_setting, read_turn, replay
from lessons.kit.run import Run
from tutor.output import require_size, write, write_json

OutputFormat = Literal["text", "json", "csv", "plot"]
ROWS = range(8, 25)
"""Rows that a picture may take."""
MIN_COLUMNS = 20
"""Columns below which no picture has room."""


@dataclass(frozen=True)
class Request:
    """A request as it was typed.

    `experiment` may be empty for the lesson's first; `settings` and `turns` are `KNOB=VALUE` and
    `STEP:KNOB=VALUE`, where a knob may be prefixed with its experiment (`ellipse.c1`).
    """

    entry: Entry
    experiment: str = ""
    seed: int = 0
    settings: Sequence[str] = ()
    turns: Sequence[str] = ()
    steps: int | None = None


def run_experiment(request: Request, form: OutputFormat) -> int:
    """Make the requested run and print the result.

    Raises:
        UnknownNameError, DomainError: no such experiment or knob, a value that it cannot have, or
            turns that are impossible.
    """
    run, path = _build_run(request), request.entry.path
    if form == "json":
        print_json(run, path)
    elif form == "csv":
        print_csv(run)
    elif form == "plot":
        print_plot(run)
    else:
        print_text(run, request.entry)
    return 0


def _build_run(request: Request) -> Run:
    lesson = load(request.entry)
    lab = lesson.experiment(request.experiment)
    values, renamed = {}, lesson.front.renamed
    for text in request.settings:
        _refuse_foreign(text, lab, lesson, "--set")
        name, value = read_setting(text)
        values[_name(name, lab, renamed)] = value
    turns = []
    for text in request.turns:
        _refuse_foreign(text.partition(":")[2], lab, lesson, "--at")
        turn = read_turn(text)
        turns.append(type(turn)(turn.step, _name(turn.name, lab, renamed), turn.text))
    return replay(lab, request.seed, values, turns, request.steps)


def _refuse_foreign(
    setting: str, lab: type[AbstractExperiment], lesson: Lesson, option: str
) -> None:
    """Raise an error if a knob is prefixed with an experiment other than the one that runs."""
    owner = setting.partition("=")[0].strip().rpartition(".")[0]
    if owner and lesson.experiment(owner) is not lab:
        raise DomainError(
            f"{option}: {lab.title()} runs here, so its knobs can be set and not those of {owner}. "
            f"Run {lesson.path}/{owner}."
        )


def _name(name: str, lab: type[AbstractExperiment], renamed: Mapping[str, str]) -> str:
    """The present name of a knob that may have been renamed."""
    return name if name in lab.knobs else renamed.get(name, name)


def print_json(run: Run, path: str) -> None:
    """Print one JSON object. Numbers that JSON lacks (NaN, infinities) become null."""
    whole = {"lesson": path, **run.record(), "line": command_line(path, run)}
    write_json(_plain(whole))


def _plain(value: object) -> object:
    """The value converted to the types that JSON has."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool | Integral):
        return value if isinstance(value, bool) else int(value)
    if isinstance(value, Real):
        return float(value) if isfinite(value) else None
    return value


def print_csv(run: Run) -> None:
    """Print the recorded metrics, one row per record.

    Raises:
        DomainError: the experiment records nothing.
    """
    if not run.history.series:
        raise DomainError(f"--csv: {run.experiment.title()} records no numbers. Use --json.")
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([run.experiment.unit, *run.history.series])
    writer.writerows(zip(run.history.steps, *run.history.series.values(), strict=True))
    write(text.getvalue())


def print_plot(run: Run) -> None:
    """Print the first chart, else the first view, as wide as the terminal, in color if possible.

    Raises:
        DomainError: the experiment has neither.
    """
    import shutil

    from rich.console import Console
    from rich.text import Text

    from tutor.pictures.cells import DARK
    from tutor.pictures.paint import paint

    require_size()
    size = shutil.get_terminal_size((100, 24))
    if size.columns < MIN_COLUMNS:
        raise DomainError(
            f"--plot: expected at least {MIN_COLUMNS} columns, got {size.columns}. Make the "
            "terminal wider."
        )
    rows = min(ROWS[-1], max(ROWS[0], size.lines - 2))
    names = (*run.experiment.charts, *run.experiment.views)
    if not names:
        raise DomainError(f"--plot: {run.experiment.title()} shows no picture. Use --json.")
    is_chart = names[0] in run.experiment.charts
    picture = run.chart(names[0]) if is_chart else getattr(run.lab, names[0])()
    text = StringIO()
    console = Console(
        file=text, width=size.columns, height=size.lines, highlight=False, legacy_windows=False,
        force_terminal=(sys.stdout is not None and sys.stdout.isatty()) or None,
    )  # fmt: skip
    for spans in paint(picture, size.columns, rows, DARK):
        line = Text(end="")
        for span in spans:
            line.append(
                printable(span.text), f"rgb({','.join(map(str, span.fg))})" if span.fg else ""
            )
        console.print(line)
    write(text.getvalue(), styled=True)


def print_text(run: Run, entry: Entry) -> None:
    """Print a short report for people."""
    record, lab = run.record(), run.lab
    state = (
        f": {record['status']} after {run.steps} {run.experiment.unit}s" if run.has_steps else ""
    )
    write(f"{entry.front.title}, {run.experiment.title()}{state}\n")
    rows = {} if run.has_steps else dict(record["knobs"])
    rows |= {name: f"{value:.6g}" for name, value in run.metrics.items()}
    signs = {True: "✓ agrees", False: "✗ does not agree", None: "· not measured yet"}
    for oracle in record["oracles"]:
        found = "" if oracle["ok"] is None else f", measured {oracle['measured']:.6g}"
        said = f"predicted {oracle['predicted']:.6g}{found}"
        rows[oracle["name"]] = f"{said}  {signs[oracle['ok']]}"
    width = max(map(len, rows), default=0)
    for name, text in rows.items():
        write(f"  {name:<{width}}  {text}\n")
    if isinstance(lab, AlgorithmExperiment) and lab.record:
        write(f"{lab.refusal or lab.record.why}\n")
    if run.failure:
        write(f"{run.failure.name}: {run.failure.why} {run.failure.advice}\n")


def print_knobs(entry: Entry, name: str) -> None:
    """Print every knob of an experiment: its values, its default, what it does.

    Raises:
        UnknownNameError: the lesson has no such experiment.
    """
    lesson = load(entry)
    lab = lesson.experiment(name)
    write(f"{entry.path}/{lab.title()}\n")
    width = max(map(len, lab.knobs), default=0)
    for knob in lab.knobs.values():
        default = knob.show(knob.default)
        write(f"  {knob.name:<{width}}  {accepted_values(knob)}; at first {default}\n")
        about = f"{knob.label} {knob.symbol}".strip()
        write(f"  {'':{width}}  {about}{f': {knob.help}' if knob.help else ''}\n")
    if len(lesson.experiments) > 1:
        write(f"Experiments of this lesson: {', '.join(lesson.experiments)}\n")


def accepted_values(knob: AbstractKnob[Any]) -> str:
    """The values that a knob accepts, in words.

    >>> accepted_values(Slider("rate", 0.1, 0.001, 1, log=True))
    'a number from 0.001 to 1'
    >>> accepted_values(Cell("cell", (0, 0), shape=(2, 3)))
    'row, column; rows from 1 to 2, columns from 1 to 3'
    """
    match knob:
        case Slider():
            return f"a number from {knob.low:g} to {knob.high:g}"
        case Integer():
            return f"an integer from {knob.low} to {knob.high}"
        case Choice():
            return f"one of {', '.join(knob.options)}"
        case Switch():
            return "on or off"
        case Point():
            return f"x, y within ±{knob.reach:g}"
        case Cell():
            return f"row, column; rows from 1 to {knob.shape[0]}, columns from 1 to {knob.shape[1]}"
        case Matrix():
            names = ", ".join(knob.presets)
            return f"numbers such as 1 0; 0 1 within ±{knob.reach:g}, or {names}"
        case FormulaInput():
            return f"a formula in {', '.join(knob.arguments)}"
    return "text"
