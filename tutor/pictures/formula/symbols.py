"""LaTeX's symbols as characters of one cell each, with their kind in a formula."""

# Characters that look alike are what this file is about.
# ruff: noqa: RUF001

from typing import Literal

SymbolKind = Literal[
    "ordinary", "binary", "relation", "open", "close", "punctuation", "function", "large", "inner",
    "space", "prefix", "slash",
]  # fmt: skip
"""What determines the spaces around a symbol (the TeXbook, chapter 17). "large" is a sum or product
sign, "function" a name such as ln, "inner" a fraction or a root,
"prefix" a minus with nothing before it, "slash" a sign without spaces, as in a/b and p(a|b)."""


def _table(text: str, kind: SymbolKind) -> dict[str, tuple[str, SymbolKind]]:
    words = text.split()
    return {name: (char, kind) for name, char in zip(words[::2], words[1::2], strict=True)}


SYMBOLS: dict[str, tuple[str, SymbolKind]] = {
    **_table(
        r"""
        alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ
        iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ varrho ρ sigma σ varsigma ς tau τ
        upsilon υ phi φ varphi φ chi χ psi ψ omega ω
        Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
        nabla ∇ partial ∂ infty ∞ ell ℓ hbar ℏ Re ℜ Im ℑ emptyset ∅ varnothing ∅ forall ∀ exists ∃
        neg ¬ lnot ¬ top ⊤ bot ⊥ prime ′ dagger † degree ° angle ∠
        dots … ldots … dotsc … cdots ⋯ dotsb ⋯ vdots ⋮ ddots ⋱ imath ı jmath ȷ
        $ $ % % & & # # _ _ vert | Vert ‖ | ‖ backslash \
        """,
        "ordinary",
    ),
    "slash": ("/", "slash"),
    **_table(
        r"""
        pm ± mp ∓ times × cdot · div ÷ ast ∗ star ⋆ circ ∘ bullet • odot ⊙ oplus ⊕ ominus ⊖
        otimes ⊗ cup ∪ cap ∩ setminus ∖ wedge ∧ land ∧ vee ∨ lor ∨
        """,
        "binary",
    ),
    **_table(
        r"""
        le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ne ≠ neq ≠ lt < gt > ll ≪ gg ≫ equiv ≡
        approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃
        supseteq ⊇ to → rightarrow → longrightarrow → leftarrow ← longleftarrow ← gets ←
        leftrightarrow ↔ Rightarrow ⇒ Longrightarrow ⇒ implies ⇒ Leftarrow ⇐ impliedby ⇐
        Leftrightarrow ⇔ iff ⇔ mapsto ↦ uparrow ↑ downarrow ↓ mid | parallel ∥ perp ⊥ models ⊨
        vdash ⊢ succ ≻ succeq ⪰ prec ≺ preceq ⪯ colon : coloneqq ≔ triangleq ≜ doteq ≐
        """,
        "relation",
    ),
    **_table("{ { lbrace { lbrack [ langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖", "open"),
    **_table("} } rbrace } rbrack ] rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖", "close"),
    **_table("sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂", "large"),
}
"""Command name (without its backslash) to character and kind."""

LIMITS = frozenset(["lim", "liminf", "limsup", "max", "min", "sup", "inf", "argmax", "argmin"])
"""The functions whose index is written below them in a displayed formula."""
FUNCTIONS = LIMITS | {
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
    "exp", "gcd", "ker", "lg", "ln", "log", "Pr", "sec", "sin", "sinh", "tan", "tanh",
}  # fmt: skip

SPACES = {
    "quad": 2, "qquad": 4, ",": 1, ":": 1, ";": 1, ">": 1, " ": 1, "thinspace": 1, "enspace": 1,
    "!": 0,
}  # fmt: skip
"""Command name to number of spaces."""

CHARACTERS: dict[str, tuple[str, SymbolKind]] = {
    **{char: (char, "binary") for char in "+∗±×·∘⊙⊗⊕∪∩∧∨"},
    "*": ("∗", "binary"),
    "-": ("−", "binary"),
    "−": ("−", "binary"),
    **{char: (char, "relation") for char in "=<>:≤≥≠≈≡∼≃∝∈∉⊂⊆→←↔⇒⇔↦≪≫"},
    **{char: (char, "open") for char in "([⟨⌊⌈"},
    **{char: (char, "close") for char in ")]⟩⌋⌉!?"},
    **{char: (char, "punctuation") for char in ",;"},
    **{char: (char, "large") for char in "∑∏∫"},
    "/": ("/", "slash"),
    "~": (" ", "space"),
}
"""The symbol and the kind of characters typed directly; all others are ordinary."""

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
    "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7",
    "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
    "underline": "\u0332",
}  # fmt: skip
"""Command name to the combining character that draws it on its letter."""

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀ′**†ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿ"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
SUPERSCRIPT = dict(
    zip(
        "0123456789+−=()⊤′∗⋆†abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθ",
        _SUPERSCRIPTS,
        strict=True,
    )
)
"""Characters that have a raised form; Unicode has none of q, C, F, Q, S, X, Y, Z."""
SUBSCRIPT = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", _SUBSCRIPTS, strict=True))
"""Characters that have a lowered form."""

DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
"""The letters of \\mathbb and \\mathcal that terminal fonts have; others stay plain."""
