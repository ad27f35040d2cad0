"""Stability of a selection: how often each descriptor stays when elimination is repeated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import count, listing, number
from clusteract.report.figures.style import (
    INK,
    PAGE,
    level_colour,
    level_legend,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table
from clusteract.validation.stability import Stability

MOST = 40
_ROW, _LABELS, _GAP, _TOP, _BOTTOM = 0.15, 1.05, 0.25, 0.75, 0.62


@styled
def stability_figure(
    table: Table,
    panels: Sequence[tuple[str, Stability]],
    *,
    marked: Sequence[str] = (),
    marked_as: str = "",
) -> Drawing:
    """Draw the share of selections that kept each descriptor, with intervals, by level.

    Parameters
    ----------
    table : Table
    panels : sequence of (title, Stability)
        All of the table's descriptors; the last one orders the rows.
    marked : sequence of str
        Descriptors to mark with a diamond.
    marked_as : str
        What the mark means.
    """
    last = panels[-1][1]
    order = np.lexsort((np.arange(len(last.share)), -last.share))[:MOST]
    height = _TOP + _ROW * len(order) + _BOTTOM
    title = "How stable the selection of descriptors is"
    fig = new_figure(table, title, width=PAGE, height=height)
    level_legend(fig, table, x=0.12, y=height - 0.36)
    width = (PAGE - _LABELS - 0.2) / len(panels) - _GAP
    for i, (heading, found) in enumerate(panels):
        left = _LABELS + i * (width + _GAP)
        axes = place_axes(fig, left, _BOTTOM, width, _ROW * len(order))
        _bars(axes, table, found, order)
        axes.set_title(heading, fontsize=6.5, loc="left")
        if i == 0:
            names = [_name(table.descriptor_names[j], marked) for j in order]
            axes.set_yticks(range(len(names)), names)
            axes.tick_params(axis="y", labelleft=True)
    if marked:
        fig.text(0.12 / PAGE, 0.1 / height, f"◆ {marked_as}", fontsize=6.5, color=INK)
    return Drawing("stability", title, _caption(panels, last), fig)


def _name(descriptor: str, marked: Sequence[str]) -> str:
    return shortened(descriptor) + (" ◆" if descriptor in marked else "")


def _bars(axes: Axes, table: Table, found: Stability, order: np.ndarray) -> None:
    colours = [level_colour(table, j) for j in order]
    y, share, interval = np.arange(len(order)), 100 * found.share, 100 * found.intervals()
    axes.barh(y, share[order], color=colours, height=0.72, alpha=0.85)
    axes.hlines(y, interval[order, 0], interval[order, 1], color=INK, linewidth=0.7)
    axes.set(xlim=(0, 101), ylim=(len(order) - 0.4, -0.6), xticks=(0, 50, 100), yticks=[])
    axes.set_xlabel("% of selections that kept it")
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.grid(axis="x")


def _caption(panels: Sequence[tuple[str, Stability]], last: Stability) -> str:
    words = [
        "Share of repeated eliminations that kept each descriptor, with 95 % Wilson intervals."
    ]
    for heading, found in panels:
        groups, repeats, _ = found.kept.shape
        where = "one training set" if groups == 1 else count(groups, "training set")
        words.append(
            f"{heading}: {count(repeats, 'seed')} on {where}, agreement {number(found.index)} "
            "(1: always the same, 0: chance)."
        )
    always = [d for d, share in zip(last.descriptors, last.share, strict=True) if share == 1]
    words.append(f"Always kept: {listing(always)}." if always else "No descriptor was always kept.")
    return " ".join(words)
