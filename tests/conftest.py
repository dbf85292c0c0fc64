"""What every test starts from: one thread for the mathematics, and a data folder of its own."""

import os
import shutil
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

import lessons
from lessons import catalogue

# Read by NumPy when it is imported: by a test module, after this.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

# Slow machines are no failures, and the same commit gives the same result.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


STUB = Path(__file__).parent / "tutor" / "stub"


@pytest.fixture(autouse=True)
def data_folder(monkeypatch, tmp_path_factory):
    """The tutor's data folder during a test: never the one of whoever runs it."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("DLTUTOR_DATA", str(folder))
    return folder


PAGES = """\
    +++
    title = "{name}"
    about = "a lesson for tests"
    order = {order}
    minutes = 5
    +++

    # One page

    It says little.

    ``` stage
    Arrow: plane
    ```
    """
LAB = """\
    from lessons.kit.experiment import StaticExperiment, view
    from lessons.kit.knobs import Point
    from lessons.kit.pictures import Arrow as Drawn, Plane


    class Arrow(StaticExperiment):
        tip = Point("tip", (3, 4), help="Where it ends.")

        @view
        def plane(self):
            return Plane("Plane", (-5, 5, -5, 5), arrows=(Drawn("a", self.tip, knob="tip"),))
    """


@pytest.fixture
def add_lesson(monkeypatch, tmp_path):
    """Adds a lesson to a subject `spare` that comes last in the catalogue."""
    home = tmp_path / "lessons"
    (home / "spare").mkdir(parents=True)
    (home / "spare" / catalogue.SUBJECT).write_text('title = "Spare"\norder = 99\n')
    yield from _adding(monkeypatch, Both(catalogue._HERE, home), home, "spare")


@pytest.fixture
def few_lessons(monkeypatch, tmp_path):
    """A catalogue of three: the stub lesson, a small one, and one that cannot be opened.

    It is the function that adds further ones.
    """
    home = tmp_path / "few"
    stubs = home / "stubs"
    shutil.copytree(STUB, stubs / "stub", ignore=shutil.ignore_patterns("__*"))
    shutil.copy(catalogue._HERE / "bibliography.toml", home)
    (stubs / catalogue.SUBJECT).write_text('title = "Stubs"\norder = 1\n')
    for add in _adding(monkeypatch, home, home, "stubs"):
        add("small", order=20)
        add("broken", lab="1 / 0", order=30)
        yield add


def _adding(monkeypatch, found_in, home, subject):
    """Looks for lessons elsewhere until the test is over; lends a function that adds one."""
    monkeypatch.setattr(catalogue, "_HERE", found_in)
    monkeypatch.setattr(lessons, "__path__", [*lessons.__path__, str(home)])
    catalogue.subjects.cache_clear()

    def add(name: str, pages: str = PAGES, lab: str = LAB, order: int = 10) -> str:
        folder = home / subject / name
        folder.mkdir()
        text = dedent(pages).replace("{name}", name.title()).replace("{order}", str(order))
        (folder / catalogue.PAGES).write_text(text, encoding="utf-8")
        (folder / f"{catalogue.LAB}.py").write_text(dedent(lab), encoding="utf-8")
        catalogue.subjects.cache_clear()
        return f"{subject}/{name}"

    yield add
    for module in [module for module in sys.modules if module.startswith(f"lessons.{subject}")]:
        del sys.modules[module]
    catalogue.subjects.cache_clear()


class Both:
    """Two folders that look like one to whoever walks through it."""

    def __init__(self, first, second):
        self.first, self.second = first, second

    def glob(self, pattern):
        return (*self.first.glob(pattern), *self.second.glob(pattern))

    def __truediv__(self, name):
        return self.first / name
