"""Parity plot: predicted against measured target of one recipe, over all outer folds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from clusteract.errors import InputError, close_matches
from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.limits import scatter_clipped, too_many
from clusteract.report.figures.numbers import count, number, with_spread
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    COLUMN,
    MUTED,
    TEST,
    TRAIN,
    new_figure,
    place_axes,
    styled,
)
from clusteract.validation import RecipeResult, StudyResult

_HEIGHT = 3.95


@figure("parity")
def parity_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw one parity plot per recipe."""
    return (parity(result, name) for name in result.recipes)


@styled
def parity(result: StudyResult, recipe: str) -> Drawing:
    """Draw one recipe's predictions, of training and test sets of all outer folds.

    Parameters
    ----------
    result : StudyResult
    recipe : str
        A recipe or baseline of the result.

    Raises
    ------
    InputError
        Where the result has no such recipe.
    """
    known = {**result.recipes, **result.baselines}
    if recipe not in known:
        raise InputError(f"no recipe {recipe!r} in this study; {close_matches(recipe, known)}")
    found = known[recipe]
    fig = new_figure(result.table, found.title, width=COLUMN, height=_HEIGHT)
    axes = place_axes(fig, 0.5, 0.42, 2.68, 2.68)
    n_outside = _scatter(axes, found)
    target = result.table.target_name or "target"
    axes.set(xlabel=f"measured {target}", ylabel=f"predicted {target}")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.03, 1.0),
        handletextpad=0.4,
        labelspacing=0.3,
        borderaxespad=0.2,
    )
    caption = _caption(result, found, target, n_outside)
    return Drawing(f"parity-{recipe}", f"Parity: {found.title}", caption, fig)


def _scatter(axes: Axes, recipe: RecipeResult) -> int:
    """Draw the points and y = x; return how many lie outside the axes."""
    y, predicted = recipe.out_of_fold()
    y_train = np.concatenate([f.y_train for f in recipe.folds])
    fitted = np.concatenate([f.train_predictions for f in recipe.folds])
    limits = _limits(y, np.concatenate([predicted, fitted]))
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    dots = {"linewidths": 0, "s": 7, "alpha": 0.55, "color": TRAIN}
    dots["rasterized"] = too_many(len(fitted))
    n_outside = scatter_clipped(
        axes, y_train, fitted, **dots, zorder=2, label=f"training  {_scores(recipe, 'train')}"
    )
    rings = {"linewidths": 0.4, "s": 13, "edgecolors": "white", "color": TEST}
    label = f"test  {_scores(recipe, 'test')}\n(all test folds pooled: {_pooled(recipe)})"
    n_outside += scatter_clipped(axes, y, predicted, **rings, zorder=3, label=label)
    axes.plot(limits, limits, color=MUTED, lw=0.8, ls=(0, (4, 2)), zorder=1, label="y = x")
    return n_outside


def _limits(y: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Hold all measured values, and predictions up to a third of their range outside."""
    span = float(np.ptp(y)) or 1.0
    near = np.clip(predicted[np.isfinite(predicted)], y.min() - span / 3, y.max() + span / 3)
    low, high = min(y.min(), near.min(initial=np.inf)), max(y.max(), near.max(initial=-np.inf))
    return float(low - 0.04 * span), float(high + 0.04 * span)


def _scores(recipe: RecipeResult, which: str) -> str:
    r, rmse = (with_spread(recipe.mean(which, m), recipe.std(which, m)) for m in ("r", "rmse"))
    return f"r {r}, RMSE {rmse}"


def _pooled(recipe: RecipeResult) -> str:
    return f"r {number(recipe.pooled.r)}, RMSE {number(recipe.pooled.rmse)}"


def _caption(result: StudyResult, recipe: RecipeResult, target: str, n_outside: int) -> str:
    kind = "simulated" if result.table.source.synthetic else "measured"
    words = [
        f"Predicted against {kind} {target} of "
        f"{count(result.table.n_rows, result.table.domain.row)}, "
        f"over {count(len(recipe.folds), 'outer fold')}.",
        f"Test sets (blue): {_scores(recipe, 'test')}, mean ± standard deviation over folds; "
        f"all test predictions together: {_pooled(recipe)}.",
        f"Training sets (grey): {_scores(recipe, 'train')}.",
    ]
    if n_outside:
        words.append(f"{count(n_outside, 'prediction')} outside the axes: red triangles.")
    return " ".join(words)
