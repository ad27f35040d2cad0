"""A repaired table written to a workbook with its change log, or to CSV files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import xlsxwriter

from clusteract.audit.repairing import Change
from clusteract.audit.report import AuditReport
from clusteract.errors import InputError
from clusteract.table.table import Table

_CAUSE_HEADER = ("severity", "cause", "rows", "columns", "repaired")


def write_repaired(
    path: str | PathLike[str],
    table: Table,
    changes: Sequence[Change],
    report: AuditReport,
    *,
    original: str | PathLike[str] | None = None,
) -> Path:
    """Write a repaired table and the log of its changes.

    A workbook gets the sheets *Rows*, or what the domain calls them (changed cells coloured),
    *Changes* and *Audit*; a CSV file gets its changes in a second file beside it. Rows are counted
    from 2 in the log of a workbook, as a spreadsheet shows them, in the order of the table that
    was audited.

    Parameters
    ----------
    path : path
        Ends in .xlsx or .csv.
    original : path, optional
        The table that was audited: never written over.

    Raises
    ------
    InputError
        For another ending, the original's own path, or a folder that cannot be written.
    """
    path = Path(path)
    if original is not None and _same_file(path, Path(original)):
        raise InputError(f"{path.name} is the audited table; name another file to write")
    writers = {".xlsx": _write_workbook, ".csv": _write_csv}
    if path.suffix.lower() not in writers:
        raise InputError(f"Cannot write {path.name!r}: the name must end in .xlsx or .csv")
    try:
        writers[path.suffix.lower()](path, table, changes, report)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as problem:
        raise InputError(f"Cannot write {path}: {problem}") from problem
    return path


def _same_file(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


def _title(table: Table) -> str:
    return "SYNTHETIC" if table.source.synthetic else table.domain.rows.capitalize()


def _log_header(table: Table) -> list[str]:
    word = table.domain.row
    return ["row", word if word != "row" else "name", "column", "old", "new", "rule", "why"]


def _write_workbook(
    path: Path, table: Table, changes: Sequence[Change], report: AuditReport
) -> None:
    if not path.parent.is_dir():
        raise OSError(f"no folder {path.parent}")
    with xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes for the same table
        head, changed = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFF2A8"})
        frame = table.to_frame()
        sheet = book.add_worksheet(_title(table))
        sheet.freeze_panes(1, 1)
        _write_row(sheet, 0, list(frame.columns), head)
        cells = {(c.name, c.column) for c in changes}
        cells |= {(c.new, c.column) for c in changes if isinstance(c.new, str)}
        for i, values in enumerate(frame.itertuples(index=False)):
            marks = [
                changed if (table.names[i], column) in cells else None for column in frame.columns
            ]
            _write_row(sheet, i + 1, list(values), marks)
        log = book.add_worksheet("Changes")
        _write_row(log, 0, _log_header(table), head)
        for i, c in enumerate(changes):
            _write_row(log, i + 1, [c.row + 2, c.name, c.column, c.old, c.new, c.rule, c.why], None)
        sheet = book.add_worksheet("Audit")
        _write_row(sheet, 0, list(_CAUSE_HEADER), head)
        for i, record in enumerate(_causes(report)):
            _write_row(sheet, i + 1, record, None)


def _causes(report: AuditReport) -> list[list[Any]]:
    out = []
    for cause in report.causes:
        facts = cause.to_dict()
        rows = ", ".join(str(r + 2) for r in facts["rows"][:200])
        repaired = "yes" if cause.repairable else "no"
        out.append([cause.severity, cause.text, rows, ", ".join(facts["columns"]), repaired])
    return out


def _write_row(sheet: Any, row: int, values: Sequence[Any], formats: Any) -> None:
    """Write text as text, so that nothing in a name is taken for a formula; skip missing cells."""
    marks = formats if isinstance(formats, list) else [formats] * len(values)
    for j, (value, mark) in enumerate(zip(values, marks, strict=True)):
        if isinstance(value, str):
            sheet.write_string(row, j, value, mark)
        elif value is not None and value == value:
            sheet.write_number(row, j, value, mark)
        elif mark is not None:
            sheet.write_blank(row, j, None, mark)


def _write_csv(path: Path, table: Table, changes: Sequence[Change], report: AuditReport) -> None:
    table.to_frame().to_csv(path, index=False, lineterminator="\n")
    log = path.with_name(f"{path.stem}-changes.csv")
    with log.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_log_header(table))
        for c in changes:
            writer.writerow([c.row, c.name, c.column, c.old, c.new, c.rule, c.why])
