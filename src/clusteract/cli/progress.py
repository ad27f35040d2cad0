"""The progress line of long work: on a terminal only, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from clusteract.validation.progress import Progress as Moment
from clusteract.validation.progress import Report, ignore


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show fits done, rate, time left, current recipe and fold; nothing unless on a terminal."""
    if not sys.stderr.isatty():
        yield ignore
        return
    columns = (
        TextColumn("[bold]{task.fields[recipe]}[/] fold {task.fields[fold]}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} fits, {task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, recipe="planning", fold="", rate="", start=True)

        def show(moment: Moment) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            rate = (moment.done - moment.resumed) / elapsed if elapsed > 1 else 0
            bar.update(
                task,
                completed=moment.done,
                total=moment.total,
                recipe=moment.recipe,
                fold=f"{moment.fold}/{moment.n_folds}",
                rate=f"{rate:,.0f}/s",
            )

        yield show
