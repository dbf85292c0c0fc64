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
    assert recorder.right_answer({"fence"}) == ""
    store.close()
    assert recorder.progress == LessonProgress()
    assert recorder.answers == 0
    assert recorder.right_answer({"fence"}) == ""
    assert len(sentences) == 3
    assert all(sentence.startswith("progress: ") for sentence in sentences)


def test_the_newest_right_answer_counts_by_any_name_of_its_question():
    with Store.in_memory() as store:
        recorder = Recorder(store, "networks/playground", print)
        for item, right, said in [("a", True, "one"), ("b", True, "two"), ("a", False, "three")]:
            recorder.append("answer", item=item, correct=right, detail={"answer": said})
        assert recorder.right_answer({"a"}) == "one"
        assert recorder.right_answer({"a", "b"}) == "two"
        assert recorder.right_answer({"c"}) == ""
