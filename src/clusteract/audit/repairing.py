"""repair: a new table in which the unambiguous errors are mended, and the log of every change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.report import AuditReport
from clusteract.errors import InputError
from clusteract.table.table import Table


@dataclass(frozen=True)
class Change:
    """One cell, name or row that differs between a table and its repaired copy.

    Attributes
    ----------
    row : int
        In the table that was audited, from 0.
    name, column : str
    old, new : float or str or None
        None: missing.
    rule, why : str
    """

    row: int
    name: str
    column: str
    old: Any
    new: Any
    rule: str
    why: str


def repair(
    table: Table,
    report: AuditReport,
    doubtful: Literal["keep", "missing"] = "keep",
) -> tuple[Table, tuple[Change, ...]]:
    """Return a table with the unambiguous repairs of a report, and what was changed.

    Parameters
    ----------
    table : Table
        The one that was audited; it stays as it is.
    report : AuditReport
    doubtful : {"keep", "missing"}
        What becomes of cells that cannot be true but whose value is not known for certain.
        The target and the names are never set missing.

    Raises
    ------
    InputError
        Where the report is of another table.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusteract.audit import audit
    >>> frame = pd.DataFrame({"c": ["Mo2S-", "Mo3S-"], "y": [-13.7, -13.1], "3_EA": [3.58, 4.4]})
    >>> table = Table.from_frame(frame, target="y")
    >>> repaired, changes = repair(table, audit(table))
    >>> changes[0].name, changes[0].old, round(changes[0].new, 6)
    ('Mo3S-', 4.4, 4.33)
    """
    if (report.n_rows, report.sha256) != (table.n_rows, table.source.sha256):
        raise InputError(
            f"The report is of {report.table} ({report.n_rows} rows), not of {table.source.name}; "
            "audit this table first"
        )
    changes = _changes(table, report, doubtful)
    return (_mended(table, changes) if changes else table), changes


def _mended(table: Table, changes: tuple[Change, ...]) -> Table:
    X, names = table.descriptors.copy(), list(table.names)
    dropped = {c.row for c in changes if c.new is None and c.column == table.name_column}
    for change in changes:
        if change.column == table.name_column:
            names[change.row] = change.new or change.old
        else:
            new = np.nan if change.new is None else change.new
            X[change.row, table.descriptor_names.index(change.column)] = new
    source = replace(table.source, name=f"{table.source.name}-repaired", file=None, sheet=None)
    mended = replace(table, descriptors=X, names=tuple(names), source=source)
    if dropped:
        mended = mended.take([r for r in range(table.n_rows) if r not in dropped])
    return replace(mended, source=replace(source, sha256=mended.content_hash))


def _changes(
    table: Table, report: AuditReport, doubtful: Literal["keep", "missing"]
) -> tuple[Change, ...]:
    """Return one change a cell: the first repair that claims it, else set missing."""
    changes: dict[tuple[int, str], Change] = {}
    for finding in report.findings:
        if finding.repair:
            for change in _of(table, finding, finding.expected):
                changes.setdefault((change.row, change.column), change)
    if doubtful == "missing":
        for finding in report.of("error"):
            if not finding.repair:
                for change in _of(table, finding, None):
                    if change.column in table.descriptor_names and change.old is not None:
                        changes.setdefault((change.row, change.column), change)
    return tuple(changes[key] for key in sorted(changes))


def _of(table: Table, finding: Finding, expected: tuple | None) -> list[Change]:
    changes = []
    for column in finding.columns:
        for k, row in enumerate(finding.rows):
            old: Any = table.names[row] if column == table.name_column else None
            if column in table.descriptor_names:
                number = float(table.column(column)[row])
                old = None if np.isnan(number) else number
            new: Any = None if expected is None else expected[k]
            if isinstance(new, (float, np.floating)):
                new = None if np.isnan(new) else float(f"{float(new):.12g}")
            if new != old and (old is not None or column in table.descriptor_names):
                changes.append(
                    Change(row, table.names[row], column, old, new, finding.rule, finding.message)
                )
    return changes
