"""The words of a compiled step: what it imports, and fresh names that clash with nothing."""

import keyword
import re
import unicodedata

from engine.program.graph import DROP_LAST, FIRST_ROWS, Node

NUMPY = {
    "absolute", "add", "arccos", "arcsin", "arctan", "array", "broadcast_to", "copyto", "cos",
    "cosh", "divide", "dot", "empty", "exp", "expm1", "float32", "float64", "full", "inf", "log",
    "log10", "log1p", "log2", "matmul", "maximum", "minimum", "multiply", "nan", "negative",
    "power", "sign", "sin", "sinh", "sqrt", "square", "subtract", "tan", "tanh",
}  # fmt: skip
"""What the source imports from NumPy."""

KERNELS = {
    "erf", "fold", "gate", "hard_tanh", "huber", "logsumexp", "max_pick", "max_pool",
    "max_unpool", "ones", "relu", "scatter", "sigmoid", "slide", "slide_inputs", "slide_weights",
    "softmax", "softplus", "take", "unfold", "zeros",
}  # fmt: skip
"""What the source imports from `engine.kernels`."""

_OTHER = {
    "T", "axis", "bits", "build", "dilation", "dtype", "height", "hit", "hot", "intp", "keepdims",
    "kernel", "left", "out", "part", "products", "reduce", "reshape", "rows", "scratch", "shape",
    "share", "step", "stride", "terms", "transpose", "turned",
}  # fmt: skip

QUOTED = re.compile(r"'[^']*'")
"""A piece of text in a piece of source."""

WORD = re.compile(r"[^\W\d]\w*")
"""A name in a piece of source."""


class Names:
    """Gives out names, each once, and with each the name of its transpose.

    >>> fresh = Names().fresh
    >>> fresh("W"), fresh("W"), fresh("WT"), fresh("add"), fresh("h 1")
    ('W', 'W1', 'WT_1', 'add1', 'h_1')
    """

    def __init__(self) -> None:
        self._taken = {*NUMPY, *KERNELS, *_OTHER, *keyword.kwlist}

    def fresh(self, stem: str) -> str:
        """The stem itself, or with a number when it is taken or no name in Python."""
        stem = re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem))
        stem = stem if stem.isidentifier() else "value"
        join = "" if stem[-1].isalpha() and stem[-1] != "T" else "_"
        name, i = stem, 1
        while self._taken & {name, f"{name}T"}:
            name, i = f"{stem}{join}{i}", i + 1
        self._taken |= {name, f"{name}T"}
        return name


def index_text(index: object) -> str:
    """An index as it is written between brackets.

    >>> index_text((..., slice(None, -1)))
    '..., :-1'
    """
    if isinstance(index, tuple):
        return ", ".join(index_text(i) for i in index) or "()"
    if index is Ellipsis:
        return "..."
    if isinstance(index, slice):
        parts = ["" if p is None else str(p) for p in (index.start, index.stop)]
        return ":".join(parts) + (f":{index.step}" if index.step is not None else "")
    return repr(index)


def view_text(node: Node, base: str) -> tuple[str, str]:
    """A name and an expression for a view."""
    assert node.op is not None
    if node.is_op("getitem"):
        index = node.attrs["index"]
        stem = "top" if index in (FIRST_ROWS, DROP_LAST) else "part"
        return f"{base}_{stem}", f"{base}[{index_text(index)}]"
    if node.is_op("reshape"):
        return f"{base}_r", f"{base}.reshape({tuple_text(node.shape)})"
    if node.is_op("unfold"):
        how = ", ".join(f"{key}={value!r}" for key, value in node.attrs.items())
        return f"{base}_windows", f"unfold({base}, {how})"
    if node.is_op("transpose"):
        return f"{base}_t", f"{base}.transpose{node.attrs['axes']}"
    return f"{base}_b", f"broadcast_to({base}, {node.shape})"


def tuple_text(shape: tuple[int, ...]) -> str:
    """Numbers as the arguments of a call.

    >>> tuple_text((2, 3)), tuple_text(())
    ('2, 3', '()')
    """
    return ", ".join(map(str, shape)) or "()"
