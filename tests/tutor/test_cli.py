"""The command line: every answer is data, a report, or one sentence and an exit code."""

import csv
import io
import json
import os
import re
import subprocess
import sys

import pytest

from lessons.catalogue import entries
from tutor.cli import main

KEYS = ["lesson", "seed", "knobs", "steps", "status", "metrics", "oracles", "state"]
RUN = ["run", "gradient_descent"]
MISTAKES = [
    (["nosuch"], "No lesson is called 'nosuch'"),
    (["gradient_decent"], "Did you mean gradient_descent?"),
    (["run", "nosuch"], "No lesson is called 'nosuch'"),
    (["run", "networks/nosuch"], "No lesson is called 'networks/nosuch'"),
    ([*RUN, "--set", "lr=banana"], "lr: expected a number from 0.0001 to 10, got 'banana'"),
    ([*RUN, "--set", "lr=-1"], "lr: expected a number from 0.0001 to 10, got -1"),
    ([*RUN, "--set", "lr=nan"], "lr: expected a number from 0.0001 to 10, got nan"),
    ([*RUN, "--set", "lr=inf"], "lr: expected a number"),
    ([*RUN, "--set", "lr="], "lr: expected a number"),
    ([*RUN, "--set", "lr"], "--set: expected KNOB=VALUE, got 'lr'"),
    ([*RUN, "--set", "lr 1"], "--set: expected KNOB=VALUE, got 'lr 1'"),
    ([*RUN, "--set", "rl=1"], "No knob is called 'rl'. Did you mean lr?"),
    ([*RUN, "--set", "ground=vale"], "No ground is called 'vale'. Did you mean valley?"),
    ([*RUN, "--steps", "0"], "expected a whole number ≥ 1, got '0'"),
    ([*RUN, "--steps", "-3"], "expected a whole number ≥ 1, got '-3'"),
    ([*RUN, "--steps", "many"], "expected a whole number ≥ 1, got 'many'"),
    ([*RUN, "--steps", "²"], "expected a whole number ≥ 1, got '²'"),
    ([*RUN, "--seed", "x"], "expected a whole number ≥ 0, got 'x'"),
    ([*RUN, "--json", "--csv"], "not allowed with"),
    (["run"], "required: lesson"),
    (["run", "playground", "--set", "width=3.5"], "width: expected a whole number from 1 to 16"),
    (["run", "playground", "--set", "data=moon"], "No data is called 'moon'"),
    (["--bogus"], "unrecognized arguments: --bogus"),
    (["gradient_descent", "playground"], "unrecognized arguments: playground"),
]


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
    for entry in entries():
        assert f"{entry.path} " in out
        assert entry.front.title in out


def test_list_as_json_is_what_the_catalogue_knows(capsys):
    code, out, _ = called(capsys, "list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["lesson"] for row in rows] == [entry.path for entry in entries()]
    assert [row["needs"] for row in rows] == [list(entry.front.needs) for entry in entries()]
    assert {row["broken"] for row in rows} == {None}


def test_a_broken_lesson_is_listed_and_cannot_be_run(capsys, add_lesson):
    add_lesson("fine", '"""Fine: not quite.\n\norder: 1\n"""\n1 / 0\n')
    add_lesson("bare", "x = 1\n")
    code, out, _ = called(capsys, "list")
    assert code == 0
    assert "spare/fine" in out
    assert re.search(r"spare/bare .*expected 'Title", out)
    code, _, err = called(capsys, "run", "fine")
    assert code == 2
    assert err == "dltutor: spare/fine cannot be opened: ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize("lesson", [entry.path for entry in entries()])
def test_a_run_as_json_has_its_keys_and_repeats_itself(capsys, lesson):
    words = ["run", lesson, "--steps", "30", "--seed", "5"]
    one, other = record(capsys, *words), record(capsys, *words)
    assert list(one) == KEYS
    assert (one["lesson"], one["seed"], one["steps"]) == (lesson, 5, 30)
    assert one == other


def test_the_same_line_gives_the_same_state_in_another_process(capsys):
    words = ["run", "networks/playground", "--steps", "60", "--set", "lr=0.1", "--json"]
    outside = json.loads(shell(*words, env={**os.environ, "PYTHONHASHSEED": "7"}).stdout)
    assert outside == json.loads(called(capsys, *words)[1])


@pytest.mark.parametrize(("lr", "status"), [("0.0201", "diverged"), ("0.0199", "converged")])
def test_beyond_the_border_descent_flies_apart(capsys, lr, status):
    run = record(capsys, *RUN, "--set", f"lr={lr}", "--set", "kappa=100")
    assert run["status"] == status
    assert run["knobs"]["lr"] == float(lr)
    (border,) = [oracle for oracle in run["oracles"] if oracle["name"] == "border"]
    assert border["predicted"] == pytest.approx(0.02)
    assert border["ok"] is not False
    early = record(capsys, *RUN, "--set", f"lr={lr}", "--steps", "20")
    assert early["oracles"][0]["ok"] is True


def test_what_is_no_number_is_null_in_json(capsys):
    run = record(capsys, *RUN, "--steps", "1")
    assert [oracle["measured"] for oracle in run["oracles"]][1:] == [None, None]


def test_csv_has_a_row_a_record(capsys):
    code, out, _ = called(capsys, *RUN, "--steps", "20", "--csv")
    header, *rows = csv.reader(io.StringIO(out))
    assert code == 0
    assert header == ["step", "loss − min", "distance"]
    assert [int(row[0]) for row in rows] == list(range(21))
    assert all(float(number) >= 0 for row in rows for number in row)


@pytest.mark.parametrize("columns", [80, 40])
def test_the_plot_is_as_wide_as_the_terminal(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    code, out, _ = called(capsys, *RUN, "--steps", "50", "--plot")
    assert code == 0
    assert "loss − min" in out
    assert max(map(len, out.splitlines())) <= columns
    assert 8 <= len(out.splitlines()) <= 24
    assert "\x1b" not in out


def test_the_report_says_what_failed_and_why(capsys):
    code, out, _ = called(capsys, *RUN, "--set", "lr=0.0201")
    assert code == 0
    assert out.startswith("Gradient descent: diverged after ")
    assert "Flown apart: η is beyond 2/λmax" in out


@pytest.mark.parametrize("lesson", [entry.path for entry in entries()])
def test_knobs_are_listed(capsys, lesson):
    code, out, _ = called(capsys, "run", lesson, "--help-knobs")
    assert code == 0
    assert len(out.splitlines()) % 2 == 0


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["list", "-h"], ["--version"]])
def test_help_is_no_mistake(capsys, words):
    code, out, err = called(capsys, *words)
    assert (code, err) == (0, "")
    assert "dltutor" in out


def test_the_tutor_itself_needs_a_terminal():
    end = shell("gradient_descent")
    assert (end.returncode, end.stdout) == (2, "")
    assert re.fullmatch(r"dltutor: the tutor needs a terminal.*works anywhere\.\n", end.stderr)


@pytest.mark.parametrize("words", [["list"], [*RUN, "--csv", "--set", "lr=0.0001"]])
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
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    notices = []
    monkeypatch.setattr("tutor.app.TutorApp.run", lambda app: notices.append(app.store.notice))
    return notices


def test_a_data_folder_that_is_a_file_is_said_in_one_sentence(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "file"))
    terminal(monkeypatch)
    code, _, err = called(capsys)
    assert code == 2
    assert re.fullmatch(r"dltutor: progress: cannot make the folder .*Set DLTUTOR_DATA.*\n", err)


def test_a_damaged_file_is_moved_aside_and_said(capsys, monkeypatch, data_folder):
    data_folder.joinpath("progress.sqlite3").write_bytes(b"no database" * 100)
    notices = terminal(monkeypatch)
    assert called(capsys, "playground")[0] == 0
    (aside,) = data_folder.glob("progress.sqlite3.corrupt-*")
    assert aside.read_bytes() == b"no database" * 100
    assert str(aside) in notices[0]
    assert called(capsys)[0] == 0
    assert notices[1] is None
