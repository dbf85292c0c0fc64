"""The two lines around a lesson: where one is above, what runs below."""

from lessons.kit.lesson import Lesson
from tutor.clock import Clock, speed_name
from tutor.widgets.chips import Chip, ChipBar

STATUS = {"running": "", "converged": "■ arrived", "diverged": "✖ diverged"}


class TitleBar(ChipBar):
    """Subject, lesson, page, and the questions passed."""

    def show_place(self, subject: str, lesson: Lesson, page: int, passed: set[str]) -> None:
        """Show where the learner is."""
        dots = "".join(
            "◉" if i == page else "●" if step.check and step.check.name in passed else "○"
            for i, step in enumerate(lesson.steps)
        )
        known = sum(check.name in passed for check in lesson.checks)
        wide = self.size.width >= 70
        self.show(
            [
                Chip(" dltutor", "screen.leave", "accent", bold=True),
                Chip(f" ▸ {subject}" if wide else "", "screen.leave", "muted"),
                Chip(f" ▸ {lesson.front.title}", bold=True),
                Chip("", fill=True),
                Chip("‹ ", "screen.page(-1)", "accent"),
                Chip(f"{page + 1} of {len(lesson.steps)}  {dots}", "screen.page(1)"),
                Chip(" ›", "screen.page(1)", "accent"),
                Chip(f"  ✓ {known}/{len(lesson.checks)} ", "screen.answer", "good"),
            ]
        )


class Transport(ChipBar):
    """Play, step, reset, speed, and how far the run is."""

    def show_run(self, clock: Clock) -> None:
        """Show the run as it stands."""
        run = clock.run
        play = "‖ pause" if clock.playing else "▶ play "
        numbers = "  ".join(f"{name} {value:.4g}" for name, value in run.metrics.items())
        room = self.size.width - 66
        self.show(
            [
                Chip(f" {play} ", "screen.play", "accent", bold=True),
                Chip(" ⇥ step ", "screen.step", "accent"),
                Chip(" ↺ reset ", "screen.reset", "accent"),
                Chip("  ‹ ", "screen.speed(-1)", "accent"),
                Chip(f"{speed_name(clock.speed):^6}"),
                Chip(" ›  ", "screen.speed(1)", "accent"),
                Chip(f"{run.simulation.unit} {run.steps}", bold=True),
                Chip(f"  {numbers}" if len(numbers) < room else "", tone="muted"),
                Chip("", fill=True),
                Chip(
                    f"{STATUS[run.status]} ", tone="bad" if run.status == "diverged" else "good",
                    bold=True,
                ),
                Chip(f" seed {run.seed} ", "screen.reseed", "muted"),
            ]
        )  # fmt: skip
