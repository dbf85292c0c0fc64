"""The doctor names what would stop the tutor, says what to do, and changes nothing."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import metadata

import pytest

from tutor import doctor
from tutor.doctor import Finding, render, report
from tutor.progress import Store

NEEDS = [
    "numpy>=2.2", "textual<9,>=8.2", "rich>=14", "plotext<6,>=5.3", "markdown-it-py>=3",
    "mdit-py-plugins>=0.4.2", 'torch>9; extra == "x"',
]  # fmt: skip
HAVE = {
    "numpy": "2.4.6", "textual": "8.2.8", "rich": "15.0.0", "plotext": "5.3.2",
    "markdown-it-py": "4.0.0", "mdit-py-plugins": "0.5.0",
}  # fmt: skip


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A healthy place: large terminal, all colors, one thread, an own folder, right versions."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((120, 40)))
    monkeypatch.setattr(metadata, "metadata", lambda _: {"Version": "1", "Requires-Python": ">=3"})
    monkeypatch.setattr(metadata, "requires", lambda _: NEEDS)
    monkeypatch.setattr(metadata, "version", HAVE.__getitem__)
    return tmp_path / "data"


def found(name: str) -> Finding:
    (finding,) = [finding for finding in report() if finding.name == name]
    return finding


def test_a_healthy_place_has_nothing_to_mend(place):
    assert [finding for finding in report() if not finding.ok] == []
    assert len({finding.name for finding in report()}) == len(report())
    assert not place.exists()


@pytest.mark.parametrize(("size", "ok"), [((80, 24), True), ((79, 24), False), ((80, 23), False)])
def test_the_terminal_must_be_80_by_24(place, monkeypatch, size, ok):
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size(size))
    assert found("terminal").ok is ok
    assert found("terminal").value == f"{size[0]} × {size[1]}"
    assert ("80 × 24" in found("terminal").advice) is not ok


def test_no_terminal_at_all_is_said(place, monkeypatch):
    def none(stream: int) -> os.terminal_size:
        raise OSError(25, "not a terminal")

    monkeypatch.setattr(os, "get_terminal_size", none)
    assert (found("terminal").value, found("terminal").ok) == ("none", False)


def test_one_stream_in_a_pipe_is_still_a_terminal(place, monkeypatch):
    def only_errors(stream: int) -> os.terminal_size:
        if stream != 2:
            raise OSError(25, "not a terminal")
        return os.terminal_size((90, 30))

    monkeypatch.setattr(os, "get_terminal_size", only_errors)
    assert found("terminal").value == "90 × 30"


def test_a_size_fixed_by_the_environment_is_named(place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert not found("terminal").ok
    assert "Unset COLUMNS:" in found("terminal").advice


@pytest.mark.parametrize(
    ("change", "value", "ok"),
    [
        ({}, "16 million", True),
        ({"COLORTERM": ""}, "256", True),
        ({"COLORTERM": "", "TERM": "linux"}, "16 ", True),
        ({"NO_COLOR": "1"}, "none", True),
        ({"TERM": "dumb"}, "TERM=dumb", False),
        ({"TERM": ""}, "TERM=unset", False),
    ],
)
def test_colors_follow_the_environment(place, monkeypatch, change, value, ok):
    for name, said in change.items():
        monkeypatch.setenv(name, said)
    assert found("colors").value.startswith(value)
    assert found("colors").ok is ok


@pytest.mark.parametrize(("encoding", "ok"), [("utf-8", True), ("ascii", False), ("cp437", False)])
def test_the_output_must_take_every_sign(place, encoding, ok):
    code = "from tutor.doctor import report; print([f.ok for f in report() if f.name == 'unicode'])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == f"[{ok}]"


def test_a_folder_below_a_file_cannot_be_used(place):
    place.write_text("a file")
    assert not found("data folder").ok
    assert "is not a folder" in found("data folder").value
    assert "DLTUTOR_DATA" in found("data folder").advice


def test_a_folder_without_the_right_to_write_is_named(place, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert not found("data folder").ok
    assert "is not writable" in found("data folder").value


def test_the_progress_file_is_looked_at_and_not_touched(place):
    with Store.open() as store:
        store.append("opened", "a/b")
        assert found("progress") == Finding("progress", "progress.sqlite3, journal mode wal", True)
        assert store.append("done", "a/b") == 2


def test_a_damaged_file_is_told_of_and_left_for_the_next_start(place):
    place.mkdir()
    path = place / "progress.sqlite3"
    path.write_bytes(b"damage " * 1000)
    assert not found("progress").ok
    assert "not a database" in found("progress").value
    assert "moved aside" in found("progress").advice
    assert path.read_bytes() == b"damage " * 1000
    assert list(place.iterdir()) == [path]


def test_a_locked_file_is_told_of(place):
    Store.open().close()
    path = place / "progress.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = delete")
        other.execute("BEGIN EXCLUSIVE")
        assert not found("progress").ok
        assert "Close the other dltutor" in found("progress").advice
        other.execute("ROLLBACK")


@pytest.mark.parametrize(("kind", "words"), [("nfs4", "over a network"), ("ext4", "ext4")])
def test_a_network_disk_is_told_of(place, monkeypatch, kind, words):
    monkeypatch.setattr(doctor, "filesystem", lambda _: kind)
    assert words in found("disk").value
    assert found("disk").ok


@pytest.mark.parametrize(
    ("library", "version", "ok"),
    [
        ("plotext", "6.0.0", False),
        ("plotext", "6", False),
        ("plotext", "5.2.8", False),
        ("plotext", "5.3", True),
        ("textual", "9.0.0rc1", False),
        ("textual", "8.10.0", True),
        ("numpy", "2.10.0.dev0", True),
        ("numpy", "1.26.4", False),
        ("markdown-it-py", "2.2.0", False),
        ("mdit-py-plugins", "0.4.1", False),
    ],
)
def test_versions_outside_the_projects_range_are_named(place, monkeypatch, library, version, ok):
    monkeypatch.setattr(metadata, "version", {**HAVE, library: version}.__getitem__)
    finding = found(library)
    assert (finding.value, finding.ok) == (version, ok)
    assert ("pip install" in finding.advice) is not ok


def test_a_missing_library_and_an_uninstalled_tutor_are_told_of(place, monkeypatch):
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert (found("plotext").value, found("plotext").ok) == ("missing", False)
    assert found("plotext").advice == "Install it: pip install 'plotext<6,>=5.3'"
    monkeypatch.setattr(metadata, "metadata", missing)
    assert "not installed" in found("dltutor").value


def test_an_old_python_is_named(place, monkeypatch):
    about = {"Version": "1", "Requires-Python": ">=3.99"}
    monkeypatch.setattr(metadata, "metadata", lambda _: about)
    assert found("python").advice == "python must be >=3.99."


@pytest.mark.parametrize(("said", "cores", "ok"), [("1", 8, True), ("4", 8, False), ("", 8, False)])
def test_more_threads_than_one_are_advised_against(place, monkeypatch, said, cores, ok):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert found("threads").ok is ok
    assert bool(found("threads").advice) is not ok


def test_rendering_aligns_and_says_each_verdict_in_words():
    text = render([Finding("a", "1", True), Finding("longer", "2", False, "Do this.")])
    assert text.splitlines() == [
        "✓ ok      a       1",
        "✗ not ok  longer  2",
        "                  Do this.",
    ]
    assert render([]) == ""


def test_the_doctor_loads_neither_numbers_nor_screens():
    code = (
        "import sys, tutor.doctor as d; d.render(d.report()); "
        "print([name for name in ('numpy', 'textual', 'rich', 'plotext') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
