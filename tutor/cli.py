"""The command line: parses the arguments, then imports only what the command needs.

dltutor                     open the tutor
dltutor LESSON              open it at a lesson
dltutor list | run | doctor
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from engine.errors import DltutorError, DomainError

COMMANDS = ("list", "run", "doctor")
SWITCH_INTERVAL = 0.0005
"""Seconds after which a computing thread gives way to another one."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports errors in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to find help, and exit with code 2."""
        self.exit(2, f"dltutor: {message}. Try '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code.

    0 is success, 2 a user error, reported in one sentence, 1 a bug in the program, or progress that
    could not be saved.
    """
    # Small matrices are slower on several threads; NumPy reads this when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Textual makes up for a late frame only two frames later, and keys wait for it.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    if arguments is None:
        # Until the screen is up, ctrl+c ends the program as it does any other: without a word.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = parser(words).parse_args(words)
        command: Callable[[argparse.Namespace], int] = options.command
        code = command(options)
        sys.stdout.flush()
        return code
    except DltutorError as error:
        sys.stderr.write(f"dltutor: {error}\n")
        return 2
    except BrokenPipeError:
        # The reader went away (`| head`): exit without a second error at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from tutor.bugs import bug_message, log_error

        sys.stderr.write(f"dltutor: {bug_message(log_error(error))}\n")
        return 1


def parser(words: Sequence[str]) -> Parser:
    """The parser for these words: for commands, or for the app if the first is not a command."""
    if words and words[0] in COMMANDS:
        return _commands()
    top = Parser(
        prog="dltutor",
        description="Learn the mathematics of deep learning: read a page, turn a knob, watch it.",
        epilog="commands: list (all lessons), run (an experiment without a screen), doctor (check "
        "this terminal). 'dltutor COMMAND --help' says more.",
    )
    top.add_argument("lesson", nargs="?", help="open this lesson: subject/name or just name")
    top.add_argument("--seed", type=_integer, default=0, help="seed of the random generator")
    top.add_argument("--version", action="version", version=f"dltutor {_version()}")
    top.set_defaults(command=_open)
    return top


def _commands() -> Parser:
    top = Parser(prog="dltutor")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="all lessons", description="List all lessons.")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(command=_list)

    _add_run(commands.add_parser(
        "run",
        help="run an experiment without a screen",
        description="Run an experiment of a lesson without a screen. The same line gives the same "
        "state, bit for bit. 'dltutor run LESSON --help-knobs' lists experiments and knobs.",
    ))  # fmt: skip

    doctor = commands.add_parser(
        "doctor", help="check this terminal", description="Say what is fine here and what is not."
    )
    doctor.set_defaults(command=_doctor)
    return top


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "experiment",
        metavar="LESSON[/EXPERIMENT]",
        help="subject/name or just name of a lesson; its first experiment where none is named",
    )
    run.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="set a knob; repeatable"
    )
    run.add_argument(
        "--at", action="append", default=[], metavar="STEP:KNOB=VALUE",
        help="turn a knob after STEP steps; repeatable, in increasing order",
    )  # fmt: skip
    run.add_argument("--seed", type=_integer, default=0, help="seed of the random generator")
    run.add_argument("--steps", type=_integer, help="how many steps (default: as many as it needs)")
    run.add_argument("--help-knobs", action="store_true", help="list the knobs and exit")
    form = run.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_const", dest="form", const="json", help="one object")
    form.add_argument("--csv", action="store_const", dest="form", const="csv", help="the record")
    form.add_argument("--plot", action="store_const", dest="form", const="plot", help="a picture")
    run.set_defaults(command=_run, form="text")


def _integer(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise argparse.ArgumentTypeError(f"expected an integer ≥ 0, got {text!r}")
    return int(text)


def _version() -> str:
    try:
        return version("dltutor")
    except PackageNotFoundError:
        return "(not installed)"


def _open(options: argparse.Namespace) -> int:
    from lessons.catalogue import find

    entry = find(options.lesson) if options.lesson else None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DomainError(
            "the tutor needs a terminal, and this is a pipe. 'dltutor run LESSON' works anywhere."
        )
    from tutor.progress.journal import Journal

    # Keys are read in their own thread, which would wait 5 ms for each switch during a run.
    sys.setswitchinterval(SWITCH_INTERVAL)
    journal, said = Journal.open(), []
    try:
        from tutor.app import TutorApp

        app = TutorApp(journal, entry, options.seed)
        app.run()
        said.append(app.bug)
    finally:
        said.append(journal.close())
        sys.stderr.writelines(f"dltutor: {sentence}\n" for sentence in said if sentence)
    return 1 if any(said) else app.return_code or 0


def _list(options: argparse.Namespace) -> int:
    from lessons.catalogue import subjects

    if options.json:
        import json

        rows = [
            {
                "lesson": entry.path,
                "title": entry.front.title,
                "about": entry.front.about,
                "subject": subject.title,
                "minutes": entry.front.minutes,
                "needs": list(entry.front.needs),
                "broken": entry.broken or None,
            }
            for subject in subjects()
            for entry in subject.entries
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return 0
    paths = [entry.path for subject in subjects() for entry in subject.entries]
    width = max(map(len, paths), default=0)
    for subject in subjects():
        sys.stdout.write(f"{subject.title}\n")
        for entry in subject.entries:
            about = entry.broken or f"{entry.front.title}: {entry.front.about}"
            sys.stdout.write(f"  {entry.path:<{width}}  {about}\n")
    return 0


def _run(options: argparse.Namespace) -> int:
    from lessons.catalogue import find_experiment

    entry, name = find_experiment(options.experiment)
    from tutor.headless import Request, print_knobs, run_experiment

    if options.help_knobs:
        print_knobs(entry, name)
        return 0
    request = Request(entry, name, options.seed, options.set, options.at, options.steps)
    return run_experiment(request, options.form)


def _doctor(options: argparse.Namespace) -> int:
    from tutor.doctor import render, report

    findings = report()
    sys.stdout.write(render(findings) + "\n")
    return 0 if all(finding.ok for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
