"""``clusteract predict``: lg(k1) and k1 of new clusters from a saved model."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from clusteract.errors import InputError

if TYPE_CHECKING:
    from clusteract.model import Predictions, SavedModel

_PIPE_WIDTH = 200  # columns where the output is no terminal, so that notes stay on their line


@click.command(short_help="Predict lg(k1) with a saved model.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table")
@click.option("--out", type=click.Path(path_type=Path), help="Write the predictions as CSV.")
@click.option("--sheet", help="Sheet of a workbook; the first by default.")
@click.option("--name", metavar="COLUMN", help="Column of cluster names; the first by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(
    model: Path, table: str, out: Path | None, sheet: str | None, name: str | None, as_json: bool
) -> None:
    """Predict the clusters of TABLE with MODEL, a file that `clusteract fit` wrote.

    Columns are matched by name, in any order. Where TABLE has the target too, the predictions
    are compared with it.
    """
    from clusteract.audit import audit_summary
    from clusteract.model import ColumnMismatch, load_model, predict
    from clusteract.model.reading import read_clusters
    from clusteract.results.run_folder import write_whole

    err = Console(stderr=True, highlight=False, soft_wrap=True)
    _check_out(out, (Path(table), model))
    loaded = load_model(model, say=lambda text: err.print(text, markup=False))
    clusters = read_clusters(loaded, table, sheet=sheet, name=name)
    try:
        found = predict(loaded, clusters)
    except ColumnMismatch as mismatch:
        for line in mismatch.diff.lines():
            err.print(line, markup=False)
        raise
    err.print(audit_summary(clusters), markup=False)
    for remark in (*clusters.source.remarks, *found.remarks):
        err.print(f"{clusters.source.name}: {remark}", markup=False)
    if out is not None:
        write_whole(out, found.to_csv())
    if as_json:
        click.echo(json.dumps(_document(loaded, found), ensure_ascii=False, allow_nan=False))
        return
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    _print_table(loaded, found, Console(highlight=False, soft_wrap=True, width=width))
    if out is not None:
        click.echo(f"\nwritten: {out}")


def _check_out(out: Path | None, inputs: tuple[Path, ...]) -> None:
    for path in inputs:
        if out is not None and out.exists() and path.exists() and os.path.samefile(out, path):
            raise InputError(f"{out}: is what is read from; give another --out")
    if out is not None and out.is_dir():
        raise InputError(f"{out}: is a folder; give a file (--out)")


def _document(model: SavedModel, found: Predictions) -> dict[str, Any]:
    from clusteract.results.summary import plain

    scores = found.scores
    return plain(
        {
            "model": model.summary(),
            "predictions": found.records(),
            "scores": None if scores is None else scores._asdict(),
            "remarks": list(found.remarks),
        }
    )


def _print_table(model: SavedModel, found: Predictions, out: Console) -> None:
    out.print(f"model: {model.label}", markup=False)
    out.print(f"honest score: {model.honest or 'none in this model'}\n", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("cluster", no_wrap=True)
    table.add_column(model.target, justify="right", no_wrap=True)
    if model.rate is not None:
        unit = f" / {model.unit}" if model.unit else ""
        table.add_column(f"{model.rate}{unit}", justify="right", no_wrap=True)
    if found.measured is not None:
        table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("notes", overflow="fold")
    for row in _rows(found):
        table.add_row(*row)
    out.print(table, markup=False)
    if found.scores is not None:
        r, rmse, mae, _ = found.scores
        said = f"against the measured {model.target}: r {r:.3f}, RMSE {rmse:.3f}, MAE {mae:.3f}"
        out.print(f"\n{said}, {len(found.names)} clusters", markup=False)


def _rows(found: Predictions) -> list[list[str]]:
    rate, measured = found.rate, found.measured
    rows = []
    for i, name in enumerate(found.names):
        row = [name, f"{found.values[i]:.3f}"]
        row += [] if rate is None else [f"{rate[i]:.2e}"]
        row += [] if measured is None else [f"{measured[i]:.3f}"]
        rows.append([*row, found.notes[i]])
    return rows
