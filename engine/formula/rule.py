"""An optimizer that a learner types: a few lines from the gradient to the new parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from engine.errors import DomainError, FormulaError
from engine.formula.build import build
from engine.formula.letters import STARTS
from engine.formula.operations import ParsedFormula
from engine.formula.parse import parse
from engine.optim.rules import Numeric, Rule
from engine.tensor import Tensor

ARGUMENTS = ("w", "g", "t")
"""What every rule takes: parameters, their gradient, and the step number 1, 2, …"""

TAKEN = {*ARGUMENTS, "rule", "order", "rng", "carried", "epoch"}
"""Names that a memory or a setting may not have: a training's snapshot uses them."""


@dataclass(frozen=True)
class TypedRule(Rule):
    """A rule that knows the text it was typed as, and shows that for its source."""

    text: str

    @property
    def source(self) -> str:
        """The lines as they were typed."""
        return self.text


def typed_rule(text: str, settings: Mapping[str, float], name: str = "typed") -> Rule:
    """An optimizer's rule from its text.

    Each line gives a name to a value; the last is the new w. It may use w, g and t, and the
    settings. A name that is used before its line gives it a value is memory: it starts at 0, and
    later holds its value from the previous step.

    Args:
        text: such as "m = beta*m + g; w - lr*m"; η is lr and β₁ is beta1.
        settings: name → default; constrained as in `engine.optim.CONSTRAINTS`.
        name: of the rule, in lists.

    Returns:
        A rule as those of `engine.optim`: for numbers, arrays and tensors, by hand and compiled.

    Raises:
        FormulaError: it is not a rule; the error points at the character.
        DomainError: a default outside its domain.

    >>> rule = typed_rule("m = β·m + g\\nw − η·m", {"lr": 0.1, "beta": 0.9})
    >>> w, m = rule(1.0, 2.0, 1, lr=0.25)
    >>> w, m, rule.state
    (0.5, 2.0, {'m': 0.0})
    """
    for setting, value in settings.items():
        _check_setting(setting, value)
    known = {*ARGUMENTS, *settings, *parse(text).assignments}
    parsed = parse(text, known)
    memory = [name for name in parsed.memory if name not in (*ARGUMENTS, *settings)]
    _check(parsed, memory, settings)

    def function(
        w: Numeric, g: Numeric, t: Numeric, *state: Numeric, **changed: Numeric
    ) -> tuple[Numeric, ...]:
        values = [w, g, t, *state, *[0.0] * (len(memory) - len(state))]
        named = dict(zip((*ARGUMENTS, *memory), values, strict=True)) | {**settings, **changed}
        return _run(parsed, memory, named)

    rule = TypedRule(name, function, dict.fromkeys(memory, 0.0), dict(settings), text)
    rule.check(settings)
    return rule


def _run(
    parsed: ParsedFormula, memory: Sequence[str], values: Mapping[str, Numeric]
) -> tuple[Numeric, ...]:
    """The new w and the new memory: graph where any value is a tensor."""
    tensors = {n: x if isinstance(x, Tensor) else Tensor(x, n) for n, x in values.items()}
    computed = build(parsed, tensors)
    results = [computed[i] for i in (parsed.result, *(parsed.memory[name] for name in memory))]
    shape = tensors["w"].shape
    filled = [x if x.shape == shape or x.ndim else x.broadcast_to(shape) for x in results]
    if any(isinstance(x, Tensor) for x in values.values()):
        return tuple(filled)
    return tuple(x.value if x.ndim else x.item() for x in filled)


def _check_setting(name: str, value: float) -> None:
    if not name.isidentifier() or name[0] not in STARTS or name in TAKEN:
        raise DomainError(f"typed_rule: expected a setting's name such as lr, got {name!r}.")
    if not isfinite(value):
        raise DomainError(f"typed_rule: expected a finite {name}, got {value}.")


def _check(parsed: ParsedFormula, memory: Sequence[str], settings: Mapping[str, float]) -> None:
    """Refuse what reads as a formula but is not a rule."""
    target, assigns, _ = parsed.source.rpartition("; ")[2].partition(" = ")
    if assigns and target != "w":
        raise FormulaError(f"The last line is the new w, such as w - lr*g: got {target} = ….",
                           parsed.text, _last_line(parsed.text))  # fmt: skip
    for name, at in parsed.assignments.items():
        if name in settings or name == "t" or (name in memory and name in TAKEN):
            raise FormulaError(f"{name} is set from outside. Take another name for this value.",
                               parsed.text, at)  # fmt: skip


def _last_line(text: str) -> int:
    """Where the last line of a rule begins."""
    body = text.rstrip("; \n\t")
    start = max(body.rfind(";"), body.rfind("\n")) + 1
    return start + len(body[start:]) - len(body[start:].lstrip())
