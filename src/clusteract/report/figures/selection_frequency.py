"""Selection frequency: in how many outer folds each recipe kept each descriptor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import count, listing
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    COLUMN,
    PAGE,
    level_colour,
    level_legend,
    new_figure,
    place_axes,
    shortened,
    styled,
    wrapped,
)
from clusteract.table import Table
from clusteract.validation import RecipeResult, StudyResult

MOST = 40
_ROW, _LABELS, _GAP = 0.15, 0.95, 0.14
_TOP, _BOTTOM = 0.95, 0.45


@figure("selection")
def selection_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw the selection frequencies, where any recipe selects."""
    if _selecting(result):
        yield selection_frequency(result)


@styled
def selection_frequency(result: StudyResult) -> Drawing:
    """Draw the share of outer folds that kept each descriptor, one panel per recipe.

    Recipes that always keep every descriptor are left out. Of more than 40 descriptors, the
    most often kept are shown.

    Parameters
    ----------
    result : StudyResult
    """
    recipes = _selecting(result) or list(result.recipes.values())
    table = result.table
    shares = np.array([r.selection_frequency(table.descriptor_names) for r in recipes])
    order = np.argsort(-shares.mean(axis=0), kind="stable")[:MOST]
    height = _TOP + _ROW * len(order) + _BOTTOM
    title = "How often each descriptor was selected"
    fig = new_figure(table, title, width=_width(len(recipes)), height=height)
    level_legend(fig, table, x=0.12, y=height - 0.36)
    for i, recipe in enumerate(recipes):
        axes = _place(fig, i, len(recipes), len(order))
        _bars(axes, table, order, shares[i, order])
        axes.set_title(wrapped(recipe.title, 17), fontsize=6.5, loc="left", linespacing=1.1)
        if i == 0:
            names = [shortened(table.descriptor_names[j]) for j in order]
            axes.tick_params(axis="y", labelleft=True)
            axes.set_yticks(range(len(names)), names)
    return Drawing("selection", title, _caption(result, recipes, shares, order), fig)


def _selecting(result: StudyResult) -> list[RecipeResult]:
    everything = result.table.n_descriptors
    return [
        r
        for r in result.recipes.values()
        if any(0 < len(fold.selected) < everything for fold in r.folds)
    ]


def _width(n_recipes: int) -> float:
    return COLUMN if n_recipes <= 2 else PAGE


def _place(fig, i: int, n: int, n_rows: int) -> Axes:
    width = (_width(n) - _LABELS - 0.15) / n - _GAP
    return place_axes(fig, _LABELS + i * (width + _GAP), _BOTTOM, width, _ROW * n_rows)


def _bars(axes: Axes, table: Table, order: np.ndarray, shares: np.ndarray) -> None:
    colours = [level_colour(table, j) for j in order]
    axes.barh(range(len(order)), 100 * shares, color=colours, height=0.72)
    axes.set(xlim=(0, 100), ylim=(len(order) - 0.4, -0.6), xticks=(0, 50, 100), yticks=[])
    axes.set_xlabel("% of folds")
    first, _, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")  # panels are close: 100 and the next 0 would touch
    last.set_horizontalalignment("right")
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.grid(axis="x")


def _caption(
    result: StudyResult, recipes: list[RecipeResult], shares: np.ndarray, order: np.ndarray
) -> str:
    names = result.table.descriptor_names
    always = [names[j] for j in order if shares[:, j].min() == 1]
    never = int(np.sum(shares.max(axis=0) == 0))
    n_folds = count(len(recipes[0].folds), "outer fold")
    words = [f"Share of {n_folds} whose selector kept a descriptor, coloured by level."]
    who = "every recipe" if len(recipes) > 1 else recipes[0].title
    words.append(
        f"Kept in every fold by {who}: {listing(always)}."
        if always
        else f"No descriptor was kept in every fold by {who}."
    )
    if never:
        words.append(f"{count(never, 'descriptor')} never kept.")
    if len(order) < len(names):
        words.append(f"The {len(order)} most often kept of {len(names):,} are shown.")
    return " ".join(words)
