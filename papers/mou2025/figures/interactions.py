"""Interactions: which descriptors and products of two move a pairwise network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import listing, number
from clusteract.report.figures.style import (
    LEVEL_COLOURS,
    PAGE,
    level_legend,
    new_figure,
    place_axes,
    styled,
)
from clusteract.table import Table

MOST = 24
_ROW, _LABELS, _TOP, _BOTTOM = 0.15, 1.75, 0.55, 0.45


@styled
def interaction_figure(table: Table, names: Sequence[str], importance: np.ndarray) -> Drawing:
    """Draw the columns of largest importance; a product has the colours of both its levels.

    Parameters
    ----------
    table : Table
    names : sequence of str, (n_columns,)
        Products are written with " × ".
    importance : ndarray, (n_columns,)
        Mean absolute Shapley values, in the target's unit.
    """
    order = np.argsort(-importance, kind="stable")[:MOST]
    height = _TOP + _ROW * len(order) + _BOTTOM
    title = "What moves the pairwise network"
    fig = new_figure(table, title, width=PAGE, height=height)
    level_legend(fig, table, x=0.12, y=height - 0.36)
    axes = place_axes(fig, _LABELS, _BOTTOM, PAGE - _LABELS - 0.25, _ROW * len(order))
    for y, j in enumerate(order):
        parts = names[j].split(" × ")
        for half, part in enumerate(parts):
            colour = LEVEL_COLOURS[table.domain.level(part)]
            tall = 0.72 / len(parts)
            axes.barh(y - 0.36 + tall * (half + 0.5), importance[j], height=tall, color=colour)
    axes.set_yticks(range(len(order)), [names[j] for j in order])
    axes.set(ylim=(len(order) - 0.4, -0.6), xlabel="mean |Shapley value| of a difference")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    share = importance[[" × " in name for name in names]].sum() / (importance.sum() or 1)
    caption = (
        "Mean absolute Shapley values for pairs of an unseen and a training row, mean over "
        f"folds; a product shows both its levels. Products hold {100 * share:.0f} % of the sum of "
        f"all {len(names)} columns. Largest: "
        f"{listing([f'{names[j]} ({number(importance[j])})' for j in order[:3]])}."
    )
    return Drawing("interactions", title, caption, fig)
