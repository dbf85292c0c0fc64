"""The project's own Python files and what stands in them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "lessons", "tutor")


def files(*packages: str) -> list[Path]:
    """Every Python file of some packages, in a fixed order."""
    return sorted(file for package in packages for file in (ROOT / package).rglob("*.py"))


def place(file: Path, line: int = 1) -> str:
    """`file:line` as an editor opens it."""
    return f"{file.relative_to(ROOT).as_posix()}:{line}"


@cache
def tree(file: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def module_name(file: Path, root: Path = ROOT) -> str:
    """The dotted name under which a file is imported."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")
