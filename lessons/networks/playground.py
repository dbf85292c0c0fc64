"""Playground: a network of your own, on data of your choice, with every dial within reach.

order: 80
minutes: 20
needs: gradient_descent
"""

from collections.abc import Mapping

import numpy as np

from engine.data import TOY
from engine.losses import binary_cross_entropy
from engine.models import MLP
from engine.tensor import Tensor
from lessons.kit import checks
from lessons.kit.failures import Failure, diverged
from lessons.kit.front import front
from lessons.kit.knobs import Choice, Slider, Switch, Whole
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.run import Run
from lessons.networks._problem import DATA
from lessons.networks._sandbox import Sandbox

SETTLED = 50
"""Epochs after which a run may be judged."""

KNOBS = (
    Choice(
        name="data", label="data", options=DATA, rebuilds=True,
        help="What to learn: five sets drawn on the spot, three of real measurements.",
    ),
    Slider(
        name="noise", label="noise", default=0, low=0, high=0.5, notches=20, rebuilds=True,
        only=("data", tuple(TOY)), help="How far labels or points are shaken.",
    ),
    Slider(
        name="share", label="train share", default=0.5, low=0.1, high=0.9, notches=16,
        rebuilds=True, help="The part to train on; the rest is for the test.",
    ),
    Whole(
        name="layers", label="hidden layers", default=2, low=0, high=6, rebuilds=True,
        help="Layers between inputs and output; 0 is a single neuron.",
    ),
    Whole(
        name="width", label="neurons a layer", default=8, low=1, high=16, rebuilds=True,
        help="Neurons in each hidden layer.",
    ),
    Choice(
        name="activation", label="activation", symbol="φ",
        options=("tanh", "relu", "sigmoid", "identity"),
        help="What each hidden neuron does to its sum; the weights stay when you turn it.",
    ),
    Slider(
        name="lr", label="learning rate", symbol="η", default=0.03, low=1e-5, high=10, log=True,
        notches=120, help="How far each update goes against the gradient.",
    ),
    Whole(
        name="batch", label="batch", symbol="B", default=10, low=1, high=256,
        help="Points that one update looks at.",
    ),
    Choice(
        name="optimizer", label="optimizer", options=("sgd", "momentum", "adam"),
        help="The rule of an update; turned in mid-run it starts without memories.",
    ),
    Switch(
        name="test", label="test points", shows=True,
        help="Show the points that are kept for the test.",
    ),
)  # fmt: skip


def sandbox(run: Run) -> Sandbox:
    """The run's simulation, known to be the playground's."""
    assert isinstance(run.simulation, Sandbox)
    return run.simulation


def is_dead(run: Run) -> bool:
    """Half of the ReLUs or more are 0 on every training point: no slope reaches their weights."""
    if run.settings.word("activation") != "relu" or not run.settings.whole("layers"):
        return False
    return bool((sandbox(run).hidden() <= 0).all(axis=0).mean() >= 0.5)


def is_saturated(run: Run) -> bool:
    """Nine in ten hidden outputs lie at the ends of the activation's range."""
    low = {"tanh": -1.0, "sigmoid": 0.0}.get(run.settings.word("activation"))
    if low is None or not run.settings.whole("layers"):
        return False
    place = (sandbox(run).hidden() - low) / (1 - low)
    return bool((abs(place - 0.5) > 0.495).mean() > 0.9)


def is_overfitting(run: Run) -> bool:
    """The test loss has risen well above its lowest, while the train loss still falls."""
    train, test = (run.history.series[f"{part} loss"] for part in ("train", "test"))
    best = int(np.argmin(test))
    return bool(test[-1] > 1.3 * test[best] + 0.05 and train[-1] < train[best])


def is_guessing(run: Run) -> bool:
    """After many epochs hardly better than naming the largest class every time."""
    here = sandbox(run)
    if not here.problem.classes or here.epochs < SETTLED:
        return False
    counts = np.bincount(here.problem.truth(here.problem.train))
    return bool(run.metrics["train accuracy"] < counts.max() / counts.sum() + 0.1)


def how_right(run: Run) -> int:
    """0 about half, 1 most, 2 nearly all of the test points. One line gets at most 3/4 of xor."""
    accuracy = run.metrics["test accuracy"]
    return int(accuracy >= 0.75) + int(accuracy >= 0.95)


def fits(run: Run) -> int:
    """0 fitted, 1 still far off, 2 flown apart."""
    if run.status == "diverged":
        return 2
    return int(run.metrics["test R²"] < 0.9)


def learned_spiral(run: Run) -> bool:
    """Two arms told apart with confidence."""
    return run.settings.word("data") == "spiral" and run.metrics["test loss"] < 0.2


def learned_tumours(run: Run) -> bool:
    """At least 95 of 100 tumours that were never trained on."""
    return run.settings.word("data") == "breast_cancer" and run.metrics["test accuracy"] >= 0.95


def some_widths(rng: np.random.Generator) -> Mapping[str, float]:
    """Two hidden layers for a variant."""
    return {"a": float(rng.integers(3, 9)), "b": float(rng.integers(2, 7))}


def some_score(rng: np.random.Generator) -> Mapping[str, float]:
    """A score for a variant."""
    return {"z": float(rng.choice([-3, -2, -1, 0.5, 1, 2, 3]))}


def loss_of_score(v: Mapping[str, float]) -> float:
    """The loss of a point of class 1 with the score z."""
    return binary_cross_entropy(Tensor([[v["z"]]]), Tensor([[1.0]])).item()


STEPS = (
    Step(
        "What is a hidden layer for?",
        """A neuron weighs its inputs and draws one straight border. Stack neurons into *layers*
and borders bend. Press *play*: 2 inputs, two hidden layers of 8, one output learn to tell a disc
from the ring around it.

But is the hidden layer needed at all? In *xor* the colour says whether x₁ and x₂ have the same
sign. Say first what a network without hidden layers makes of it.""",
        scene={"data": "circle"},
        check=checks.Predict(
            name="xor",
            ask="xor with 0 hidden layers: how many test points are right after 1000 updates?",
            options=("about half", "nine in ten", "nearly all"),
            scene={"data": "xor", "layers": 0},
            steps=1000,
            outcome=how_right,
            why="Opposite corners are alike: whatever a line gains on one it loses on the other.",
            hints=("With 0 layers the border is one straight line.",
                   "Draw four squares in two colours, and a line."),
        ),
    ),
    Step(
        "What a neuron sees",
        """Each small map in the picture *Neurons* shows one neuron's output all over the plane of
the inputs. In the first hidden layer every map is one straight edge between two shades. The next
layer *adds edges up*, and its maps have corners and bays.

The threads are the weights: colour and texture tell the sign, strength the size. Watch them grow
from noise, and find the neurons that the output listens to.""",
        scene={"data": "circle", "layers": 1, "width": 3},
        check=checks.Choice(
            name="fence",
            ask="One hidden layer: how few tanh neurons can fence in the disc?",
            options=("1", "2", "3", "8"),
            answer=2,
            why="Each neuron gives one straight edge; it takes three to close a fence.",
            hints=("Which shape with straight sides has the fewest sides?",
                   "Set layers to 1 and try the widths."),
        ),
    ),
    Step(
        "The formula",
        """A layer multiplies by a matrix and applies φ to each number; the bias rides along as a
column of ones:

    h₁ = φ([x 1] W₁)    h₂ = φ([h₁ 1] W₂)    z = [h₂ 1] W₃

The score z becomes a probability p = σ(z) = 1/(1 + e⁻ᶻ) (softmax for more than two classes), and
the loss is the mean of −ln p(right class). A layer of n neurons after one of m has (m + 1) n
parameters.""",
        check=checks.Number(
            name="parameters",
            ask="How many parameters has a network 2-{a:g}-{b:g}-1?",
            vary=some_widths,
            answer=lambda v: MLP((2, int(v["a"]), int(v["b"]), 1)).layout.size,
            tolerance=0.001,
            why="3·{a:g} + ({a:g} + 1)·{b:g} + ({b:g} + 1) = {answer:g}.",
            hints=("Each neuron has a weight for every input, and a bias.",
                   "The first layer has (2 + 1)·{a:g}."),
        ),
    ),
    Step(
        "From scratch",
        """One update: take the next B points, go *forward* to the loss, *backward* through the
same steps to its gradient g, then w ← w − η g. The backward way begins with

    ∂L/∂z = p − y

and at each layer multiplies by Wᵀ and by φ′. The last picture, *The compiled step*, is the very
code that runs: three products forward, five back. The oracles check its gradient by differences
as you play.""",
        check=checks.Number(
            name="surprise",
            ask="A point of class 1 has the score z = {z:g}. What is its loss −ln σ(z)?",
            vary=some_score,
            answer=loss_of_score,
            tolerance=0.01,
            why="ln(1 + e⁻ᶻ) = {answer:.4g}.",
            hints=("−ln σ(z) = ln(1 + e⁻ᶻ).", "Put in z = {z:g}."),
        ),
    ),
    Step(
        "Play",
        """Data, noise, share, layers and width start a new run; all else may be turned *in
mid-run*, and the weights stay. Turn the activation to *identity*: the border is straight at once,
for a chain of linear layers is one linear layer. Turn it back before the weights move on.

The *spiral* is the hard one. More neurons, more points to train on (share), another optimizer:
each helps. Reset repeats a run exactly, so change one thing at a time.""",
        scene={"data": "spiral"},
        check=checks.Goal(
            name="spiral",
            ask="Spiral: bring the test loss below 0.2 within 5000 updates.",
            reached=learned_spiral,
            budget=5000,
            scene={"data": "spiral"},
            why="Wide layers offer many edges, and adam finds its own pace for every weight.",
            hints=("Plain sgd is too slow here: try adam with η = 0.01.",
                   "Turn the width up to 16.",
                   "Train share 0.8 and batch 30 make it safe."),
        ),
    ),
    Step(
        "Real tumours",
        """569 tumours, each measured by 30 numbers: benign or malignant? All 30 go in; the map
shows the plane in which the points differ most. The numbers are scaled by what the *training
part* alone knows, and what counts is the test part, which the network never sees.

At η = 0.001 it crawls. Watch the test loss as well: where it turns up while the train loss still
falls, learning has become learning by heart.""",
        scene={"data": "breast_cancer", "lr": 0.001, "test": True},
        check=checks.Goal(
            name="tumours",
            ask="Breast cancer: 95 % of the test points right within 200 updates.",
            reached=learned_tumours,
            budget=200,
            scene={"data": "breast_cancer", "lr": 0.001},
            why="Scaled inputs bear a large η: the data are nearly parted by a plane.",
            hints=("Only η needs turning.", "Reset after each try.", "Try η = 0.1."),
        ),
    ),
    Step(
        "Break it",
        """Set η to 10 on *circle*. The loss leaps about and is worse than guessing, yet stays
finite: p − y never exceeds 1, so an error cannot feed on itself. The weights grow until tanh is
*saturated*, ±1 everywhere, where its slope is 0.

On *plane*, a regression, the slope is 2 (ŷ − y): it grows with the error. Say first what
follows.""",
        scene={"data": "circle", "lr": 10},
        check=checks.Predict(
            name="burst",
            ask="plane with η = 10: what do 200 updates do?",
            options=("fit it", "leap about, finite", "fly apart"),
            scene={"data": "plane", "lr": 10},
            steps=200,
            outcome=fits,
            why="A larger error makes a larger step, which makes a larger error.",
            hints=("Does anything bound 2 (ŷ − y)?",),
        ),
    ),
    Step(
        "What to keep",
        """    layers 0        one straight border
    one layer       edges, added up
    more layers     shapes made of shapes
    identity        however deep, still one line

Train loss says what is learned, test loss what is understood. Guessing, dead ReLUs, saturation,
overfitting, flying apart: each has a name and a cure, and this is the place to bring them about
on purpose.""",
    ),
)  # fmt: skip

FAILURES = (
    Failure(
        "Flown apart",
        diverged,
        "η is too large: each step overshoots by more than the last.",
        "Turn η down by a factor of ten, then reset.",
        (("data", "plane"), ("lr", 10)),
    ),
    Failure(
        "Dead ReLUs",
        is_dead,
        "Half of the neurons or more are 0 on every point, so their weights get no slope.",
        "Turn η down and reset, or turn the activation to tanh.",
        (("data", "circle"), ("activation", "relu"), ("lr", 10)),
    ),
    Failure(
        "Saturated",
        is_saturated,
        "Nearly all hidden outputs stand at the ends of their range, where the slope is 0.",
        "Turn η down and reset: the weights are too large to come back.",
        (("data", "circle"), ("activation", "tanh"), ("lr", 10)),
    ),
    Failure(
        "Overfitting",
        is_overfitting,
        "The test loss rises while the train loss falls: the points are learned by heart.",
        "A larger train share, fewer neurons, less noise, or stop at the lowest test loss.",
        (("data", "circle"), ("noise", 0.3), ("share", 0.1), ("lr", 0.1)),
    ),
    Failure(
        "Guessing",
        is_guessing,
        "After many epochs hardly better than naming the largest class: the network is too "
        "small, or its slopes are.",
        "More layers or neurons, a larger η, another optimizer.",
        (("data", "xor"), ("layers", 0)),
    ),
)

lesson = Lesson(
    front=front(__doc__),
    steps=STEPS,
    knobs=KNOBS,
    simulation=Sandbox,
    chart=Chart("Loss", ("train loss", "test loss"), log=True),
    failures=FAILURES,
    sources=(
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors, "
        "equations 4–9",
        "Minsky & Papert 1969, Perceptrons, on what one layer cannot do",
        "Glorot & Bengio 2010, Training deep feedforward neural networks, equation 16",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 6.1 (xor), 6.2.2 and 6.5",
        "Kingma & Ba 2015, Adam, Algorithm 1",
        "Smilkov, Carter et al. 2017, Direct-Manipulation Visualization of Deep Networks",
        "Fisher 1936 (iris); Wolberg, Mangasarian, Street & Street 1995 (breast cancer); "
        "Alpaydin & Kaynak 1998 (digits)",
    ),
    budget=4000,
)
