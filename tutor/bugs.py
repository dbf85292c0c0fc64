"""Bugs: a mistake of ours is kept in a file, whole, and told in one sentence."""

import traceback
from datetime import datetime
from pathlib import Path

from engine.errors import DltutorError
from tutor.progress.place import data_folder

LOG = "bugs.log"


def keep(error: BaseException) -> Path | None:
    """Append the traceback to the log in the data folder; None where that cannot be written."""
    path = data_folder() / LOG
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n")
            log.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


def sentence(path: Path | None) -> str:
    """What to tell the learner.

    >>> sentence(Path("bugs.log"))
    'This is a bug in dltutor, sorry. What happened is kept in bugs.log.'
    """
    where = f"What happened is kept in {path}." if path else "It could not be written down."
    return f"This is a bug in dltutor, sorry. {where}"


def in_words(error: Exception) -> str:
    """What to tell the learner of an error in a lesson; one that is a bug is kept.

    >>> in_words(DltutorError("lr: expected a number."))
    'lr: expected a number.'
    """
    return str(error) if isinstance(error, DltutorError) else sentence(keep(error))
