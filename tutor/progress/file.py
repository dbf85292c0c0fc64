"""Open the progress file, whatever its state, or say in one sentence why that is impossible."""

import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from errno import EACCES
from pathlib import Path

from engine.errors import FileError
from tutor.progress.location import ADVICE, filesystem, is_network, prepare_folder
from tutor.progress.schema import DamageError, check_columns, migrate

FILE_NAME = "progress.sqlite3"
_COMPANIONS = ("", "-wal", "-shm", "-journal")
_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def open_file(path: Path, timeout: float) -> tuple[sqlite3.Connection, str]:
    """Open or create the file at `path`, migrated to the newest version.

    A damaged file is moved aside and a new one started: a learner's next lesson matters more than
    a repair, and nothing of the old file is lost.

    Args:
        path: the database file; its folder is created if it is missing.
        timeout: seconds to wait for another program that is writing.

    Returns:
        The connection, and a sentence about the damaged file, empty if there was none.

    Raises:
        FileError: the folder or the file cannot be used; the message says what to do.
    """
    path = path.absolute()
    prepare_folder(path.parent)
    for part in _COMPANIONS:
        _demand_file(path.with_name(path.name + part))
    notice = ""
    for _ in range(3):
        before = identity(path)
        try:
            return _connect(path, timeout), notice
        except DamageError:
            # Another program may have found the same damage and already started the new file.
            with _alone(path):
                if identity(path) == before:
                    aside = _move_aside(path)
                    notice = (
                        f"The progress file was damaged; it was moved to {aside} and a new one "
                        "was started."
                    )
    raise FileError(f"progress: {path} is damaged again after each new start. {ADVICE}")


def explain(error: sqlite3.Error, path: Path) -> FileError:
    """A database error in one sentence: what is wrong, where, what to do."""
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        what, advice = "is locked by another program", "Close the other dltutor, then try again."
    elif code == sqlite3.SQLITE_FULL:
        what, advice = "cannot grow: the disk is full", "Make room, then try again."
    elif is_damage(error):
        what, advice = "is damaged", "Start again: the file is then moved aside."
    else:
        what, advice = f"cannot be used ({error})", ADVICE
    return FileError(f"progress: {path} {what}. {advice}")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the content of the file is to blame."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _connect(path: Path, timeout: float) -> sqlite3.Connection:
    connection = None
    try:
        _create_private(path)
        sound = _inspect(path, timeout)
        connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
        connection.text_factory = _decoded
        if not sound:
            _check(connection)
        _choose_journal(connection, path, timeout)
        migrate(connection)
        check_columns(connection)
    except BaseException as error:
        if connection is not None:
            connection.close()
        raise _meaning(error, path) from error
    return connection


def _inspect(path: Path, timeout: float) -> bool:
    """Whether the file was found to be valid; False if only a writer can tell."""
    # Read-only: a writer that closes merges the log into the file and deletes it, but a damaged
    # file must be moved aside together with its log, unchanged.
    address = f"{path.as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=timeout)) as reader:
            _check(reader)
    except sqlite3.OperationalError as error:
        # An unfinished transaction must be rolled back in the file before it can be read.
        if _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return False
        raise
    return True


def _check(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise DamageError


def _meaning(error: BaseException, path: Path) -> BaseException:
    """The same failure as an error of this module."""
    if isinstance(error, sqlite3.Error):
        return DamageError() if is_damage(error) else explain(error, path)
    if isinstance(error, FileError):
        return FileError(f"progress: {path}: {error}. Update dltutor, or: {ADVICE}")
    if isinstance(error, OSError):
        return FileError(f"progress: cannot write {path} ({error.strerror}). {ADVICE}")
    return error


def _decoded(text: bytes) -> str:
    """Text as it is, each byte that is no UTF-8 replaced by a mark."""
    return text.decode("utf-8", "replace")


def _demand_file(path: Path) -> None:
    """Refuse what is no regular file: a pipe would never open, a link may lead anywhere."""
    with suppress(FileNotFoundError):
        kind = stat.S_IFMT(path.lstat().st_mode)
        if kind != stat.S_IFREG:
            found = _KINDS.get(kind, "something else")
            raise FileError(f"progress: {path} is {found}, not a file. Move it away, or: {ADVICE}")


def _create_private(path: Path) -> None:
    """Create the file, readable by its owner only, before anything is written to it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
    except FileExistsError:
        # Only then is it opened: closing it releases the locks that another connection of this
        # process holds on it.
        if stat.S_IMODE(path.lstat().st_mode) != 0o600:
            _make_private(path)
    # SQLite would open such a file for reading and fail only at the first event.
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))


def _make_private(path: Path) -> None:
    """Close the file to others, and nothing else that has taken its place meanwhile."""
    with suppress(PermissionError):
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(opened).st_mode):
                os.fchmod(opened, 0o600)
        finally:
            os.close(opened)


def _choose_journal(connection: sqlite3.Connection, path: Path, timeout: float) -> None:
    """Use a write-ahead log on a local disk, else the older rollback journal.

    The log needs memory shared by all programs that use the file, which a network disk lacks.
    """
    wanted = "delete" if is_network(filesystem(path)) else "wal"
    # With the log, a commit is one write() to the operating system, which survives a killed
    # program. NORMAL only skips the wait for the disk, so a power cut may cost the last seconds but
    # never the file, since torn log entries fail their checksum. The rollback journal has no such
    # protection against a power cut and waits each time.
    got = _switch_journal(connection, wanted, timeout)
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if got == 'wal' else 'FULL'}")


def _switch_journal(connection: sqlite3.Connection, wanted: str, timeout: float) -> str:
    """Request a journal mode until it is granted, finally denied, or the time is over."""
    deadline = time.monotonic() + timeout
    while True:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode == wanted:
            return str(mode)
        try:
            (mode,) = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
            return str(mode)
        except sqlite3.OperationalError as error:
            # The switch ignores the connection's timeout when two programs start at once.
            if _code(error) != sqlite3.SQLITE_BUSY:
                return str(mode)
            if time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """A lock: no other program checks the file's identity or moves it at the same time."""
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _move_aside(path: Path) -> Path:
    """Rename the file and its companions to an unused name."""
    stem = f"{path.name}.corrupt-{datetime.now():%Y%m%d-%H%M%S}"
    count = 1
    aside = path.with_name(stem)
    while any(aside.with_name(aside.name + part).exists() for part in _COMPANIONS):
        count += 1
        aside = path.with_name(f"{stem}-{count}")
    try:
        for part in _COMPANIONS:
            with suppress(FileNotFoundError):
                path.with_name(path.name + part).rename(aside.with_name(aside.name + part))
    except OSError as error:
        raise FileError(
            f"progress: {path} is damaged and cannot be moved aside ({error.strerror}). {ADVICE}"
        ) from error
    return aside


def identity(path: Path) -> int | None:
    """Which file is there; None if none is."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _code(error: sqlite3.Error) -> int:
    """The primary result code; an error raised by Python itself has none and counts as MISUSE."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
