"""State: copied and put back bit for bit, and hashed so that every bit counts."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.tensor import Tensor
from lessons.kit.state import copy_state, fingerprint, restore_state

STATE = {
    "w": np.linspace(-1, 1, 7),
    "rng": np.random.default_rng(3).bit_generator.state,
    "trail": [np.arange(3), (1, 2.5)],
    "steps": 12,
    "name": "adam",
    "turned": False,
}


class Counter:
    """A keeper of its own state."""

    def __init__(self, n=0):
        self.n = n

    def snapshot(self):
        return {"n": self.n}

    def restore(self, state):
        self.n = state["n"]


def test_an_array_a_list_and_a_number_are_copied():
    now = {"w": np.ones(3), "trail": deque([[1.0]], maxlen=5), "k": 3, "none": None}
    kept = copy_state(now)
    now["w"] += 1
    now["trail"].append([2.0])
    assert fingerprint(kept["w"]) == fingerprint(np.ones(3))
    back = restore_state(now, kept)
    assert (list(back["trail"]), back["trail"].maxlen, back["k"]) == ([[1.0]], 5, 3)
    back["w"] += 1
    assert fingerprint(kept["w"]) == fingerprint(np.ones(3))


def test_generators_tensors_and_keepers_are_put_back_in_place():
    rng, tensor, counter = np.random.default_rng(5), Tensor(np.ones(2)), Counter(2)
    kept = copy_state({"rng": rng, "t": tensor, "c": counter})
    first = rng.random(3)
    tensor.value[...] = 7
    counter.n = 9
    back = restore_state({"rng": rng, "t": tensor, "c": counter}, kept)
    assert (back["rng"], back["t"], back["c"]) == (rng, tensor, counter)
    assert rng.random(3).tolist() == first.tolist()
    assert (tensor.value.tolist(), counter.n) == ([1.0, 1.0], 2)
    restore_state(rng, kept["rng"])
    assert rng.random(3).tolist() == first.tolist()


def test_the_same_state_has_the_same_fingerprint():
    again = {name: STATE[name] for name in reversed(STATE)}
    again["w"] = STATE["w"].copy()
    assert fingerprint(again) == fingerprint(STATE) == fingerprint(copy_state(STATE))
    assert len(fingerprint(STATE)) == 32


@settings(max_examples=50)
@given(st.integers(0, 7 * 64 - 1))
def test_one_flipped_bit_gives_another_fingerprint(bit):
    w = STATE["w"].copy()
    w.view(np.uint8)[bit // 8] ^= 1 << bit % 8
    assert fingerprint({**STATE, "w": w}) != fingerprint(STATE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 13), ("steps", 12.0), ("steps", "12"), ("name", "sgd"), ("turned", True),
        ("turned", 0), ("rng", np.random.default_rng(4).bit_generator.state),
        ("trail", [np.arange(3), (1,), 2.5]), ("trail", [np.arange(3.0), (1, 2.5)]),
        ("w", STATE["w"].reshape(7, 1)), ("w", STATE["w"][::-1]), ("w", -STATE["w"]),
    ],
    ids=str,
)  # fmt: skip
def test_another_value_type_or_shape_gives_another_fingerprint(name, value):
    assert fingerprint({**STATE, name: value}) != fingerprint(STATE)


def test_a_view_that_is_not_contiguous_counts_by_its_values():
    grid = np.arange(12.0).reshape(3, 4)
    assert fingerprint({"w": grid.T}) == fingerprint({"w": grid.T.copy()})


def test_what_moves_from_one_name_to_the_next_is_seen():
    assert fingerprint({"a": [1], "b": [2, 3]}) != fingerprint({"a": [1, 2], "b": [3]})
    assert fingerprint({"a": {"b": 1}, "c": 2}) != fingerprint({"a": {"b": 1, "c": 2}})
    assert fingerprint({"a": [2]}) != fingerprint({"a": 12})
