"""The front of a lesson: the few facts that a list of lessons needs, read without importing it."""

import re
from dataclasses import dataclass

from engine.errors import DltutorError

_FIELD = re.compile(r"^(order|minutes|needs|symbol):[ ]*(.*)$", re.MULTILINE)


class FrontError(DltutorError, ValueError):
    """A lesson whose docstring lacks what a list of lessons needs."""


@dataclass(frozen=True)
class Front:
    """Title, what it is about in a line, place in its subject, length, and what to know first."""

    title: str
    tagline: str
    order: int
    minutes: int = 10
    needs: tuple[str, ...] = ()


def front(doc: str | None) -> Front:
    """Read a module's docstring: `Title: what it is about.`, then lines such as `order: 10`.

    Raises:
        FrontError: no title, no order, or minutes that are no number.

    >>> facts = front("Momentum: remember the way.\\n\\norder: 30\\nminutes: 12\\n")
    >>> facts.title, facts.tagline, facts.order, facts.minutes
    ('Momentum', 'remember the way.', 30, 12)
    """
    head, _, rest = (doc or "").strip().partition("\n")
    title, colon, tagline = head.partition(": ")
    fields = dict(_FIELD.findall(rest))
    order, minutes = fields.get("order", ""), fields.get("minutes", "10")
    if not colon or not (order.isdecimal() and minutes.isdecimal()):
        raise FrontError(
            "A lesson's docstring: expected 'Title: what it is about.' and a line 'order: 10', "
            f"got {head!r}, order {order!r}, minutes {minutes!r}."
        )
    needs = tuple(name.strip() for name in fields.get("needs", "").split(",") if name.strip())
    return Front(title, tagline.strip(), int(order), int(minutes), needs)
