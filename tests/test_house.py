"""The house keeps its shape: which way imports point, how long things get, what has a docstring."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.sources import PACKAGES, ROOT, files, module_name, place, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONG_FILES: frozenset[str] = frozenset()
"""Files that may be longer; the set may only shrink."""

MAY_IMPORT = {
    "engine": {"engine", "numpy"},
    "lessons": {"lessons", "engine", "numpy", "markdown_it", "mdit_py_plugins"},
}
DRAWERS = ("textual", "rich", "plotext", "tutor")
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def assert_none(offenders: Iterable[str]) -> None:
    """Fail with all offenders at once, one a line."""
    if found := list(offenders):
        pytest.fail("\n".join(found), pytrace=False)


@cache
def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def imported(file: Path) -> Iterator[tuple[str, int]]:
    """The outermost package and the line of every import, wherever in the file it stands."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0], node.lineno


def code_lines(function: Function, source: list[str]) -> int:
    """Lines of a function but for its docstring, comments and blanks."""
    first = function.body[0]
    said = range(first.lineno, (first.end_lineno or 0) + 1) if ast.get_docstring(function) else ()
    lines = (
        source[number - 1].strip()
        for number in range(function.lineno, (function.end_lineno or 0) + 1)
        if number not in said
    )
    return sum(bool(line) and not line.startswith("#") for line in lines)


def undocumented(file: Path) -> Iterator[str]:
    """What is public in a file and has no docstring."""
    module = tree(file)
    if not ast.get_docstring(module):
        yield f"{place(file)}: the module"
    for node in module.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        overload = any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)
        if not overload and not ast.get_docstring(node):
            yield f"{place(file, node.lineno)}: {node.name}"


def modules(package: str) -> list[str]:
    """The dotted names of a package's modules, but for those that run when imported."""
    return [module_name(file) for file in files(package) if file.stem != "__main__"]


def run_fresh(code: str) -> list[str]:
    """What a fresh interpreter in the project prints, line by line."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def outermost(names: str) -> set[str]:
    return {name.partition(".")[0] for name in names.split()}


TELL = "import sys; print('\\n' + ' '.join(sys.modules))"


def test_there_is_something_to_look_at():
    for package in PACKAGES:
        assert len(files(package)) > 10


def test_no_file_is_too_long():
    assert_none(
        f"{place(file)}: {length} lines, a second file is due"
        for file in files(*PACKAGES)
        if (length := len(lines_of(file))) > LONGEST_FILE
        and file.relative_to(ROOT).as_posix() not in LONG_FILES
    )


def test_the_exceptions_are_needed():
    assert_none(name for name in LONG_FILES if len(lines_of(ROOT / name)) <= LONGEST_FILE)


def test_no_function_is_too_long():
    assert_none(
        f"{place(file, node.lineno)}: {node.name} has {length} lines of code"
        for file in files(*PACKAGES)
        for node in ast.walk(tree(file))
        if isinstance(node, Function)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
        and (length := code_lines(node, lines_of(file))) > LONGEST_FUNCTION
    )


def test_imports_point_one_way():
    assert_none(
        f"{place(file, line)}: imports {name}"
        for package, others in MAY_IMPORT.items()
        for file in files(package)
        for name, line in imported(file)
        if name not in others | sys.stdlib_module_names
    )


def test_a_fresh_interpreter_loads_them_without_any_drawing():
    code = "import importlib, sys"
    for package in MAY_IMPORT:
        code += f"\nfor name in {modules(package)}: importlib.import_module(name)\n{TELL}"
    engine, both = (outermost(line) for line in run_fresh(code) if line)
    assert engine & {*DRAWERS, *PACKAGES} == {"engine"}
    assert both & {*DRAWERS, *PACKAGES} == {"engine", "lessons"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_command_line_answers_before_loading_numbers_or_screens(option):
    code = f"""
try:
    from tutor.cli import main
    main([{option!r}])
except SystemExit as end:
    assert not end.code, end.code
{TELL}
"""
    loaded = outermost(run_fresh(code)[-1])
    assert "tutor" in loaded
    assert loaded & {"numpy", "textual"} == set()


def test_everything_public_says_what_it_is():
    assert_none(line for file in files("engine", "lessons") for line in undocumented(file))


def test_names_are_subjects():
    assert_none(
        place(file)
        for file in files(*PACKAGES)
        if VAGUE & {part.strip("_") for part in file.relative_to(ROOT).with_suffix("").parts}
    )


def test_every_file_that_is_no_python_is_shipped():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = declared["package-data"]

    def shipped(file: Path) -> bool:
        home = ".".join(file.parent.relative_to(ROOT).parts)
        found = [several for name, several in patterns.items() if fnmatch(home, name)]
        return any(file.match(one) for several in found for one in several)

    others = (file for package in PACKAGES for file in (ROOT / package).rglob("*"))
    assert_none(
        place(file)
        for file in others
        if file.is_file() and file.suffix not in (".py", ".pyc") and not shipped(file)
    )
