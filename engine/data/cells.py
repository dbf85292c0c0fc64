"""What a cell of a table says: a number, a name, nothing, or something that only looks like one.

Python's float takes more for a number than a table means by one (1_000, infinity, digits of other
scripts), so that a number is matched here first.
"""

import re
from unicodedata import category, normalize

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_NUMBER_OF_ANY_SCRIPT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?")
_MARKS = re.compile(r"[\s,_'’%‰$€£¥]")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}")
_JOINERS = "\u200c\u200d"

MISSING = frozenset(
    ["", "?", "-", "--", "—", ".", "NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "NAN", "-nan",
     "null", "NULL", "Null"]
)  # fmt: skip
"""What other programs write for a value that they do not have. Na is sodium, none an answer."""

BOOLEANS = frozenset(["true", "false", "yes", "no"])


def is_number(text: str) -> bool:
    """Whether it is a number in ASCII digits with a point, as 1, -.5 or 2e3.

    >>> [is_number(text) for text in (" 1.5 ", "1e5", "1_000", "1,5", "nan", "٣")]
    [True, True, False, False, False, False]
    """
    return NUMBER.fullmatch(text.strip()) is not None


def looks_like_number(text: str) -> bool:
    """Whether a reader would take it for a number, though in a form that is not read here.

    >>> [looks_like_number(text) for text in ("1,5", "50 %", "1.234.567", "−1", "10-20", "two")]
    [True, True, True, True, False, False]
    """
    plain = _MARKS.sub("", normalize("NFKC", text)).replace("\N{MINUS SIGN}", "-").lower()
    match = _NUMBER_OF_ANY_SCRIPT.fullmatch(plain) or _THOUSANDS.fullmatch(plain)
    return match is not None and not is_number(text)


def is_missing(text: str) -> bool:
    """Whether it stands for a value that is not there.

    >>> [is_missing(text) for text in (" ", "NA", "?", "Na", "0")]
    [True, True, True, False, False]
    """
    return text.strip() in MISSING


def shown(text: str) -> str:
    """A name on one line, in one Unicode form, without what would move a terminal's cursor.

    >>> shown(" a\\n\\u00a0b "), shown("e\\u0301") == "é", shown("\\ufeffx")
    ('a b', True, 'x')
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(c for c in text if category(c) != "Cf" or c in _JOINERS)
    line = normalize("NFC", " ".join(seen.split()))
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def folded(name: str) -> str:
    """What is left of a name without case, spaces and forms of letters: alike for most readers.

    >>> folded("New York") == folded("newyork"), folded("ﬁt") == folded("Fit")
    (True, True)
    """
    return "".join(normalize("NFKC", name).casefold().split())


def short(text: str) -> str:
    """A cell as a message quotes it.

    >>> short("x" * 50)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'"
    """
    return repr(text if len(text) <= 40 else text[:39] + "…")


def advice(text: str) -> str:
    """What to write in place of a cell that is not a number, with a space in front.

    >>> advice("1,5")
    ' Write a point for the decimals, and no mark for the thousands.'
    """
    if is_missing(text):
        return " Fill in the value, or leave out the row."
    if text.strip().lower() in BOOLEANS:
        return " Write 1 and 0."
    if not looks_like_number(text) or (text.isascii() and not _MARKS.search(text)):
        return ""  # too large, or infinite, or with two points
    if "," in text:
        return " Write a point for the decimals, and no mark for the thousands."
    return " Write it in the digits 0 to 9, with a point for the decimals and no other mark."
