"""``clusteract report``: a run's figures and report, drawn again."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Draw a run's figures and report again.")
@click.argument("run", type=click.Path(path_type=Path))
def command(run: Path) -> None:
    """Draw the figures and the report of RUN, the folder of a finished study, again."""
    from clusteract.report import write_report
    from clusteract.runs.folder import FIGURES, REPORT
    from clusteract.study import load_run

    result, extras = load_run(run, lambda text: click.echo(text, err=True))
    write_report(result, run, extras)
    click.echo(f"figures: {run / FIGURES}\nreport:  {run / REPORT}")
