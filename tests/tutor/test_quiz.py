"""Questions on the screen: answered by key, by digit, by mouse and by typing."""

from dataclasses import replace

import pytest
from textual.app import App
from textual.widgets import Input

from lessons.kit.checks import Verdict
from tests.tutor import stub
from tests.tutor.driving import click, press, settled, shown
from tests.tutor.hosting import hosted
from tutor.pictures.cells import DARK, plain
from tutor.pictures.question import part_row, question_lines
from tutor.progress.journal import Journal
from tutor.progress.recorder import Recorder
from tutor.quiz_session import QuizSession
from tutor.widgets.quiz import Quiz
from tutor.widgets.reader import PageText, Reader

LESSON = stub.lesson()


class Room(App):
    """A reader and nothing else; questions are asked and graded as a lesson's screen does it."""

    AUTO_FOCUS = None

    def __init__(self, name=""):
        super().__init__()
        self.journal = Journal.in_memory()
        self.session = QuizSession(LESSON, Recorder(self.journal, LESSON.path, lambda: None))
        self.question = LESSON.questions.get(name)
        self.answers, self.hints = [], []

    def compose(self):
        yield Reader()

    def on_mount(self):
        self.call_after_refresh(self.ask)

    def ask(self):
        page = next((p for p in LESSON.pages if LESSON.question(p) is self.question), None)
        if page:
            self.query_one(PageText).show(page.title, page.text)
        self.query_one(Quiz).ask(self.session.ask(self.question, "update"))

    def on_quiz_answered(self, message):
        self.answers.append(message.answer)
        verdict = self.session.answer(message.question, message.answer)
        self.query_one(Quiz).show_verdict(verdict, "" if verdict else "Noted.")

    def on_quiz_hint_opened(self, message):
        self.hints.append(message.number)


@pytest.mark.parametrize("keys", [["enter"], ["1"], ["down", "up", "enter"], ["up", "down", "1"]])
async def test_a_choice_is_answered_by_key(keys):
    app = Room("small")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        await press(pilot, *keys)
        assert "(•) 1  a + b" in shown(pilot)
        assert "✓ Both point the same way, roughly." in shown(pilot)
        assert "✓ Choose  Which is longer?" in shown(pilot)
        assert app.answers == [0]
        assert app.focused is None


async def test_a_choice_is_answered_by_mouse_and_says_why_it_is_wrong():
    app = Room("small")
    async with hosted(app) as pilot:
        await click(pilot, "( ) 2", 7)
        assert "✗ It is only a part of the sum" in shown(pilot)
        await click(pilot, "( ) 1", 1)
        assert "✓ Both point" in shown(pilot)
        await click(pilot, "( ) 3", 1)
        assert app.answers == [1, 0]


async def test_the_option_under_the_cursor_is_lit_while_keys_go_there():
    app = Room("small")
    async with hosted(app) as pilot:
        assert "▸ ( )" not in shown(pilot)
        app.query_one(Quiz).enter()
        await settled(pilot)
        assert "▸ ( ) 1" in shown(pilot)
        await press(pilot, "up")
        assert "▸ ( ) 3" in shown(pilot)
        await press(pilot, "escape")
        assert "▸ ( )" not in shown(pilot)
        assert app.focused is None


async def test_digits_beyond_the_options_and_keys_after_the_answer_do_nothing():
    app = Room("small")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        await press(pilot, "4", "9", "0")
        assert app.answers == []
        await press(pilot, "1", "2", "enter")
        app.query_one(Quiz).enter()
        await press(pilot, "2")
        assert app.answers == [0]


async def test_a_number_is_typed_wrongly_then_over_it_rightly():
    app = Room("twice")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        await press(pilot, *"90", "enter")
        assert "✗ 90 is too large." in shown(pilot)
        field = app.query_one(Input)
        a = app.session.variant(app.question).values["a"]
        # The wrong number is selected, so that typing replaces it.
        await press(pilot, *f"2*{a}", "enter")
        assert app.answers == ["90", f"2*{a}"]
        assert f"✓ It is {2 * a:g}." in shown(pilot)
        assert (field.display, app.focused) == (False, None)


async def test_garbage_is_answered_word_for_word_and_escape_leaves_the_field():
    app = Room("twice")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        field = app.query_one(Input)
        field.value = "2*x*y$_["
        await press(pilot, "enter")
        assert "got '2*x*y$_['." in " ".join(shown(pilot).split())
        field.value = " "
        await press(pilot, "enter", "h", "escape")
        assert app.answers == ["2*x*y$_["]
        assert (field.value, app.focused) == ("h", None)


async def test_a_prediction_is_noted_and_a_told_state_replaces_the_note():
    app = Room("apart")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        await press(pilot, "3")
        assert app.session.prediction[1] == 2
        assert "Noted." in shown(pilot)
        quiz = app.query_one(Quiz)
        quiz.show_verdict(None, "Update 20 of 100, η * λ * 2.")
        await settled(pilot)
        assert "Update 20 of 100, η * λ * 2." in shown(pilot)
        assert "Noted." not in shown(pilot)
        quiz.show_verdict(Verdict(True, "As you said."))
        await settled(pilot)
        assert "✓ As you said." in shown(pilot)


async def test_hints_open_one_by_one_and_are_told():
    app = Room("small")
    async with hosted(app) as pilot:
        opened = []
        for _ in range(3):
            opened.append(app.query_one(Quiz).open_hint())
            await settled(pilot)
        assert opened == [True, True, False]
        assert "Hint 1 drag them." in shown(pilot)
        assert "Hint 2 look at the lengths." in shown(pilot)
        assert app.hints == [1, 2]


@pytest.mark.parametrize("width", [20, 60])
def test_the_parts_of_a_question_are_found_in_its_lines(width):
    app = Room("small")
    said = Verdict(False, "It is only a part, and a long way from the whole sum.")
    state = replace(app.session.ask(app.question, "step"), shown_hints=2, verdict=said)
    rows = plain(question_lines(state, width, DARK, lit=True)).splitlines()
    starts = {"question": "? Choose", "verdict": "✗ It is", "hint": "Hint 2"}
    for part, words in starts.items():
        assert rows[part_row(state, part, width, DARK)].strip().startswith(words)


async def test_a_goal_takes_no_keys():
    app = Room("quick")
    async with hosted(app) as pilot:
        app.query_one(Quiz).enter()
        await settled(pilot)
        assert "? Goal  Arrive within 100 updates." in shown(pilot)
        assert "Within 100 updates of a reset." in shown(pilot)
        assert app.focused is None


async def test_another_page_takes_the_keys_off_the_question():
    app = Room("small")
    async with hosted(app) as pilot:
        quiz = app.query_one(Quiz)
        quiz.enter()
        await settled(pilot)
        assert app.focused is quiz
        quiz.ask(None)
        await settled(pilot)
        assert (app.focused, quiz.display) == (None, False)
        assert not quiz.open_hint()


@pytest.mark.parametrize("size", [(30, 24), (80, 24), (120, 40)], ids=str)
async def test_a_page_shows_its_formulas_above_its_question(size):
    async with hosted(Room("small"), size) as pilot:
        lines = shown(pilot).splitlines()
        assert any("Arrows" in line for line in lines)
        formula = next(i for i, line in enumerate(lines) if "≤" in line)
        state = next(i for i, line in enumerate(lines) if "? Choose" in line)
        assert formula < state
        assert max(map(len, lines)) <= size[0]
