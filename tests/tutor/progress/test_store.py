"""What was written is found again, and everything else follows from it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import DltutorError, DomainError, FileError, UnknownNameError
from tests.tutor.progress.entries import opened, turned_to
from tutor.progress import KINDS, LessonProgress, Store

LESSON = "optimization/momentum"


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    made = Store.open(tmp_path / "p.sqlite3") if request.param == "file" else Store.in_memory()
    with made:
        yield made


def test_an_empty_store_knows_nothing(store):
    assert store.progress(LESSON) == LessonProgress()
    assert store.all_progress() == {}
    assert store.last_lesson() is None
    assert store.answers(LESSON) == ()
    assert store.notice == ""


def test_a_lesson_is_followed_from_opening_to_done(store):
    before = datetime.now(UTC)
    opened(store, LESSON, steps=7, checks=2)
    turned_to(store, LESSON, 2)
    turned_to(store, LESSON, 5)
    store.append("answer", LESSON, item="memory", correct=False, detail={"text": "9"})
    store.append("hint", LESSON, item="memory")
    store.append("answer", LESSON, item="memory", correct=True, detail={"text": "10"})
    store.append("passed", LESSON, item="goal")
    found = store.progress(LESSON)
    assert (found.opened, found.step, found.steps, found.checks) == (True, 5, 7, 2)
    assert found.passed == {"memory", "goal"}
    assert not found.done
    assert found.last_at is not None
    assert timedelta(seconds=-0.001) <= found.last_at - before < timedelta(minutes=1)
    store.append("done", LESSON)
    assert store.progress(LESSON).done


def test_a_wrong_answer_passes_nothing_and_a_later_one_takes_nothing_away(store):
    store.append("answer", LESSON, item="q", correct=False)
    assert store.progress(LESSON).passed == frozenset()
    store.append("answer", LESSON, item="q", correct=True)
    store.append("answer", LESSON, item="q", correct=False)
    assert store.progress(LESSON).passed == {"q"}


def test_going_back_is_remembered_and_opening_again_keeps_the_place(store):
    opened(store, LESSON, steps=7, checks=2)
    turned_to(store, LESSON, 6)
    turned_to(store, LESSON, 1)
    store.append("done", LESSON)
    opened(store, LESSON, steps=8, checks=3)
    found = store.progress(LESSON)
    assert (found.step, found.steps, found.checks, found.done) == (1, 8, 3, True)


def test_lessons_do_not_mix_and_the_last_touched_is_gone_on_with(store):
    opened(store, "a/one", steps=3, checks=1)
    store.append("passed", "a/one", item="q")
    opened(store, "a/two", steps=4, checks=2)
    assert store.last_lesson() == "a/two"
    store.append("knob", "a/one", item="lr", detail={"value": 0.1})
    assert store.last_lesson() == "a/one"
    every = store.all_progress()
    assert set(every) == {"a/one", "a/two"}
    assert every["a/one"] == store.progress("a/one")
    assert every["a/two"].passed == frozenset()
    assert every["a/two"].steps == 4


def test_answers_come_back_in_order_with_all_their_facts(store):
    first = store.append("answer", LESSON, item="q", correct=False, detail={"text": "π·'; --"})
    store.append("hint", LESSON, item="q")
    store.append("answer", "another/lesson", item="q", correct=True)
    store.append("answer", LESSON, item="r", detail={"value": float("nan"), "tries": 3})
    answers = store.answers(LESSON)
    assert [(one.item, one.correct) for one in answers] == [("q", False), ("r", None)]
    assert answers[0].id == first < answers[1].id
    assert answers[0].detail == {"text": "π·'; --"}
    assert answers[1].detail == {"value": "nan", "tries": 3}
    assert answers[0].at.tzinfo is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written(store, kind):
    assert store.append(kind, LESSON) == 1
    assert store.last_lesson() == LESSON


def test_a_kind_not_in_the_list_is_named(store):
    with pytest.raises(UnknownNameError, match="No event is called 'answr'"):
        store.append("answr", LESSON)
    with pytest.raises(DomainError, match="lesson must be the name of a lesson"):
        store.append("opened", "")
    assert store.all_progress() == {}


def test_half_characters_from_a_terminal_do_no_harm(store):
    store.append("answer", LESSON, item="\udcff", detail={"text": "\udcff"})
    assert store.answers(LESSON)[0].item == "?"


def test_learners_share_a_file_and_see_only_their_own(tmp_path):
    path = tmp_path / "p.sqlite3"
    with Store.open(path, learner="ada") as ada, Store.open(path, learner="bob") as bob:
        ada.append("passed", LESSON, item="q")
        bob.append("opened", "other/lesson")
        assert ada.progress(LESSON).passed == {"q"}
        assert bob.progress(LESSON) == LessonProgress()
        assert ada.last_lesson() == LESSON
        assert set(bob.all_progress()) == {"other/lesson"}


def test_everything_is_there_after_closing(tmp_path):
    path = tmp_path / "new" / "p.sqlite3"
    with Store.open(path) as store:
        opened(store, LESSON, steps=7, checks=2)
        store.append("passed", LESSON, item="q")
        kept = store.all_progress()
    with Store.open(path) as store:
        assert store.all_progress() == kept
        assert store.append("done", LESSON) == 3


def test_the_default_place_is_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "mine"))
    with Store.open() as store:
        assert store.path == tmp_path / "mine" / "progress.sqlite3"
        assert store.path.is_file()


def test_a_closed_store_says_so_in_one_sentence(store):
    store.close()
    store.close()
    with pytest.raises(FileError, match="closed"):
        store.append("opened", LESSON)
    with pytest.raises(DltutorError):
        store.last_lesson()


def test_importing_progress_loads_no_numbers_and_no_screen():
    code = (
        "import sys, tutor.progress; "
        "print([name for name in ('numpy', 'textual', 'rich', 'asyncio') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
