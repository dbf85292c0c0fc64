"""A recorder whose store fails: the lesson goes on, and the learner is told."""

from tutor.progress.events import LessonProgress
from tutor.progress.recorder import Recorder
from tutor.progress.store import Store


def test_progress_that_cannot_be_read_is_said_and_taken_for_new():
    sentences = []
    store = Store.in_memory()
    recorder = Recorder(store, "networks/playground", sentences.append)
    recorder.append("answer", item="fence", correct=True)
    assert recorder.progress.passed == {"fence"}
    store.close()
    assert recorder.progress == LessonProgress()
    assert recorder.answers == 0
    assert len(sentences) == 2
    assert all(sentence.startswith("progress: ") for sentence in sentences)
