"""One look for every figure: journal column widths, fonts, and colours safe for colour-blind eyes.

Colours: M. Okabe, K. Ito, Color Universal Design (2008); differences survive in grey, too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clusteract.table import Table

# Widths of one and two journal columns, in inches.
COLUMN = 3.3
PAGE = 7.0

INK = "#1b1f24"
MUTED = "#6b7280"
FAINT = "#d5d9de"
TEST = "#0072b2"
TRAIN = "#aab2bd"
WARNING = "#b3261e"

LEVEL_COLOURS: dict[int | None, str] = {1: "#d55e00", 2: "#009e73", 3: "#0072b2", None: "#7a7f87"}

# DejaVu comes with matplotlib, so figures are the same on every machine, and has σ, α, χ, Δ.
# Names are not formulas: a "$" in a column's name must not start one.
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": "#4b5158",
    "axes.labelcolor": INK,
    "axes.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#e6e8eb",
    "grid.linewidth": 0.5,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.color": "#4b5158",
    "ytick.color": "#4b5158",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "lines.linewidth": 1,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "clusteract",
}

_Drawn = TypeVar("_Drawn")


def styled(draw: Callable[..., _Drawn]) -> Callable[..., _Drawn]:
    """Run a function under this style alone, whatever the user's own matplotlib settings are."""

    @wraps(draw)
    def inside(*args: Any, **kwargs: Any) -> _Drawn:
        with matplotlib.style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return inside


def new_figure(table: Table, title: str, *, width: float, height: float) -> Figure:
    """Make an empty figure with its title, and the word SYNTHETIC where the table is simulated.

    Parameters
    ----------
    table : Table
        What the figure shows.
    title : str
    width, height : float
        Inches; the title takes the top 0.25.
    """
    figure = Figure(figsize=(width, height))
    top = 1 - 0.08 / height
    # Twelve letters take an inch; a longer title would run into the mark or off the edge.
    line = shortened(title, int(12 * width))
    figure.text(0.07 / width, top, line, fontsize=8, fontweight="bold", va="top")
    if table.source.synthetic:
        box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": WARNING, "lw": 0.8}
        label: dict[str, Any] = {"fontsize": 6, "fontweight": "bold", "color": WARNING, "bbox": box}
        figure.text(1 - 0.1 / width, top, "SYNTHETIC", ha="right", va="top", **label)
    return figure


def place_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in inches from the figure's lower left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def wrapped(title: str, width: int) -> str:
    r"""Break a recipe's title into lines, its "+ selector" never torn from the plus.

    Examples
    --------
    >>> wrapped("Random forest + RFE", 17).replace(chr(160), " ")
    'Random forest\n+ RFE'
    """
    sticky = title.replace(" + ", " +\u00a0")
    return "\n".join(textwrap.wrap(sticky, width, break_on_hyphens=False))


def shortened(name: str, width: int = 18) -> str:
    """Cut a name that would run into its neighbour.

    Examples
    --------
    >>> shortened("1_Qmin"), shortened("a very long column name")
    ('1_Qmin', 'a very long colum…')
    """
    return name if len(name) <= width else name[: width - 1] + "…"


def levels_of(table: Table) -> list[int | None]:
    """Return the level of each descriptor, None where its name says none."""
    return [table.domain.level(name) for name in table.descriptor_names]


def level_colour(table: Table, j: int) -> str:
    """Return the colour of a descriptor's level."""
    return LEVEL_COLOURS[table.domain.level(table.descriptor_names[j])]


def level_label(table: Table, level: int | None) -> str:
    """Name a level for a legend."""
    return "no level" if level is None else f"{level} {table.domain.levels[level]}"


def level_legend(figure: Figure, table: Table, *, x: float, y: float) -> None:
    """Write a line of coloured level names at a place in inches from the lower left corner."""
    w, h = figure.get_size_inches()
    shown = [level for level in LEVEL_COLOURS if level in levels_of(table)]
    if shown in ([], [None]):
        return
    for level in shown:
        figure.text(x / w, y / h, "●", color=LEVEL_COLOURS[level], fontsize=7, va="center")
        label = level_label(table, level)
        figure.text((x + 0.11) / w, y / h, label, fontsize=6.5, va="center")
        x += 0.3 + 0.052 * len(label)
