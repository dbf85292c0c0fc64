"""An optimizer that a learner types: a few lines from the gradient to the new parameters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
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


@dataclass(frozen=True, repr=False)
class TypedRule(Rule):
    """A rule that knows the text it was typed as, and shows that for its source."""

    text: str

    @property
    def source(self) -> str:
        """The lines as they were typed."""
        return self.text


def typed_rule(text: str, hyperparameters: Mapping[str, float], name: str = "typed") -> Rule:
    """An optimizer's rule from its text.

    Each line gives a name to a value; the last is the new w. It may use w, g and t, and the
    hyperparameters. A name that is used before its line gives it a value is state: it starts at 0,
    and later holds its value from the previous step.

    Args:
        text: such as "m = beta*m + g; w - lr*m"; η is lr and β₁ is beta1.
        hyperparameters: name → default; constrained as in `engine.optim.CONSTRAINTS`.
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
    for hyperparameter, value in hyperparameters.items():
        _check_hyperparameter(hyperparameter, value)
    given = (*ARGUMENTS, *hyperparameters)
    parsed = parse(text, {*given, *parse(text).assignments})
    state = [name for name in parsed.state if name not in given]
    _check(parsed, hyperparameters)

    def function(
        w: Numeric, g: Numeric, t: Numeric, *old: Numeric, **changed: Numeric
    ) -> tuple[Numeric, ...]:
        values = [w, g, t, *old, *[0.0] * (len(state) - len(old))]
        named = dict(zip((*ARGUMENTS, *state), values, strict=True))
        return _run(parsed, state, {**named, **hyperparameters, **changed})

    rule = TypedRule(name, function, dict.fromkeys(state, 0.0), dict(hyperparameters), text)
    rule.check(hyperparameters)
    return rule


def _run(
    parsed: ParsedFormula, state: Sequence[str], values: Mapping[str, Numeric]
) -> tuple[Numeric, ...]:
    """The new w and the new state: graph where any value is a tensor."""
    tensors = {n: x if isinstance(x, Tensor) else Tensor(x, n) for n, x in values.items()}
    computed = build(parsed, tensors)
    results = [computed[i] for i in (parsed.result, *(parsed.state[name] for name in state))]
    shape = tensors["w"].shape
    filled = [x if x.shape == shape or x.ndim else x.broadcast_to(shape) for x in results]
    if any(isinstance(x, Tensor) for x in values.values()):
        return tuple(filled)
    return tuple(x.value if x.ndim else x.item() for x in filled)


def _check_hyperparameter(name: str, value: float) -> None:
    is_name = name.isidentifier() and name[0] in STARTS and not iskeyword(name)
    if not is_name or name in ARGUMENTS:
        raise DomainError(f"typed_rule: expected a hyperparameter's name such as lr, got {name!r}.")
    if not isfinite(value):
        raise DomainError(f"typed_rule: expected a finite {name}, got {value}.")


def _check(parsed: ParsedFormula, hyperparameters: Collection[str]) -> None:
    """Refuse what reads as a formula but is not a rule."""
    target, assigns, _ = parsed.source.rpartition("; ")[2].partition(" = ")
    if assigns and target != "w":
        raise FormulaError(f"The last line is the new w, such as w - lr*g: got {target} = ….",
                           parsed.text, _last_line(parsed.text))  # fmt: skip
    for name, at in parsed.assignments.items():
        if name in hyperparameters or name == "t":
            raise FormulaError(f"{name} is set from outside. Take another name for this value.",
                               parsed.text, at)  # fmt: skip


def _last_line(text: str) -> int:
    """Where the last line of a rule begins."""
    body = text.rstrip("; \n\t")
    start = max(body.rfind(";"), body.rfind("\n")) + 1
    return start + len(body[start:]) - len(body[start:].lstrip())
