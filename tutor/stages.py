"""Stages: all experiments of a lesson, each with its run, and which one stands beside the page."""

from collections.abc import Callable

from lessons.kit.checks import Predict
from lessons.kit.lesson import Lesson
from lessons.kit.pages import Page, Stage
from tutor.controller import RunController


class Stages:
    """The controllers of a lesson by the name of their experiment; `current` is in the laboratory.

    An experiment keeps its run while pages turn. A page stages its own at once, unless the learner
    has turned a knob of it by hand: then it only offers to.
    """

    def __init__(
        self, lesson: Lesson, seed: int, warn: Callable[[str], object], at: int = 0
    ) -> None:
        self._lesson, self._seed, self._warn = lesson, seed, warn
        self._controllers: dict[str, RunController] = {}
        # A page without a stage shows what the page before it has left.
        before = [page.stage for page in lesson.pages[: at + 1] if page.stage]
        after = [page.stage for page in lesson.pages if page.stage]
        stage = before[-1] if before else after[0] if after else None
        self.current = self.controller(stage.experiment if stage else "", stage)
        if stage:
            self.current.stage(stage)

    def controller(self, name: str, stage: Stage | None = None) -> RunController:
        """The controller of an experiment; a new one begins with the scene of the stage, if any."""
        experiment = self._lesson.experiment(name)
        title = experiment.title()
        if title not in self._controllers:
            scene = stage.scene if stage else {}
            controller = RunController(experiment, self._seed, self._warn, scene)
            self._controllers[title] = controller
        return self._controllers[title]

    def open(self, page: Page) -> None:
        """Bring the page's experiment to the laboratory, and stage it unless it was touched."""
        if page.stage is None:
            return
        self._bring(self.controller(page.stage.experiment, page.stage))
        if not self.current.is_touched:
            self.current.stage(page.stage)

    def offers(self, page: Page) -> bool:
        """Whether the page has a stage that is not set up, since a knob was turned by hand."""
        if page.stage is None:
            return False
        return self.controller(page.stage.experiment, page.stage).is_touched

    def set_up(self, stage: Stage) -> None:
        """Stage a page's experiment anew, whatever was done to it."""
        self._bring(self.controller(stage.experiment, stage))
        self.current.begin(stage.scene)
        self.current.stage(stage)

    def predict(self, check: Predict) -> bool:
        """Begin the run that decides a prediction; returns whether it could be built."""
        self._bring(self.controller(check.lab.title()))
        return self.current.begin(check.scene)

    def _bring(self, controller: RunController) -> None:
        if controller is not self.current:
            self.current.clock.playing = False
            self.current = controller
