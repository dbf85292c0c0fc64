"""The house keeps its shape: which way imports point, how long things get, what has a docstring."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "lessons", "tutor")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
NAMES = [file.relative_to(ROOT).as_posix() for file in FILES]

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


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def imported(name: str) -> Iterator[str]:
    """The outermost package of every import in a file, wherever in the file it stands."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


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


def modules(*packages: str) -> list[str]:
    """The dotted names of all modules, but for those that run when imported."""
    inside = [Path(name) for name in NAMES if Path(name).parts[0] in packages]
    dotted = (file.with_suffix("").parts for file in inside if file.stem != "__main__")
    return [".".join(parts).removesuffix(".__init__") for parts in dotted]


def loaded_after(code: str) -> set[str]:
    """The outermost packages a fresh interpreter holds after running `code` in the project."""
    tell = f"{code}\nimport sys; print('\\n' + ' '.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", tell], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return {name.partition(".")[0] for name in run.stdout.splitlines()[-1].split()}


def test_there_is_something_to_look_at():
    assert {Path(name).parts[0] for name in NAMES} == set(PACKAGES)


@pytest.mark.parametrize("name", NAMES)
def test_no_file_is_too_long(name):
    length = len((ROOT / name).read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_FILE or name in LONG_FILES, f"{length} lines: a second file is due"


def test_the_exceptions_are_needed():
    for name in LONG_FILES:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE


@pytest.mark.parametrize("name", NAMES)
def test_no_function_is_too_long(name):
    source = (ROOT / name).read_text(encoding="utf-8").splitlines()
    lengths = {
        node.name: code_lines(node, source)
        for node in ast.walk(tree(name))
        if isinstance(node, Function)
    }
    assert {one: long for one, long in lengths.items() if long > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).parts[0] in MAY_IMPORT])
def test_imports_point_one_way(name):
    allowed = MAY_IMPORT[Path(name).parts[0]] | sys.stdlib_module_names
    assert set(imported(name)) - allowed == set()


@pytest.mark.parametrize("packages", [("engine",), ("engine", "lessons")])
def test_a_fresh_interpreter_loads_them_without_any_drawing(packages):
    names = modules(*packages)
    assert len(names) > len(packages)
    loaded = loaded_after(f"import importlib\nfor name in {names}: importlib.import_module(name)")
    assert set(packages) <= loaded
    assert loaded & {*DRAWERS, *PACKAGES} == set(packages)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_command_line_answers_before_loading_numbers_or_screens(option):
    code = f"""
try:
    from tutor.cli import main
    main([{option!r}])
except SystemExit as end:
    assert not end.code, end.code
"""
    loaded = loaded_after(code)
    assert "tutor" in loaded
    assert loaded & {"numpy", "textual"} == set()


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("tutor/")])
def test_everything_public_says_what_it_is(name):
    module = tree(name)
    assert ast.get_docstring(module), "the module has no docstring"
    public = (
        node
        for node in module.body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
        if not any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)
    )
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", NAMES)
def test_names_are_subjects(name):
    parts = {part.strip("_") for part in Path(name).with_suffix("").parts}
    assert parts & VAGUE == set()


def test_every_file_that_is_no_python_is_shipped():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = declared["package-data"]
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*"):
            if file.is_dir() or file.suffix in (".py", ".pyc"):
                continue
            home = ".".join(file.parent.relative_to(ROOT).parts)
            found = [several for name, several in patterns.items() if fnmatch(home, name)]
            assert any(file.match(one) for several in found for one in several), file
