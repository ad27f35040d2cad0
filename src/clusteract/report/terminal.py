"""Chapters printed on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clusteract.report.chapters import Chapter, TextTable

# Where output goes to a file or pipe there is no width to obey.
_WIDE = 120


def print_chapters(chapters: Sequence[Chapter], console: Console) -> None:
    """Print the chapters' tables and sentences.

    Parameters
    ----------
    chapters : sequence of Chapter
    console : rich.console.Console
    """
    wrap = console.is_terminal
    if not wrap:
        console.width = max(console.width, _WIDE)
    for chapter in chapters:
        console.print(Text(f"\n{chapter.title}", style="bold"), soft_wrap=not wrap)
        for table in (t for t in chapter.tables if t.printed):
            console.print(_terminal_table(table))
            if table.note:
                console.print(Text(table.note, style="dim"), soft_wrap=not wrap)
        for sentence in chapter.sentences:
            console.print(Text(f"• {sentence}"), soft_wrap=not wrap)


def _terminal_table(table: TextTable) -> Table:
    shown = Table(
        title=Text(table.title) if table.title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    for i, column in enumerate(table.columns):
        words = i in table.texts
        shown.add_column(column, justify="left" if words else "right", no_wrap=i == 0)
    for i, row in enumerate(table.cells()):
        shown.add_row(*map(Text, row), style="bold" if i == table.strong else None)
    return shown
