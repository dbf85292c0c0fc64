"""Whatever happens to the streams, in whatever encoding: an answer, or one short sentence."""

import errno
import io
import json
import os
import re
import subprocess
import sys

import pytest

from engine.errors import DomainError, printable, shortened
from lessons.kit.markdown import inline
from tests.tutor.test_cli import called, terminal
from tutor import output
from tutor.cli import main
from tutor.doctor import report
from tutor.pictures.question import escaped

COMMANDS = [
    ["list"], ["list", "--json"], ["doctor"], ["--help"], ["run", "--help"], ["--version"],
    *(["run", "stub/descent", "--steps", "9", form]
      for form in ("--json", "--csv", "--plot", "--help-knobs", "--seed=1")),
]  # fmt: skip
MISTAKES = [["--bogus"], ["nosuch"], ["run", "stub", "--set", "a=≥"]]
ENCODINGS = ["ascii", "cp1252", "latin-1", "gbk", "cp437", "utf-16", "utf-8"]
LONG, SPACED, CLEAR = "9" * 5000, "a b " * 1500, "\x1b[2J\x9b\n"
RUN = ["run", "stub/descent"]


@pytest.fixture(autouse=True)
def lessons(few_lessons):
    return few_lessons


def names(lines):
    return [" ".join(words) for words in lines]


class Raw(io.RawIOBase):
    """A place to write to that has no room, or no reader."""

    def __init__(self, error: OSError | None = None) -> None:
        self.error, self.kept = error, b""

    def writable(self):
        return True

    def fileno(self):
        raise OSError(errno.EBADF, "only a test")

    def write(self, data):
        if self.error:
            raise self.error
        self.kept += bytes(data)
        return len(data)


def stream(raw, encoding="utf-8"):
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, newline="")


def with_streams(monkeypatch, words, out, err):
    """The exit code of a command with these streams."""
    for name, one in (("stdout", out), ("stderr", err)):
        monkeypatch.setattr(sys, name, one)
    try:
        return main(words)
    finally:
        for one in (out, err):
            if one is not None:
                one.buffer.raw.error = None
                one.detach().detach()


def complaint_about(monkeypatch, words, out):
    """Exit code and complaint of a command with this output."""
    raw = Raw()
    return with_streams(monkeypatch, words, out, stream(raw)), raw.kept.decode()


@pytest.mark.parametrize("words", COMMANDS, ids=names(COMMANDS))
def test_output_that_cannot_be_written_is_said_in_a_sentence(monkeypatch, words):
    for out, says in (
        (
            stream(Raw(OSError(errno.ENOSPC, "No space left on device"))),
            "(No space left on device)",
        ),
        (stream(Raw(OSError(errno.EBADF, "Bad file descriptor"))), "(Bad file descriptor)"),
        (None, "it is closed"),
    ):
        code, said = complaint_about(monkeypatch, words, out)
        assert code == 2
        assert re.fullmatch(r"dltutor: cannot write the output[^\n]*\. Send it to [^\n]*\n", said)
        assert says in said


@pytest.mark.parametrize("words", COMMANDS, ids=names(COMMANDS))
def test_a_reader_that_goes_away_hears_nothing(monkeypatch, words):
    assert complaint_about(monkeypatch, words, stream(Raw(BrokenPipeError()))) == (0, "")


@pytest.mark.parametrize("words", [*COMMANDS, *MISTAKES], ids=names([*COMMANDS, *MISTAKES]))
def test_what_cannot_be_complained_of_is_not_a_second_error(monkeypatch, data_folder, words):
    good = with_streams(monkeypatch, words, stream(Raw()), stream(Raw()))
    full = OSError(errno.ENOSPC, "No space left on device")
    for err in (None, stream(Raw(full)), stream(Raw(BrokenPipeError()))):
        assert with_streams(monkeypatch, words, stream(Raw()), err) == good
    assert with_streams(monkeypatch, words, stream(Raw(full)), stream(Raw(full))) == 2
    assert with_streams(monkeypatch, words, None, None) == 2
    assert not (data_folder / "bugs.log").exists()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("words", [*COMMANDS, *MISTAKES], ids=names([*COMMANDS, *MISTAKES]))
def test_every_encoding_has_an_answer(monkeypatch, data_folder, words, encoding):
    def answer(encoding):
        out, err = Raw(), Raw()
        code = with_streams(monkeypatch, words, stream(out, encoding), stream(err, encoding))
        return code, out.kept.decode(encoding), err.kept.decode(encoding)

    code, out, err = answer(encoding)
    whole = answer("utf-8")
    if words == ["doctor"]:
        assert "not ok" in out
        assert (encoding in out) or encoding == "latin-1"
        return
    assert code == whole[0]
    assert "\\u" not in out + err or words[-1] == "--json"
    assert len(out.splitlines()) == len(whole[1].splitlines())
    if words[-1] == "--json":
        assert json.loads(out) == json.loads(whole[1])
    if words[-1] == "--plot":
        assert list(map(len, out.splitlines())) == list(map(len, whole[1].splitlines()))
    if encoding.startswith("utf"):
        assert (out, err) == whole[1:]
    assert not (data_folder / "bugs.log").exists()


def test_json_keeps_what_the_encoding_lacks_and_escapes_what_a_terminal_obeys(monkeypatch):
    value = {"η": ["‖x‖", "é", "√", CLEAR, "\udcff", "\u202e"]}
    for encoding, kept in (("ascii", ""), ("latin-1", "é"), ("utf-8", "η‖é√")):
        raw = Raw()
        out = stream(raw, encoding)
        monkeypatch.setattr(sys, "stdout", out)
        output.write_json(value)
        text = raw.kept.decode(encoding)
        out.detach()
        assert json.loads(text) == value
        assert set("η‖é√") & set(text) == set(kept)
        assert text.removesuffix("\n").isprintable()


def test_only_what_is_styled_on_purpose_has_control_characters(capsys):
    output.write(f"a{CLEAR}b")
    output.write("\x1b[1mc\n", styled=True)
    mark = "\N{REPLACEMENT CHARACTER}"
    assert capsys.readouterr().out == f"a{mark}[2J{mark}\nb\x1b[1mc\n"


def test_stand_ins_on_the_screen_keep_its_columns(capsys, monkeypatch):
    terminal(monkeypatch)
    monkeypatch.setenv("TERM", "xterm")
    raw = Raw()
    err = stream(raw, "ascii")
    monkeypatch.setattr(err.buffer.raw, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", err)
    output.require_terminal()
    err.write("│η²≥⣿│")
    err.detach().detach()
    assert raw.kept == b"|?2?:|"


def test_every_sign_of_the_screens_has_a_stand_in():
    for sign, text in {"✓": "+", "─": "-", "⣿": ":", "▀": "#", "σ": "sigma", "ŷ": "y"}.items():
        assert output.stand_in(sign) == text
    for sign in map(chr, range(0x20, 0x3000)):
        assert output.stand_in(sign).isascii()
        assert len(output.stand_in_cell(sign)) <= 1


ABSURD = [
    ["--steps", LONG], ["--steps", "x" + LONG], ["--steps", ""], ["--steps", "nan"],
    ["--steps", "-1"], ["--steps", "1e9"], ["--steps", CLEAR], ["--seed", LONG], ["--seed", CLEAR],
    ["--set", LONG], ["--set", f"lr={LONG}"], ["--set", f"{LONG}=1"], ["--set", f"lr={SPACED}"],
    ["--set", ""], ["--set", "="], ["--set", f"lr={CLEAR}"], ["--set", f"{CLEAR}=1"],
    ["--set", f"{LONG}.lr=1"], ["--set", f"lr='{LONG}\"{LONG}"], ["--set", "lr=\udcff"],
    ["--set", "lr=inf"], ["--at", LONG], ["--at", f"3:lr={LONG}"], ["--at", f"3:size={SPACED}"],
    ["--at", f"{CLEAR}:lr=1"], ["--at", ""], ["--at", f"3:size={CLEAR}"], [f"--{LONG}"],
    [f"--{CLEAR}"], [SPACED], [CLEAR], [LONG], [f"--json={LONG}"],
]  # fmt: skip


@pytest.mark.parametrize("words", ABSURD, ids=[ascii(" ".join(line))[:30] for line in ABSURD])
def test_an_absurd_option_is_answered_shortly_and_without_control_characters(capsys, words):
    code, out, err = called(capsys, *RUN, *words)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"dltutor: [^\n]*\.\n", err)
    assert err[:-1].isprintable()
    assert len(err) < 620


@pytest.mark.parametrize("name", [LONG, SPACED, CLEAR, "", "/", "\udcff", "'\"" * 999])
def test_an_absurd_lesson_is_answered_shortly_and_without_control_characters(capsys, name):
    for words in ([name], ["run", name], ["run", f"stub/{name or 'x'}!"]):
        code, out, err = called(capsys, *words)
        assert (code, out) == (2, "")
        assert re.fullmatch(r"dltutor: No (lesson|experiment) is called [^\n]*\n", err)
        assert err[:-1].isprintable()
        assert len(err) < 300


def test_messages_keep_paths_advice_and_ordinary_quotes():
    path = "/home/" + "folder/" * 30
    for text in (f"cannot use {path}.", "Don't cut what isn't quoted, " * 9, "got 'x = 1'", ""):
        assert shortened(text) == text
    assert shortened(f"got {SPACED!r}. Do this.").endswith("…'. Do this.")
    assert shortened("word " * 999 + "Do this.").endswith("Do this.")
    assert (
        str(DomainError(f"got {LONG}, \x1b[2J."))
        == f"got {'9' * 38}… \N{REPLACEMENT CHARACTER}[2J."
    )
    assert (
        printable("a\u2009b\u3000\n\t\x00") == "a\u2009b\u3000\n" + 2 * "\N{REPLACEMENT CHARACTER}"
    )


@pytest.mark.parametrize("text", ["2*x*y and _a_", "`a` $b$ <i> &lt; [a](b) \\* ![x]", "# 1. - a"])
def test_an_error_in_the_app_shows_every_character_that_was_typed(text):
    (piece,) = inline(escaped(f"got {text!r}."))
    assert (piece.text, piece.style) == (f"got {text!r}.", "text")


@pytest.mark.parametrize("size", ["0", "-5", "abc", "1001", LONG, CLEAR, "²", "1e3"])
@pytest.mark.parametrize("name", ["COLUMNS", "LINES"])
def test_an_absurd_size_of_the_terminal_is_said(capsys, monkeypatch, name, size):
    monkeypatch.setenv(name, size)
    terminal(monkeypatch)
    for words in ([], [*RUN, "--steps", "1", "--plot"]):
        code, _, err = called(capsys, *words)
        assert code == 2
        assert re.match(rf"dltutor: {name}: expected a number of cells from 1 to 1000, got '", err)
        assert len(err) < 200
        assert err[:-1].isprintable()


def test_a_plot_has_room_or_says_so(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "19")
    code, out, err = called(capsys, *RUN, "--steps", "9", "--plot")
    assert (code, out) == (2, "")
    assert "expected at least 20 columns, got 19" in err
    monkeypatch.setenv("COLUMNS", "20")
    assert "loss" in called(capsys, *RUN, "--steps", "9", "--plot")[1]


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_the_tutor_needs_every_stream(capsys, monkeypatch, name):
    terminal(monkeypatch)
    other = {"stdin": "input", "stdout": "output", "stderr": "error output"}[name]
    monkeypatch.setattr(sys, name, None)
    with pytest.raises(DomainError, match=f"but its {other} is not one"):
        output.require_terminal()


def test_a_terminal_without_a_screen_is_said(capsys, monkeypatch):
    terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    code, _, err = called(capsys)
    assert code == 2
    assert re.fullmatch(r"dltutor: TERM=dumb is a terminal without a screen\. .*\n", err)


@pytest.mark.parametrize("folder", ["~nosuch-user/x", "/proc/x", "/dev/null/x", f"/tmp/{LONG}"])
def test_the_doctor_finds_a_folder_that_cannot_be_made(capsys, monkeypatch, folder):
    monkeypatch.setenv("DLTUTOR_DATA", folder)
    (finding,) = [finding for finding in report() if finding.name == "data folder"]
    assert not finding.ok
    assert "Set DLTUTOR_DATA" in finding.advice
    code, out, err = called(capsys, "doctor")
    assert (code, err) == (1, "")
    assert "not ok  data folder" in out
    assert max(map(len, out.splitlines())) < 400


def test_the_doctor_takes_away_what_it_tried(monkeypatch, tmp_path):
    before = sorted(tmp_path.iterdir())
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "a" / "b"))
    (finding,) = [finding for finding in report() if finding.name == "data folder"]
    assert (finding.ok, finding.value.endswith("(not created yet)")) == (True, True)
    assert sorted(tmp_path.iterdir()) == before


def test_the_doctor_does_not_obey_the_environment(capsys, monkeypatch):
    for name in ("COLUMNS", "TERM", "OMP_NUM_THREADS", "DLTUTOR_DATA"):
        monkeypatch.setenv(name, f"/dev/null/{CLEAR}x")
    _, out, _ = called(capsys, "doctor")
    assert all(line.isprintable() for line in out.splitlines())
    assert len(out.splitlines()) <= 2 * len(report())


def test_a_folder_with_control_characters_is_not_obeyed(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "\x1b[2J"))
    monkeypatch.setattr("tutor.headless.run_experiment", lambda *_: 1 / 0)
    _, _, err = called(capsys, *RUN)
    assert "[2J/bugs.log" in err
    assert err[:-1].isprintable()


def test_a_bug_without_a_data_folder_is_still_one_sentence(capsys, monkeypatch):
    monkeypatch.setenv("DLTUTOR_DATA", "~nosuch-user/x")
    monkeypatch.setattr("tutor.headless.run_experiment", lambda *_: 1 / 0)
    code, out, err = called(capsys, *RUN)
    assert (code, out) == (1, "")
    assert err == "dltutor: This is a bug in dltutor, sorry. The details could not be saved.\n"


@pytest.mark.parametrize(
    ("redirection", "code"),
    [(">&-", 2), (">/dev/full", 2), (">&- 2>&-", 2), (">/dev/full 2>/dev/full", 2), ("<&-", 0)],
)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the shell's streams of Linux")
def test_python_itself_has_no_last_word_about_real_streams(redirection, code):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    command = f'"{sys.executable}" -m tutor.cli list {redirection}'
    end = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60,
        env={**environment, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert end.returncode == code
    assert end.stderr.count("\n") == (code == 2 and "2>" not in redirection)
    assert end.stdout == "" or code == 0
