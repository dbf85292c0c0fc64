"""Whatever state the file is in, it opens or one sentence says why not; nothing is ever lost."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import FileError
from tutor.progress import Store
from tutor.progress import file as progress_file

LESSON = "a/b"
NAME = "progress.sqlite3"
LOGS = ("-wal", "-shm")


def filled(path: Path, count: int = 200) -> Path:
    with Store.open(path) as store:
        for number in range(count):
            store.append("knob", LESSON, item=str(number), detail={"text": "x" * 40})
    return path


def garbage(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database. " * 200)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(8192))


def short_header(path: Path) -> None:
    path.write_bytes(filled(path).read_bytes()[:50])


def short_file(path: Path) -> None:
    path.write_bytes(filled(path).read_bytes()[:9000])


def torn_middle(path: Path) -> None:
    content = bytearray(filled(path).read_bytes())
    content[8192:20480] = os.urandom(12288)
    path.write_bytes(content)


def main_files(folder: Path) -> list[Path]:
    """What was moved aside, but for the logs."""
    return [found for found in folder.glob("*.corrupt-*") if found.suffix[-4:] not in LOGS]


@pytest.mark.parametrize("damage", [garbage, zeros, short_header, short_file, torn_middle])
def test_a_damaged_file_is_moved_aside_whole_and_a_new_one_begun(tmp_path, damage):
    path = tmp_path / NAME
    damage(path)
    content = path.read_bytes()
    with Store.open(path) as store:
        assert store.notice
        assert store.append("opened", LESSON) == 1
    (aside,) = main_files(tmp_path)
    assert re.fullmatch(r"progress\.sqlite3\.corrupt-\d{8}-\d{6}", aside.name)
    assert aside.read_bytes() == content
    assert str(aside) in store.notice
    with Store.open(path) as again:
        assert again.notice == ""
        assert again.progress(LESSON).opened


def test_the_log_goes_aside_with_its_file(tmp_path):
    log = tmp_path / f"{NAME}-wal"
    with Store.open(filled(tmp_path / "whole" / NAME)) as store:
        store.append("opened", LESSON)
        content = (store.path.parent / log.name).read_bytes()
    garbage(tmp_path / NAME)
    log.write_bytes(content)
    Store.open(tmp_path / NAME).close()
    (aside,) = tmp_path.glob("*.corrupt-*-wal")
    assert aside.read_bytes() == content
    assert aside.with_name(aside.name.removesuffix("-wal")).exists()
    assert not log.exists()


def test_a_transaction_cut_short_on_a_network_disk_is_undone_not_called_damage(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(progress_file, "filesystem", lambda _: "nfs4")
    path, copy = filled(tmp_path / NAME), tmp_path / "copy" / NAME
    copy.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("CREATE TABLE filler AS SELECT * FROM events, (SELECT 1 UNION SELECT 2)")
        for name in (NAME, f"{NAME}-journal"):
            shutil.copy(tmp_path / name, copy.parent / name)
        writer.execute("ROLLBACK")
    assert copy.stat().st_size > path.stat().st_size
    with Store.open(copy) as store:
        assert store.notice == ""
        assert store.append("opened", LESSON) == 201


def test_an_earlier_damaged_file_is_never_overwritten(tmp_path):
    path = tmp_path / NAME
    for number in range(4):
        path.write_bytes(f"damage {number} ".encode() * 1000)
        Store.open(path).close()
    asides = main_files(tmp_path)
    assert len({found.read_bytes() for found in asides}) == len(asides) == 4


def test_damage_that_another_program_has_mended_meanwhile_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / NAME
    garbage(path)

    def overtaken(path: Path, timeout: float) -> bool:
        monkeypatch.undo()
        path.rename(tmp_path / "moved by the other")
        filled(path, 3)
        raise progress_file.DamageError

    monkeypatch.setattr(progress_file, "_inspect", overtaken)
    with Store.open(path) as store:
        assert store.notice == ""
        assert store.append("opened", LESSON) == 4
    assert main_files(tmp_path) == []


def test_an_empty_file_is_a_new_one(tmp_path):
    (tmp_path / NAME).touch()
    with Store.open(tmp_path / NAME) as store:
        assert store.notice == ""


def test_a_damaged_log_costs_no_committed_page_of_the_file(tmp_path):
    path = filled(tmp_path / NAME)
    path.with_name(NAME + "-wal").write_bytes(os.urandom(20_000))
    with Store.open(path) as store:
        assert store.notice == ""
        assert store.append("opened", LESSON) == 201


def test_the_file_and_its_log_are_for_their_owner_alone(tmp_path):
    path = tmp_path / "data" / NAME
    before = os.umask(0)
    try:
        with Store.open(path) as store:
            store.append("opened", LESSON)
            modes = {
                found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()
            }
    finally:
        os.umask(before)
    assert modes == dict.fromkeys([NAME, f"{NAME}-wal", f"{NAME}-shm"], 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_others_could_read_is_closed_to_them(tmp_path):
    path = filled(tmp_path / NAME, 1)
    path.chmod(0o644)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_local_disk_gets_a_write_ahead_log(tmp_path):
    with Store.open(tmp_path / NAME) as store:
        assert store.journal == "wal"
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_network_disk_gets_a_rollback_journal_even_after_a_log(tmp_path, monkeypatch):
    path = filled(tmp_path / NAME, 3)
    monkeypatch.setattr(progress_file, "filesystem", lambda _: "nfs4")
    with Store.open(path) as store:
        assert store.journal == "delete"
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store.append("opened", LESSON) == 4


def test_where_no_log_can_be_had_the_old_journal_serves(tmp_path, monkeypatch):
    class NoLog(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql == "PRAGMA journal_mode = wal":
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=NoLog, **k))
    with Store.open(tmp_path / NAME) as store:
        assert store.journal == "delete"
        assert store.append("opened", LESSON) == 1


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(FileError, match=r"is a folder, not a file.*DLTUTOR_DATA"):
        Store.open(tmp_path / NAME)
    assert list((tmp_path / NAME).iterdir()) == []


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link(path: Path) -> None:
    path.symlink_to(filled(path.with_name("elsewhere"), 1))


def dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def device(path: Path) -> None:
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))


@pytest.mark.parametrize("part", ["", "-wal", "-journal"])
@pytest.mark.parametrize(
    ("make", "kind"),
    [(pipe, "a pipe"), (link, "a link"), (dangling_link, "a link"), (device, "a device")],
)
def test_what_is_no_file_is_neither_opened_nor_changed(tmp_path, make, kind, part):
    path = filled(tmp_path / NAME, 1) if part else tmp_path / NAME
    odd = path.with_name(NAME + part)
    odd.unlink(missing_ok=True)
    try:
        make(odd)
    except PermissionError:
        pytest.skip("only the superuser makes devices")
    mode = odd.lstat().st_mode
    begin = time.monotonic()
    with pytest.raises(FileError, match=rf"{NAME}{part} is {kind}, not a file\. Move it away"):
        Store.open(path)
    assert odd.lstat().st_mode == mode
    assert time.monotonic() - begin < 10, "it waited for somebody to write into the pipe"
    assert not path.with_name("nowhere").exists()


def old_version(file: sqlite3.Connection) -> None:
    file.execute("PRAGMA user_version = -5")


def missing_column(file: sqlite3.Connection) -> None:
    file.execute("DROP TRIGGER events_stay")
    file.execute("ALTER TABLE events DROP COLUMN detail")


def missing_table(file: sqlite3.Connection) -> None:
    file.execute("DROP TABLE events")


@pytest.mark.parametrize("change", [old_version, missing_column, missing_table])
def test_a_file_that_is_not_as_we_write_it_is_moved_aside(tmp_path, change):
    path = filled(tmp_path / NAME, 3)
    with closing(sqlite3.connect(path)) as file:
        change(file)
        file.commit()
    with Store.open(path) as store:
        assert "was damaged; it was moved to" in store.notice
        assert store.append("opened", LESSON) == 1
    assert len(main_files(tmp_path)) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"cannot create the folder .*/file/data .*DLTUTOR_DATA"):
        Store.open(tmp_path / "file" / "data" / NAME)


ANOTHER_USER = """
import os, sys
from pathlib import Path
from engine.errors import FileError
from tutor.progress import Store
if os.geteuid() == 0:
    os.setuid(65534)
try:
    Store.open(Path(sys.argv[1])).close()
except FileError as error:
    print(error)
"""


@pytest.mark.parametrize("there", ["no file", "a file that may only be read"])
def test_a_folder_without_the_right_to_write_is_named(there):
    # Not below tmp_path, which no second user may enter.
    folder = Path("/var/tmp") / f"dltutor-test-{os.getpid()}-{len(there)}"
    folder.mkdir()
    try:
        if there != "no file":
            filled(folder / NAME, 1).chmod(0o444)
        folder.chmod(0o555)
        run = run_python(ANOTHER_USER, str(folder / NAME))
        assert re.search(r"the folder .* is not writable.*Set DLTUTOR_DATA", run.stdout), run.stderr
        assert len(run.stdout.splitlines()) == 1
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_file_that_may_only_be_read_is_named(tmp_path, monkeypatch):
    path = filled(tmp_path / NAME, 1)
    monkeypatch.setattr(os, "access", lambda place, _: Path(place) != path)
    with pytest.raises(FileError, match=r"cannot write .*progress.sqlite3 \(Permission denied\)"):
        Store.open(path)


def test_a_file_locked_by_another_program_is_waited_for_then_named(tmp_path):
    path = filled(tmp_path / NAME, 1)
    other = sqlite3.connect(path, isolation_level=None)
    with closing(other), Store.open(path, timeout=0.05) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FileError, match=r"locked by another program\. Close the other"):
            store.append("opened", LESSON)
        with pytest.raises(FileError, match="locked by another program"):
            Store.open(path, timeout=0.05)
        assert store.last_lesson() == LESSON, "reading goes on"
        other.execute("ROLLBACK")
        assert store.append("opened", LESSON) == 2


def test_a_lock_that_goes_away_in_time_is_not_noticed(tmp_path):
    path = filled(tmp_path / NAME, 1)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys, time\n"
            "file = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "file.execute('BEGIN EXCLUSIVE'); print('held', flush=True)\n"
            "time.sleep(0.3); file.execute('ROLLBACK'); file.close()\n",
            str(path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with Store.open(path, timeout=30) as store:
            assert store.append("opened", LESSON) == 2


def test_a_full_disk_is_named_and_costs_nothing_written_before(tmp_path):
    with Store.open(tmp_path / NAME) as store:
        store.append("opened", LESSON)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(FileError, match="the disk is full"):
            store.append("answer", LESSON, detail={"text": "x" * 50_000})
        assert store.progress(LESSON).opened


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60
    )
