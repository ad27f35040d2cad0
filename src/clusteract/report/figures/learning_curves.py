"""Learning curves: training and validation loss by epoch of the networks that were chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import INK, PAGE, TEST, TRAIN, new_figure, place_axes, styled
from clusteract.validation import FoldResult, RecipeResult, StudyResult

# What a network may say of the rows that it sets aside, and the axis that shows it.
_JUDGED = {
    "validation_loss": "validation loss",
    "validation_error": "validation error / variance (1 − R²)",
}

_HEIGHT, _LEFT, _BOTTOM, _GAP = 2.9, 0.55, 0.45, 0.65


@figure("learning-curves")
def learning_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw one figure per recipe whose models learn epoch by epoch."""
    return (
        learning_curves(result, name)
        for name, recipe in result.recipes.items()
        if any(fold.curves for fold in recipe.folds)
    )


@styled
def learning_curves(result: StudyResult, recipe: str) -> Drawing:
    """Draw the losses of each outer fold's network, a line a fold, a dot where weights were kept.

    Parameters
    ----------
    result : StudyResult
    recipe : str
        One of the result whose folds have `curves`.
    """
    found = result.recipes[recipe]
    title = f"How the networks learned: {found.title}"
    fig = new_figure(result.table, title, width=PAGE, height=_HEIGHT)
    width = (PAGE - _LEFT - _GAP - 0.15) / 2
    panels = (("loss", "training loss", TRAIN), (*_judged(found), TEST))
    for i, (key, label, colour) in enumerate(panels):
        axes = place_axes(fig, _LEFT + i * (width + _GAP), _BOTTOM, width, _HEIGHT - 0.85)
        _lines(axes, found, key, colour)
        axes.set(xlabel="epoch", ylabel=label, xscale="log", yscale="log")
        axes.grid(axis="y")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
            axis.set_minor_formatter(NullFormatter())
    return Drawing(f"learning-{recipe}", title, _caption(found), fig)


def _judged(recipe: RecipeResult) -> tuple[str, str]:
    """Return which curve the validation panel shows, and what it is called."""
    known = {key for fold in recipe.folds for key in fold.curves}
    key = next((key for key in _JUDGED if key in known), "validation_loss")
    return key, _JUDGED[key]


def _lines(axes: Axes, recipe: RecipeResult, key: str, colour: str) -> None:
    for fold in recipe.folds:
        values = np.array(fold.curves.get(key) or [np.nan], dtype=float)
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, color=colour, lw=0.9, alpha=0.8)
        kept = _kept(fold)
        if kept <= len(values):
            axes.plot(kept, values[kept - 1], "o", color=INK, ms=2.5, zorder=3)


def _kept(fold: FoldResult) -> int:
    return int(fold.curves.get("kept", [1])[0] or 1)


def _caption(recipe: RecipeResult) -> str:
    lengths = [len(fold.curves.get("loss", ())) for fold in recipe.folds]
    kept = [_kept(fold) for fold in recipe.folds]
    return (
        f"Loss by epoch of the network chosen in each of {count(len(recipe.folds), 'outer fold')}, "
        f"fitted on that fold's training set. Left: on the rows that it learns from. Right: on the "
        f"rows that it sets aside to know when to stop. Dots: the epoch whose weights were kept, "
        f"{number(float(np.median(kept)), 0)} in the median; training ended after "
        f"{min(lengths):,} to {max(lengths):,} epochs. No outer test row is among either."
    )
