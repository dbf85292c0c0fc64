"""Programs that are killed, and programs that write at once, lose nothing that was committed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.progress import Store

ENDLESS = """
import sys
from pathlib import Path
from tutor.progress import Store
store = Store.open(Path(sys.argv[1]))
while True:
    print(store.append("knob", "a/b", item="lr"), flush=True)
"""

MANY = """
import sys
from pathlib import Path
from tutor.progress import Store
sys.stdin.readline()
with Store.open(Path(sys.argv[1]), learner=sys.argv[2], timeout=30) as store:
    for number in range(int(sys.argv[3])):
        store.append("answer", "a/b", item=str(number))
    print(store.notice)
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("seen", [1, 40, 2500])
def test_a_killed_program_loses_no_event_it_told_of(tmp_path, seen):
    path = tmp_path / "p.sqlite3"
    with start(ENDLESS, str(path)) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(seen)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL
    with Store.open(path) as store:
        rows = store._connection.execute("SELECT id FROM events").fetchall()
        assert {number for (number,) in rows} >= set(told)
        assert len(rows) - len(told) in (0, 1), "at most the one it had no time to tell of"
        assert store.notice == ""
        assert store.append("done", "a/b") == len(rows) + 1


@pytest.mark.parametrize("state", ["absent", "damaged"])
def test_programs_that_start_and_write_at_once_lose_nothing(tmp_path, state):
    path = tmp_path / "p.sqlite3"
    if state == "damaged":
        path.write_bytes(b"not a database " * 1000)
    names, count = [f"learner {number}" for number in range(4)], 150
    writers = [start(MANY, str(path), name, str(count)) for name in names]
    told = [writer.communicate("go\n")[0] for writer in all_told(writers)]
    assert [writer.returncode for writer in writers] == [0] * len(names)
    assert sum("moved to" in text for text in told) == (state == "damaged")
    for name in names:
        assert items(path, name) == [str(number) for number in range(count)]


def all_told(writers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Let every writer go before the first is waited for."""
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return writers


def items(path: Path, learner: str) -> list[str]:
    with Store.open(path, learner=learner) as store:
        return [answer.item for answer in store.answers("a/b")]
