"""Every public function of the mathematics, its example's arguments spoilt one at a time.

What comes is an answer or a named error on one line: no other exception, no warning, no hang.
"""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import traceback
from itertools import islice

import numpy as np
import pytest
from numpy.typing import ArrayLike

from engine.errors import DltutorError
from engine.probability import DISTRIBUTIONS, Dirichlet, MultivariateNormal

PACKAGES = ("calculus", "generalization", "information", "linalg", "probability")

NUMBERS = {
    "nan": np.nan, "inf": np.inf, "-1": -1, "0": 0, "-5.5": -5.5, "2.5": 2.5, "1e308": 1e308,
    "1e-320": 1e-320, "True": True,
}  # fmt: skip
ARRAYS = NUMBERS | {
    "None": None, "text": "abc", "texts": ["a", "b"], "complex": 1j, "object": object(), "dict": {},
    "beyond float": 10**400, "empty": [], "no columns": [[]], "ragged": [1, [2, 3]],
    "cube": np.ones((2, 2, 2)), "one": [1.0], "row": [[1.0, 2.0]], "nan inside": [np.nan, 1.0],
    "inf inside": [[np.inf, 1.0], [1.0, 2.0]], "zeros": np.zeros((2, 2)), "huge": [1e308, 1e308],
    "huge table": [[1e200, 1e200], [1e200, -1e200]],
    "tiny table": [[1e-200, 1e-200], [1e-200, -1e-200]],
}  # fmt: skip


def functions():
    """What the packages export and show a call of; of probability what its modules hold.

    Where the example of `…_steps` shows the plain function, that one stands for both.
    """
    for package in PACKAGES:
        home = importlib.import_module(f"engine.{package}")
        for found in pkgutil.iter_modules(home.__path__, f"engine.{package}."):
            module = importlib.import_module(found.name)
            for name, f in vars(module).items():
                here = inspect.isfunction(f) and f.__module__ == found.name and name[0] != "_"
                open_ = name in home.__all__ or package == "probability"
                if here and open_ and documented_call(f):
                    yield pytest.param(f, id=f"{package}.{found.name.rpartition('.')[2]}.{name}")


def documented_call(f):
    """The arguments of the first call of f in its own example, or None if it is not called."""
    calls = []

    def recorded(*args, **kwargs):
        calls.append(inspect.signature(f).bind(*args, **kwargs).arguments)
        return f(*args, **kwargs)

    module = inspect.getmodule(f)
    names = {**vars(module), f.__name__: recorded}
    example = doctest.DocTestParser().get_doctest(f.__doc__ or "", names, f.__name__, None, 0)
    doctest.DocTestRunner(verbose=False).run(example, out=lambda text: None, clear_globs=False)
    return calls[0] if calls else None


def spoilt(f, good):
    """(argument, hostile value by name) for each number or array among the arguments."""
    for name, parameter in inspect.signature(f).parameters.items():
        kind = str(parameter.annotation)
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if callable(good.get(name)) or kind.startswith("collections.abc"):
            continue
        if kind == str(ArrayLike):
            yield from ((name, told, value) for told, value in ARRAYS.items())
        elif parameter.annotation in (int, float):
            yield from ((name, told, value) for told, value in NUMBERS.items())


def complaint(call, told):
    """What a call says against its arguments, or nothing; all records of a generator are taken."""
    try:
        result = call()
        if inspect.isgenerator(result):
            for _ in islice(result, 2000):
                pass
    except DltutorError as error:
        return str(error)
    except Exception as bug:
        if not learners_own(bug):
            bug.add_note(told)
            raise
    return ""


def learners_own(bug):
    """Did it happen in the function that the example defines, or in calling it?"""
    if "positional argument" in str(bug):
        return True
    return traceback.extract_tb(bug.__traceback__)[-1].filename.startswith("<doctest")


@pytest.mark.parametrize("f", list(functions()))
def test_a_spoilt_argument_gives_an_answer_or_a_named_error(f):
    good = documented_call(f)
    for name, told, value in spoilt(f, good):
        call = inspect.BoundArguments(inspect.signature(f), {**good, name: value})
        said = complaint(lambda call=call: f(*call.args, **call.kwargs), f"{name} = {told}")
        assert "\n" not in said, (name, told)


LAWS = [*DISTRIBUTIONS.values(), lambda: MultivariateNormal([0, 1], [[1, 0.5], [0.5, 2]])]
LAWS.append(lambda: Dirichlet((1.0, 2.0)))
METHODS = ("density", "log_density", "cdf", "survival", "quantile", "distance")


@pytest.mark.parametrize("law", [make() for make in LAWS], ids=lambda law: type(law).__name__)
def test_a_law_asked_for_nonsense_gives_an_answer_or_a_named_error(law):
    for name in METHODS:
        ask = getattr(law, name, lambda value: None)
        for told, value in ARRAYS.items():
            said = complaint(lambda ask=ask, value=value: ask(value), f"{name}({told})")
            assert "\n" not in said, (name, told)
    for told, value in NUMBERS.items():
        chance = np.random.default_rng(0)
        assert "\n" not in complaint(lambda n=value, r=chance: law.sample(n, rng=r), told)


@pytest.mark.parametrize("make", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_a_law_of_nonsense_is_named(make):
    for field in dataclasses.fields(make):
        for told, value in NUMBERS.items():
            call = {field.name: value}
            assert "\n" not in complaint(lambda call=call: make(**call), f"{field.name} = {told}")
