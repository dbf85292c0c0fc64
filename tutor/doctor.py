"""What in the environment would keep the tutor from working, and what to do about it.

Imports neither NumPy nor Textual: it must run even if those are missing or broken.
"""

import locale
import operator
import os
import platform
import re
import sqlite3
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from engine.errors import FileError, printable, shortened
from tutor.progress.file import FILE_NAME, explain
from tutor.progress.location import ADVICE, DATA_VARIABLE, data_folder, filesystem, is_network

MIN_SIZE = (80, 24)
"""Columns and rows for which every screen is designed."""

SAMPLE_GLYPHS = "●▀⣿η"
"""One character of each kind used on the screens: a mark, a half block, braille, a letter."""

LIBRARIES = ("numpy", "textual", "rich", "plotext", "markdown-it-py", "mdit-py-plugins")
_DAMAGED = "The next start of dltutor moves the file aside and begins a new one."
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, what was found, whether that is fine, and what to do if not."""

    name: str
    value: str
    ok: bool
    advice: str = ""


def report() -> list[Finding]:
    """Run all checks; they leave everything as it was."""
    return [
        _terminal(),
        _colors(),
        _unicode(),
        *_data(),
        *_versions(),
        _threads(),
    ]


def render(findings: list[Finding]) -> str:
    """The findings as aligned plain text, one per line, with the advice below its finding.

    >>> print(render([Finding("terminal", "60 × 20", False, "Make the window larger.")]))
    ✗ not ok  terminal  60 × 20
                        Make the window larger.
    """
    width = max((len(finding.name) for finding in findings), default=0)
    lines = []
    for finding in findings:
        verdict = "✓ ok    " if finding.ok else "✗ not ok"
        lines.append(f"{verdict}  {finding.name:<{width}}  {_on_a_line(finding.value)}")
        if finding.advice:
            lines.append(" " * (len(verdict) + width + 4) + _on_a_line(finding.advice))
    return "\n".join(lines)


def _on_a_line(text: str) -> str:
    """The text, which may come from the environment, fit for a line of the report."""
    return shortened(printable(" ".join(text.split())))


def _terminal() -> Finding:
    fixed = [name for name in ("COLUMNS", "LINES") if os.environ.get(name)]
    if fixed:
        value = ", ".join(f"{name}={os.environ[name]}" for name in fixed)
        advice = f"Unset {' and '.join(fixed)}: the screen cannot follow the window's size."
        return Finding("terminal", f"fixed by {value}", False, advice)
    size = _size()
    if size is None:
        return Finding("terminal", "none", False, "Run dltutor in a terminal, not through a pipe.")
    columns, rows = size
    ok = columns >= MIN_SIZE[0] and rows >= MIN_SIZE[1]
    advice = "" if ok else f"Make the window at least {MIN_SIZE[0]} × {MIN_SIZE[1]}."
    return Finding("terminal", f"{columns} × {rows}", ok, advice)


def _size() -> tuple[int, int] | None:
    """Columns and rows of the terminal, even when one of the three streams is a file."""
    for stream in range(3):
        try:
            return os.get_terminal_size(stream)
        except OSError:
            continue
    return None


def _colors() -> Finding:
    term, depth = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "").lower()
    if term in ("", "dumb"):
        advice = "Set TERM to your terminal's name, often xterm-256color."
        return Finding("colors", f"TERM={term or 'unset'}", False, advice)
    if os.environ.get("NO_COLOR"):
        return Finding("colors", "none (NO_COLOR is set); shades become characters", True)
    if depth in ("truecolor", "24bit"):
        return Finding("colors", "16 million", True)
    more = "If the terminal can do more: export COLORTERM=truecolor"
    return Finding("colors", f"{256 if '256' in term else 16} (TERM={term})", True, more)


def _unicode() -> Finding:
    encoding = getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)
    try:
        SAMPLE_GLYPHS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        advice = "Set LANG to a UTF-8 locale, such as C.UTF-8, or PYTHONUTF8 to 1."
        return Finding("unicode", f"{encoding} lacks some of the characters used", False, advice)
    return Finding("unicode", encoding, True)


def _data() -> list[Finding]:
    try:
        folder = data_folder()
    except FileError as error:
        return [Finding("data folder", f"{DATA_VARIABLE}={os.environ[DATA_VARIABLE]}", False,
                        str(error))]  # fmt: skip
    return [_folder(folder), _journal(folder / FILE_NAME), _disk(folder)]


def _folder(folder: Path) -> Finding:
    # To create the folder, its nearest existing parent must be writable.
    there = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    if not there.is_dir():
        return Finding("data folder", f"{folder}: {there} is not a folder", False, ADVICE)
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding("data folder", f"{folder}: is not writable", False, ADVICE)
    if why := _obstacle(folder):
        return Finding("data folder", f"{folder}: cannot be used ({why})", False, ADVICE)
    return Finding(
        "data folder", f"{folder}{'' if there == folder else ' (not created yet)'}", True
    )


def _obstacle(folder: Path) -> str:
    """Why no file can be written there, or nothing: found by trying, since permissions do not tell.

    What was made for the trial is taken away again.
    """
    from tempfile import TemporaryFile

    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)
    finally:
        for place in missing:
            with suppress(OSError):
                place.rmdir()


def _journal(path: Path) -> Finding:
    """How the progress file is written; it is opened only if it exists, and never created."""
    if not os.path.lexists(path):
        return Finding("progress", "no file yet", True)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as file:
            (state,) = file.execute("PRAGMA quick_check(1)").fetchone()
            (mode,) = file.execute("PRAGMA journal_mode").fetchone()
            if state != "ok":
                return Finding("progress", f"{path.name}: {state}", False, _DAMAGED)
    except sqlite3.Error as error:
        return Finding("progress", f"{path.name}: {error}", False, str(explain(error, path)))
    return Finding("progress", f"{path.name}, journal mode {mode}", True)


def _disk(folder: Path) -> Finding:
    kind = filesystem(folder)
    if is_network(kind):
        advice = "Progress is written more slowly there; DLTUTOR_DATA may name a local folder."
        return Finding("disk", f"{kind}, shared over a network", True, advice)
    return Finding("disk", kind or "of an unknown type", True)


def _versions() -> list[Finding]:
    name, needs = "dltutor", {}
    try:
        about = metadata.metadata(name)
        needs = {_name(line): line for line in metadata.requires(name) or [] if "extra" not in line}
        own = Finding(name, about["Version"], True)
        wanted_python = about["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        advice = "Install it, so that versions can be compared: pip install -e ."
        own, wanted_python = Finding(name, "runs from its folder, not installed", True, advice), ""
    return [
        own,
        _version("python", platform.python_version(), wanted_python),
        *(_library(library, needs.get(library, "")) for library in LIBRARIES),
    ]


def _library(name: str, requirement: str) -> Finding:
    wanted = requirement.split(";")[0][len(name) :].strip(" ()")
    try:
        return _version(name, metadata.version(name), wanted)
    except metadata.PackageNotFoundError:
        return Finding(name, "missing", False, f"Install it: pip install '{name}{wanted}'")


def _version(name: str, version: str, wanted: str) -> Finding:
    if _within(version, wanted):
        return Finding(name, version, True)
    advice = f"{name} must be {wanted}."
    if name != "python":
        advice += f" Fix it: pip install '{name}{wanted}'"
    return Finding(name, version, False, advice)


def _within(version: str, wanted: str) -> bool:
    """Whether a version satisfies bounds such as ">=8.2,<9"; without bounds every version does."""
    bounds = re.findall(r"(>=|<=|==|!=|>|<)\s*([\d.]+)", wanted)
    return all(_COMPARE[sign](_numbers(version), _numbers(bound)) for sign, bound in bounds)


def _numbers(version: str) -> tuple[int, ...]:
    """The first three numbers of a version, so that 6 and 6.0.0 are equal."""
    release = re.match(r"[\d.]*", version)
    found = [int(part) for part in re.findall(r"\d+", release[0] if release else "")]
    return tuple((*found, 0, 0, 0)[:3])


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0].lower() if found else ""


def _threads() -> Finding:
    said = {name: os.environ[name] for name in _THREADS if os.environ.get(name)}
    if any(value != "1" for value in said.values()):
        value = ", ".join(f"{name}={value}" for name, value in said.items())
        advice = "Small matrices are slower on several threads: set it to 1."
        return Finding("threads", value, False, advice)
    if not said:
        advice = "Small matrices are slower on several threads: export OMP_NUM_THREADS=1"
        return Finding(
            "threads", f"as many as cores ({os.cpu_count()})", os.cpu_count() == 1, advice
        )
    return Finding("threads", "1", True)
