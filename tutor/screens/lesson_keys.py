"""The keys of a lesson: what each one does, and when it is offered."""

from textual.binding import Binding

from lessons.kit.lesson import Question
from lessons.kit.pages import Page
from tutor.controller import RunController

HELP = """
## A lesson

Read the page, answer its question, turn the knobs while the run plays. Grips, cells, bars and nodes
in a picture can be dragged or clicked; tab moves the keys there. Every number on the right is
computed live; the *oracles* show what theory predicts beside what was measured.
"""
KEYS: tuple[Binding, ...] = (
    Binding("space", "run('play')", "play", key_display="space"),
    Binding("n,pagedown", "page(1)", "next"),
    Binding("b,pageup", "page(-1)", "back"),
    Binding("down", "scroll_lines(3)", "scroll the page", show=False, key_display="↑↓"),
    Binding("up", "scroll_lines(-3)", "scroll the page", show=False, system=True),
    Binding("j", "scroll(1)", "scroll half a page", show=False, key_display="j i"),
    Binding("i", "scroll(-1)", "scroll half a page", show=False, system=True),
    Binding("end", "scroll_lines(9999)", "to the end of the page", show=False),
    Binding("home", "scroll_lines(-9999)", "to its start", show=False),
    Binding("l", "mode", "read/lab"),
    Binding("s", "run('step', 1)", "step"),
    Binding("S,backspace", "run('step', -1)", "step back"),
    Binding("g", "run('end', 1)", "to the last step", show=False),
    Binding("G", "run('end', -1)", "to the start", show=False),
    Binding("r", "run('reset')", "reset"),
    Binding("r", "run('restore')", "reset the knobs", show=False),
    Binding("R", "run('reseed')", "new seed", show=False),
    Binding("a", "answer", "answer"),
    Binding("k", "knobs", "knobs"),
    Binding("v", "run('view', 1)", "view"),
    Binding("V", "run('view', -1)", "previous view", show=False),
    Binding("z", "zoom", "zoom"),
    Binding("h", "hint", "hint"),
    Binding("c", "set_up", "set up"),
    Binding("full_stop,greater_than_sign", "run('speed', 1)", "faster", key_display="."),
    Binding("comma,less_than_sign", "run('speed', -1)", "slower", key_display=","),
    Binding("f", "run('speed', 9)", "full speed", show=False),
    Binding("p", "run('pin')", "pin"),
    Binding("P", "run('unpin')", "remove pinned runs", show=False),
    Binding("y", "copy", "copy"),
    Binding("escape", "leave", "home"),
)


def is_offered(
    action: str,
    parameters: tuple[object, ...],
    page: Page,
    question: Question | None,
    controller: RunController,
) -> bool:
    """Whether an action makes sense on a page, for the experiment in the laboratory."""
    if action == "set_up":
        return page.stage is not None
    if action == "answer":
        # A goal is judged by the run, not by an answer.
        return question is not None and question.kind != "goal"
    if action == "hint":
        return question is not None
    if action == "knobs":
        return bool(controller.experiment.knobs)
    if action != "run":
        return True
    name, by = parameters[0], parameters[1] if len(parameters) > 1 else 0
    has_steps, is_algorithm = controller.run.has_steps, controller.is_algorithm
    if name == "restore":
        return not has_steps
    if name == "view":
        return controller.views.count > 1
    if name in ("pin", "unpin"):
        return bool(controller.experiment.charts)
    if name == "end" or (name, by) == ("step", -1):
        return is_algorithm
    if name == "reseed":
        return has_steps and not is_algorithm
    return has_steps
