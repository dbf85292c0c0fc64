"""The names that `engine` offers are those of its files, and no module hides behind one."""

from dataclasses import is_dataclass
from importlib import import_module
from inspect import isclass, isfunction, ismodule
from pkgutil import walk_packages
from typing import is_typeddict

import pytest

import engine


@pytest.mark.parametrize("name", engine.__all__)
def test_a_name_is_what_it_promises(name):
    __import__("engine.training")  # loads the modules whose names might get in the way
    assert not ismodule(getattr(engine, name))


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="module 'engine' has no attribute 'gard'"):
        engine.gard  # noqa: B018


INSIDE = ("engine.program.", "engine.kernels.analytic")
"""Nobody imports these from outside: `Program` and the complex step show what they do."""


def public():
    """Functions and classes that the engine's modules offer, but for plain records and errors."""
    for found in walk_packages(engine.__path__, "engine."):
        if found.name.startswith(INSIDE):
            continue
        module = import_module(found.name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != found.name:
                continue
            if isfunction(thing) or (isclass(thing) and not is_record(thing)):
                yield f"{found.name}.{name}", thing


def is_record(thing):
    """Whether a class only holds fields."""
    plain = is_dataclass(thing) or is_typeddict(thing) or issubclass(thing, (tuple, Exception))
    return plain or getattr(thing, "_is_protocol", False)


def test_every_public_name_has_an_example_that_the_doctests_run():
    without = [name for name, thing in public() if ">>>" not in (thing.__doc__ or "")]
    assert without == []
