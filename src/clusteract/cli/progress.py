"""Progress of long work, on stderr: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from clusteract.runs.progress import Progress as Moment
from clusteract.runs.progress import Report

_SECONDS_A_LINE = 30
_WIDE = 120  # columns of a terminal that the whole line needs


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show fits done, rate, time left, current recipe and fold."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    console = Console(stderr=True)
    with Progress(*_columns(console.width), console=console, transient=True) as bar:
        task = bar.add_task("", total=None, recipe="planning", fold="", fits="")

        def show(moment: Moment) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            rate = (moment.done - moment.resumed) / elapsed if elapsed > 1 else 0
            bar.update(
                task,
                completed=moment.done,
                total=moment.total,
                recipe=moment.label,
                fold=f"fold {moment.fold}/{moment.n_folds}:",
                fits=f"{moment.done:,}/{moment.total:,} fits{_rate(rate)},",
            )

        yield show


def _rate(fits: float) -> str:
    """Say how many fits a second are answered; nothing before it is known."""
    return f", {fits:,.{0 if fits >= 10 else 1}f}/s" if fits else ""


def _columns(width: int) -> list[ProgressColumn]:
    """Return what stands in the line: on a narrow terminal, what says most."""
    recipe = TextColumn("[bold]{task.fields[recipe]}[/] {task.fields[fold]}")
    fits, left = TextColumn("{task.fields[fits]}"), TextColumn("left")
    if width < _WIDE:
        return [recipe, fits, TimeRemainingColumn(), left]
    bar = BarColumn(bar_width=24)
    return [recipe, bar, fits, TimeElapsedColumn(), TimeRemainingColumn(), left]


def _lines() -> Report:
    """Write where the work is, at most every half minute: logs of batch jobs stay short."""
    start = last = time.monotonic()

    def show(moment: Moment) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _SECONDS_A_LINE:
            return
        last = now
        place = f"{moment.label} fold {moment.fold}/{moment.n_folds}"
        done = f"{moment.done:,} of {moment.total:,} fits"
        print(f"{now - start:,.0f} s: {done}, {place}", file=sys.stderr, flush=True)

    return show
