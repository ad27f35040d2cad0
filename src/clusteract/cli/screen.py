"""``clusteract screen``: many candidates ranked by a saved model, and which to do next."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table as RichTable

from clusteract.cli.parts import candidate_options
from clusteract.cli.predict import (
    check_out,
    loaded_with_table,
    outside_warning,
    percent_level,
    printer,
    say_what_was_noticed,
    showing_columns,
)

if TYPE_CHECKING:
    from clusteract.model import SavedModel, Screening
    from clusteract.table import Table

_REASONS = 2  # on a line of the terminal; the CSV has all
_TOP = 20  # highest predictions in the JSON document; the CSV has all
_NO_GAIN = (
    "no candidate is expected to beat the best measured one: suggestions are ranked by their "
    "prediction instead"
)


@click.command(short_help="Rank candidates, and say which to measure next.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write all candidates as CSV, a figure beside."
)
@click.option("--level", type=float, default=0.9, show_default=True, help="Of the intervals.")
@click.option(
    "--threshold", type=float, help="A hit lies above it; the best tenth of training by default."
)
@click.option("--pick", type=int, default=10, show_default=True, help="Number of suggestions.")
@click.option("--inside", "only_inside", is_flag=True, help="Suggest inside the domain only.")
@candidate_options
def command(
    model: Path,
    table: str,
    out: Path | None,
    level: float,
    threshold: float | None,
    pick: int,
    only_inside: bool,
    sheet: str | None,
    name: str | None,
    as_json: bool,
    trusted: tuple[str, ...],
) -> None:
    """Rank the rows of TABLE by MODEL, a file that `clusteract fit` wrote.

    Each gets a prediction with its interval, the chance to lie above a threshold, its novelty and
    whether it is inside the model's domain; the suggestions are those of largest expected gain on
    the best measured row, no two alike.
    """
    from clusteract.model import screen
    from clusteract.model.uncertainty import why_unbounded

    check_out(out, (Path(table), model))
    loaded, new_rows = loaded_with_table(model, table, trusted, sheet=sheet, name=name)
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    with showing_columns(err):
        ranked = screen(
            loaded, new_rows, level=level, threshold=threshold, pick=pick, only_inside=only_inside
        )
    remarks = why_unbounded(ranked.low, level, loaded.data.n_rows)
    say_what_was_noticed(err, new_rows, remarks)
    written = [] if out is None else _write(out, loaded, new_rows, ranked)
    if as_json:
        click.echo(json.dumps(_document(loaded, new_rows, ranked), allow_nan=False))
        return
    _print(loaded, ranked, printer(), pick, only_inside)
    for path in written:
        click.echo(f"written: {path}")


def _write(out: Path, model: SavedModel, new_rows: Table, ranked: Screening) -> list[Path]:
    from clusteract.report.figures.drawing import save_figure
    from clusteract.report.figures.screening import screening_figure
    from clusteract.runs.folder import write_whole

    synthetic = new_rows.source.synthetic or model.data.synthetic
    marked = replace(new_rows, source=replace(new_rows.source, synthetic=synthetic))
    figure = screening_figure(marked, ranked).figure
    write_whole(out, ranked.to_csv())
    return [out, *save_figure(figure, out.parent, out.stem)]


def _document(model: SavedModel, new_rows: Table, ranked: Screening) -> dict[str, Any]:
    from clusteract.report.summary import plain

    return plain(
        {
            "model": model.summary(),
            "table": {"name": new_rows.source.name, "sha256": new_rows.source.sha256},
            "n_candidates": len(ranked.names),
            "n_inside": int(ranked.inside.sum()),
            "level": ranked.level,
            "threshold": ranked.threshold,
            "best_known": ranked.best_known,
            "by_prediction": ranked.by_prediction,
            "suggestions": ranked.records(ranked.suggestions),
            "highest": ranked.records(ranked.ranking[:_TOP]),
        }
    )


def _print(
    model: SavedModel, ranked: Screening, out: Console, pick: int, only_inside: bool
) -> None:
    out.print(f"model: {model.label}", markup=False)
    out.print(f"honest score: {model.honest or 'none in this model'}", markup=False)
    n = len(ranked.names)
    out.print(
        f"{n:,} candidates, {int(ranked.inside.sum()):,} inside the model's domain, "
        f"{int(ranked.measured.sum()):,} in its training; best measured {model.target} "
        f"{ranked.best_known:.2f}, threshold {ranked.threshold:.2f}\n",
        markup=False,
    )
    if not ranked.suggestions:
        out.print(_why_none(ranked, pick, only_inside), markup=False)
        return
    table = RichTable(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for heading in ("next", ranked.row, model.target, percent_level(ranked.level)):
        table.add_column(
            heading, no_wrap=True, justify="left" if heading == ranked.row else "right"
        )
    for heading in (f"P(> {ranked.threshold:.2f})", "gain", "novelty"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("domain", overflow="fold")
    for i, row in enumerate(ranked.suggestions, start=1):
        table.add_row(str(i), *_cells(ranked, row))
    out.print(table, markup=False)
    if ranked.by_prediction:
        out.print(f"\n{_NO_GAIN}", markup=False)
    warning = outside_warning(tuple(ranked.reasons[i] for i in ranked.suggestions))
    if warning:
        out.print(f"\nof the suggestions {warning}", markup=False)


def _why_none(ranked: Screening, pick: int, only_inside: bool) -> str:
    if pick and only_inside and not ranked.measured.all():
        return "nothing to suggest: what is new lies outside of the model's domain (--inside)"
    return "nothing to suggest" + (": every candidate is in the model's training" if pick else "")


def _cells(ranked: Screening, row: int) -> list[str]:
    from clusteract.model.predictions import domain_words

    return [
        ranked.names[row],
        f"{ranked.predicted[row]:.2f}",
        f"{ranked.low[row]:.2f} to {ranked.high[row]:.2f}",
        f"{ranked.chance[row]:.2f}",
        _gain_words(ranked.gain[row]),
        f"{ranked.novelty[row]:.2f}",
        domain_words(_shortened(ranked.reasons[row])),
    ]


def _gain_words(gain: float) -> str:
    """Write a gain; one that rounds to nothing is said to be small, not to be none.

    Examples
    --------
    >>> _gain_words(0.2), _gain_words(2e-7), _gain_words(0.0)
    ('0.200', '< 0.001', '0.000')
    """
    return "< 0.001" if 0 < gain < 0.0005 else f"{gain:.3f}"


def _shortened(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return reasons if len(reasons) <= _REASONS else (*reasons[:_REASONS], "and more")
