"""The registry of rules: each knows which columns it needs and returns findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusteract.audit.finding import Finding

if TYPE_CHECKING:
    from clusteract.audit.view import View


@dataclass(frozen=True)
class Rule:
    """A named rule.

    Attributes
    ----------
    name : str
    summary : str
        What must hold, in one sentence.
    needs : tuple of str
        Canonical columns without which the rule has nothing to say.
    find : callable
        View -> findings.
    """

    name: str
    summary: str
    needs: tuple[str, ...]
    find: Callable[[View], Iterable[Finding]]


RULES: dict[str, Rule] = {}


def rule(name: str, *, summary: str, needs: tuple[str, ...] = ()):
    """Register a function ``View -> findings`` as a rule."""

    def register(find: Callable[[View], Iterable[Finding]]):
        if name in RULES:
            raise ValueError(f"Two rules are named {name!r}")
        RULES[name] = Rule(name, summary, needs, find)
        return find

    return register
