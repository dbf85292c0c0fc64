"""Home: the map of lessons, their progress, a preview, and the ways into a lesson."""

import subprocess
import sys

import pytest
from textual.events import MouseScrollDown
from textual.widgets import Input

from lessons.kit.front_matter import FrontMatter
from tests.conftest import LAB
from tests.tutor.driving import SIZES, click, press, settled, shown, until
from tests.tutor.hosting import hosted
from tests.tutor.progress.entries import opened, turned_to
from tutor.app import TutorApp
from tutor.bugs import LOG
from tutor.pictures.lesson_map import count_passed
from tutor.progress.events import LessonProgress
from tutor.progress.journal import Journal
from tutor.screens.home import HomeScreen
from tutor.screens.lesson import LessonScreen
from tutor.widgets.lesson_map import LessonMap
from tutor.widgets.preview import Preview

STUB, SMALL = "stubs/stub", "stubs/small"


@pytest.fixture(autouse=True)
def lessons(few_lessons):
    return few_lessons


@pytest.fixture
def journal():
    with Journal.in_memory() as journal:
        yield journal


def home(journal, size=(120, 40)):
    return hosted(TutorApp(journal), size)


def lit(pilot):
    return pilot.app.screen.query_one(LessonMap).entry.path


def preview(pilot):
    return pilot.app.screen_stack[0].query_one(Preview)


def test_the_first_screen_does_not_wait_for_numpy():
    code = "import sys, tutor.app; assert 'textual' in sys.modules; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("False\n", "")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_lesson_is_on_the_map_and_its_preview_beside_it(journal, size):
    async with home(journal, size) as pilot:
        text = shown(pilot)
        for title in ("Stub", "Small", "Broken"):
            assert f"○ {title}" in text
        assert "a small lesson for tests" in text
        assert "10 minutes · new" in text
        assert "● 0 of 3 done" in text
        await until(pilot, lambda: preview(pilot).controller)
        await settled(pilot)
        assert "─ Sum ─" in shown(pilot)


async def test_a_lesson_is_chosen_by_key_and_opened_with_enter(journal):
    async with home(journal) as pilot:
        paths = [lit(pilot)]
        for key in ("up", "down", "end", "down", "home", "down"):
            await press(pilot, key)
            paths.append(lit(pilot))
        last = "stubs/broken"
        assert paths == [STUB, STUB, SMALL, last, last, STUB, SMALL]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.screen.entry.path == SMALL


async def test_a_click_lights_a_lesson_up_and_a_second_one_opens_it(journal):
    async with home(journal) as pilot:
        await click(pilot, "○ Small", 3)
        assert lit(pilot) == SMALL
        assert isinstance(pilot.app.screen, HomeScreen)
        await click(pilot, "○ Small", 30)
        assert pilot.app.screen.entry.path == SMALL


async def test_a_lesson_is_left_before_it_stands(journal):
    async with home(journal) as pilot:
        pilot.app.action_open(STUB)
        pilot.app.action_home()
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)
        pilot.app.action_open(SMALL)
        pilot.app.action_open(STUB)
        await settled(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.screen.entry.path == STUB
        assert len(pilot.app.screen_stack) == 2


async def test_a_click_on_a_subject_or_below_the_map_does_nothing(journal):
    async with home(journal) as pilot:
        await click(pilot, "Stubs")
        await pilot.click(LessonMap, offset=(5, 20))
        await settled(pilot)
        assert lit(pilot) == STUB
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_the_wheel_walks_through_the_list(journal):
    async with home(journal) as pilot:
        await pilot._post_mouse_events([MouseScrollDown], LessonMap, button=0)
        await settled(pilot)
        assert lit(pilot) == SMALL


PLAYED = """\
    from lessons.kit.experiment import Chart, ProcessExperiment


    class Count(ProcessExperiment):
        state_names = ("n",)
        charts = {"n": Chart("Counted", ("n",))}

        def begin(self):
            self.n = 0.0

        def step(self):
            self.n += 1

        def metrics(self):
            return {"n": self.n}
    """


async def test_a_process_plays_what_its_first_page_stages_and_comes_to_rest(
    journal, lessons, monkeypatch
):
    pages = '+++\ntitle = "Count"\nabout = "one by one"\norder = 1\nminutes = 1\n+++\n\n'
    pages += "# Page\n\nText.\n\n``` stage\nCount: n\nspeed: 250\n```\n"
    lessons("count", pages, PLAYED)
    monkeypatch.setattr("tutor.widgets.preview.PREVIEW_SECONDS", 0.6)
    async with home(journal) as pilot:
        shows = preview(pilot)
        await until(pilot, lambda: shows.controller and shows.controller.run.steps > 25)
        assert "─ Counted ─" in shown(pilot)
        await until(pilot, lambda: shows._timer is None)
        assert shows.controller.run.steps == 150
        await press(pilot, "down")
        assert shows.controller is None
        await until(pilot, lambda: shows.controller)
        assert shows.controller.run.experiment.title() == "arrows"
        assert shows._timer is None


async def test_nothing_is_loaded_or_plays_below_a_lesson(journal):
    async with home(journal) as pilot:
        shows = preview(pilot)
        await press(pilot, "down", "enter")
        assert (shows._timer, shows.controller) == (None, None)
        shows._start(lit_entry := pilot.app.screen.entry)
        assert lit_entry.path == SMALL
        assert shows.controller is None


async def test_progress_is_shown_when_the_learner_comes_back(journal):
    async with home(journal) as pilot:
        assert "continue:" not in shown(pilot)
        await press(pilot, "enter", "a", "1", "n", "escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert "◐ Stub" in shown(pilot)
        assert "1/5" in shown(pilot)
        assert "page 2 of 7, 1 of 5 questions" in shown(pilot)
        assert "continue: Stub" in shown(pilot)


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_continue_opens_the_last_lesson_at_its_page(journal, way):
    opened(journal, STUB, steps=7, checks=5)
    turned_to(journal, STUB, 3)
    async with home(journal) as pilot:
        await press(pilot, "end")
        await (press(pilot, "c") if way == "key" else click(pilot, "continue: Stub", 3))
        assert pilot.app.screen.entry.path == STUB
        assert pilot.app.screen.at == 3


async def test_continue_means_begin_for_who_is_new_or_whose_lesson_is_gone(journal):
    async with home(journal) as pilot:
        await press(pilot, "c")
        assert pilot.app.screen.entry.path == STUB
    opened(journal, "gone/away", steps=3, checks=1)
    async with home(journal) as pilot:
        await press(pilot, "c")
        assert pilot.app.screen.entry.path == STUB


async def test_done_lessons_are_counted(journal):
    opened(journal, STUB, steps=7, checks=5)
    journal.append("done", STUB)
    async with home(journal) as pilot:
        assert "● Stub" in shown(pilot)
        assert "● 1 of 3 done" in shown(pilot)


async def test_continue_offers_the_next_lesson_that_is_not_done(journal, lessons):
    lessons("later", order=40)
    opened(journal, "stubs/small", steps=1, checks=0)
    journal.append("done", "stubs/small")
    opened(journal, STUB, steps=7, checks=5)
    journal.append("done", STUB)
    async with home(journal) as pilot:
        assert lit(pilot) == STUB
        assert "continue: Broken" in shown(pilot)
    journal.append("done", "stubs/broken")
    journal.append("done", "stubs/later")
    async with home(journal) as pilot:
        assert "continue:" not in shown(pilot)


@pytest.mark.parametrize(("width", "tagline"), [(50, False), (80, False), (120, True)])
async def test_the_title_bar_keeps_what_counts_where_it_is_narrow(journal, lessons, width, tagline):
    lessons("a_lesson_with_a_long_name", order=1)
    opened(journal, "stubs/a_lesson_with_a_long_name", steps=7, checks=5)
    async with home(journal, (width, 24)) as pilot:
        title = shown(pilot).splitlines()[0]
        assert title.endswith("  ● 0 of 4 done ")
        assert ("deep learning" in title) == tagline
        assert ("  continue: A_Lesson_With_A_Long_Name" in title) == (width >= 80)


async def test_the_last_page_leads_to_the_next_lesson_and_home_stands_there(journal, monkeypatch):
    monkeypatch.setattr("tutor.screens.lesson.REPEAT_SECONDS", 0.0)
    opened(journal, STUB, steps=7, checks=5)
    turned_to(journal, STUB, 6)
    async with home(journal) as pilot:
        await press(pilot, "enter", "n")
        assert pilot.app.screen.entry.path == STUB
        (note,) = pilot.app._notifications
        assert note.message == "This was the last page. n again: next lesson, Small; esc: home"
        await click(pilot, " ›  ✓", 1)
        assert pilot.app.screen.entry.path == SMALL
        await press(pilot, "escape")
        assert lit(pilot) == SMALL
        await press(pilot, "end", "enter")


async def test_a_key_that_is_held_stays_in_its_lesson(journal, monkeypatch):
    monkeypatch.setattr("tutor.screens.lesson.REPEAT_SECONDS", 60.0)
    async with home(journal) as pilot:
        await press(pilot, "enter", *["n"] * 12)
        assert pilot.app.screen.entry.path == STUB


def test_a_question_that_was_renamed_counts_once():
    front = FrontMatter("t", "a", 1, renamed={"old": "new"})
    done = LessonProgress(passed=frozenset({"old", "new", "other"}), checks=3)
    assert count_passed(front, done) == 2
    assert count_passed(front, LessonProgress(passed=done.passed, checks=1)) == 1


async def test_search_narrows_the_map_and_escape_widens_it(journal):
    async with home(journal) as pilot:
        await press(pilot, "slash", *"sma")
        assert "○ Small" in shown(pilot)
        assert "○ Broken" not in shown(pilot)
        await press(pilot, "enter", "end", "enter")
        assert pilot.app.screen.entry.path == SMALL
        await press(pilot, "escape", "slash", *"zzz")
        assert "No lesson matches." in shown(pilot)
        await press(pilot, "enter", "enter", "down", "up", "end")
        assert isinstance(pilot.app.screen, HomeScreen)
        await press(pilot, "escape")
        assert "○ Broken" in shown(pilot)
        assert not pilot.app.screen.query_one(Input).display


async def test_a_broken_lesson_says_why_in_its_preview_and_when_it_is_opened(journal, lessons):
    lessons("bare", "# No head\n")
    says = "stubs/broken cannot be opened: ZeroDivisionError: division by zero"
    async with home(journal) as pilot:
        await press(pilot, "end")
        assert "! bare" in shown(pilot)
        assert "pages.md:1: expected +++" in " ".join(shown(pilot).replace("│", "").split())
        await press(pilot, "up")
        await until(pilot, lambda: "cannot be opened" in shown(pilot))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert [note.message for note in pilot.app._notifications] == [says]
        await press(pilot, "home", "enter")
        assert isinstance(pilot.app.screen, LessonScreen)


FAULTS = {
    "begin": ("@view", "def begin(self):\n            1 / 0\n\n        @view"),
    "view": ("return Plane", "1 / 0\n            return Plane"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_bug_in_a_lesson_is_kept_and_the_program_goes_on(
    journal, lessons, data_folder, fault
):
    lessons("faulty", lab=LAB.replace(*FAULTS[fault]), order=99)
    async with home(journal) as pilot:
        await press(pilot, "end")
        await until(pilot, lambda: "This is a bug in dltutor" in shown(pilot))
        assert "ZeroDivisionError" in (data_folder / LOG).read_text()
        await press(pilot, "home", "enter")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_a_lesson_is_found_in_the_command_palette(journal):
    async with home(journal) as pilot:
        await press(pilot, "ctrl+p", *"lesson small")
        await until(pilot, lambda: "Lesson: Small" in shown(pilot))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        assert pilot.app.screen.entry.path == SMALL


async def test_what_the_store_has_to_say_is_said_once(data_folder):
    data_folder.joinpath("progress.sqlite3").write_bytes(b"no database" * 99)
    for expected in (["was damaged; it was moved to"], []):
        with Journal.open() as journal:
            async with home(journal) as pilot:
                notes = [note.message for note in pilot.app._notifications]
                assert len(notes) == len(expected)
                assert all(part in note for part, note in zip(expected, notes, strict=True))
