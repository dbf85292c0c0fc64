import numpy as np
import pytest

from engine.activations import sigmoid, softmax
from engine.errors import DomainError, UnknownNameError
from engine.explain import Worksheet
from engine.tensor import Tensor, apply


def neuron() -> Worksheet:
    x, w, b, t = Tensor(0.5), Tensor(-2.0), Tensor(0.25), Tensor(1.0)
    net = w * x + b
    out = sigmoid(net)
    return Worksheet({"x": x, "w": w, "b": b, "t": t, "net": net, "out": out,
                   "E": 0.5 * (out - t) ** 2}, "E", ["w", "b", "net", "out"])  # fmt: skip


def test_the_text_is_the_chain_rule_as_the_engine_applies_it():
    sheet = neuron()
    assert sheet.formula("net") == "w·x + b"
    assert sheet.formula("out") == "σ(net)"
    assert sheet.formula("E") == "0.5·(out − t)²"
    assert sheet.formula("∂E/∂out") == "out − t"
    assert sheet.formula("∂E/∂net") == "∂E/∂out·out·(1 − out)"
    assert sheet.formula("∂E/∂w") == "∂E/∂net·x"


def test_numbers_stand_where_the_letters_stood():
    sheet = neuron()
    assert sheet.numbers("net", sheet.values()) == "(-2)·0.5 + 0.25"
    sheet.put({"w": 2.0})
    assert sheet.numbers("net", sheet.values()) == "2·0.5 + 0.25"


def test_slopes_come_in_the_order_of_reverse_mode():
    assert neuron().backward() == ("∂E/∂out", "∂E/∂net", "∂E/∂b", "∂E/∂w")


def test_a_slope_that_is_passed_on_unchanged_says_from_where():
    assert neuron().formula("∂E/∂b") == "∂E/∂net"


def test_a_formula_names_what_it_uses():
    sheet = neuron()
    assert set(sheet.uses("net")) == {"w", "x", "b"}
    assert set(sheet.uses("∂E/∂net")) == {"∂E/∂out", "out"}


@pytest.mark.parametrize("w", [-3.0, 0.0, 1.5])
def test_slopes_agree_with_differences(w):
    sheet = neuron()
    sheet.put({"w": w})
    values = sheet.values()
    for name, slope in sheet.differences(["w", "b"]).items():
        assert slope == pytest.approx(values[f"∂E/∂{name}"], abs=1e-9)
    assert sheet.value() == values["E"]


def test_differences_leave_the_leaves_alone():
    sheet = neuron()
    before = sheet.values()
    sheet.differences(["w", "x"])
    assert sheet.values() == before


def test_brackets_where_they_are_needed_and_nowhere_else():
    a, b = Tensor(1.0), Tensor(2.0)
    forms = {
        "a − (b + a)": a - (b + a),
        "a − b + a": a - b + a,
        "(a + b)·b": (a + b) * b,
        "a/(a·b)": a / (a * b),
        "−(a + b)": -(a + b),
        "−a·b": -(a * b),
        "(a·b)²": (a * b) ** 2,
        "e^(a + b)": np.exp(a + b),
        "ln(a)^b": np.log(a) ** b,
        "a": 1 * a + 0,
        "6": Tensor(2.0) * 3,
    }
    for text, tensor in forms.items():
        assert Worksheet({"a": a, "b": b, "y": tensor + 0 * a}, "y", [], {"y": tensor}).formula(
            "y") == text  # fmt: skip


def test_a_part_may_be_shown_in_another_form_of_equal_value():
    a = Tensor(3.0)
    sheet = Worksheet({"a": a, "y": a * a}, "y", shown={"y": a**2})
    assert (sheet.formula("y"), sheet.numbers("y", sheet.values())) == ("a²", "3²")


def test_a_long_chain_is_no_trouble():
    a = Tensor(1.0)
    y = a
    for _ in range(1050):
        y = y + a
    assert Worksheet({"a": a, "y": y}, "y").formula("y").count("a") == 1051


def test_what_is_no_number_or_no_part_is_refused():
    with pytest.raises(DomainError, match="one number"):
        Worksheet({"x": Tensor([1.0, 2.0])}, "x")
    with pytest.raises(UnknownNameError, match="part"):
        Worksheet({"x": Tensor(1.0)}, "y")
    with pytest.raises(UnknownNameError, match="part"):
        Worksheet({"x": Tensor(1.0), "y": Tensor(1.0) * 2}, "y", ["z"])
    with pytest.raises(UnknownNameError, match="leaf"):
        neuron().put({"net": 1.0})


def test_what_lies_in_arrays_between_two_parts_is_written_out():
    a, b = Tensor(1.0), Tensor(2.0)
    row = apply("concat_flat", a, b).reshape((1, 2))
    p = softmax(row)[0, 1]
    whole = (row @ [[3.0], [4.0]])[0, 0]
    sheet = Worksheet({"a": a, "b": b, "p": p, "q": whole}, "q", ["a"])
    assert sheet.formula("p") == "e^b/(e^a + e^b)"
    assert sheet.numbers("p", {"a": 0.5, "b": -1.0}) == "e^(-1)/(e^0.5 + e^(-1))"
    assert sheet.formula("q") == "a·3 + b·4"
    assert (sheet.formula("∂q/∂a"), sheet.values()["∂q/∂a"]) == ("3", 3.0)


def test_the_slope_of_relu_reads_as_a_comparison():
    x, w = Tensor(3.0), Tensor(-2.0)
    h = apply("relu", w * x)
    sheet = Worksheet({"x": x, "w": w, "h": h, "y": 0.5 * (h - 1) ** 2}, "y")
    assert sheet.formula("∂y/∂w") == "(∂y/∂h if h > 0 else 0)·x"
    assert sheet.values()["∂y/∂w"] == 0
