"""The text of a compiled step: it runs on its own, allocates nothing, and reads well."""

import re
from itertools import product

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.losses import LOSSES
from engine.models import MLP
from engine.optim import OPTIMIZERS, rule
from engine.primitives.views import index_text
from engine.program import Program
from engine.program.printing import Names
from engine.tensor import Tensor
from engine.training import Training

ALLOCATES = re.compile(r"\b(empty|ones|zeros|full|array|concatenate)\(|\.copy\(")


def make(hidden="tanh", loss="mse", optimizer="sgd"):
    model, rng = MLP((3, 4, 2), hidden), np.random.default_rng(0)
    x, y = rng.standard_normal((6, 3)), np.eye(2)[rng.integers(2, size=6)]
    return Training(model, model.init(rng), lambda p, x, y: LOSSES[loss](model(p, x), y),
                    rule(optimizer)(lr=0.1), x, y, batch=6, rng=rng), x, y  # fmt: skip


def alone(source, bound):
    """Compile a source by itself, with arrays of its own."""
    namespace = {}
    exec(source, namespace)
    return namespace["build"](**bound)


PLAIN = ("tanh", "mse", "sgd")
PAIRS = [
    ("relu", "cross_entropy", "adam"),  # integer masks; the slope of a softmax
    ("softmax", "cross_entropy", "nadam"),  # two softmaxes; numbers of the step alone
    ("sigmoid", "binary_cross_entropy", "radam"),  # a sigmoid in the loss too; two cases in one
    ("identity", "huber", "lion"),  # nothing between the products; signs
]
"""(hidden, loss, optimizer) that meet in a kernel or in a buffer."""


def programs():
    """Everything once in the place of the plain one, then the pairs; all of them are a sweep."""
    choices = (ACTIVATIONS, LOSSES, OPTIMIZERS)
    ones = [
        (*PLAIN[:i], name, *PLAIN[i + 1 :]) for i, names in enumerate(choices) for name in names
    ]
    yield from (pytest.param([row], id="-".join(row)) for row in dict.fromkeys(ones + PAIRS))
    for hidden in ACTIVATIONS:
        every = list(product([hidden], LOSSES, OPTIMIZERS))
        yield pytest.param(every, marks=pytest.mark.sweep, id=f"{hidden}-every-every")


@pytest.mark.parametrize("rows", list(programs()))
def test_the_source_runs_on_its_own(rows):
    for row in rows:
        hidden, loss, optimizer = row
        fit, x, y = make(hidden, loss, optimizer)
        state = fit.snapshot()
        bound = {"w": state["w"], "t": state["t"], "lr": np.array(0.1)}
        names = re.search(r"def build\((.*)\)", fit.source)[1].split(", ")
        settings = {k: np.array(v) for k, v in rule(optimizer).hyperparameters.items()}
        every = settings | state["state"] | bound
        step = alone(fit.source, {name: every[name] for name in names})
        for _ in range(5):
            step(np.hstack([x, np.ones((6, 1))]), y)
        fit.run(5)
        np.testing.assert_allclose(bound["w"], fit.w, rtol=1e-12, err_msg=str(row))


@pytest.mark.parametrize("rows", list(programs()))
def test_no_line_of_the_step_allocates_or_loops(rows):
    for row in rows:
        source = make(*row)[0].source
        before, _, step = source.partition("def step(")
        assert ALLOCATES.search(before), row
        assert not ALLOCATES.search(step), row
        assert not re.search(r"\b(for|while|if|def|lambda)\b", step.replace("    return step", ""))
        assert max(map(len, source.splitlines())) <= 100, row


def test_the_step_reads_as_the_paper():
    source = make()[0].source
    headings = re.findall(r"# (\w+)", source)
    assert headings == ["forward", "backward", "update"]
    for line in ("tanh(z1, out=h1)", "dot(h1_1T, d_z2, out=d_W2)", "subtract(w, t3, out=w)"):
        assert f"        {line}\n" in source


def test_forward_takes_one_product_and_backward_two_a_layer():
    assert make()[0].source.count("dot(") == 2 + 3  # nobody asks for the slope of the inputs


def test_nothing_is_written_that_nobody_reads():
    x, w = Tensor(np.ones(3), "x"), Tensor(np.ones(3), "w")
    np.exp(x * w)
    source = Program([x], [x * w * 1 + 0]).source
    assert source.count("multiply(") == 1
    assert "exp" not in source
    assert "add" not in source


def test_equal_expressions_are_computed_once():
    x, w = Tensor(np.ones(3), "x"), Tensor(np.ones(3), "w")
    assert Program([x], [np.sin(x * w), np.cos(x * w)]).source.count("multiply(") == 1


def test_a_dead_buffer_is_used_again():
    x = Tensor(np.ones((4, 4)), "x")
    y = x
    for _ in range(20):
        y = np.sin(y) * y
    assert Program([x], [y]).source.count("empty(") <= 3


def test_names_are_given_once():
    fresh = Names({"dot", "add"}).fresh
    stems = ["x", "x", "xT", "x1", "T", "dot", "for", "", "1", "a b", "α", "a.b", "W"] * 3
    names = [fresh(stem) for stem in stems]
    every = names + [f"{name}T" for name in names]
    assert len(set(every)) == len(every)
    assert all(name.isidentifier() for name in every)


@pytest.mark.parametrize(
    "index", [0, -1, (0, 1), (...,), (slice(None), 1), (None, ...), slice(1, None, -2), ()]
)
def test_an_index_is_written_as_it_is_read(index):
    x = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(eval(f"x[{index_text(index)}]"), x[index])
