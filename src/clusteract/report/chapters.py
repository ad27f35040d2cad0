"""Chapters: sentences, tables and figures of work that is no plain study, as one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clusteract.report.figures.drawing import Drawing, FigureFile, save_drawing
from clusteract.report.figures.numbers import number
from clusteract.report.render import _asset, _embedded, _environment

_WIDE = 120
Cell = str | float | int | None


@dataclass(frozen=True)
class TextTable:
    """A table of words and numbers.

    Attributes
    ----------
    title : str
    columns : tuple of str
        The first names the rows.
    rows : tuple of tuples
        Numbers are written with `decimals`; None is a dash.
    note : str
        What a reader must know beside it.
    decimals : int
    printed : bool
        Short enough for a terminal; the page shows it in any case.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    decimals: int = 3
    printed: bool = True

    def cells(self) -> list[list[str]]:
        """Return the rows as text."""
        return [[_cell(value, self.decimals) for value in row] for row in self.rows]


def _cell(value: Cell, decimals: int) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return number(value, decimals).replace("undefined", "–")
    return f"{value:,}" if isinstance(value, int) else value


@dataclass(frozen=True)
class Chapter:
    """One part of a report.

    Attributes
    ----------
    name : str
        Key in ``summary.json``.
    title : str
    sentences : tuple of str
        What was found, in plain words.
    tables : tuple of TextTable
    drawings : tuple of Drawing
    numbers : mapping
        The figures behind it, as JSON carries them.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[TextTable, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


def render_chapters(
    title: str,
    chapters: Sequence[Chapter],
    folder: Path,
    *,
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    synthetic: bool,
) -> str:
    """Draw the chapters' figures into a folder and return a page that opens offline.

    Parameters
    ----------
    title : str
    chapters : sequence of Chapter
    folder : Path
        Gets the figures.
    settings, versions : mapping
        What repeats the run.
    synthetic : bool
        A table was simulated, and the page says so.
    """
    pictures: dict[str, list[FigureFile]] = {
        c.name: [save_drawing(d, folder) for d in c.drawings] for c in chapters
    }
    page = _environment().get_template("chapters.html.j2")
    return page.render(
        title=title,
        chapters=chapters,
        figures={name: [_embedded(f) for f in files] for name, files in pictures.items()},
        settings=settings,
        versions=versions,
        synthetic=synthetic,
        css=_asset("style.css"),
    )


def to_markdown(title: str, chapters: Sequence[Chapter]) -> str:
    """Return the chapters' sentences and tables as Markdown, to paste elsewhere."""
    parts = [f"# {title}"]
    for chapter in chapters:
        parts.append(f"## {chapter.title}")
        parts.append("\n".join(f"- {sentence}" for sentence in chapter.sentences))
        parts += [_markdown_table(table) for table in chapter.tables]
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: TextTable) -> str:
    rows = [table.columns, ("---",) * len(table.columns), *table.cells()]
    lines = ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows]
    return "\n".join([f"**{table.title}**", "", *lines, *(["", table.note] if table.note else [])])


def print_chapters(chapters: Sequence[Chapter], console: Console) -> None:
    """Print the chapters' tables and sentences."""
    if not console.is_terminal:
        console.width = max(console.width, _WIDE)
    for chapter in chapters:
        console.print(Text(f"\n{chapter.title}", style="bold"))
        for table in (t for t in chapter.tables if t.printed):
            console.print(_terminal_table(table))
            if table.note:
                console.print(Text(table.note, style="dim"), soft_wrap=not console.is_terminal)
        for sentence in chapter.sentences:
            console.print(Text(f"• {sentence}"), soft_wrap=not console.is_terminal)


def _terminal_table(table: TextTable) -> Table:
    shown = Table(
        title=Text(table.title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for i, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if i else "left")
    for row in table.cells():
        shown.add_row(*map(Text, row))
    return shown
