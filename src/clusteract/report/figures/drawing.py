"""Drawing: a figure with its words, and the PNG and SVG files that it becomes."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from clusteract.report.figures.style import styled
from clusteract.runs.folder import write_whole

PNG_DPI = 250


@dataclass(frozen=True)
class Drawing:
    """A figure with its words.

    Attributes
    ----------
    name : str
        The stem of its files.
    title, caption : str
        Plain sentences; the caption has the figure's numbers in it.
    figure : matplotlib.figure.Figure
    """

    name: str
    title: str
    caption: str
    figure: Figure


@dataclass(frozen=True)
class FigureFile:
    """A drawing on disk.

    Attributes
    ----------
    name, title, caption : str
    png, svg : Path
    """

    name: str
    title: str
    caption: str
    png: Path
    svg: Path


@styled
def save_figure(figure: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Write a figure as PNG and SVG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    folder : Path or str
        Made where it does not exist.
    name : str
        Stem of the files; what file systems refuse becomes a dash.

    Returns
    -------
    png, svg : Path
    """
    stem = Path(folder) / safe_stem(name)
    png, svg = (stem.with_name(f"{stem.name}.{kind}") for kind in ("png", "svg"))
    with warnings.catch_warnings():
        # A cluster's name in another script is drawn as boxes; the report has it in full.
        warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)
        write_whole(png, _encoded(figure, "png", {"Software": None}))
        write_whole(svg, _encoded(figure, "svg", {"Date": None, "Creator": "clusteract"}))
    return png, svg


def _encoded(figure: Figure, kind: str, metadata: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, dpi=PNG_DPI, format=kind, metadata=metadata)
    return content.getvalue()


def save_drawing(drawing: Drawing, folder: Path | str) -> FigureFile:
    """Write a drawing's files."""
    png, svg = save_figure(drawing.figure, folder, drawing.name)
    return FigureFile(drawing.name, drawing.title, drawing.caption, png, svg)


def safe_stem(name: str) -> str:
    """Return a name that every file system takes.

    Examples
    --------
    >>> safe_stem("parity-rfr-rfe"), safe_stem("../a b/c")
    ('parity-rfr-rfe', '-a-b-c')
    """
    return re.sub(r"[^\w+.-]+", "-", name).lstrip(".") or "figure"
