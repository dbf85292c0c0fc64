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

from engine.errors import DomainError, shortened
from tutor.output import complain, guarded, require_terminal, write, write_json

COMMANDS = ("list", "run", "doctor")
MAX_COMPLAINT = 160
"""The most characters of what is wrong with a command line."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a computing thread gives way to another one."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports errors in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to find help."""
        # It may hold whatever was typed, unquoted.
        short = " ".join(message.split())[:MAX_COMPLAINT]
        dots = "…" if len(short) == MAX_COMPLAINT else ""
        raise DomainError(f"{short}{dots}. Try '{self.prog} --help'.")

    def _print_message(self, message: str, file: object = None) -> None:
        """Print help, which may be in color, or the version: errors are raised instead."""
        write(message, styled=True)


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
    return guarded(lambda: _command(words))


def _command(words: Sequence[str]) -> int:
    try:
        options = parser(words).parse_args(words)
    except SystemExit:  # after --help or --version
        return 0
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


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
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected an integer ≥ 0, got {shortened(repr(text))}")
    if len(text) > 15:
        raise argparse.ArgumentTypeError(f"expected at most 15 digits, got {len(text)}")
    return int(text)


def _version() -> str:
    try:
        return version("dltutor")
    except PackageNotFoundError:
        return "(not installed)"


def _open(options: argparse.Namespace) -> int:
    from lessons.catalogue import find

    entry = find(options.lesson) if options.lesson is not None else None
    require_terminal()
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
        for sentence in filter(None, said):
            complain(sentence)
    return 1 if any(said) else app.return_code or 0


def _list(options: argparse.Namespace) -> int:
    from lessons.catalogue import subjects

    if options.json:
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
        write_json(rows)
        return 0
    paths = [entry.path for subject in subjects() for entry in subject.entries]
    width = max(map(len, paths), default=0)
    for subject in subjects():
        write(f"{subject.title}\n")
        for entry in subject.entries:
            about = entry.broken or f"{entry.front.title}: {entry.front.about}"
            write(f"  {entry.path:<{width}}  {about}\n")
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
    write(render(findings) + "\n")
    return 0 if all(finding.ok for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
