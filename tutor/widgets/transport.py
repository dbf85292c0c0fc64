"""The bars of a lesson: its title and page above, playback controls below."""

from collections.abc import Sequence, Set

from lessons.catalogue import Entry, subjects
from lessons.kit.lesson import Lesson
from lessons.kit.run import Run
from tutor.clock import Clock, speed_name
from tutor.pictures.letters import length
from tutor.widgets.chips import Chip, ChipBar

STATUS = {"running": "", "converged": "■ arrived", "diverged": "✖ diverged"}
WALK_STATUS = {"running": "", "converged": "■ done", "diverged": "✖ refused"}
MIN_WIDTH_FOR_WORDS = 70
"""The least columns for the label "step back", which "back" alone might confuse with a page."""


class TitleBar(ChipBar):
    """Subject, lesson, page, and the questions passed."""

    def show_place(self, entry: Entry, lesson: Lesson, at: int, passed: Set[str]) -> None:
        """Show the lesson, the page number `at`, and the questions passed."""
        known = (subject.title for subject in subjects() if subject.name == entry.subject)
        marks = [
            page.question is not None and page.question.name in passed for page in lesson.pages
        ]
        dots = "".join("◉" if i == at else "○●"[done] for i, done in enumerate(marks))
        subject = f" ▸ {next(known, entry.subject)}"
        self.show(
            [
                Chip(" dltutor", "screen.leave", "accent", bold=True),
                Chip(subject, "screen.leave", "muted", optional=True),
                Chip(f" ▸ {lesson.front.title}", bold=True),
                Chip("", fill=True),
                Chip("‹ ", "screen.page(-1)", "accent"),
                Chip(f"{at + 1} of {len(marks)}  {dots}", "screen.page(1)"),
                Chip(" ›", "screen.page(1)", "accent"),
                Chip(f"  ✓ {sum(marks)}/{len(lesson.questions)} ", "screen.answer", "good"),
            ]
        )


class Transport(ChipBar):
    """Play, step, reset, speed, and the progress of the run."""

    def show_run(self, clock: Clock, is_algorithm: bool) -> None:
        """Show the present state of the run."""
        run = clock.run
        back = " ⇤ step back " if self.size.width >= MIN_WIDTH_FOR_WORDS else " ⇤ back "
        step = [Chip(back, "screen.run('step', -1)", "accent")] if is_algorithm else []
        chips = [
            Chip(
                " ‖ pause " if clock.playing else " ▶ play  ",
                "screen.run('play')",
                "accent",
                bold=True,
            ),
            *step,
            Chip(" ⇥ step ", "screen.run('step', 1)", "accent"),
            Chip(" ↺ reset ", "screen.run('reset')", "accent"),
            Chip("  ‹ ", "screen.run('speed', -1)", "accent"),
            Chip(f"{speed_name(clock.speed):^6}"),
            Chip(" ›  ", "screen.run('speed', 1)", "accent"),
            Chip(f"{run.experiment.unit} {run.steps}", bold=True),
        ]
        self.show([*chips, *_rest(run, is_algorithm, self.size.width - _length(chips))])


def _length(chips: Sequence[Chip]) -> int:
    return sum(length(chip.text) for chip in chips)


def _rest(run: Run, is_algorithm: bool, room: int) -> list[Chip]:
    """As many metrics as fit, how the run ended, and the seed."""
    words = (WALK_STATUS if is_algorithm else STATUS)[run.status]
    tone = "bad" if run.status == "diverged" else "good"
    end = [
        Chip("", fill=True),
        Chip(f" {words} " if words else "", tone=tone, bold=True),
        *([] if is_algorithm else [Chip(f" seed {run.seed} ", "screen.run('reseed')", "muted")]),
    ]
    room -= _length(end)
    numbers = ""
    for name, value in run.metrics.items():
        numbers += f"  {name} {value:.4g}"
        if length(numbers) > room:
            break
    else:
        return [Chip(numbers, tone="muted"), *end]
    return [Chip(numbers.rpartition(f"  {name} ")[0], tone="muted"), *end]
