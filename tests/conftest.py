"""What every test starts from: one thread for the mathematics, and a data folder of its own."""

import os
import sys
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


@pytest.fixture(autouse=True)
def data_folder(monkeypatch, tmp_path_factory):
    """The tutor's data folder during a test: never the one of whoever runs it."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("DLTUTOR_DATA", str(folder))
    return folder


@pytest.fixture
def add_lesson(monkeypatch, tmp_path):
    """Adds a lesson file to a subject `spare` that comes last in the catalogue."""
    folder = tmp_path / "lessons" / "spare"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Spare: for tests.\n\norder: 99\n"""\n')
    usual = catalogue._HERE
    monkeypatch.setattr(catalogue, "_HERE", Both(usual, folder.parent))
    monkeypatch.setattr(lessons, "__path__", [*lessons.__path__, str(folder.parent)])

    def add(name: str, text: str) -> str:
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        catalogue.subjects.cache_clear()
        return f"spare/{name}"

    yield add
    for module in [module for module in sys.modules if module.startswith("lessons.spare")]:
        del sys.modules[module]
    catalogue.subjects.cache_clear()


class Both:
    """Two folders that look like one to whoever walks through it."""

    def __init__(self, *folders):
        self.folders = folders

    def iterdir(self):
        return (entry for folder in self.folders for entry in folder.iterdir())
