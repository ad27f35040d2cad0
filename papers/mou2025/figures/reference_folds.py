"""Fold by fold: the reference's recipes on its ten splits, and with the selection nested."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number
from clusteract.report.figures.style import (
    INK,
    MUTED,
    PAGE,
    TEST,
    WARNING,
    new_figure,
    place_axes,
    styled,
    wrapped,
)
from clusteract.validation import RecipeResult, StudyResult

_HEIGHT = 2.9


@styled
def reference_folds(again: StudyResult, inside: StudyResult, *, shown: int) -> Drawing:
    """Draw test r and RMSE of every fold, one column per recipe, one fold marked.

    Parameters
    ----------
    again : StudyResult
        With descriptors chosen on all clusters.
    inside : StudyResult
        The same recipes in the same order with the selection nested.
    shown : int
        The fold to mark.
    """
    title = "The reference's recipes, fold by fold"
    fig = new_figure(again.table, title, width=PAGE, height=_HEIGHT)
    for i, (metric, label) in enumerate((("r", "test r"), ("rmse", "test RMSE"))):
        axes = place_axes(fig, 0.5 + 3.45 * i, 0.5, 2.95, 1.85)
        pairs = zip(again.recipes.values(), inside.recipes.values(), strict=True)
        for column, (a, b) in enumerate(pairs):
            _column(axes, column - 0.17, a, metric, TEST, shown)
            _column(axes, column + 0.17, b, metric, "#d55e00", shown)
        titles = [wrapped(r.title.split(" (")[0], 12) for r in again.recipes.values()]
        axes.set_xticks(range(len(titles)), titles)
        axes.set_ylabel(label)
        axes.grid(axis="y")
    _legend(fig, shown)
    return Drawing("reference-folds", title, _caption(again, inside, shown), fig)


def _column(
    axes: Axes, x: float, recipe: RecipeResult, metric: str, colour: str, shown: int
) -> None:
    values = recipe.per_fold("test", metric)
    others = np.arange(len(values)) != shown - 1
    axes.scatter(np.full(others.sum(), x), values[others], s=10, color=colour, alpha=0.5, lw=0)
    axes.scatter([x], values[~others], s=26, marker="D", color=WARNING, lw=0, zorder=3)
    axes.hlines(np.nanmean(values), x - 0.13, x + 0.13, color=INK, linewidth=1.4, zorder=4)


def _legend(fig, shown: int) -> None:
    entries = (
        ("●", TEST, "8 descriptors chosen on all clusters"),
        ("●", "#d55e00", "chosen inside each training set"),
        ("◆", WARNING, f"fold {shown}, the one shown by the reference"),
        ("—", MUTED, "mean of ten folds"),
    )
    x = 0.12
    for mark, colour, text in entries:
        fig.text(x / PAGE, 1 - 0.36 / _HEIGHT, mark, color=colour, fontsize=7, va="center")
        fig.text((x + 0.13) / PAGE, 1 - 0.36 / _HEIGHT, text, fontsize=6.5, va="center")
        x += 0.32 + 0.047 * len(text)


def _caption(again: StudyResult, inside: StudyResult, shown: int) -> str:
    words = ["Every test fold is a dot."]
    for a, b in zip(again.recipes.values(), inside.recipes.values(), strict=True):
        words.append(
            f"{a.title}: mean r {number(a.mean('test', 'r'), 3)}, fold {shown} "
            f"{number(float(a.per_fold('test', 'r')[shown - 1]), 3)}; selection nested "
            f"{number(b.mean('test', 'r'), 3)}."
        )
    return " ".join(words)
