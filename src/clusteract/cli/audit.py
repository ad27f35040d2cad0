"""``clusteract audit``: hold a table against every rule, tell what is wrong, and repair it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from clusteract.cli.parts import table_options, take_table
from clusteract.errors import InputError

if TYPE_CHECKING:
    from clusteract.audit.report import AuditReport
    from clusteract.table.table import Table

_MANY = 5  # rules left out, more than which are only counted
_MARKS = {"error": "ERROR  ", "warning": "warning", "note": "note   "}


@click.command(short_help="Check a table against what must hold, and repair it.")
@click.argument("table")
@table_options
@click.option(
    "--repair",
    "out",
    metavar="OUT",
    help="Write a repaired copy with a log of its changes (.xlsx or .csv).",
)
@click.option("--set-missing", is_flag=True, help="With --repair: empty the doubtful cells.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@click.option("--strict", is_flag=True, help="Exit with 1 if anything cannot be true.")
def command(
    table: str,
    out: str | None,
    set_missing: bool,
    as_json: bool,
    strict: bool,
    **options: str | None,
) -> None:
    """Check TABLE (a file, or a name of `clusteract data list`) and say what is wrong and why.

    The table itself is never changed.
    """
    from clusteract.audit import audit

    loaded = _load(table, options)
    report = audit(loaded)
    if as_json:
        document = {**report.to_dict(), "remarks": list(loaded.source.remarks)}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _print(report)
    if out is not None:
        _repair(table, loaded, report, out, set_missing)
    elif set_missing:
        raise click.UsageError("--set-missing goes with --repair OUT")
    if strict and report.has_errors:
        cells = len(set().union(*(f.cells for f in report.of("error"))))
        raise InputError(f"{report.table} has {cells} cells that cannot be true (--strict)")


def _load(table: str, options: dict[str, Any]) -> Table:
    return take_table(table, options, allow_duplicates=True, require_target=False)


def _print(report: AuditReport) -> None:
    click.echo(report.summary_line())
    for cause in report.causes:
        click.echo(f"  {_MARKS[cause.severity]}  {cause.text}")
        if cause.severity == "error":
            click.echo(f"           {_outcome(cause)}")
    if any(f.rows for f in report.findings):
        click.echo("  rows count from 0, the first one below the header")
    if len(report.skipped) > _MANY:
        click.echo(
            f"  not checked: {len(report.skipped)} rules whose columns this table lacks "
            "(--json names them)"
        )
    elif report.skipped:
        names = "; ".join(f"{rule} ({why})" for rule, why in report.skipped.items())
        click.echo(f"  not checked: {names}")


def _outcome(cause) -> str:
    rules = ", ".join(sorted({f.rule for f in cause.findings}))
    return f"[{rules}] " + ("--repair mends it" if cause.repairable else "flag only")


def _repair(name: str, table: Table, report: AuditReport, out: str, set_missing: bool) -> None:
    from clusteract.audit.repairing import repair
    from clusteract.audit.writing import write_repaired

    mended, changes = repair(table, report, doubtful="missing" if set_missing else "keep")
    path = write_repaired(out, mended, changes, report, original=name)
    click.echo(f"{path}: {len(changes)} changes, each in the log", err=True)
