"""Transfer: new clusters predicted against all references, with the experimental band."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.collections import LineCollection

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number
from clusteract.report.figures.style import (
    COLUMN,
    FAINT,
    INK,
    MUTED,
    PAGE,
    TEST,
    WARNING,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table
from clusteract.validation import score_predictions

BAND = math.log10(3)  # a factor of 3 in k1
_HEIGHT = 3.95
_MOST = 80


@styled
def transfer_parity(table: Table, against: np.ndarray, model: str) -> Drawing:
    """Draw predicted against measured values, with the experimental band.

    Parameters
    ----------
    table : Table
        The new clusters, with a target.
    against : ndarray, (n_rows, n_references)
    model : str
        Title of the model.
    """
    y, mean, std = np.asarray(table.target), against.mean(axis=1), against.std(axis=1)
    title = "New rows: predicted and measured"
    fig = new_figure(table, title, width=COLUMN, height=_HEIGHT)
    axes = place_axes(fig, 0.5, 0.42, 2.68, 2.68)
    low = min(y.min(), (mean - std).min()) - 0.2
    high = max(y.max(), (mean + std).max()) + 0.2
    ends = np.array([low, high])
    axes.fill_between(ends, ends - BAND, ends + BAND, color=FAINT, alpha=0.6, lw=0, zorder=1)
    axes.plot(ends, ends, color=MUTED, linewidth=0.8, zorder=2)
    axes.errorbar(y, mean, yerr=std, fmt="none", ecolor=TEST, elinewidth=0.4, alpha=0.5, zorder=3)
    axes.scatter(y, mean, s=11, color=TEST, lw=0, zorder=4)
    target = table.target_name or "target"
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.set(xlabel=f"measured {target}", ylabel=f"predicted {target}")
    scores = score_predictions(y, mean)
    fig.text(0.5 / COLUMN, 3.3 / _HEIGHT, model, fontsize=7)
    words = f"r {number(scores.r)}   RMSE {number(scores.rmse)}   MAE {number(scores.mae)}"
    fig.text(0.5 / COLUMN, 3.15 / _HEIGHT, words, fontsize=7)
    inside = int(np.sum(np.abs(mean - y) <= BAND))
    caption = (
        f"{model}: mean over {against.shape[1]} references; bars: their standard deviation. Grey: "
        f"a factor of 3 in k1 (±{number(BAND)}), the experimental uncertainty; {inside} of "
        f"{len(y)} rows lie inside. {words}."
    )
    return Drawing("transfer-parity", title, caption, fig)


@styled
def against_figure(table: Table, against: np.ndarray, model: str) -> Drawing:
    """Draw each cluster's predictions against all references, with the measured value.

    Of more than 80 clusters, those of the widest spread are shown.

    Parameters
    ----------
    table : Table
        The new clusters, with or without a target.
    against : ndarray, (n_rows, n_references)
    model : str
    """
    spread = against.std(axis=1)
    shown = np.sort(np.argsort(-spread, kind="stable")[:_MOST])
    order = shown[np.argsort(against.mean(axis=1)[shown], kind="stable")]
    height = 0.75 + 0.11 * len(order) + 0.4
    title = "Each new row against every reference"
    fig = new_figure(table, title, width=PAGE, height=height)
    axes = place_axes(fig, 1.05, 0.4, PAGE - 1.3, 0.11 * len(order))
    quantiles = np.quantile(against[order], [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
    rows = np.arange(len(order))
    for low, high, width in ((0, 4, 0.6), (1, 3, 3.0)):
        ends = np.stack([quantiles[[low, high]].T, np.repeat(rows[:, None], 2, axis=1)], axis=2)
        axes.add_collection(LineCollection(list(ends), colors=TEST, linewidths=width, alpha=0.6))
    axes.plot(quantiles[2], rows, marker="|", ms=4, lw=0, color=INK)
    if table.target is not None:
        y = np.asarray(table.target)[order]
        axes.errorbar(
            y, rows, xerr=BAND, fmt="D", ms=2.2, color=WARNING, elinewidth=0.5, capsize=0, zorder=4
        )
    axes.set_yticks(rows, [shortened(table.names[i]) for i in order], fontsize=5)
    axes.set(ylim=(len(order) - 0.4, -0.6), xlabel=f"predicted {table.target_name or 'target'}")
    axes.margins(x=0.02)
    axes.autoscale_view(scaley=False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    caption = (
        f"{model}: thick bars hold the middle half of the predictions against "
        f"{against.shape[1]} references, thin ones nine in ten; the tick is the median. "
        f"Mean spread (standard deviation) {number(float(spread.mean()))}."
    )
    if table.target is not None:
        caption += " Red: measured, with a factor of 3 in k1."
    return Drawing("transfer-references", title, caption, fig)
