"""The registry of rules: the one way in which something that must hold is added."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from clusteract.audit.finding import Finding
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
        Columns without which the rule has nothing to say.
    domain : str
        The domain whose tables it is for; empty: any table.
    settles : int
        Above 0 it runs before the others, which need its outcome, in this order: `find` returns
        the findings and the view that the others are to see.
    find : callable
        View -> findings.
    """

    name: str
    summary: str
    needs: tuple[str, ...]
    domain: str
    settles: int
    find: Callable[[Any], Any]


RULES: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    summary: str,
    needs: tuple[str, ...] = (),
    domain: str = "",
    settles: int = 0,
):
    """Register a function ``View -> findings`` as a rule.

    Parameters
    ----------
    name, summary, needs, domain, settles
        As in `Rule`.
    """

    def register(find: Callable[[Any], Any]):
        if name in RULES:
            raise ValueError(f"Two rules are named {name!r}")
        RULES[name] = Rule(name, summary, needs, domain, settles, find)
        return find

    return register


def rules_for(domain: str) -> list[Rule]:
    """Return the rules for a domain's tables: those that settle something, its own, the others."""
    rules = [r for r in RULES.values() if r.domain in ("", domain)]
    return sorted(rules, key=lambda r: (r.settles or math.inf, r.domain == ""))


def apply_rules(view: View) -> tuple[list[Finding], dict[str, str]]:
    """Return the findings of all rules for a view, and the rules that could not be applied."""
    findings: list[Finding] = []
    skipped: dict[str, str] = {}
    for one in rules_for(view.table.domain.name):
        absent = [c for c in one.needs if not view.has(c)]
        if absent:
            skipped[one.name] = f"no column {', '.join(absent)}"
        elif one.settles:
            settled, view = one.find(view)
            findings += settled
        else:
            outcome: Iterable[Finding] = one.find(view)
            findings += outcome
    return findings, skipped
