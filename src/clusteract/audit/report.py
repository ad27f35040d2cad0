"""audit: a table held against every rule, and the report of what was found."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from threadpoolctl import threadpool_limits

import clusteract.audit.rules  # noqa: F401  (registers the rules)
from clusteract.audit.causes import Cause, find_causes
from clusteract.audit.finding import SEVERITIES, Finding, Severity
from clusteract.audit.registry import apply_rules, rules_for
from clusteract.audit.view import View
from clusteract.table.table import Table


@dataclass(frozen=True)
class AuditReport:
    """What was found in a table.

    Attributes
    ----------
    table : str
        The table's name.
    sha256 : str
    n_rows : int
    findings : tuple of Finding
        The gravest first.
    skipped : dict of rule to str
        Rules that could not be applied, and why.
    """

    table: str
    sha256: str
    n_rows: int
    findings: tuple[Finding, ...]
    skipped: dict[str, str]

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Findings grouped by cause, the gravest first."""
        return find_causes(self.findings)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(f for f in self.findings if f.severity == severity)

    @property
    def has_errors(self) -> bool:
        """Whether something in the table cannot be true."""
        return bool(self.of("error"))

    def summary_line(self) -> str:
        """Return the outcome in one line, with what gives the target away: no score would hold.

        Examples
        --------
        >>> from clusteract.chemistry.synthetic import make_synthetic_table
        >>> audit(make_synthetic_table(40)).summary_line()
        'audit of synthetic: no errors in 40 rows'
        """
        start = f"audit of {self.table}: "
        if not self.has_errors and not self.of("warning"):
            return f"{start}no errors in {self.n_rows} rows"
        parts: list[str] = []
        counted: set[tuple[int, str]] = set()
        for severity in SEVERITIES[:2]:
            cells = set().union(*(f.cells for f in self.of(severity))) - counted
            counted |= cells
            causes = [s for s in self.causes if s.severity == severity]
            word = "wrong" if severity == "error" else "suspicious"
            if causes and cells:
                parts.append(f"{_count(cells, f'{word} cell')} ({_count(causes, 'cause')})")
            elif causes:  # of whole columns
                parts.append(_count(causes, severity))
        leaks = [f"; {f.message}" for f in self.findings if f.rule == "leak"]
        return f"{start}{', '.join(parts)} in {self.n_rows} rows{''.join(leaks[:3])}"

    def to_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {
            "table": self.table,
            "sha256": self.sha256,
            "n_rows": self.n_rows,
            "findings": [f.to_dict() for f in self.findings],
            "causes": [s.to_dict() for s in self.causes],
            "skipped": dict(self.skipped),
        }


def _count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'s' if len(things) != 1 else ''}"


def audit(table: Table) -> AuditReport:
    """Hold a table against every rule.

    Nothing in the table is changed.

    Parameters
    ----------
    table : Table

    Returns
    -------
    AuditReport

    Examples
    --------
    >>> import pandas as pd
    >>> from clusteract.table import Table
    >>> frame = pd.DataFrame({"cluster": ["Mo2S-", "Mo3S-"], "3_IE": [24.544656, 30.0]})
    >>> report = audit(Table.from_frame(frame))
    >>> finding = report.of("error")[0]
    >>> finding.rule, finding.names, round(finding.expected[0], 6)
    ('composition', ('Mo3S-',), 31.636924)
    """
    with threadpool_limits(1):  # small matrices: threads only wait for one another
        findings, skipped = apply_rules(make_view(table))
    return AuditReport(
        table=table.source.name,
        sha256=table.source.sha256,
        n_rows=table.n_rows,
        findings=tuple(sorted(findings, key=lambda f: SEVERITIES.index(f.severity))),
        skipped=skipped,
    )


def make_view(table: Table) -> View:
    """Return a table as the rules for its domain see it."""
    if not table.domain.audit:
        return View(table)
    return import_module(table.domain.audit).view(table)


def rule_summaries(domain: str = "") -> dict[str, str]:
    """Return what each rule for a domain's tables holds a table to, by name.

    Examples
    --------
    >>> rule_summaries()["same-column"]
    'No two descriptors are the same'
    """
    return {r.name: r.summary for r in rules_for(domain)}


def audit_summary(table: Table) -> str:
    """Return one line about a table, for the start of a study or a prediction."""
    return audit(table).summary_line()
