"""The lines around a lesson: where one is above, what runs below."""

from collections.abc import Sequence, Set

from lessons.catalogue import Entry, subjects
from lessons.kit.lesson import Lesson
from lessons.kit.run import Run
from tutor.clock import Clock, speed_name
from tutor.widgets.chips import Chip, ChipBar

STATUS = {"running": "", "converged": "■ arrived", "diverged": "✖ diverged"}
WALK_STATUS = {"running": "", "converged": "■ done", "diverged": "✖ refused"}
WIDE = 70
"""Columns from which on a step back is called one, not to be taken for a page's."""


class TitleBar(ChipBar):
    """Subject, lesson, page, and the questions passed."""

    def show_place(self, entry: Entry, lesson: Lesson, at: int, passed: Set[str]) -> None:
        """Show where the learner is: lesson, page number `at`, and the questions passed."""
        known = (subject.title for subject in subjects() if subject.name == entry.subject)
        marks = [
            page.question is not None and page.question.name in passed for page in lesson.pages
        ]
        dots = "".join("◉" if i == at else "○●"[done] for i, done in enumerate(marks))
        subject = f" ▸ {next(known, entry.subject)}"
        self.show(
            [
                Chip(" dltutor", "screen.leave", "accent", bold=True),
                Chip(subject, "screen.leave", "muted", spare=True),
                Chip(f" ▸ {lesson.front.title}", bold=True),
                Chip("", fill=True),
                Chip("‹ ", "screen.page(-1)", "accent"),
                Chip(f"{at + 1} of {len(marks)}  {dots}", "screen.page(1)"),
                Chip(" ›", "screen.page(1)", "accent"),
                Chip(f"  ✓ {sum(marks)}/{len(lesson.questions)} ", "screen.answer", "good"),
            ]
        )


class Transport(ChipBar):
    """Play, step, reset, speed, and how far the run is."""

    def show_run(self, clock: Clock, is_walk: bool) -> None:
        """Show the run as it stands."""
        run = clock.run
        back = " ⇤ step back " if self.size.width >= WIDE else " ⇤ back "
        step = [Chip(back, "screen.run('step', -1)", "accent")] if is_walk else []
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
        self.show([*chips, *_rest(run, is_walk, self.size.width - _length(chips))])


def _length(chips: Sequence[Chip]) -> int:
    return sum(len(chip.text) for chip in chips)


def _rest(run: Run, is_walk: bool, room: int) -> list[Chip]:
    """Numbers as far as there is room, how it ended, and the seed."""
    words = (WALK_STATUS if is_walk else STATUS)[run.status]
    tone = "bad" if run.status == "diverged" else "good"
    end = [
        Chip("", fill=True),
        Chip(f" {words} " if words else "", tone=tone, bold=True),
        *([] if is_walk else [Chip(f" seed {run.seed} ", "screen.run('reseed')", "muted")]),
    ]
    room -= _length(end)
    numbers = ""
    for name, value in run.metrics.items():
        numbers += f"  {name} {value:.4g}"
        if len(numbers) > room:
            break
    else:
        return [Chip(numbers, tone="muted"), *end]
    return [Chip(numbers.rpartition(f"  {name} ")[0], tone="muted"), *end]
