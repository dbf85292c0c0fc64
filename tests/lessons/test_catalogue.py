"""The catalogue: finds every lesson without importing one, and outlives a broken one."""

import subprocess
import sys

import pytest

from engine.errors import DltutorError, UnknownNameError
from lessons import catalogue
from lessons.catalogue import (
    BrokenLessonError,
    bibliography,
    cited,
    entries,
    find,
    find_experiment,
    load,
    subjects,
)
from lessons.kit.front_matter import FrontMatter
from tests.conftest import LAB, PAGES

BROKEN_CODE = {
    "name": ("1 / 0", "ZeroDivisionError: division by zero"),
    "syntax": ("def f(:", "SyntaxError"),
    "missing": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "empty": ("", "expected at least one experiment"),
    "stranger": (
        LAB.replace("Arrow(StaticExperiment)", "Other(StaticExperiment)"),
        "expected one of Other, got 'Arrow'",
    ),
}
BROKEN_WORDS = {
    "head": ("# A page\n\nText.\n", "pages.md:1: expected +++"),
    "order": (PAGES.replace("order = {order}\n", ""), "expected `order = …` in the front matter"),
    "endless": ("+++\ntitle = 1\n", "expected a second +++"),
}


def test_looking_at_the_list_imports_no_lesson_and_no_numpy():
    code = (
        "import sys; from lessons.catalogue import entries; assert entries();"
        "loaded = {'numpy', 'markdown_it', 'lessons.kit.pages'} & set(sys.modules);"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_subject_has_lessons_in_their_order():
    assert subjects()
    assert [s.order for s in subjects()] == sorted(s.order for s in subjects())
    for subject in subjects():
        orders = [entry.front.order for entry in subject.entries]
        assert orders == sorted(orders)
        assert orders


@pytest.mark.parametrize("name", ["stubs/my_own", "my_own", " My-Own ", "stubs/my-own/"])
def test_a_lesson_has_a_few_names(few_lessons, name):
    few_lessons("my_own")
    assert find(name).path == "stubs/my_own"


@pytest.mark.parametrize("name", ["smal", "stubs/smal"])
def test_a_slip_is_answered_with_the_nearest_name(few_lessons, name):
    with pytest.raises(UnknownNameError, match=r"Did you mean (stubs/)?small"):
        find(name)


@pytest.mark.parametrize(
    ("name", "experiment"),
    [
        ("stub", ""), ("stubs/stub", ""), ("stub/descent", "descent"),
        ("stubs/stub/descent", "descent"), ("/Stubs/stub/", ""), ("stub/a/b", "a/b"),
    ],
)  # fmt: skip
def test_an_experiment_is_named_behind_its_lesson(few_lessons, name, experiment):
    entry, found = find_experiment(name)
    assert (entry.path, found) == ("stubs/stub", experiment)


@pytest.mark.parametrize("name", ["", "/", "nosuch/descent", "stubs/nosuch/descent", "stubs"])
def test_what_is_not_a_lesson_has_no_experiment(few_lessons, name):
    with pytest.raises(UnknownNameError):
        find_experiment(name)


@pytest.mark.parametrize("case", BROKEN_CODE)
def test_a_lesson_whose_code_is_broken_is_listed_and_says_why_when_opened(add_lesson, case):
    code, complaint = BROKEN_CODE[case]
    before = entries()
    path = add_lesson(case, lab=code)
    assert entries() == (*before, find(path))
    assert find(path).broken == ""
    with pytest.raises(BrokenLessonError) as told:
        load(find(path))
    assert str(told.value).startswith(f"{path} cannot be opened: ")
    assert complaint in str(told.value)
    assert load(find(add_lesson("good"))).experiment().title() == "arrow"


@pytest.mark.parametrize("case", BROKEN_WORDS)
def test_a_lesson_whose_head_is_broken_comes_last_and_says_so(add_lesson, case):
    pages, complaint = BROKEN_WORDS[case]
    add_lesson("good", order=999)
    path = add_lesson(case, pages)
    entry = entries()[-1]
    assert (entry.path, entry.front.title) == (path, case)
    assert complaint in entry.broken
    with pytest.raises(BrokenLessonError, match=r"cannot be opened: .*pages\.md:1: "):
        load(entry)


def test_a_file_in_another_encoding_is_not_the_end_of_the_program(add_lesson, tmp_path):
    path = add_lesson("latin")
    (tmp_path / "lessons/spare/latin/pages.md").write_bytes('+++\ntitle = "\xf6"'.encode("latin-1"))
    catalogue.subjects.cache_clear()
    assert entries()[-1].path == path
    assert "can't decode" in entries()[-1].broken
    with pytest.raises(DltutorError):
        load(entries()[-1])


@pytest.mark.parametrize("text", ["", "title = ", "order = 'x'", "\x00"])
def test_a_subject_that_says_nothing_goes_by_its_folder(add_lesson, tmp_path, text):
    (tmp_path / "lessons/spare/subject.toml").write_text(text)
    path = add_lesson("good")
    assert subjects()[-1].title == "spare"
    assert entries()[-1].path == path


def test_folders_without_pages_or_subject_are_not_lessons(add_lesson, tmp_path):
    before = subjects()
    (tmp_path / "lessons/spare/room").mkdir()
    (tmp_path / "lessons/other/lesson").mkdir(parents=True)
    (tmp_path / "lessons/other/lesson/pages.md").write_text("+++\n+++\n")
    catalogue.subjects.cache_clear()
    assert subjects() == before


def test_sources_are_written_out_and_unknown_ones_refused(add_lesson):
    key = next(iter(bibliography()))
    front = FrontMatter("t", "a", 1, sources=(f"{key}: section 2", key))
    assert cited(front) == (f"{bibliography()[key]}, section 2", bibliography()[key])
    with pytest.raises(UnknownNameError, match=key):
        cited(FrontMatter("t", "a", 1, sources=(f"{key}x",)))
    path = add_lesson("citing", PAGES.replace("minutes = 5", 'minutes = 5\n    sources = ["none"]'))
    with pytest.raises(BrokenLessonError, match="No source is called 'none'"):
        load(find(path))
