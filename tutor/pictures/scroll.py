"""What to do if content does not fit: scroll to the current row, and shorten texts."""

import re

from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Palette
from tutor.pictures.letters import fit, length, split

TOKEN = re.compile(r"\s*\S+")


def first_row(count: int, room: int, current: int | None) -> int:
    """The first row to show, so that the current one is near the middle.

    >>> first_row(30, 5, 20)
    18
    """
    if current is None or room < 1:
        return 0
    return max(min(current - room // 2, count - room), 0)


def arrows(canvas: Canvas, top: int, above: int, below: int, palette: Palette) -> None:
    """Draw small arrows at the right edge if rows are out of sight."""
    if above > 0:
        canvas.put(canvas.width - 1, top, "↑", palette.muted)
    if below > 0:
        canvas.put(canvas.width - 1, canvas.height - 1, "↓", palette.muted)


def shorten(text: str, width: int) -> str:
    """The text, truncated with …; numbers in it are dropped whole rather than truncated.

    >>> shorten("a long name", 8), shorten("rate 0.8125", 8)
    ('a long …', 'rate …')
    """
    if length(text) <= width:
        return text
    if not any(char.isdigit() for char in text):
        return fit(text, width).rstrip()
    kept = ""
    for token in TOKEN.findall(text):
        if length(kept) + length(token) + 2 > width:
            break
        kept += token
    # Only a word without digits may be truncated.
    rest = text[len(kept) :].lstrip()
    word = TOKEN.match(rest)
    if word and not any(char.isdigit() for char in word.group()):
        gap = 1 if kept else 0
        room = max(width - length(kept) - gap - 1, 0)
        part = split(rest, room)[0]
        if part and length(part) <= room:
            return f"{kept}{' ' * gap}{part}…"
    return (f"{kept} …" if kept else "…") if width > 0 else ""
