"""Text by cells: a letter with its marks takes one cell, a wide character two.

Whatever measures or cuts text does it here, never by the number of characters.
"""

from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len

# Joiners and variation selectors change the width of their neighbors from terminal to terminal.
UNSAFE = {0x200D, 0xFE0E, 0xFE0F}


@lru_cache(maxsize=2048)
def clusters(text: str) -> tuple[str, ...]:
    """The text cell by cell; a wide character is followed by an empty cell.

    >>> clusters("β̂ 学")
    ('β̂', ' ', '学', '')
    """
    cells: list[str] = []
    for char in text:
        if ord(char) in UNSAFE:
            continue
        width = cell_len(char) if char.isprintable() else 1
        if width == 0 and cells:
            cells[-1 if cells[-1] else -2] += char
        elif width:
            cells += [char if char.isprintable() else " ", *[""] * (width - 1)]
    return tuple(cells)


def length(text: str) -> int:
    """How many cells the text takes.

    >>> length("η = 0.1")
    7
    """
    return len(clusters(text))


def split(text: str, room: int) -> tuple[str, str]:
    """The first `room` cells of a text, and the rest; a mark stays with its letter.

    A wide character stays whole: it is left to the rest, unless there is nothing before it.

    >>> split("m̂ + v̂", 5), split("a学", 2), split("学a", 1)
    (('m̂ + v̂', ''), ('a', '学'), ('学', 'a'))
    """
    cells = clusters(text)
    if 0 < room < len(cells) and cells[room] == "":
        room += 1 if room == 1 else -1
    return "".join(cells[:room]), "".join(cells[room:])


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[str, ...]:
    """The text in pieces that can be cut between any two cells.

    Rich cuts a text between a letter and its mark, which is lost then or goes to another letter.
    So a letter with a mark is a piece of its own.

    >>> pieces("step = m̂/√v̂")
    ('step = ', 'm̂', '/√', 'v̂')
    """
    if text.isascii() and text.isprintable():
        return (text,)
    runs = groupby(enumerate(clusters(text)), lambda at: at[0] if len(at[1]) > 1 else -1)
    return tuple("".join(cell for _, cell in run) for _, run in runs)


def fit(text: str, width: int, align: str = "<") -> str:
    """The text truncated with … or padded to exactly `width` cells; align is <, ^ or >.

    >>> fit("momentum", 6), fit("lr", 4, ">")
    ('momen…', '  lr')
    """
    cells = clusters(text)
    if len(cells) > width:
        kept = cells[: max(width - 1, 0)]
        # Half of a wide character would take one cell too many.
        cut = "".join(kept[:-1]) + " " if cells[len(kept)] == "" and kept else "".join(kept)
        return (cut + "…")[: None if width > 0 else 0]
    gap = width - len(cells)
    left = {"<": 0, "^": gap // 2, ">": gap}[align]
    return " " * left + "".join(cells) + " " * (gap - left)
