"""The catalogue: finds every lesson without importing one, and outlives a broken one."""

import subprocess
import sys

import pytest

from engine.errors import DltutorError, UnknownNameError
from lessons.catalogue import BrokenLessonError, entries, find, load, subjects

FRONT = '"""Spare: a lesson.\n\norder: 10\n"""\n'
BROKEN = {
    "name": ("1 / 0", "ZeroDivisionError: division by zero"),
    "syntax": ("def f(:", "SyntaxError"),
    "missing": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "empty": ("", "expected a `lesson = Lesson(...)`"),
    "other": ("lesson = 'a lesson'", "expected a `lesson = Lesson(...)`"),
}


def test_looking_at_the_list_imports_no_lesson_and_no_numpy():
    code = (
        "import sys; from lessons.catalogue import entries; assert entries();"
        "assert not {'numpy', 'lessons.kit.lesson'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_subject_has_lessons_in_their_order():
    assert [subject.front.order for subject in subjects()] == sorted(
        subject.front.order for subject in subjects()
    )
    for subject in subjects():
        orders = [entry.front.order for entry in subject.entries]
        assert orders == sorted(orders)
        assert orders


@pytest.mark.parametrize(
    "name",
    [
        "optimization/gradient_descent",
        "gradient_descent",
        " Gradient-Descent ",
        "gradient-descent/",
    ],
)
def test_a_lesson_has_a_few_names(name):
    assert find(name).path == "optimization/gradient_descent"


@pytest.mark.parametrize("name", ["gradient_decent", "optimization/gradient_decent"])
def test_a_slip_is_answered_with_the_nearest_name(name):
    with pytest.raises(UnknownNameError, match=r"Did you mean (optimization/)?gradient_descent"):
        find(name)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_lesson_is_listed_and_says_why_when_opened(add_lesson, case):
    code, complaint = BROKEN[case]
    before = entries()
    path = add_lesson(case, FRONT + code)
    assert entries() == (*before, find(path))
    with pytest.raises(BrokenLessonError) as told:
        load(find(path))
    assert str(told.value).startswith(path)
    assert complaint in str(told.value)
    assert load(find("gradient_descent"))


@pytest.mark.parametrize(
    "text",
    ["x = 1", '"""No colon."""', '"""A: b.\n\norder: x\n"""', '"""A: b.\norder: 1\nminutes: x"""'],
)
def test_a_lesson_without_a_front_comes_last_and_says_so(add_lesson, text):
    add_lesson("good", FRONT)
    path = add_lesson("bare", text)
    entry = entries()[-1]
    assert entry.path == path
    assert "expected 'Title: what it is about.'" in entry.broken


def test_a_file_in_another_encoding_is_no_end_of_the_program(add_lesson, tmp_path):
    path = add_lesson("latin", FRONT)
    (tmp_path / "lessons/spare/latin.py").write_bytes('"""Schr\xf6dinger: a cat.'.encode("latin-1"))
    assert entries()[-1].path == path
    assert "can't decode" in entries()[-1].broken
    with pytest.raises(DltutorError):
        load(entries()[-1])


def test_a_subject_that_says_nothing_goes_by_its_folder(add_lesson, tmp_path):
    (tmp_path / "lessons/spare/__init__.py").write_text("")
    path = add_lesson("good", FRONT)
    assert subjects()[-1].front.title == "spare"
    assert entries()[-1].path == path


def test_rooms_of_a_lesson_are_no_lessons(add_lesson):
    before = entries()
    add_lesson("_room", FRONT)
    assert entries() == before
