"""Stages: the laboratory of each page, and the one on the screen."""

from collections.abc import Callable

from lessons.kit.checks import Prediction
from lessons.kit.lesson import Lesson
from lessons.kit.pages import Page, Stage
from tutor.controller import RunController


class Stages:
    """The run controllers of a lesson; `current` is the one in the laboratory.

    Every page with a stage has its own run: set up as the page says when it is first opened, later
    as the learner left it. So text and pictures belong together, and nothing the learner did is
    lost. A page without a stage keeps that of the page before it.
    """

    def __init__(
        self, lesson: Lesson, seed: int, warn: Callable[[str], object], at: int = 0
    ) -> None:
        self._lesson, self._seed, self._warn = lesson, seed, warn
        self._controllers: dict[int | str, RunController] = {}
        before = [page.stage for page in lesson.pages[: at + 1] if page.stage]
        after = [page.stage for page in lesson.pages if page.stage]
        stage = before[-1] if before else after[0] if after else None
        self.current = self._of_stage(stage) if stage else self._of_experiment("")

    def _of_stage(self, stage: Stage) -> RunController:
        """The controller of a page's stage, set up on first use."""
        if stage.line not in self._controllers:
            experiment = self._lesson.experiment(stage.experiment)
            controller = RunController(experiment, self._seed, self._warn, stage.scene)
            controller.stage(stage)
            self._controllers[stage.line] = controller
        return self._controllers[stage.line]

    def _of_experiment(self, name: str) -> RunController:
        """The controller of an experiment that is not on a page's stage."""
        experiment = self._lesson.experiment(name)
        title = experiment.title()
        if title not in self._controllers:
            self._controllers[title] = RunController(experiment, self._seed, self._warn, {})
        return self._controllers[title]

    def open(self, page: Page) -> None:
        """Bring the page's laboratory to the screen."""
        if page.stage:
            self._switch_to(self._of_stage(page.stage))

    def can_set_up(self, page: Page) -> bool:
        """Whether the laboratory differs from the page's stage, so that it can be set up again."""
        if page.stage is None:
            return False
        is_elsewhere = self.current is not self._of_stage(page.stage)
        has_other_scene = dict(self.current.scene) != dict(page.stage.scene)
        return self.current.is_touched or is_elsewhere or has_other_scene

    def set_up(self, stage: Stage) -> None:
        """Set up a page's laboratory again, whatever was done to it."""
        self._switch_to(self._of_stage(stage))
        self.current.begin(stage.scene)
        self.current.stage(stage)

    def predict(self, check: Prediction) -> bool:
        """Start the run that decides a prediction; returns whether it could be built."""
        if self.current.experiment is not check.lab:
            self._switch_to(self._of_experiment(check.lab.title()))
        return self.current.begin(check.scene)

    def _switch_to(self, controller: RunController) -> None:
        if controller is not self.current:
            self.current.clock.playing = False
            self.current = controller
