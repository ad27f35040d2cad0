"""A table is checked, explained and repaired before it is believed: rules, findings, causes."""

import sys
import types

from clusteract.audit.causes import Cause
from clusteract.audit.finding import Finding
from clusteract.audit.repairing import Change, repair
from clusteract.audit.report import AuditReport, audit, audit_summary, rule_summaries
from clusteract.audit.writing import write_repaired

__all__ = [
    "AuditReport",
    "Cause",
    "Change",
    "Finding",
    "audit",
    "audit_summary",
    "repair",
    "rule_summaries",
    "write_repaired",
]


class _Room(types.ModuleType):
    """The room under its own name: ``clusteract.audit(table)`` works once it is imported, too."""

    def __call__(self, table):
        return audit(table)


sys.modules[__name__].__class__ = _Room
