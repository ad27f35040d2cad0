"""Beeswarm: every row's contributions, coloured by the descriptor's own value."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap

from clusteract.explain import Explanation
from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.limits import too_many
from clusteract.report.figures.numbers import listing, number
from clusteract.report.figures.style import (
    COLUMN,
    MUTED,
    level_colour,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table

MOST = 15
_ROW, _LABELS, _TOP, _BOTTOM = 0.2, 0.95, 0.48, 0.62
_VALUES = LinearSegmentedColormap.from_list("values", ["#0072b2", "#c9ccd1", "#d55e00"])


@styled
def beeswarm(table: Table, explanation: Explanation, name: str) -> Drawing:
    """Draw the contributions of the descriptors of largest mean absolute value.

    Parameters
    ----------
    table : Table
    explanation : Explanation
    name : str
        The recipe's, for the file.
    """
    order = explanation.top(MOST)
    height = _TOP + _ROW * len(order) + _BOTTOM
    title = f"Contributions: {explanation.title}"
    fig = new_figure(table, explanation.title, width=COLUMN, height=height)
    axes = place_axes(fig, _LABELS, _BOTTOM, COLUMN - _LABELS - 0.15, _ROW * len(order))
    axes.axvline(0, color=MUTED, linewidth=0.6, zorder=1)
    for row, j in enumerate(order):
        _swarm(axes, row, explanation.values[:, j], explanation.X[:, j])
    axes.set_yticks(range(len(order)), [shortened(explanation.descriptors[j], 14) for j in order])
    for label, j in zip(axes.get_yticklabels(), order, strict=True):
        label.set_color(level_colour(table, j))
    axes.set(ylim=(len(order) - 0.4, -0.6))
    axes.set_xlabel(f"contribution to {table.target_name or 'target'}")
    axes.tick_params(axis="y", length=0)
    _scale(fig, height)
    top = [f"{explanation.descriptors[j]} ({number(explanation.importance[j])})" for j in order[:3]]
    caption = (
        "Each dot is a row, explained by a model that was tuned and trained without it; its "
        f"colour is the descriptor's rank from low to high. Mean sizes: {listing(top)}."
    )
    return Drawing(f"shap-{name}", title, caption, fig)


def _swarm(axes: Axes, row: int, contributions: np.ndarray, x: np.ndarray) -> None:
    known = np.isfinite(contributions)
    c, x = contributions[known], x[known]
    rank = np.argsort(np.argsort(np.nan_to_num(x, nan=np.nanmedian(x)), kind="stable"))
    axes.scatter(
        c,
        row + _offsets(c),
        c=rank / max(1, len(x) - 1),
        cmap=_VALUES,
        s=4,
        lw=0,
        zorder=2,
        rasterized=too_many(len(c)),
    )


def _offsets(values: np.ndarray, n_bins: int = 60) -> np.ndarray:
    """Spread dots of one bin evenly above and below their row."""
    width = np.ptp(values) or 1.0
    bins = np.floor((values - values.min()) / width * (n_bins - 1)).astype(int)
    offsets = np.zeros(len(values))
    for b in np.unique(bins):
        rows = np.flatnonzero(bins == b)
        k = np.arange(len(rows))
        offsets[rows] = np.where(k % 2, 1, -1) * (k + 1) // 2
    return 0.38 * offsets / max(np.abs(offsets).max(), 4)


def _scale(fig, height: float) -> None:
    axes = place_axes(fig, _LABELS + 0.55, 0.17, 0.9, 0.06)
    bar = fig.colorbar(ScalarMappable(cmap=_VALUES), cax=axes, orientation="horizontal", ticks=[])
    bar.outline.set_visible(False)
    y = 0.2 / height
    fig.text((_LABELS + 0.5) / COLUMN, y, "low", fontsize=6, ha="right", va="center")
    fig.text((_LABELS + 1.5) / COLUMN, y, "high value", fontsize=6, va="center")
