"""The command line: every answer is data, a report, or one sentence and an exit code."""

import csv
import io
import json
import math
import os
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest

from lessons.catalogue import entries
from tests.conftest import PAGES
from tutor.cli import main
from tutor.headless import _plain

KEYS = [
    "lesson", "experiment", "seed", "knobs", "steps", "status", "metrics", "oracles", "state",
    "line",
]  # fmt: skip
RUN = ["run", "stub/descent"]
MISTAKES = [
    (["nosuch"], "No lesson is called 'nosuch'"),
    (["stup"], "Did you mean stub?"),
    (["run", "nosuch"], "No lesson is called 'nosuch'"),
    (["run", "stubs/nosuch"], "No lesson is called 'stubs/nosuch'"),
    (["run", "stub/decsent"], "No experiment is called 'decsent'. Did you mean descent?"),
    (["run", "broken"], "stubs/broken cannot be opened: ZeroDivisionError: division by zero"),
    ([*RUN, "--set", "lr=banana"], "lr: expected a number from 0.0001 to 10, got 'banana'"),
    ([*RUN, "--set", "lr=nan"], "lr: expected a number from 0.0001 to 10, got 'nan'"),
    ([*RUN, "--set", "lr="], "lr: expected a number"),
    ([*RUN, "--set", "lr"], "--set: expected KNOB=VALUE, got 'lr'"),
    ([*RUN, "--set", "rl=1"], "No knob is called 'rl'. Did you mean lr?"),
    ([*RUN, "--set", "kind=plein"], "No kind is called 'plein'. Did you mean plain?"),
    ([*RUN, "--set", "size=3.5"], "size: expected an integer from 1 to 50, got '3.5'"),
    ([*RUN, "--set", "arrows.a=1, 2"], "descent runs here, so its knobs can be set and not those"),
    ([*RUN, "--set", "arows.a=1, 2"], "No experiment is called 'arows'. Did you mean arrows?"),
    ([*RUN, "--at", "lr=1"], "--at: expected STEP:KNOB=VALUE, such as 120:lr=0.01, got 'lr=1'"),
    ([*RUN, "--at", "9:size=4"], "--at: size restarts the run, so it cannot be turned after 9"),
    ([*RUN, "--at", "9:arrows.a=1,2"], "--at: descent runs here"),
    ([*RUN, "--at", "9:lr=1", "--at", "3:lr=2"], "expected increasing steps, got 3 after 9"),
    ([*RUN, "--at", "9:lr=1", "--steps", "5"], "expected at least 9, the last --at, got 5"),
    (["run", "stub/elimination", "--at", "99:A=plain"], "A restarts the run"),
    ([*RUN, "--steps", "-3"], "expected an integer ≥ 0, got '-3'"),
    ([*RUN, "--steps", "many"], "expected an integer ≥ 0, got 'many'"),
    ([*RUN, "--steps", "²"], "expected an integer ≥ 0, got '²'"),
    ([*RUN, "--seed", "x"], "expected an integer ≥ 0, got 'x'"),
    ([*RUN, "--json", "--csv"], "not allowed with"),
    (["run", "stub/arrows", "--steps", "5"], "--steps: arrows makes no steps. Leave --steps out."),
    (["run", "stub/arrows", "--csv"], "--csv: arrows records no numbers. Use --json."),
    (["run"], "required: LESSON[/EXPERIMENT]"),
    (["--bogus"], "unrecognized arguments: --bogus"),
    (["stub", "small"], "unrecognized arguments: small"),
]


@pytest.fixture(autouse=True)
def lessons(few_lessons):
    return few_lessons


def called(capsys, *words):
    """Exit code, output and complaint of a command run in this process."""
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    out, err = capsys.readouterr()
    return code, out, err


def record(capsys, *words):
    code, out, err = called(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def shell(*words, **options):
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tutor.cli", *words],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **options,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES]
)
def test_a_mistake_is_answered_in_one_sentence(capsys, words, says):
    code, out, err = called(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("dltutor: ")
    assert says in err
    assert err.endswith("\n")
    assert err.count("\n") == 1


def test_list_names_every_lesson(capsys):
    code, out, _ = called(capsys, "list")
    assert code == 0
    assert out.splitlines() == [
        "Stubs",
        "  stubs/stub    Stub: a small lesson for tests",
        "  stubs/small   Small: a lesson for tests",
        "  stubs/broken  Broken: a lesson for tests",
    ]


def test_list_as_json_is_what_the_catalogue_knows(capsys):
    code, out, _ = called(capsys, "list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert rows[0] == {
        "lesson": "stubs/stub", "title": "Stub", "about": "a small lesson for tests",
        "subject": "Stubs", "minutes": 10, "needs": [], "broken": None,
    }  # fmt: skip
    assert [row["lesson"] for row in rows] == [entry.path for entry in entries()]


def test_a_lesson_without_a_head_is_listed_with_its_fault(capsys, lessons):
    lessons("bare", "# Bare\n")
    assert re.search(r"stubs/bare .*pages\.md:1: expected \+\+\+", called(capsys, "list")[1])
    assert "pages.md:1: " in json.loads(called(capsys, "list", "--json")[1])[-1]["broken"]


@pytest.mark.parametrize("name", ["arrows", "elimination", "descent"])
def test_a_run_as_json_has_its_keys_and_repeats_itself(capsys, name):
    steps = [] if name == "arrows" else ["--steps", "30"]
    words = ["run", f"stubs/stub/{name}", *steps, "--seed", "5"]
    one, other = record(capsys, *words), record(capsys, *words)
    assert list(one) == KEYS
    assert (one["lesson"], one["experiment"], one["seed"]) == ("stubs/stub", name, 5)
    assert one == other


@pytest.mark.parametrize(
    "words",
    [
        [*RUN, "--set", "kind=noisy", "--seed", "3", "--at", "7:lr=0.5", "--at", "7:kind=plain"],
        [*RUN, "--set", "descent.lr=3", "--at", "5:Descent.lr=0.1", "--steps", "9"],
        ["run", "stub", "--set", "a=1, -2.5", "--set", "A=1 2; 3 4", "--set", "f=x - 1"],
        ["run", "stub/elimination", "--set", "A=singular"],
        [*RUN, "--steps", "0"],
    ],
    ids=lambda words: " ".join(words[1:]),
)
def test_the_line_of_a_run_makes_it_again(capsys, words):
    one = record(capsys, *words)
    program, *again = shlex.split(one["line"])
    assert program == "dltutor"
    assert record(capsys, *again) == one


def test_a_knob_goes_by_its_earlier_name_too(capsys, lessons):
    pages = PAGES.replace("minutes = 5", 'minutes = 5\n    [renamed]\n    end = "tip"')
    lessons("older", pages)
    run = record(capsys, "run", "older", "--set", "end=1, 2", "--at", "0:arrow.end=2, 2")
    assert run["knobs"] == {"tip": "2, 2"}


def test_the_same_line_gives_the_same_state_in_another_process():
    words = ["run", "optimization/gradient_descent", "--steps", "60", "--set", "lr=0.01", "--json"]
    runs = [shell(*words, env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in "17"]
    assert json.loads(runs[0])["steps"] == 60
    assert runs[0] == runs[1]


def test_beyond_the_border_descent_flies_apart_and_no_number_is_infinite(capsys):
    run = record(capsys, *RUN, "--set", "lr=3", "--set", "kind=noisy")
    assert (run["status"], run["knobs"]["lr"]) == ("diverged", "3")
    (oracle,) = run["oracles"]
    assert (oracle["measured"], oracle["ok"]) == (None, None)
    assert record(capsys, *RUN, "--set", "lr=0.1")["oracles"][0]["ok"] is True


def test_csv_has_a_row_a_record(capsys):
    code, out, _ = called(capsys, *RUN, "--steps", "20", "--csv")
    header, *rows = csv.reader(io.StringIO(out))
    assert code == 0
    assert header == ["update", "loss"]
    assert [int(row[0]) for row in rows] == [0, 5, 10, 15, 20]
    assert all(float(row[1]) > 0 for row in rows)


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize(("name", "says"), [("descent", "loss"), ("elimination", "2")])
def test_the_plot_is_as_wide_as_the_terminal(capsys, monkeypatch, columns, name, says):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    code, out, _ = called(capsys, "run", f"stub/{name}", "--steps", "50", "--plot")
    assert code == 0
    assert says in out
    assert max(map(len, out.splitlines())) <= columns
    assert 8 <= len(out.splitlines()) <= 24
    assert "\x1b" not in out


def test_the_report_says_what_failed_and_why(capsys):
    code, out, _ = called(capsys, *RUN, "--set", "lr=3")
    assert code == 0
    assert out.startswith("Stub, descent: diverged after ")
    assert out.endswith("Flown apart: η is beyond 2. Turn η below 2.\n")


def test_the_report_of_a_still_has_its_knobs_and_oracles(capsys):
    code, out, _ = called(capsys, "run", "stub", "--set", "a=0, 1")
    assert code == 0
    assert out.startswith("Stub, arrows\n  a         0, 1\n  b         4, 3\n")
    assert "‖a + b‖²  predicted 32, measured 32  ✓ agrees" in out


def test_what_is_not_measured_yet_has_no_number_in_the_report(capsys):
    _, out, _ = called(capsys, *RUN, "--steps", "0")
    assert "predicted 1  · not measured yet" in out
    assert "nan" not in out


@pytest.mark.parametrize(("A", "says"), [("plain", "x"), ("singular", "")])
def test_the_report_of_a_walk_ends_with_its_last_reason(capsys, A, says):
    words = ["run", "stub/elimination", "--set", f"A={A}"]
    code, out, _ = called(capsys, *words)
    assert code == 0
    status = "converged" if A == "plain" else "diverged"
    assert out.startswith(f"Stub, elimination: {status} after ")
    assert len(out.splitlines()) == 2


def test_knobs_are_listed_with_what_they_take(capsys):
    code, out, _ = called(capsys, "run", "stub", "--help-knobs")
    assert code == 0
    assert "  a     x, y within ±5; at first 3, 4\n        tip of a: Drag it.\n" in out
    assert out.endswith("Experiments of this lesson: arrows, elimination, descent\n")
    code, out, _ = called(capsys, *RUN, "--help-knobs")
    assert "  lr    a number from 0.0001 to 10; at first 0.01\n" in out
    assert "size  an integer from 1 to 50" in out
    assert "kind  one of plain, noisy" in out
    assert "Experiments" not in called(capsys, "run", "small", "--help-knobs")[1]


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["list", "-h"], ["--version"]])
def test_help_is_no_mistake(capsys, words):
    code, out, err = called(capsys, *words)
    assert (code, err) == (0, "")
    assert "dltutor" in out


def test_the_tutor_itself_needs_a_terminal():
    end = shell("gradient_descent")
    assert (end.returncode, end.stdout) == (2, "")
    assert re.fullmatch(r"dltutor: the tutor needs a terminal.*works anywhere\.\n", end.stderr)


@pytest.mark.parametrize(
    "words", [["list"], ["run", "gradient_descent", "--csv", "--set", "lr=0.001"]]
)
def test_a_reader_that_goes_away_is_no_mistake(words):
    reading, writing = os.pipe()
    os.close(reading)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    end = subprocess.run(
        [sys.executable, "-m", "tutor.cli", *words], stdout=writing, stderr=subprocess.PIPE,
        timeout=60, env=buffered,
    )  # fmt: skip
    os.close(writing)
    assert (end.returncode, end.stderr) == (0, b"")


def terminal(monkeypatch):
    """Make the output look like a terminal, and keep the app from starting on it."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    notices = []
    monkeypatch.setattr(
        "tutor.app.TutorApp.run", lambda app: notices.append(app.journal.take_notice())
    )
    return notices


def test_a_data_folder_that_is_a_file_is_said_in_one_sentence(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "file"))
    terminal(monkeypatch)
    code, _, err = called(capsys)
    assert code == 2
    assert re.fullmatch(r"dltutor: progress: cannot create the folder .*Set DLTUTOR_DATA.*\n", err)


def test_a_damaged_file_is_moved_aside_and_said(capsys, monkeypatch, data_folder):
    data_folder.joinpath("progress.sqlite3").write_bytes(b"no database" * 100)
    notices = terminal(monkeypatch)
    assert called(capsys, "stub")[0] == 0
    (aside,) = data_folder.glob("progress.sqlite3.corrupt-*")
    assert aside.read_bytes() == b"no database" * 100
    assert str(aside) in notices[0]
    assert called(capsys)[0] == 0
    assert notices[1] == ""


def test_what_json_lacks_is_null_and_what_numpy_has_is_plain():
    values = {"a": [math.nan, math.inf, np.float64(0.5), np.int64(3)], "b": True, "c": "x"}
    assert _plain(values) == {"a": [None, None, 0.5, 3], "b": True, "c": "x"}
    json.dumps(_plain(values), allow_nan=False)
