"""What a learner types for what: Greek letters, superscripts and subscripts, signs for operators.

Names become the ASCII ones of the glossary (β₁ → beta1, ŷ → y_hat), operators those of Python.
"""

import string
import unicodedata
from collections.abc import Mapping

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps",
    "\N{GREEK LUNATE EPSILON SYMBOL}": "eps",
    "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lam", "μ": "mu",
    "\N{MICRO SIGN}": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "\N{GREEK PHI SYMBOL}": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

_HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"

_HATTED = {
    unicodedata.normalize("NFC", letter + _HAT): f"{letter}_hat"
    for letter in string.ascii_letters
    if len(unicodedata.normalize("NFC", letter + _HAT)) == 1
}

STARTS: Mapping[str, str] = {c: c for c in string.ascii_letters} | _GREEK | _HATTED
"""A character that a name may begin with → how it is written in ASCII."""

_SUBSCRIPTS = {chr(0x2080 + i): str(i) for i in range(10)}

INSIDE: Mapping[str, str] = {**STARTS, **_SUBSCRIPTS, _HAT: "_hat", "_": "_"} | {
    c: c for c in string.digits
}
"""A character that may follow in a name → how it is written in ASCII."""

SUPERSCRIPTS: Mapping[str, str] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
"""A superscript digit or sign → the plain one: x² is x**2."""

SIGNS: Mapping[str, str] = {
    "·": "*", "×": "*", "\N{DOT OPERATOR}": "*", "\N{ASTERISK OPERATOR}": "*",
    "÷": "/", "\N{DIVISION SLASH}": "/",
    "−": "-", "–": "-",
    "^": "**", "≤": "<=", "≥": ">=", "≠": "!=",
    "∧": " and ", "\N{LOGICAL OR}": " or ", "¬": "not ", "←": "=", "√": "sqrt",
    "ᵀ": ".T",
}  # fmt: skip
"""A sign → how it is written in ASCII."""

ALIASES: Mapping[str, str] = {"eta": "lr", "lam": "weight_decay", "sigma": "sigmoid"}
"""A letter's name → the house's other word for it, taken where only that word is known."""


def in_words(character: str) -> str:
    """A character as an error message names it.

    >>> in_words("!"), in_words("\\0"), in_words("∞")
    ("'!'", 'character U+0000', "'∞' (infinity)")
    """
    if character.isascii() and character.isprintable():
        return repr(character)
    name = unicodedata.name(character, "").lower()
    if not name or not character.isprintable():
        return f"character U+{ord(character):04X}"
    return f"'{character}' ({name})"
