"""Numbers in limited space: digits are dropped, but a number is never truncated."""

from functools import lru_cache

from tutor.pictures.letters import length
from tutor.pictures.ticks import format_number

TRIES = (
    *((0, False), (4, False), (3, False), (0, True), (4, True), (3, True)),
    *((2, False), (2, True), (1, False), (1, True)),
)
"""Digits and `bare`, the best first: three digits are worth more than a leading zero."""


@lru_cache(maxsize=4096)
def shorten_number(text: str, digits: int = 0, bare: bool = False) -> str:
    """The number with at most so many significant digits (0: as it is), if that is shorter.

    A `bare` number has no zero before its decimal point. Anything that is not a number is returned
    unchanged.

    >>> shorten_number("0.3775", 2), shorten_number("0.3775", bare=True), shorten_number("yes", 1)
    ('0.38', '.3775', 'yes')
    """
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        return text
    fewer = format_number(value, digits) if digits else text
    text = fewer if len(fewer) < len(text) else text
    if bare and text.lstrip("-−").startswith("0."):
        text = text.replace("0.", ".", 1)
    return text


def fit_number(text: str, room: int) -> str:
    """The number with as many digits as fit into `room` cells; empty if not even one does.

    >>> [fit_number("-0.3775", room) for room in (7, 6, 5, 4, 3, 2)]
    ['-0.3775', '-0.378', '-.378', '-.38', '-.4', '']
    """
    texts = (shorten_number(text, digits, bare) for digits, bare in TRIES)
    return next((t for t in texts if length(t) <= room), "")
