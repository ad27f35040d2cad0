"""Dependence: a descriptor's contribution against its value, with the best step in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from clusteract.explain import Explanation, Threshold
from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.limits import robust_limits
from clusteract.report.figures.numbers import number
from clusteract.report.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAGE,
    level_colour,
    new_figure,
    place_axes,
    styled,
)
from clusteract.table import Table

_COLUMNS, _LEFT, _WIDE, _TALL, _GAP = 3, 0.6, 1.75, 1.45, 0.45


@styled
def dependence(
    table: Table, explanation: Explanation, thresholds: Mapping[str, Threshold | None]
) -> Drawing:
    """Draw contributions against values for some descriptors.

    Parameters
    ----------
    table : Table
    explanation : Explanation
    thresholds : mapping of descriptor to Threshold or None
        What to draw, in order.
    """
    n_rows = -(-len(thresholds) // _COLUMNS)
    height = 0.55 + n_rows * (_TALL + 0.5)
    title = f"How contributions depend on the value: {explanation.title}"
    fig = new_figure(table, title, width=PAGE, height=height)
    words = []
    for i, (name, step) in enumerate(thresholds.items()):
        row, column = divmod(i, _COLUMNS)
        left, bottom = _LEFT + column * (_WIDE + _GAP), height - 0.45 - _TALL - row * (_TALL + 0.5)
        axes = place_axes(fig, left, bottom, _WIDE, _TALL)
        _draw(axes, table, explanation, name, step)
        if column == 0:
            axes.set_ylabel("contribution")
        if step is not None:
            words.append(
                f"{name}: step at {number(step.at)} ({number(step.low)} to "
                f"{number(step.high)}), ramp from {number(step.ramp_from)} to "
                f"{number(step.ramp_to)}; R² {number(step.step_r2)} (step), "
                f"{number(step.ramp_r2)} (ramp), {number(step.line_r2)} (straight line)."
            )
    caption = (
        "Out-of-fold Shapley values. Black: the best single step where that is enough, else the "
        "best ramp; grey: the 95 % interval of the step's place over resampled rows. "
        + " ".join(words)
    )
    return Drawing("dependence", title, caption, fig)


def _draw(
    axes: Axes, table: Table, explanation: Explanation, name: str, step: Threshold | None
) -> None:
    j = explanation.descriptors.index(name)
    x, c = explanation.X[:, j], explanation.values[:, j]
    low, high = robust_limits(x)
    axes.axhline(0, color=MUTED, linewidth=0.5)
    if step is not None:
        axes.axvspan(step.low, step.high, color=FAINT, lw=0, alpha=0.7)
        axes.plot(*_shape(step, low, high), color=INK, linewidth=1)
    shown = np.isfinite(x)
    axes.scatter(x[shown], c[shown], s=6, lw=0, alpha=0.7, color=level_colour(table, j))
    axes.set(xlim=(low, high), xlabel=name)


def _shape(found: Threshold, low: float, high: float) -> tuple[list[float], list[float]]:
    if found.kind == "step":
        return [low, found.at, found.at, high], [found.below] * 2 + [found.above] * 2
    levels = [found.ramp_below] * 2 + [found.ramp_above] * 2
    return [low, found.ramp_from, found.ramp_to, high], levels
