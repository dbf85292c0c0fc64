"""Strings that mean harm, and strings that are nearly formulas: what a parser has to survive."""

import random

from engine.formula.functions import FUNCTIONS

HOSTILE = [
    "x.__class__", "().__class__.__bases__[0].__subclasses__()", "__import__('os').system('id')",
    "x.T.__init__", "getattr(x, 'T')", "eval('1')", "exec('x')", "open('/etc/passwd')", "globals()",
    "x.real", "x.T()", "x.T.T.T", "sin.__call__(x)", "np.sin(x)", "sin(*x)", "sin(**x)",
    "sin(x=1)", "9**9**9", "9**9**9**9**9", "2**10000", "(9**999)**999", "10**308*10**308",
    "1e308*10", "1e999", "-1e999", "0**-1", "(-8)**(1/3)", "1/0", "0/0", "log(0)", "sqrt(-1)",
    "x**1e300", "x**9**9**9", "((((x**999)**999)**999)**999)", "exp(exp(exp(exp(9))))",
    "[x for x in (1, 2)]", "{x for x in y}", "{1: 2}", "(x for x in y)", "[1, 2][0]", "(1, 2)[0]",
    "lambda: x", "(lambda x: x)(1)", "(y := x)", "y := x", "f'{x}'", "f'{x!r:>{y}}'", "'a' * 9**9",
    "b'x'", "'x'", '"x"', "'''x", "x if y else z", "x and y", "not x", "x is y", "x in y",
    "await x", "yield x", "*x", "**x", "x, y", "x,", ",", "()", "[]", "{}", "x[[0]]", "x[()]",
    "x[None]", "x[...]", "x[y]", "x[0.5]", "x[::0]", "x[10**9]", "x[99999999999999999999]",
    "x[-1:2:-1, 3]", "x[0][0][0]", "x[:", "x[:]", "x[::::]", "x[,]", "x[0,]", "x\0", "\0", "\0" * 9,
    "x\ud800", "\udfff", "\U0010ffff", "\ufeffx", "x\u200b", "x\u202e+y", "\x1b[2J", "x\x0cy",
    "x\r\ny", "\n\n\n", ";;;", "= x", "x =", "x = = y", "x == y", "x !== y", "a = b = c", "x += 1",
    "x -> y", "x @ @ y", "x @ 2", "\N{CYRILLIC SMALL LETTER A} + 1",
    "\N{FULLWIDTH LATIN SMALL LETTER X}",
    "\N{MATHEMATICAL ITALIC SMALL X}", "\N{ROMAN NUMERAL ONE}", "\N{ARABIC-INDIC DIGIT ONE}",
    "\N{SUPERSCRIPT TWO}", "x\N{SUPERSCRIPT MINUS}", "x\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT MINUS}",
    "\N{VULGAR FRACTION ONE HALF}", "\N{INFINITY}", "\N{PARTIAL DIFFERENTIAL}x",
    "\N{N-ARY SUMMATION}x",
    "x\N{COMBINING CIRCUMFLEX ACCENT}", "\N{COMBINING CIRCUMFLEX ACCENT}x", "1_000", "0x10", "0b1",
    "1j", "1e", "1e+", "1.2.3", "..", "1..T", "1 .T", "x..T", "x.T x", "# x", "x # y", "x\\\ny",
    "!x", "x!", "x?", "$x", "x % y", "x // y", "x << y", "x | y", "~x", "`x`", "x\ty", "pi = 3",
    "sin = 3", "sin", "sum", "x = x; x", "x = y; x = x*x; x", "0 < x < 1", "x <", "< x", "x <> y",
    "None", "True", "print(x)", "x.T = 3", "if x: y", "import os", "del x", "x; import os",
]  # fmt: skip
"""One of each kind."""

DEEP = [
    ("(", "x", ")"), ("-", "x", ""), ("+", "x", ""), ("sin(", "x", ")"), ("x[", "0", "]"),
    ("x**", "x", ""), ("x*(", "x", ")"), ("x[0", "", "]"), ("", "x", ".T"), ("", "x", "+x"),
    ("", "x", "*x"), ("(", "", ""), ("", "", ")"), ("[", "", ""), ("{", "", ""), ("lambda:", "x",
    ""),
    ("f'{", "x", "}'"), ("9**", "9", ""), ("", "9", "9"), ("", "x", "²"), ("", "a", "a"), ("",
    "x", "<x"),
    ("x=", "x", ""), ("", "x", ";x"), ("", "m=x", ";m=m*m"), ("max(x,", "x", ")"), ("x if ", "x",
    " else x"),
    ("not ", "x", ""), ("", "x", " "), ("", "x", "\n"), ("", "η", "η"), ("", "m",
    "\N{COMBINING CIRCUMFLEX ACCENT}"),
]  # fmt: skip
"""What grows: before, in the middle, behind."""

WORDS = [
    *FUNCTIONS, "x", "y", "m", "pi", "e", "η", "β₁", "ŷ", "π", "σ", "1", "2", "0", "0.5", "1e-3",
    "1e308", "999",
    "+", "-", "*", "/", "**", "^", "@", "(", ")", "[", "]", ",", ":", ".T", "ᵀ", "<", ">=", "≤",
    "=", ";", "\n",
    " ", "²", "⁻¹", "·", "×", "−", "√", ".", "__", "'", "{", "}", "lambda ", " for ", " in ",
    " if ", " else ", " and ", " or ", "not ", "==", "≠", "where(x, y, 1)",
    ":=", "\0", "|", "!", "#", "\\", "%", "\ud83d", "\N{CYRILLIC SMALL LETTER A}", "f'",
]  # fmt: skip


def well_formed(draw: random.Random, depth: int = 4) -> str:
    """A formula of x, y and X from the grammar."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(["x", "y", "X", "1", "2.5", "π", "1e-3", "X.T", "x[0]", "X[:, 1]", "7"])
    a, b = (well_formed(draw, depth - 1) for _ in range(2))
    function = draw.choice([name for name, row in FUNCTIONS.items() if row.least == 1])
    return draw.choice([
        f"{a} + {b}", f"{a} − {b}", f"{a}·{b}", f"({a})/({b})", f"({a})**{draw.randint(-3, 9)}",
        f"({a})²", f"({a})**({b})", f"-({a})", f"{function}({a})",
        f"max({a}, {b})", f"({a}) @ ({b})", f"({a} < {b})", f"({a})[{draw.randint(-3, 3)}]",
        f"where({a} > {b}, {a}, {b})", f"(({a}) if 0 < {b} ≤ 1 and not {a} == {b} else ({b}))",
        f"m = {a}; m*({b})",
    ])  # fmt: skip


def attack(draw: random.Random) -> str:
    """A string from one of five ways to make them, the choice itself being random."""
    way = draw.randrange(6)
    if way == 0:
        text = draw.choice(HOSTILE)
    elif way == 1:
        before, middle, behind = draw.choice(DEEP)
        n = draw.choice([1, 2, 5, 20, 49, 51, 99, 120, 200, 333, 498, 999, 1001, 10_000, 200_000])
        text = before * n + middle + behind * n
    elif way == 2:
        text = "".join(draw.choices(WORDS, k=draw.randint(1, draw.choice([5, 20, 200]))))
    elif way == 3:
        text = well_formed(draw)
    elif way == 4:
        ends = [draw.choice([128, 0x3000, 0x110000]) for _ in range(draw.randint(0, 60))]
        text = "".join(chr(draw.randrange(end)) for end in ends)
    else:
        text = changed(well_formed(draw), draw)
    return changed(text, draw) if draw.random() < 0.2 else text


def changed(text: str, draw: random.Random) -> str:
    """The text with a few characters taken out, put in, or doubled."""
    for _ in range(draw.randint(1, 4)):
        i = draw.randint(0, len(text))
        piece = draw.choice(["", draw.choice(WORDS), text[i : i + 9], draw.choice(HOSTILE)])
        text = text[:i] + piece + text[i + draw.randint(0, 3) :]
    return text
