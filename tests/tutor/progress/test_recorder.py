"""A recorder is the journal of one lesson."""

from tutor.progress.journal import Journal
from tutor.progress.recorder import Recorder


def test_the_newest_right_answer_counts_by_any_name_of_its_question():
    with Journal.in_memory() as journal:
        recorder = Recorder(journal, "networks/playground", print)
        for item, right, said in [("a", True, "one"), ("b", True, "two"), ("a", False, "three")]:
            recorder.append("answer", item=item, correct=right, detail={"answer": said})
        assert recorder.answers == 3
        assert recorder.right_answer({"a"}) == "one"
        assert recorder.right_answer({"a", "b"}) == "two"
        assert recorder.right_answer({"c"}) == ""


def test_each_entry_is_announced_and_only_its_lesson_is_told_of_it():
    announced = []
    with Journal.in_memory() as journal:
        recorder = Recorder(journal, "a/one", lambda: announced.append(journal.waiting))
        recorder.open(steps=7, checks=2)
        recorder.go_to(4)
        assert (recorder.progress.step, recorder.progress.steps) == (4, 7)
        assert not Recorder(journal, "a/two", print).progress.opened
    assert announced == [0, 0]
