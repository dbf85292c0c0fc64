"""The names that `engine` offers are those of its files, and no module hides behind one."""

from inspect import ismodule

import pytest

import engine


@pytest.mark.parametrize("name", engine.__all__)
def test_a_name_is_what_it_promises(name):
    __import__("engine.training")  # loads the modules whose names might get in the way
    assert not ismodule(getattr(engine, name))


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="module 'engine' has no attribute 'gard'"):
        engine.gard  # noqa: B018
