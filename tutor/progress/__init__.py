"""What a learner has done, kept on disk."""

from tutor.progress.events import KINDS, Detail, Event, Kind, LessonProgress
from tutor.progress.place import DATA_VARIABLE, data_folder
from tutor.progress.store import Store

__all__ = [
    "DATA_VARIABLE",
    "KINDS",
    "Detail",
    "Event",
    "Kind",
    "LessonProgress",
    "Store",
    "data_folder",
]
