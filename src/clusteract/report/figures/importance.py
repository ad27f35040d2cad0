"""Importances of several recipes side by side: Shapley against permutation, and by level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from clusteract.explain import Explanation
from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import listing, number
from clusteract.report.figures.style import (
    INK,
    LEVEL_COLOURS,
    PAGE,
    level_colour,
    level_label,
    level_legend,
    levels_of,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table

MOST = 15
_ROW, _LABELS, _GAP, _LEVELS = 0.15, 0.95, 0.2, 0.55


@styled
def importance_figure(table: Table, explanations: Sequence[Explanation]) -> Drawing:
    """Draw mean absolute Shapley values as bars, permutation importances as diamonds.

    Both are shares of their sum, so that they stand on one axis; below, the share of each level.

    Parameters
    ----------
    table : Table
    explanations : sequence of Explanation
    """
    shares = [_share(e.importance) for e in explanations]
    order = np.argsort(-np.mean(shares, axis=0), kind="stable")[:MOST]
    rows = _ROW * len(order)
    height = 0.8 + rows + 0.45 + _LEVELS + 0.35
    title = "What the models use, by two measures"
    fig = new_figure(table, title, width=PAGE, height=height)
    level_legend(fig, table, x=0.12, y=height - 0.36)
    fig.text(
        4.1 / PAGE, 1 - 0.36 / height, "bar: Shapley   ◇ permutation", fontsize=6.5, va="center"
    )
    width = (PAGE - _LABELS - 0.15) / len(explanations) - _GAP
    for i, (e, share) in enumerate(zip(explanations, shares, strict=True)):
        left = _LABELS + i * (width + _GAP)
        axes = place_axes(fig, left, height - 0.8 - rows, width, rows)
        _bars(axes, table, share, _share(np.maximum(e.permutation_mean, 0)), order)
        axes.set_title(e.title, fontsize=6.5, loc="left")
        if i == 0:
            axes.set_yticks(range(len(order)), [shortened(e.descriptors[j]) for j in order])
        below = place_axes(fig, left, 0.32, width, _LEVELS)
        _levels(below, table, e, names=i == 0)
    return Drawing("importance", title, _caption(explanations), fig)


def _share(values: np.ndarray) -> np.ndarray:
    total = values.sum()
    return 100 * values / total if total > 0 else values


def _bars(
    axes: Axes, table: Table, share: np.ndarray, shuffled: np.ndarray, order: np.ndarray
) -> None:
    rows = np.arange(len(order))
    colours = [level_colour(table, j) for j in order]
    axes.barh(rows, share[order], color=colours, height=0.7, alpha=0.85)
    axes.plot(shuffled[order], rows, marker="D", ms=3, lw=0, mfc="white", mec=INK, mew=0.7)
    axes.set(ylim=(len(order) - 0.4, -0.6), yticks=[], xlabel="% of the sum")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def _levels(axes: Axes, table: Table, e: Explanation, *, names: bool) -> None:
    shares = e.by_level(levels_of(table))
    colours = [LEVEL_COLOURS[level] for level in shares]
    axes.barh(range(len(shares)), [100 * s for s in shares.values()], color=colours, height=0.7)
    axes.set(xlim=(0, 100), ylim=(len(shares) - 0.4, -0.6), yticks=[], xticks=(0, 50, 100))
    axes.tick_params(axis="y", length=0)
    if names:
        labels = [level_label(table, level).replace("local ", "") for level in shares]
        axes.set_yticks(range(len(shares)), labels)


def _caption(explanations: Sequence[Explanation]) -> str:
    words = [
        "Bars: mean absolute Shapley values of rows that the model never saw, as a share of "
        "their sum, below summed by level. Diamonds: rise of the test RMSE when a descriptor is "
        "shuffled, as a share of its sum (falls are drawn as 0)."
    ]
    for e in explanations:
        apart = [name for name, *_ in e.disagreements()[:4]]
        words.append(
            f"{e.title}: rank correlation of the two {number(e.agreement())}"
            + (f", far apart for {listing(apart)}." if apart else ".")
        )
    return " ".join(words)
