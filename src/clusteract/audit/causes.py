"""Causes: findings of one cause told as one, with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clusteract.audit.finding import SEVERITIES, Finding, Severity


@dataclass(frozen=True)
class Cause:
    """One cause of findings.

    Attributes
    ----------
    text : str
        What happened and how one can tell.
    severity : {"error", "warning", "note"}
        The gravest of its findings.
    findings : tuple of Finding
    """

    text: str
    severity: Severity
    findings: tuple[Finding, ...]

    @cached_property
    def cells(self) -> set[tuple[int, str]]:
        """(row, column) of each cell in the cause."""
        return set().union(*(f.cells for f in self.findings))

    @property
    def repairable(self) -> bool:
        """Whether every one of its errors is mended by `repair`."""
        graves = [f for f in self.findings if f.severity != "note"]
        return bool(graves) and all(f.repair for f in graves)

    def to_dict(self) -> dict[str, Any]:
        """Return the cause for JSON and for reports."""
        rows = sorted({r for f in self.findings for r in f.rows})
        return {
            "text": self.text,
            "severity": self.severity,
            "rules": sorted({f.rule for f in self.findings}),
            "rows": rows,
            "columns": list(dict.fromkeys(c for f in self.findings for c in f.columns)),
            "repairable": self.repairable,
        }


def find_causes(findings: Sequence[Finding]) -> tuple[Cause, ...]:
    """Group findings by cause: the gravest first, then by row.

    Findings share a cause where they say so; a finding whose cells all belong to another,
    graver or equally grave, cause is told with it.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.cause, []).append(finding)
    causes = [
        Cause(text, min((f.severity for f in members), key=SEVERITIES.index), tuple(members))
        for text, members in groups.items()
    ]
    return tuple(sorted(_merge(causes), key=_order))


def _order(cause: Cause) -> tuple[int, int, int]:
    rows = [r for f in cause.findings for r in f.rows]
    return SEVERITIES.index(cause.severity), -len(cause.cells) // 8, min(rows, default=-1)


def _merge(causes: list[Cause]) -> list[Cause]:
    """Tell a cause within the first graver one that has all its cells."""
    merged: list[Cause] = []
    holders: dict[tuple[int, str], list[int]] = {}  # places in `merged` of the causes of a cell
    for cause in sorted(causes, key=lambda s: (SEVERITIES.index(s.severity), -len(s.cells))):
        cells = cause.cells
        places = holders.get(next(iter(cells)), []) if cells else []
        host = next(
            (k for k in places if cells <= merged[k].cells and _near(merged[k], cause)), None
        )
        if host is None:
            for cell in cells:
                holders.setdefault(cell, []).append(len(merged))
            merged.append(cause)
        else:
            other = merged[host]
            text = f"{other.text}; {cause.text}"
            merged[host] = Cause(text, other.severity, (*other.findings, *cause.findings))
    return merged


def _near(host: Cause, cause: Cause) -> bool:
    """Tell whether two causes are of like breadth: a whole column does not explain a cell."""
    return len(host.cells) <= 4 * len(cause.cells) + 8
