"""A table is checked, explained and repaired before it is believed: rules, findings, stories."""

from clusteract.audit.finding import Finding
from clusteract.audit.repairing import Change, repair
from clusteract.audit.report import AuditReport, audit, audit_summary
from clusteract.audit.stories import Story
from clusteract.audit.writing import write_repaired

__all__ = [
    "AuditReport",
    "Change",
    "Finding",
    "Story",
    "audit",
    "audit_summary",
    "repair",
    "write_repaired",
]
