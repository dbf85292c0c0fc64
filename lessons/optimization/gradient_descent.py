"""Gradient descent: one dial, the learning rate, decides between crawling and flying apart.

order: 10
minutes: 12
"""

from collections.abc import Mapping

import numpy as np

from lessons.kit import checks
from lessons.kit.failures import Failure, diverged
from lessons.kit.front import front
from lessons.kit.knobs import Choice, Slider
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.run import Run
from lessons.optimization._descent import Descent

KNOBS = (
    Choice(
        name="ground", label="ground", options=("valley", "curve", "regression"), rebuilds=True,
        help="What to descend: a valley, one parabola, or a fit to real irises.",
    ),
    Slider(
        name="lr", label="learning rate", symbol="η", default=0.005, low=1e-4, high=10, log=True,
        notches=100, help="How far each step goes against the gradient.",
    ),
    Slider(
        name="kappa", label="condition", symbol="κ", default=100, low=1, high=1000, log=True,
        rebuilds=True, only=("ground", ("valley",)),
        help="How many times steeper the valley is across than along.",
    ),
)  # fmt: skip


def best_rate(run: Run) -> bool:
    """Arrived, on the valley of κ = 100."""
    on_valley = run.settings.word("ground") == "valley" and run.settings.number("kappa") == 100
    return on_valley and run.status == "converged"


def kind_of_run(run: Run) -> int:
    """0 converged, 1 still under way, 2 flown apart."""
    return {"converged": 0, "running": 1, "diverged": 2}[run.status]


def some_lambda(rng: np.random.Generator) -> Mapping[str, float]:
    """A curvature for a variant."""
    return {"lam": float(rng.choice([4, 5, 8, 10, 16, 20, 25, 40, 50]))}


STEPS = (
    Step(
        "Which way is down?",
        """A loss f(w) says how wrong the weights w are. The *gradient* ∇f points where f rises
fastest, so one step against it goes down:

    w ← w − η ∇f(w)

The number η is the *learning rate*. It is the only thing to choose, and it decides everything.

Press *play* and watch the dot on the valley. It is on its way, but look how slowly.""",
        check=checks.Choice(
            name="direction",
            ask="At w = 2 the slope of f(w) = w²/2 is 2. Where does a step with η = 0.1 lead?",
            options=("w = 1.8", "w = 2.2", "w = 1.9"),
            answer=0,
            why="w − η f′(w) = 2 − 0.1 · 2 = 1.8.",
            hints=("Put the numbers into w − η f′(w).", "η f′(w) is 0.1 · 2 = 0.2."),
        ),
    ),
    Step(
        "One curve, one number",
        """On a parabola f(w) = λ w²/2 the slope is λw, and a step multiplies w by a fixed factor:

    w ← w − ηλ w = (1 − ηλ) w

After k steps w is (1 − ηλ)ᵏ times what it was. If the factor lies between 0 and 1 the dot
*crawls* in; between −1 and 0 it *zigzags* in; beyond that it *flies apart*.

Set the ground to *curve* (here λ = 1) and try η = 0.1, 1, 1.9 and 2.1.""",
        scene={"ground": "curve", "lr": 1.9},
        check=checks.Predict(
            name="beyond",
            ask="On the curve with λ = 1 and η = 2.1: what will 500 steps do?",
            options=("arrive", "still be under way", "fly apart"),
            scene={"ground": "curve", "lr": 2.1},
            steps=500,
            outcome=kind_of_run,
            why="The factor is 1 − 2.1 = −1.1: each step lands farther out on the other side.",
            hints=("What is the factor 1 − ηλ?", "Is |1 − 2.1| more or less than 1?"),
        ),
    ),
    Step(
        "The border",
        """|1 − ηλ| < 1 says exactly when descent arrives:

    0 < η < 2/λ

With many weights there are many curvatures λ: the eigenvalues of the Hessian, the matrix of
second derivatives. The *largest* one sets the border, for it is the first to fly apart.

The oracle *border* shows it, and beside it what this very run measured.""",
        scene={"ground": "valley", "lr": 0.0199},
        check=checks.Number(
            name="border",
            ask="A bowl has its largest curvature λ = {lam:g}. Below which η does descent arrive?",
            vary=some_lambda,
            answer=lambda v: 2 / v["lam"],
            tolerance=0.01,
            why="2/λ = 2/{lam:g} = {answer:g}.",
            hints=("|1 − ηλ| must be less than 1.", "So ηλ < 2."),
        ),
    ),
    Step(
        "The valley",
        """f = (w₁² + κ w₂²)/2 is κ times steeper across than along. The border is 2/κ, made by
the steep walls; but along the floor the factor is 1 − η, which then is hardly less than 1.

So κ, the *condition number*, is what makes descent slow: the walls forbid the large steps
that the floor would need. The table shows both components and their factors.""",
        scene={"ground": "valley", "lr": 0.005},
        check=checks.Choice(
            name="slow",
            ask="κ = 100 and η = 0.005. Which component is still large after 300 steps?",
            options=("along the floor, λ = 1", "across, λ = 100", "both alike"),
            answer=0,
            why="0.995³⁰⁰ = 0.22 is left along the floor, 0.5³⁰⁰ ≈ 0 across.",
            hints=("Compare the factors 1 − ηλ in the table.",),
        ),
    ),
    Step(
        "The best dial",
        """Raise η and the floor goes faster; the walls start to zigzag. The best η makes both
factors equally large, one positive and one negative:

    η = 2/(λ₁ + λₙ)        rate = (κ − 1)/(κ + 1)

For κ = 100 the rate is 0.980198: no fixed η can do better than 691 steps to come a million times
closer. (Momentum can: it needs 93.)""",
        scene={"ground": "valley", "lr": 0.0198},
        check=checks.Goal(
            name="arrive",
            ask="Valley, κ = 100: arrive (a million times closer) within 720 steps.",
            reached=best_rate,
            budget=720,
            scene={"ground": "valley", "kappa": 100, "lr": 0.005},
            why="Near η = 2/101 = 0.0198 both ends of the spectrum shrink alike.",
            hints=(
                "Reset after each try: the budget counts from the start.",
                "Go close to the border 0.02, but not beyond it.",
                "Try η = 0.0198.",
            ),
        ),
    ),
    Step(
        "Real data",
        """Fitting a line to data is such a bowl too. Here the width of 150 real iris petals is
predicted from two other lengths; the loss is half the mean squared error. Its Hessian XᵀX/n knows
nothing of the widths: the *inputs* alone decide how fast you can learn.

The two lengths go up together (correlation 0.87), which makes the bowl a valley: κ is about 15.""",
        scene={"ground": "regression", "lr": 0.5},
        check=checks.Number(
            name="condition",
            ask="Two standardised inputs with correlation {rho:g} have λ = 1 ± {rho:g}. What is κ?",
            vary=lambda rng: {"rho": float(rng.choice([0.5, 0.6, 0.8, 0.9]))},
            answer=lambda v: (1 + v["rho"]) / (1 - v["rho"]),
            tolerance=0.01,
            why="(1 + {rho:g})/(1 − {rho:g}) = {answer:g}.",
            hints=("κ is the largest λ over the smallest.",),
        ),
    ),
    Step(
        "What to keep",
        """Descent on a bowl multiplies each component of the error by 1 − ηλ.

    arrives    iff  η < 2/λmax
    best       η = 2/(λmin + λmax)
    pace       (κ − 1)/(κ + 1)

Networks are no bowls, but near a minimum they look like one, and the same border 2/λmax is what
you will meet there.""",
    ),
)

FAILURES = (
    Failure(
        "Flown apart",
        diverged,
        "η is beyond 2/λmax: every step overshoots by more than the last.",
        "Turn η below the border that the oracle shows, then reset.",
        (("ground", "valley"), ("lr", 0.021)),
    ),
    Failure(
        "Crawling",
        lambda run: run.steps >= 1000 and run.status == "running" and run.metrics["distance"] > 0.1,
        "η is so small that the flat direction hardly moves.",
        "Turn η up, towards 2/(λmin + λmax).",
        (("ground", "valley"), ("lr", 0.0002)),
    ),
)

lesson = Lesson(
    front=front(__doc__),
    steps=STEPS,
    knobs=KNOBS,
    simulation=Descent,
    chart=Chart("Loss above its minimum", ("loss − min",), log=True),
    failures=FAILURES,
    sources=(
        "Cauchy 1847, Méthode générale pour la résolution des systèmes d’équations simultanées",
        "Nesterov 2004, Introductory Lectures on Convex Optimization, theorem 2.1.15",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 4.3 and 8.2.1",
        "Fisher 1936, The use of multiple measurements in taxonomic problems (iris data)",
    ),
    budget=20_000,
)
