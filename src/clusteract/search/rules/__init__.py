"""Sharing rules, one file each; `base` teaches how to add one."""

from clusteract.search.rules.base import (
    Failure,
    Rule,
    Training,
    exact_rule_for,
    has_rule,
    register,
    registered_rules,
    rule_for,
)

__all__ = [
    "Failure",
    "Rule",
    "Training",
    "exact_rule_for",
    "has_rule",
    "register",
    "registered_rules",
    "rule_for",
]
