"""What the words of every lesson promise."""

from graphlib import TopologicalSorter

import pytest
from rich.cells import cell_len

from lessons.catalogue import bibliography, cited, entries, find, load, subjects
from lessons.kit.blocks import ListBlock, MathBlock, Paragraph, TableBlock
from lessons.kit.markdown import inline
from lessons.kit.pages import blanks
from tests.lessons.every import lessons
from tutor.pictures.cells import DARK, plain
from tutor.pictures.formula import problems
from tutor.pictures.page import page as page_lines
from tutor.pictures.page import wrap_inline

PAGE = 76
each_lesson = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.path)


def test_there_are_lessons():
    assert [entry.path for entry in entries() if entry.broken] == []
    assert [load(entry).path for entry in entries()] == [entry.path for entry in entries()]
    assert len(entries()) >= 6


def test_an_order_is_given_once_in_a_subject():
    for subject in subjects():
        orders = [entry.front.order for entry in subject.entries]
        assert len(set(orders)) == len(orders), subject.name


def test_what_a_lesson_needs_is_there_and_never_the_lesson_itself():
    needs = {entry.path: [find(n).path for n in entry.front.needs] for entry in entries()}
    assert set(TopologicalSorter(needs).static_order()) == set(needs)


def test_the_bibliography_is_sorted_and_every_source_is_cited():
    assert list(bibliography()) == sorted(bibliography())
    used = {source.partition(":")[0] for entry in entries() for source in entry.front.sources}
    assert set(bibliography()) - used <= {"mazur2015"}


@each_lesson
def test_the_fields_are_complete(lesson):
    assert 5 <= lesson.front.minutes <= 45
    assert 5 <= len(lesson.pages) <= 8
    assert cited(lesson.front)
    assert len({page.title for page in lesson.pages}) == len(lesson.pages)
    for old, new in lesson.front.renamed.items():
        knobs = {name for lab in lesson.experiments.values() for name in lab.knobs}
        assert old not in lesson.questions
        assert new in {*lesson.questions, *knobs}


@each_lesson
def test_questions_are_many_and_of_several_kinds(lesson):
    kinds = [question.kind for question in lesson.questions.values()]
    assert len(kinds) >= 5
    assert len(set(kinds)) >= 3
    assert sum(kind in ("prediction", "goal") for kind in kinds) >= 2


@each_lesson
def test_every_experiment_stands_on_a_page_or_decides_a_question(lesson):
    staged = {lesson.experiment(page.stage.experiment) for page in lesson.pages if page.stage}
    asked = {getattr(question.check, "lab", None) for question in lesson.questions.values()}
    assert set(lesson.experiments.values()) <= staged | asked
    assert lesson.pages[0].stage, "the first page has a laboratory beside it"


def texts(lesson):
    """All inline texts: paragraphs, items, cells of tables, questions."""
    for page in lesson.pages:
        for block in page.text:
            if isinstance(block, Paragraph):
                yield block.text
            elif isinstance(block, ListBlock):
                yield from block.items
            elif isinstance(block, TableBlock):
                yield from (cell for row in (block.header, *block.rows) for cell in row)
        if page.question:
            words = page.question
            yield from map(inline, (words.ask, words.why, *words.hints))
            for option in words.options:
                yield inline(option.text)
                if option.reason:
                    yield inline(option.reason)


@each_lesson
def test_every_formula_can_be_laid_out(lesson):
    formulas = [piece.text for text in texts(lesson) for piece in text if piece.style == "math"]
    formulas += [b.latex for p in lesson.pages for b in p.text if isinstance(b, MathBlock)]
    assert {formula: problems(formula) for formula in formulas if problems(formula)} == {}


@each_lesson
def test_a_page_fits_into_a_window(lesson):
    for page in lesson.pages:
        lines = [(), (), *page_lines(page.text, PAGE, DARK)]
        if page.question:
            words = page.question
            for text in (words.ask, *(option.text for option in words.options)):
                lines += wrap_inline(inline(text), PAGE - 9, DARK)
        assert len(lines) <= 40, f"{page.title}: {len(lines)} lines"
        assert max(map(cell_len, plain(lines).splitlines())) <= PAGE, page.title


@each_lesson
def test_a_question_fills_just_the_blanks_that_it_has(lesson):
    import numpy as np

    for question in lesson.questions.values():
        words = question.spec
        known = set(question.variant(np.random.default_rng(0)).values)
        for text in (words.ask, words.why, *words.hints, *(o.text for o in words.options)):
            assert blanks(text) <= known, question.name
