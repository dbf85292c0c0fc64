"""Optimizers: SGD, momentum and Adam race, and one update is opened up.

order: 40
minutes: 15
needs: gradient_descent
"""

from engine.optim import adam, momentum
from lessons.kit import checks
from lessons.kit.failures import Failure
from lessons.kit.front import front
from lessons.kit.knobs import Choice, Slider
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.run import Run
from lessons.optimization._race import Race

KNOBS = (
    Choice(
        name="ground", label="ground", rebuilds=True,
        options=("valley", "rosenbrock", "beale", "himmelblau", "saddle", "network"),
        help="What to descend: a surface, or the loss of a small network.",
    ),
    Slider(
        name="lr_sgd", label="rate of sgd", symbol="η₁", default=0.015, low=1e-5, high=10,
        log=True, notches=120, help="The learning rate of sgd.",
    ),
    Slider(
        name="lr_momentum", label="rate of momentum", symbol="η₂", default=0.01, low=1e-5, high=10,
        log=True, notches=120, help="The learning rate of momentum.",
    ),
    Slider(
        name="lr_adam", label="rate of adam", symbol="η₃", default=0.05, low=1e-5, high=10,
        log=True, notches=120, help="The learning rate of Adam: about the length of its steps.",
    ),
    Slider(
        name="beta", label="momentum", symbol="β", default=0.9, low=0, high=0.99,
        help="How much of its velocity momentum keeps.",
    ),
    Slider(
        name="beta1", label="Adam’s memory", symbol="β₁", default=0.9, low=0, high=0.999,
        help="How long Adam remembers gradients.",
    ),
    Slider(
        name="beta2", label="Adam’s scale", symbol="β₂", default=0.999, low=0, high=0.9999,
        help="How long Adam remembers the size of gradients.",
    ),
    Choice(
        name="start", label="start", options=("usual", "own"), rebuilds=True,
        help="Start where everybody starts on this surface, or where you say.",
    ),
    Slider(
        name="x0", label="start x", symbol="x₀", default=-1, low=-5, high=5, rebuilds=True,
        only=("start", ("own",)), help="Where your own start lies, left to right.",
    ),
    Slider(
        name="y0", label="start y", symbol="y₀", default=1, low=-5, high=5, rebuilds=True,
        only=("start", ("own",)), help="Where your own start lies, up and down.",
    ),
    Choice(
        name="focus", label="look inside", options=("adam", "momentum", "sgd"),
        help="Whose update to open up.",
    ),
)  # fmt: skip


def race(run: Run) -> Race:
    """The race behind a run."""
    assert isinstance(run.simulation, Race)
    return run.simulation


def quick_momentum(run: Run) -> bool:
    """Momentum was within a millionth of the way after 100 updates at most, on the usual valley."""
    usual = run.settings["ground"] == "valley" and run.settings["start"] == "usual"
    return usual and 0 < race(run).entrants["momentum"].arrived <= 100


def lowest(run: Run) -> int:
    """Who is lowest now: 0 sgd, 1 momentum, 2 adam."""
    losses = list(run.metrics.values())
    return losses.index(min(losses))


def settled(v: checks.Numbers) -> float:
    """The length of momentum's steps after a long time on a slope of 1, by the engine's rule."""
    w, velocity = 0.0, 0.0
    for t in range(1, 3001):
        before = w
        w, velocity = momentum(w, 1.0, t, velocity, lr=v["lr"], beta=v["beta"])
    return before - w


def first_step(v: checks.Numbers) -> float:
    """The length of Adam's first step, by the engine's rule."""
    return abs(float(adam(0.0, v["g"], 1, lr=v["lr"])[0]))


def is_crawling(run: Run) -> bool:
    """A thousand updates, and not one entrant has come far."""
    still = all(not one.arrived and not one.out for one in race(run).entrants.values())
    start = run.history.series["sgd"][0]
    return run.steps >= 1000 and still and min(run.metrics.values()) > 2e-3 * start


def is_stuck(run: Run) -> bool:
    """All near the height of the saddle for long, where the slope is next to nothing."""
    on_saddle = run.settings["ground"] == "saddle" and run.steps >= 300
    return on_saddle and all(0.24 < loss < 0.26 for loss in run.metrics.values())


STEPS = (
    Step(
        "Three ways down",
        """Three rules start at one place and see the same slopes g = ∇f(w). Which is down first?

    sgd        w ← w − η g
    momentum   v ← β v + g            w ← w − η v
    adam       divides each step by the usual size of its own slope

Here every slope is exact; with slopes from a few examples only, the first rule is the *stochastic
gradient descent* that gave it its name. Press *play*. The table says who is where, and how long a
step each makes for the slope it stands on.""",
        check=checks.Choice(
            name="memory",
            ask="Which of the three forgets everything between two updates?",
            options=("momentum", "sgd", "adam"),
            answer=1,
            why="sgd needs only w and g. Momentum keeps v; Adam keeps m and v.",
            hints=("Which rule has no letter of its own besides w, g and η?",),
        ),
    ),
    Step(
        "Momentum rolls",
        """v adds up past slopes, and forgets by the factor β an update. Across the valley the
slopes change sign and cancel; along the floor they agree, and add up to

    v → g (1 + β + β² + …) = g/(1 − β)

So with β = 0.9 momentum goes ten times as fast along the floor as sgd with the same η. Choose
*look inside: momentum* and watch v grow.""",
        scene={"ground": "valley", "focus": "momentum"},
        check=checks.Number(
            name="settled",
            ask="The slope stays 1; η = {lr:g}, β = {beta:g}. How long do momentum’s steps get?",
            vary=lambda rng: {"lr": float(rng.choice([0.01, 0.02, 0.05])),
                              "beta": float(rng.choice([0.5, 0.8, 0.9, 0.95, 0.99]))},
            answer=settled,
            tolerance=0.01,
            why="η/(1 − β) = {lr:g}/(1 − {beta:g}) = {answer:g}.",
            hints=("What is 1 + β + β² + … ?", "η times 1/(1 − β)."),
        ),
    ),
    Step(
        "The best of momentum",
        """On a valley with curvatures λ from 1 to κ theory knows the best settings:

    β = ((√κ − 1)/(√κ + 1))²      η = (2/(1 + √κ))²      rate √β

For κ = 100 these are 0.669421, 0.0330579 and 0.818182, and a millionth of the way is left after 93
updates. The best sgd, η = 2/101, has the rate 0.980198 and needs 691. The oracles reckon both from
the roots of a quadratic, and the race counts.""",
        scene={"ground": "valley", "lr_sgd": 0.0198, "focus": "momentum"},
        check=checks.Goal(
            name="hundred",
            ask="Valley: let momentum arrive within 100 updates (you have 200 to show it).",
            reached=quick_momentum,
            budget=200,
            scene={"ground": "valley", "lr_momentum": 0.01, "beta": 0.9},
            why="Below the best β the floor is slow, above it the dot swings to and fro.",
            hints=("β = 0.9 remembers too long here.", "Try η near 0.033 and β near 0.67."),
        ),
    ),
    Step(
        "Inside Adam",
        """Adam keeps two averages: m of the slopes, v of their squares. Both start at 0 and so are
too small at first; m̂ and v̂ put that right:

    m ← β₁ m + (1 − β₁) g         m̂ = m/(1 − β₁ᵗ)
    v ← β₂ v + (1 − β₂) g²        v̂ = v/(1 − β₂ᵗ)
    w ← w − η m̂/(√v̂ + ε)

At the first update m̂ = g and v̂ = g², so the step is η g/(|g| + ε): its length is η, however steep
it is. Below you see the next update with its numbers, and the rule’s own code.""",
        scene={"ground": "valley", "focus": "adam"},
        check=checks.Number(
            name="first",
            ask="Adam, η = {lr:g}. The very first slope is {g:g}. How far does w move?",
            vary=lambda rng: {"lr": float(rng.choice([0.001, 0.01, 0.05, 0.2])),
                              "g": float(rng.choice([0.02, 3.0, 500.0]))},
            answer=first_step,
            tolerance=0.01,
            why="m̂/√v̂ = g/|g|, so it moves by η: {answer:.4g}.",
            hints=("Put t = 1 into m̂ and v̂.", "What is g/√(g²)?"),
        ),
    ),
    Step(
        "Slopes of any size",
        """Rosenbrock’s valley is curved and very steep at its sides. sgd and momentum need rates
ten and more times smaller than before; Adam runs with the one it had. For it divides by the size of
the slope, *coordinate by coordinate*: it cares for signs and proportions, not for units.

That is its use in networks, where one layer’s slopes may be a thousand times another’s. Try beale
and himmelblau as well: they have walls, plateaus, and in the end several valleys.""",
        scene={"ground": "rosenbrock", "lr_sgd": 0.001, "lr_momentum": 0.0003, "lr_adam": 0.05},
        check=checks.Choice(
            name="units",
            ask="f is multiplied by 1000, all else is kept. Whose way stays the same?",
            options=("sgd’s", "momentum’s", "adam’s", "nobody’s"),
            answer=2,
            why="m̂ and √v̂ both grow by 1000 (only ε does not): the quotient stays.",
            hints=("Where does g enter each rule?", "What if numerator and denominator both grow?"),
        ),
    ),
    Step(
        "A saddle",
        """At (0, 0) this ground falls along x and rises along y. Its slope there is nothing, and
near by it is next to nothing: all start at x = 0.001, where f ≈ −x²/2, and so for sgd

    x ← x + η x = (1 + η) x

Slow at first, for there is hardly a slope to follow. *Break it*: take your own start with x₀ = 0
exactly. There g is 0 along x for ever, and no rule of the three will leave.""",
        scene={"ground": "saddle", "lr_sgd": 0.015, "lr_momentum": 0.01, "lr_adam": 0.05},
        check=checks.Predict(
            name="saddle",
            ask="All start beside the saddle. Who is lowest after 100 updates?",
            options=("sgd", "momentum", "adam"),
            scene={"ground": "saddle", "lr_sgd": 0.015, "lr_momentum": 0.01, "lr_adam": 0.05},
            steps=100,
            outcome=lowest,
            why="Adam’s steps have the length η even where the slope is tiny.",
            hints=("The slope along x is only 0.001 at first.", "Who divides by it?"),
        ),
    ),
    Step(
        "On a network",
        """The same three rules, now on the 33 weights of a network that learns which squares of a
chessboard of four are dark. *Arrived* means here: a hundredth of the first loss is left.

There is no formula for who wins, and the order changes with the rates. A fair race gives each
rule its own best rate, and many starts: the seed draws another.""",
        scene={"ground": "network", "lr_sgd": 0.5, "lr_momentum": 0.1, "lr_adam": 0.03},
        check=checks.Predict(
            name="network",
            ask="Rates 0.5, 0.1 and 0.03, β = 0.9: whose loss is lowest after 300 updates?",
            options=("sgd", "momentum", "adam"),
            scene={"ground": "network", "lr_sgd": 0.5, "lr_momentum": 0.1, "lr_adam": 0.03},
            steps=300,
            outcome=lowest,
            why="Where slopes differ widely between the weights, a scale for each of them helps.",
            hints=("In the end all three get there.", "Momentum’s steps grow to 0.1/(1 − 0.9)."),
        ),
    ),
    Step(
        "What to keep",
        """    sgd        one rate for all; forgets
    momentum   adds up slopes; steps up to η/(1 − β) long a slope
    adam       a scale for each weight; steps of about η, whatever the slope

Momentum lowers the cost of a narrow valley from about κ updates to about √κ. Adam spares you the
search for a rate in each corner of a network. Neither gets off a saddle on whose ridge it stands
exactly, and each flies apart, or dances on the spot, when its η is too large.""",
    ),
)  # fmt: skip

FAILURES = (
    Failure(
        "Flown apart",
        lambda run: any(entrant.out for entrant in race(run).entrants.values()),
        "An entrant’s rate is too large for the steepest wall: it is out, and the others go on.",
        "Turn its rate down and reset; the valley bears 0.02 for sgd, (2 + 2β)/100 for momentum.",
        (("ground", "valley"), ("lr_sgd", 0.021)),
    ),
    Failure(
        "Stuck on the saddle",
        is_stuck,
        "The slope at a saddle is 0, and on its ridge it points at the saddle itself.",
        "Start beside the ridge: in practice the noise of small batches does that.",
        (("ground", "saddle"), ("start", "own"), ("x0", 0), ("y0", 1)),
    ),
    Failure(
        "Crawling",
        is_crawling,
        "All rates are so small that a thousand updates lead hardly anywhere.",
        "Turn the rates up, each for itself.",
        (("ground", "valley"), ("lr_sgd", 1e-4), ("lr_momentum", 1e-5), ("lr_adam", 1e-4)),
    ),
)

lesson = Lesson(
    front=front(__doc__),
    steps=STEPS,
    knobs=KNOBS,
    simulation=Race,
    chart=Chart("Loss above the minimum", ("sgd", "momentum", "adam"), log=True),
    failures=FAILURES,
    sources=(
        "Robbins & Monro 1951, A stochastic approximation method",
        "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
        "Kingma & Ba 2015, Adam: a method for stochastic optimization, algorithm 1",
        "Rosenbrock 1960, An automatic method for finding the greatest or least value of a "
        "function",
        "Beale 1958, On an iterative method for finding a local minimum of a function of several "
        "variables",
        "Himmelblau 1972, Applied Nonlinear Programming",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 8.3 and 8.5",
    ),
    budget=2000,
)
