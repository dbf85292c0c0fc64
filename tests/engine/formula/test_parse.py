"""What a formula may hold, and how much of it."""

import math

import pytest

from engine.errors import FormulaError
from engine.formula import Formula
from engine.formula.branches import MAX_OPERATIONS
from engine.formula.functions import COMPOSED, CONSTANTS, FUNCTIONS, operation
from engine.formula.parse import MAX_DEPTH, MAX_WRITTEN, parse
from engine.tensor import OPS, Tensor

ERRORS = [
    ("x + 9**9**9", 7, "exponent of at most 1000 in size, got 3.8742e"),
    ("x**-1001", 3, "exponent of at most 1000"),
    ("10**308*10", 8, "multiply: expected a result below"),
    ("1e999 + x", 0, "The number is too large"),
    ("9" * 400, 0, "The number is too large"),
    ("x/(1 - 1)", None, None),
    ("1/(2 − 2)", 3, "divide: expected a divisor that is not 0"),
    ("x + log(-1)", 4, "log: expected x > 0, got -1"),
    ("(-8)**(1/3)", 7, "power: expected"),
    ("max(x)", 0, "max: expected 2 to 8 arguments, got 1"),
    ("sin(x, y)", 0, "sin: expected 1 argument, got 2"),
    ("x in y", 2, "no word 'in'"),
    ("where(x > 0, x)", 0, "where: expected 3 arguments, got 2"),
    ("x[y]", 2, "Expected an integer or a slice"),
    ("x[0.5]", 2, "Expected an integer or a slice"),
    ("x[::0]", 2, "step that is not 0"),
    ("x[9999999]", 2, "index of at most"),
    ("y; x", 0, "Only the last line may be without a name"),
    ("pi = 3; pi", 0, "pi has a meaning already"),
    ("sin = 3; 1", 0, "sin has a meaning already"),
    ("x = x + 1; x", 4, "x is used before its line gives it a value"),
    ("x" + "+x" * MAX_WRITTEN, None, "at most"),
]


@pytest.mark.parametrize(("text", "position", "message"), ERRORS)
def test_the_error_points_at_the_character(text, position, message):
    if message is None:
        parse(text)
        return
    with pytest.raises(FormulaError, match=message) as caught:
        Formula(text)
    assert position is None or caught.value.position == position


def test_unknown_names_get_the_nearest():
    with pytest.raises(FormulaError, match=r"No name 'betta' here\. Did you mean beta"):
        Formula("betta*x", ("x", "beta"))
    with pytest.raises(FormulaError, match=r"No name 'q' here\. There are: beta, x"):
        Formula("q*x", ("x", "beta"))


def test_the_house_has_other_words_for_some_letters():
    assert list(parse("η·g", ("lr", "g")).names) == ["lr", "g"]
    assert list(parse("η·λ", ("eta", "weight_decay")).names) == ["eta", "weight_decay"]
    assert Formula("η").names == ("eta",)


def test_a_name_may_be_that_of_a_constant_when_it_is_asked_for():
    assert Formula("e", ("e",))(2.0) == 2.0
    assert Formula("e")() == math.e
    assert Formula("σ", ("sigma",))(2.0) == 2.0


def test_numbers_alone_are_computed_at_once():
    assert [operation.name for operation in parse("2*pi*x + 2**0.5").operations] == [
        "number", "name", "multiply", "number", "add",
    ]  # fmt: skip
    assert Formula("2**0.5")() == 2**0.5


def test_operations_and_depth_are_limited():
    chain = "+".join(["x"] * MAX_DEPTH)
    assert Formula(chain)(1.0) == MAX_DEPTH
    with pytest.raises(FormulaError, match="operations in one another"):
        Formula(chain + "+x+x")
    lines = "; ".join(f"x{i}=y+{i}.5" for i in range(70))
    assert Formula(f"{lines}; x0")(1.0) == 1.5
    with pytest.raises(FormulaError, match="at most 250 numbers, names and operations"):
        Formula("; ".join(f"a{i}=y+{i}+y" for i in range(84)) + "; y")


def test_branches_in_branches_are_limited():
    # r4's own branch needs r3 in two branches, each of these r2 in two, and so on.
    lines = [f"r{i + 1} = where(r{i} + {i} > 0, r{i}*x, {i})" for i in range(12)]
    with pytest.raises(FormulaError, match=f"at most {MAX_OPERATIONS} operations in all branches"):
        Formula("r0 = x*x; " + "; ".join(lines) + "; r12")
    assert Formula("r0 = x*x; " + "; ".join(lines[:4]) + "; r4")(2.0) == 64.0


def test_the_list_is_closed():
    assert set(CONSTANTS) == {"pi", "e"}
    typed = [name for op in OPS.values() for name in op.typed]
    assert len(FUNCTIONS) == len({*FUNCTIONS}) == len(typed) + 6
    for row in FUNCTIONS.values():
        assert row.operation in {*OPS, *COMPOSED}
        assert isinstance(operation(row.operation)(*[Tensor([[0.5]])] * row.least), Tensor)


def test_letters_written_together_are_told_to_be_a_product():
    with pytest.raises(
        FormulaError, match=r"No name 'xy' here. For a product write x\*y\."
    ) as caught:
        parse("1 + xy", ("x", "y"))
    assert caught.value.position == 4
    with pytest.raises(FormulaError, match=r"No name 'xz' here\. Did you mean x"):
        parse("xz", ("x", "y"))
