"""Chapters: the sentences, tables and figures that every page, terminal and Markdown is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number

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
    printed, paged : bool
        Whether a terminal shows it, and whether the page does.
    heads : tuple of (str, int)
        Words above the columns, each with how many it spans.
    texts : frozenset of int
        The columns that hold words rather than numbers.
    strong : int or None
        The row that stands out.
    folded : bool
        The page shows it when asked to.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    decimals: int = 3
    printed: bool = True
    paged: bool = True
    heads: tuple[tuple[str, int], ...] = ()
    texts: frozenset[int] = frozenset({0})
    strong: int | None = None
    folded: bool = False

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
        Key in ``summary.json``, and the page's anchor.
    title : str
    sentences : tuple of str
        What was found, in plain words.
    tables : tuple of TextTable
    drawings : tuple of Drawing
    numbers : mapping
        The figures behind it, as JSON carries them.
    lead : str
        A paragraph above all of it.
    template : str
        The template of what the page shows beside, where it is more than the above.
    content : mapping
        What that template shows, as JSON carries it.
    """

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[TextTable, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    lead: str = ""
    template: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


def to_markdown(title: str, chapters: Sequence[Chapter]) -> str:
    """Return the chapters' sentences and tables as Markdown, to paste elsewhere."""
    parts = [f"# {title}"]
    for chapter in chapters:
        tables = [_markdown_table(table) for table in chapter.tables if table.paged]
        if not (chapter.lead or chapter.sentences or tables):
            continue
        parts += [f"## {chapter.title}", *filter(None, [chapter.lead])]
        parts += filter(None, ["\n".join(f"- {sentence}" for sentence in chapter.sentences)])
        parts += tables
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: TextTable) -> str:
    rows = [table.columns, ("---",) * len(table.columns), *table.cells()]
    lines = ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows]
    return "\n".join([f"**{table.title}**", "", *lines, *(["", table.note] if table.note else [])])
