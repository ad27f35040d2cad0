"""A table is checked, explained and repaired before it is believed: rules, findings, stories."""

from clusteract.audit.finding import Finding
from clusteract.audit.report import AuditReport, audit, audit_summary
from clusteract.audit.stories import Story

__all__ = ["AuditReport", "Finding", "Story", "audit", "audit_summary"]
