"""Backpropagation: every operation of a small network, forward and backward, with its numbers.

order: 30
minutes: 15
"""

from math import log

import numpy as np

from engine.activations import sigmoid
from engine.reverse import grad
from engine.tensor import Tensor
from lessons.kit import checks
from lessons.kit.failures import Failure, diverged
from lessons.kit.front import front
from lessons.kit.knobs import Choice, Knob, Slider, Switch
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.run import Run
from lessons.networks._operations import GIVEN, SOFTMAX, SQUARED, START, Backprop

REACHES = {"w1": 2, "w5": 2, "b1": 10, "b2": 10, "i1": 2, "i2": 2}
KNOBS: tuple[Knob, ...] = (
    Slider(name="lr", label="learning rate", symbol="η", default=0.5, low=0.01, high=10, log=True,
           help="How far an update goes against the slope."),
    *(Slider(name=name, label=f"value of {name}", default=(START | GIVEN)[name], low=-reach,
             high=reach, help=f"Sets {name}, also in mid-run.") for name, reach in REACHES.items()),
    Slider(name="t1", label="target of o1", symbol="t1", default=0.01, low=0, high=1,
           help="What o1 should give; o2 should give the rest, 1 − t1."),
    Choice(name="activation", label="activation", options=("sigmoid", "tanh", "relu", "identity"),
           help="What each neuron does to its weighted sum."),
    Choice(name="loss", label="loss", options=(SQUARED, SOFTMAX), rebuilds=True,
           help="How wrong the outputs are, as one number."),
    Switch(name="biases", label="learn biases", rebuilds=True, help="Update b1 and b2 as well."),
)  # fmt: skip


def slope_at(v: checks.Numbers) -> float:
    """σ′ where the output is v["out"], asked of the engine."""
    net = Tensor(log(v["out"] / (1 - v["out"])))
    return grad(sigmoid(net), [net])[0].item()


def product(v: checks.Numbers) -> float:
    """∂E/∂w of net = w·out when ∂E/∂net is v["delta"], asked of the engine."""
    w = Tensor(0.0)
    return grad(v["delta"] * (w * v["out"]), [w])[0].item()


def quickly(run: Run) -> bool:
    """A small error on the very task of the example."""
    knobs = ("i1", "i2", "t1", "loss")
    same = all(run.settings[name] == run.settings.knob(name).default for name in knobs)
    return same and run.metrics["error"] < 0.01


STEPS = (
    Step(
        "Who is to blame?",
        """Two inputs, two hidden neurons, two outputs, eight weights. The outputs are wrong; the
error E says by how much. *Which weight is to blame, and for how much of it?*

    ∂E/∂w:  how fast E grows with w

Nudging each weight in turn would cost a run of the network per weight. Backpropagation finds all
slopes in one sweep back. Press *step*: one step is one operation, in letters, in numbers, in
words. First they go forward, from the inputs to E.""",
        check=checks.Choice(
            name="cost",
            ask="A million weights: what do all slopes together cost by backpropagation?",
            options=("a few forward passes", "a million forward passes", "a million updates"),
            answer=0,
            why="Backward, each operation is visited once, just as forward.",
            hints=("Count the operations backward; compare with those forward.",),
        ),
    ),
    Step(
        "Through a neuron",
        """A neuron adds up and squashes. Backward, the slope at `out` becomes that at `net`:

    ∂E/∂net = ∂E/∂out · σ′(net)        σ′ = out·(1 − out)

This is the *chain rule*: slopes along a way multiply. The sigmoid’s own slope is never more than
¼, and next to nothing where `out` is near 0 or 1.""",
        check=checks.Number(
            name="slope",
            ask="A sigmoid neuron gives out = {out:g}. What is its slope ∂out/∂net?",
            vary=lambda rng: {"out": float(rng.choice([0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9]))},
            answer=slope_at,
            tolerance=0.01,
            why="{out:g}·(1 − {out:g}) = {answer:.4g}.",
            hints=("You need no exponential: out is enough.", "σ′ = out·(1 − out)."),
        ),
    ),
    Step(
        "To a weight",
        """In net = w·out + … the weight multiplies what came in. So its slope is a product of two
numbers, one known from the way back and one from the way forward:

    ∂E/∂w5 = ∂E/∂net_o1 · out_h1

That is why a network in training keeps what it reckoned forward. Watch the table fill.""",
        check=checks.Number(
            name="product",
            ask="∂E/∂net = {delta:g} at a neuron; out = {out:g} came in through w. ∂E/∂w = ?",
            vary=lambda rng: {"delta": float(rng.choice([-0.4, -0.2, 0.3, 0.5])),
                              "out": float(rng.choice([0.25, 0.6, 0.8]))},
            answer=product,
            tolerance=0.01,
            why="{delta:g} · {out:g} = {answer:g}.",
            hints=("Slope at the weight’s end times what came in at its start.",),
        ),
    ),
    Step(
        "Where ways meet",
        """h1 feeds both outputs, so it bears blame on two ways. Slopes of several ways *add*:

    ∂E/∂out_h1 = ∂E/∂net_o1·w5 + ∂E/∂net_o2·w7

Along a way multiply, across ways add: that is all of backpropagation, for any network. Then every
weight takes a step, w ← w − η ∂E/∂w, and the round begins anew.""",
        check=checks.Predict(
            name="thousand",
            ask="E is 0.298 at first and 0.291 after one update. And after 1000, with η = 0.5?",
            options=("above 0.1", "from 0.01 to 0.1", "below 0.01"),
            scene={"lr": 0.5},
            steps=35_000,
            outcome=lambda run: int(np.searchsorted([-0.1, -0.01], -run.metrics["error"])),
            why="Fast at first, then ever more slowly: the slopes shrink with the error.",
            hints=("Play a while and watch the chart.",),
        ),
    ),
    Step(
        "Edit and audit",
        """Turn w5 or an input in mid-run: the round is reckoned again, and you see which slopes
move. The table’s *difference* uses no derivative at all,

    (E(w + h) − E(w − h)) / 2h

and agrees to ten digits or so. It takes two runs a weight: good for an audit, not for learning.""",
        check=checks.Goal(
            name="quick",
            ask="From the start, bring E below 0.01 within 700 operations (20 updates).",
            reached=quickly,
            budget=700,
            scene={"lr": 0.5},
            why="With slopes this small, a large η does no harm here.",
            hints=("η = 0.5 needs 173 updates.", "Slopes near 0.1 bear a large η.", "Try 10."),
        ),
    ),
    Step(
        "Break it",
        """Set the bias above to 10. Both outputs saturate near 1, one of them quite wrongly, but
out·(1 − out) is 0.00002: *the slope has vanished, though the error has not*.

Then take the softmax with cross-entropy. Its logarithm undoes what the exponential does, and
what is left at the outputs is

    ∂E/∂net = p − t

which is large whenever the answer is badly wrong.""",
        scene={"b2": 10},
        check=checks.Predict(
            name="stuck",
            ask="Bias above 10, squared error, η = 0.5: after 200 updates E has fallen by",
            options=("half or more", "1 % to 50 %", "less than 1 %"),
            scene={"b2": 10, "lr": 0.5},
            steps=7000,
            outcome=lambda run: int(np.searchsorted([0.5, 0.99], run.metrics["error"]
                                                    / run.history.series["error"][0])),
            why="A step is η times a slope of 0.00002.",
            hints=("Look at the factor out·(1 − out).",),
        ),
    ),
    Step(
        "What to keep",
        """Forward, keep every value. Backward, from E to the weights:

    along a way     slopes multiply
    across ways     slopes add
    at a weight     ∂E/∂w = ∂E/∂net · what came in

All slopes cost about as much as a few forward passes. A factor near 0 on the way starves
everything below it, and that is the story of vanishing gradients.""",
    ),
)  # fmt: skip

FAILURES = (
    Failure("Flown apart", diverged, "η is so large that each update overshoots by more.",
            "Turn η down and reset.", (("activation", "identity"), ("biases", True), ("lr", 10))),
    Failure(
        "Dead neurons",
        lambda run: run.settings["activation"] == "relu" and run.metrics["steepest slope"] == 0
        and run.metrics["error"] > 0.01,
        "An update threw the nets below 0, where relu and its slope are 0: nothing moves any more.",
        "Reset with a smaller η, or raise the biases.",
        (("activation", "relu"), ("biases", True), ("lr", 2)),
    ),
    Failure(
        "Saturated",
        lambda run: run.metrics["steepest slope"] < 1e-3 and run.metrics["error"] > 0.1
        and run.settings["loss"] == SQUARED,
        "Outputs near the ends of their range have slopes near 0: the error stays, nothing learns.",
        "Bring the bias back towards 0, or take the cross-entropy.",
        (("b2", 10),),
    ),
)  # fmt: skip

lesson = Lesson(
    front=front(__doc__),
    steps=STEPS,
    knobs=KNOBS,
    simulation=Backprop,
    chart=Chart("Error", ("error",), log=True),
    failures=FAILURES,
    sources=(
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        "Mazur 2015, A Step by Step Backpropagation Example (the network and its numbers)",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.5",
        "Griewank & Walther 2008, Evaluating Derivatives, section 3.2",
    ),
    budget=35_000,
)
