"""Bugs: log the traceback of our own errors to a file and tell the learner in one sentence."""

import traceback
from datetime import datetime
from pathlib import Path

from engine.errors import DltutorError
from tutor.progress.location import data_folder

LOG = "bugs.log"


def log_error(error: BaseException) -> Path | None:
    """Append the traceback to the log in the data folder; None if it cannot be written."""
    try:
        path = data_folder() / LOG
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n")
            log.writelines(traceback.format_exception(error))
    except (OSError, DltutorError):
        return None
    return path


def bug_message(path: Path | None) -> str:
    """What to tell the learner.

    >>> bug_message(Path("bugs.log"))
    'This is a bug in dltutor, sorry. The details are in bugs.log.'
    """
    where = f"The details are in {path}." if path else "The details could not be saved."
    return f"This is a bug in dltutor, sorry. {where}"


def error_message(error: Exception) -> str:
    """What to tell the learner about an error in a lesson; a bug is also logged.

    >>> error_message(DltutorError("lr: expected a number."))
    'lr: expected a number.'
    """
    return str(error) if isinstance(error, DltutorError) else bug_message(log_error(error))
