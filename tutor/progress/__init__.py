"""The learner's progress, stored on disk."""

from tutor.progress.events import KINDS, Event, EventDetail, EventKind, LessonProgress
from tutor.progress.journal import Journal
from tutor.progress.location import DATA_VARIABLE, data_folder
from tutor.progress.store import Store

__all__ = [
    "DATA_VARIABLE",
    "KINDS",
    "Event",
    "EventDetail",
    "EventKind",
    "Journal",
    "LessonProgress",
    "Store",
    "data_folder",
]
