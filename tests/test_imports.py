"""No module imports itself, by whatever way round: each package's imports make no circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.sources import PACKAGES, ROOT, module_name, tree

Graph = Mapping[str, set[str]]


def sources(package: Path) -> dict[str, Path]:
    """The dotted name of every module and its file."""
    return {module_name(file, package.parent): file for file in package.rglob("*.py")}


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All imports, also inside functions, but for those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            yield from statements(ast.Module(child.orelse, []))
        else:
            yield from statements(child)


def imported(name: str, file: Path, known: Mapping[str, Path]) -> set[str]:
    """The known modules that one imports: `from a.b import c` is a.b, and a.b.c if a module."""
    found = set()
    for node in statements(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        home = node.module or ""
        if node.level:
            up = node.level - (file.name == "__init__.py")
            above = name.split(".")[: len(name.split(".")) - up]
            home = ".".join([*above, *filter(None, [node.module])])
        found |= {home, *(f"{home}.{alias.name}" for alias in node.names)}
    return found & known.keys()


def graph(package: Path) -> Graph:
    known = sources(package)
    return {name: imported(name, file, known) for name, file in known.items()}


def way(edges: Graph, start: str, end: str) -> list[str]:
    """A shortest way of one step or more, or nothing."""
    before = dict.fromkeys(sorted(edges[start]), start)
    queue = list(before)
    for name in queue:
        if name == end:
            path = [end, before[end]]
            while path[-1] != start:
                path.append(before[path[-1]])
            return path[::-1]
        for one in sorted(edges[name] - before.keys()):
            before[one] = name
            queue.append(one)
    return []


def circles(edges: Graph) -> list[str]:
    """A shortest circle through each module that lies on any, each circle once."""
    ways = (way(edges, name, name) for name in sorted(edges, reverse=True))
    found = {frozenset(path): " → ".join(path) for path in ways if path}
    return sorted(found.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_imports_in_a_circle(package):
    edges = graph(ROOT / package)
    assert sum(map(len, edges.values())) >= len(edges) > 10
    assert circles(edges) == []


def test_circles_are_found_wherever_the_import_stands(tmp_path):
    room = tmp_path / "house" / "room"
    room.mkdir(parents=True)
    texts = {
        "house/__init__.py": "from house.a import x\n",
        "house/a.py": "import os\nimport house.b\nx = 1\n",
        "house/b.py": "def f():\n    from house.c import x\n",
        "house/c.py": "from .a import x\nfrom house.a import y\n",
        "house/room/__init__.py": "from .d import g\n",
        "house/room/d.py": "if True:\n    from .e import g\n",
        "house/room/e.py": "from ..room import g\n",
        "house/near.py": "from house import far\n",
        "house/far.py": "from house.near import y\n",
        "house/lone.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from house.user import z\nelse:\n    import house.a\n",
        "house/user.py": "from house.lone import z\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    edges = graph(tmp_path / "house")
    assert edges["house.lone"] == {"house.a"}
    assert edges["house.room.d"] == {"house.room.e"}
    assert circles(edges) == [
        "house.a → house.b → house.c → house.a",
        "house.far → house.near → house.far",
        "house.room → house.room.d → house.room.e → house.room",
    ]


@pytest.mark.parametrize(
    "first", ["engine.tensor", "engine.primitives", "engine.reverse", "engine.assembly"]
)
def test_whichever_comes_first_tensors_compute(first):
    code = f"import {first}\nfrom engine.tensor import Tensor\n"
    code += "x = Tensor([3.0, 4.0])\nprint((x @ x + abs(-x).sum()).item())"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (run.stdout, run.stderr) == ("32.0\n", "")
