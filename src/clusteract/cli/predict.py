"""``clusteract predict``: the target of new rows from a saved model."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table as RichTable

from clusteract.cli.parts import candidate_options, trusted_types
from clusteract.errors import InputError

if TYPE_CHECKING:
    from clusteract.model import Predictions, SavedModel
    from clusteract.table import Table

# Four seconds of audit: screening a hundred thousand would wait a third longer for it.
_MOST_AUDITED = 50_000
_PIPE_WIDTH = 200  # columns where the output is no terminal, so that notes stay on their line
_NO_CSV = (".png", ".svg", ".xlsx", ".xls", ".ods", ".parquet")


@click.command(short_help="Predict with a saved model.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table")
@click.option("--out", type=click.Path(path_type=Path), help="Write the predictions as CSV.")
@click.option(
    "--level", type=float, default=0.9, show_default=True, help="Of the intervals: 0.8, 0.9, 0.95."
)
@candidate_options
def command(
    model: Path,
    table: str,
    out: Path | None,
    level: float,
    sheet: str | None,
    name: str | None,
    as_json: bool,
    trusted: tuple[str, ...],
) -> None:
    """Predict the rows of TABLE with MODEL, a file that `clusteract fit` wrote.

    Columns are matched by name, in any order. Each prediction comes with its interval and says
    whether the row lies inside the model's domain, and if not, why. Where TABLE has the
    target too, the predictions are compared with it.
    """
    from clusteract.model import predict
    from clusteract.runs.folder import write_whole

    err = Console(stderr=True, highlight=False, soft_wrap=True)
    check_out(out, (Path(table), model))
    loaded, new_rows = loaded_with_table(model, table, trusted, sheet=sheet, name=name)
    with showing_columns(err):
        predictions = predict(loaded, new_rows, level=level)
    say_what_was_noticed(err, new_rows, predictions.remarks)
    if out is not None:
        write_whole(out, predictions.to_csv())
    if as_json:
        click.echo(json.dumps(_document(loaded, predictions), ensure_ascii=False, allow_nan=False))
        return
    _print_table(loaded, predictions, printer())
    if out is not None:
        click.echo(f"\nwritten: {out}")


def loaded_with_table(
    model: Path, table: str, trusted: tuple[str, ...], **options: str | None
) -> tuple[SavedModel, Table]:
    """Load a model and the table for it; say on stderr what was noticed."""
    from clusteract.model import load_model
    from clusteract.model.reading import read_new_rows

    err = Console(stderr=True, highlight=False, soft_wrap=True)
    loaded = load_model(
        model, trusted=trusted_types(trusted), say=lambda text: err.print(text, markup=False)
    )
    new_rows = read_new_rows(loaded, table, **options)
    return loaded, new_rows


@contextmanager
def showing_columns(err: Console) -> Iterator[None]:
    """Print, where columns are missing, how the table's differ from the model's."""
    from clusteract.model import ColumnMismatch

    try:
        yield
    except ColumnMismatch as mismatch:
        for line in mismatch.diff.lines():
            err.print(line, markup=False)
        raise


def say_what_was_noticed(err: Console, new_rows: Table, remarks: tuple[str, ...]) -> None:
    """Say what the audit predictions, and what was remarked on, while reading and predicting."""
    from clusteract.audit import audit_summary

    if new_rows.n_rows <= _MOST_AUDITED:
        err.print(audit_summary(new_rows), markup=False)
    else:
        err.print(f"not audited: more than {_MOST_AUDITED:,} {new_rows.domain.rows}", markup=False)
    for remark in (*new_rows.source.remarks, *remarks):
        err.print(f"{new_rows.source.name}: {remark}", markup=False)


def printer() -> Console:
    """Return a console for tables on stdout."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(highlight=False, soft_wrap=True, width=width)


def percent_level(level: float) -> str:
    """Head a column of intervals.

    Examples
    --------
    >>> percent_level(0.9)
    '90 % interval'
    """
    from clusteract.model.predictions import percent

    return f"{percent(level)} interval"


def outside_warning(reasons: tuple[tuple[str, ...], ...] | None) -> str:
    """Say what the intervals of rows outside the domain are worth; nothing where none is.

    Examples
    --------
    >>> outside_warning(((), ("no training cluster holds W",)))
    "1 of 2 rows outside the model's domain: errors may be larger there, and intervals not hold"
    """
    n = sum(map(bool, reasons or ()))
    if not n:
        return ""
    return (
        f"{n:,} of {len(reasons or ()):,} rows outside the model's domain: errors may be "
        "larger there, and intervals not hold"
    )


def check_out(out: Path | None, inputs: tuple[Path, ...]) -> None:
    """Refuse to write over what is read, and CSV under a name that promises something else."""
    for path in inputs:
        if out is not None and out.exists() and path.exists() and os.path.samefile(out, path):
            raise InputError(f"{out}: is what is read from; give another --out")
    if out is not None and out.is_dir():
        raise InputError(f"{out}: is a folder; give a file (--out)")
    if out is not None and out.suffix.lower() in _NO_CSV:
        raise InputError(f"{out}: CSV is what is written; give a name that ends in .csv")


def _document(model: SavedModel, predictions: Predictions) -> dict[str, Any]:
    from clusteract.report.summary import plain

    scores = predictions.scores
    return plain(
        {
            "model": model.summary(),
            "predictions": predictions.records(),
            "level": predictions.level,
            "scores": None if scores is None else scores._asdict(),
            "covered": predictions.covered,
            "remarks": list(predictions.remarks),
        }
    )


def _print_table(model: SavedModel, predictions: Predictions, out: Console) -> None:
    out.print(f"model: {model.label}", markup=False)
    formula = f"\nformula: {model.formula}" if model.formula else ""
    out.print(f"honest score: {model.honest or 'none in this model'}{formula}\n", markup=False)
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    table.add_column(predictions.row, no_wrap=True)
    table.add_column(model.target, justify="right", no_wrap=True)
    if predictions.low is not None:
        table.add_column(percent_level(predictions.level), justify="right", no_wrap=True)
    if model.rate is not None:
        unit = f" / {model.unit}" if model.unit else ""
        table.add_column(f"{model.rate}{unit}", justify="right", no_wrap=True)
    if predictions.measured is not None:
        table.add_column("measured", justify="right", no_wrap=True)
    if predictions.domain is not None:
        table.add_column("domain", overflow="fold")
    table.add_column("notes", overflow="fold")
    for row in _rows(predictions):
        table.add_row(*row)
    out.print(table, markup=False)
    warning = outside_warning(predictions.reasons)
    if warning:
        out.print(f"\n{warning}", markup=False)
    if predictions.scores is not None:
        r, rmse, mae, _ = predictions.scores
        line = f"against the measured {model.target}: r {r:.3f}, RMSE {rmse:.3f}, MAE {mae:.3f}"
        if predictions.covered is not None:
            line += f", {predictions.covered} inside their {percent_level(predictions.level)}"
        out.print(f"\n{line}, {len(predictions.names)} {model.domain.rows}", markup=False)


def _rows(predictions: Predictions) -> list[list[str]]:
    rate, measured = predictions.rate, predictions.measured
    rows = []
    for i, name in enumerate(predictions.names):
        row = [name, f"{predictions.values[i]:.3f}"]
        if predictions.low is not None and predictions.high is not None:
            row.append(f"{predictions.low[i]:.2f} to {predictions.high[i]:.2f}")
        row += [] if rate is None else [f"{rate[i]:.2e}"]
        row += [] if measured is None else [f"{measured[i]:.3f}"]
        row += [] if predictions.domain is None else [predictions.domain[i]]
        rows.append([*row, predictions.notes[i]])
    return rows
