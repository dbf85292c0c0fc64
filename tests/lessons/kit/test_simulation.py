"""Fingerprints of states: equal exactly when every bit is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.simulation import fingerprint

STATE = {
    "w": np.linspace(-1, 1, 7),
    "rng": np.random.default_rng(3).bit_generator.state,
    "trail": [np.arange(3), (1, 2.5)],
    "steps": 12,
    "name": "adam",
    "turned": False,
}


def test_the_same_state_has_the_same_fingerprint():
    again = {name: STATE[name] for name in reversed(STATE)}
    again["w"] = STATE["w"].copy()
    assert fingerprint(again) == fingerprint(STATE)
    assert len(fingerprint(STATE)) == 32


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


@pytest.mark.parametrize(
    ("predicted", "measured", "ok"),
    [
        (2.0, 2.019, True), (2.0, 2.021, False), (-2.0, -2.019, True), (-2.0, 2.0, False),
        (0.0, 0.01, True), (0.0, -0.011, False), (2.0, NOT_YET, None), (2.0, float("inf"), None),
    ],
)  # fmt: skip
def test_an_oracle_allows_for_its_tolerance_and_waits_for_a_measurement(predicted, measured, ok):
    assert Oracle("law", predicted, measured, 0.01).ok is ok
