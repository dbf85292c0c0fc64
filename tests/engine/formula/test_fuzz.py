"""Whatever is typed: a formula, or a FormulaError that points into the text. Nothing else."""

import inspect
import random
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.formula import Formula, typed_rule
from tests.engine.formula.attacks import DEEP, HOSTILE, WORDS, attack, well_formed

VALUES = {"x": np.array([0.5, -2.0]), "y": np.array(3.0), "X": np.array([[1.0, 2.0], [3.0, 4.0]])}


def try_out(text):
    """Read it, evaluate it where it can be read, and show the error where it cannot."""
    error = refusal(text)
    if isinstance(error, FormulaError):
        assert 0 <= error.position <= len(error.text)
        assert len(str(error)) < 800
        assert str(error).count("\n") == 2


def refusal(text):
    try:
        f = Formula(text)
        f(**{name: VALUES.get(name, 2.0) for name in f.names})
    except FormulaError as error:
        return error
    return None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(text):
    try_out(text)


NOT_FORMULAS = [text for text in HOSTILE if set(text) & set("_'\"{}\\!?$%#`~|&\0")]


@pytest.mark.parametrize("text", NOT_FORMULAS)
def test_what_holds_a_foreign_character_is_refused(text):
    with pytest.raises(FormulaError):
        Formula(text)


@pytest.mark.parametrize(("before", "middle", "behind"), DEEP)
def test_what_grows(before, middle, behind):
    for n in (1, 30, 100, 400, 1000, 100_000):
        try_out(before * n + middle + behind * n)


def test_strings_of_every_kind():
    draw = random.Random(0)
    for _ in range(1000):
        try_out(attack(draw))


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_any_text(text):
    try_out(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
@settings(max_examples=300)
def test_any_words(text):
    try_out(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
@settings(max_examples=150)
def test_any_words_as_a_rule(text):
    try:
        rule = typed_rule(text, {"lr": 0.1})
        rule(np.array([1.0, -2.0]), np.array([0.5, 3.0]), 1)
    except FormulaError:
        pass


def test_random_formulas_compiled_are_what_they_are_by_hand():
    draw, count = random.Random(1), 0
    for _ in range(500):
        text = well_formed(draw, 3)
        if "@" in text or refusal(text):
            continue
        f = Formula(text)
        given = [VALUES[name] for name in f.names]
        a, b = np.asarray(f(*given)), np.asarray(f.compile()(*given))
        assert a.shape == b.shape, text
        if "softmax" in text or "sum" in text or "mean" in text:  # in another order over rows
            np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-12, err_msg=text)
        else:
            np.testing.assert_array_equal(b, a, err_msg=text)
        count += 1
    assert count > 100


@pytest.mark.parametrize(
    "name", ["zeros", "array", "build", "step", "T", "out", "t", "c2", "xT", "dot"]
)
def test_a_variable_may_be_called_like_a_word_of_the_compiled_step(name):
    f = Formula(f"2*{name}**2 + x*{name}/3", (name, "x"))
    values = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    np.testing.assert_array_equal(f.compile()(*values), f(*values))


def test_a_deep_stack_below_does_no_harm():
    def below(n):
        return below(n - 1) if n else Formula("(" * 49 + "x" + "+1)" * 49)(x=1.0)

    assert below(sys.getrecursionlimit() // 4) == 50.0


def test_no_room_on_the_stack_is_an_error_of_the_formula():
    def below(n):
        return below(n - 1) if n else refusal("(" * 49 + "x" + "+1)" * 49)

    depth = len(inspect.stack())
    room = range(60, 400, 10)
    refused = [isinstance(below(sys.getrecursionlimit() - depth - n), FormulaError) for n in room]
    assert any(refused)
    assert not all(refused)


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"]])
def test_what_is_no_text(text):
    with pytest.raises(FormulaError, match="Expected a formula as text"):
        Formula(text)
