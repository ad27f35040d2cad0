"""Recipe comparison: honest r and RMSE of every recipe and baseline, with intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.limits import robust_limits
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAGE,
    TEST,
    new_figure,
    place_axes,
    styled,
    wrapped,
)
from clusteract.validation import RecipeResult, StudyResult, compare_recipes, corrected_interval

_ROW, _LABELS, _GAP = 0.36, 1.5, 0.22
_TOP, _BOTTOM = 0.4, 0.5

# A recipe with an error this many times the best's needs no scale of its own.
_WORST = 2.5
_NOTE: dict[str, Any] = {"fontsize": 6, "va": "center", "color": MUTED}


@figure("recipes", chapter="recipes")
def comparison_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw the comparison of the study's recipes."""
    yield recipe_comparison(result)


@styled
def recipe_comparison(result: StudyResult) -> Drawing:
    """Draw test scores of each recipe per fold, their mean, and 95 % corrected intervals.

    The intervals are those of C. Nadeau and Y. Bengio (doi:10.1023/A:1024068626366). Recipes
    are sorted by mean test RMSE; baselines stand below the line.

    Parameters
    ----------
    result : StudyResult
    """
    rows = _rows(result)
    height = _TOP + _ROW * len(rows) + _BOTTOM
    title = "Honest scores of the recipes"
    fig = new_figure(result.table, title, width=PAGE, height=height)
    width = (PAGE - _LABELS - 0.15 - 2 * _GAP) / 3
    left = [_LABELS + i * (width + _GAP) for i in range(3)]
    panels = [place_axes(fig, x, _BOTTOM, width, _ROW * len(rows)) for x in left]
    for axes in panels:
        _frame(axes, result, rows)
    _scores(panels[0], result, rows, "r", "test r")
    _scores(panels[1], result, rows, "rmse", "test RMSE")
    _differences(panels[2], result, rows)
    _label_rows(panels[0], result, rows)
    return Drawing("recipes", title, _caption(result), fig)


def _rows(result: StudyResult) -> list[RecipeResult]:
    """Recipes from best to worst, then baselines."""
    ranked = sorted(result.recipes.values(), key=lambda r: r.mean("test", "rmse"))
    return ranked + list(result.baselines.values())


def _frame(axes: Axes, result: StudyResult, rows: list[RecipeResult]) -> None:
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=range(len(rows)))
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=5)
    if result.baselines:
        axes.axhline(len(result.recipes) - 0.5, color=FAINT, lw=0.8)


def _label_rows(axes: Axes, result: StudyResult, rows: list[RecipeResult]) -> None:
    labels = [wrapped(row.title, 24) for row in rows]
    axes.tick_params(axis="y", labelleft=True, pad=6)
    axes.set_yticks(range(len(rows)), labels, fontsize=6.5, linespacing=1.1)
    for text, row in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_color(_colour(result, row))
        text.set_fontweight("bold" if row is result.best else "normal")


def _colour(result: StudyResult, row: RecipeResult) -> str:
    if row.name in result.baselines:
        return MUTED
    return TEST if row is result.best else INK


def _scores(
    axes: Axes, result: StudyResult, rows: list[RecipeResult], metric: str, name: str
) -> None:
    values = [row.per_fold("test", metric) for row in rows]
    known = [v[~np.isnan(v)] for v in values]
    spans = [
        corrected_interval(v, _test_share(row))[:2] for v, row in zip(known, rows, strict=True)
    ]
    most = _WORST * result.best.mean("test", "rmse") if metric == "rmse" else 1.0
    axes.set(xlim=_limits(np.concatenate([*known, *map(np.array, spans)]), most), xlabel=name)
    for y, (row, scores, span) in enumerate(zip(rows, known, spans, strict=True)):
        if not scores.size:
            middle = float(np.mean(axes.get_xlim()))
            axes.text(middle, y, "undefined (constant)", ha="center", **_NOTE)
            continue
        colour = _colour(result, row)
        axes.scatter(scores, y + _offsets(len(scores)), s=5, color=colour, alpha=0.35, lw=0)
        _interval(axes, y, float(scores.mean()), *span, colour)


def _differences(axes: Axes, result: StudyResult, rows: list[RecipeResult]) -> None:
    """Other minus best, so that worse recipes lie to the right."""
    best = result.best
    found = {row.name: compare_recipes(row, best, "rmse") for row in rows if row is not best}
    ends = np.array([0.0, *(v for d in found.values() for v in (d.low, d.high, d.mean))])
    most = (_WORST - 1) * best.mean("test", "rmse")
    axes.set(xlim=_limits(ends, most), xlabel="test RMSE minus that of the best")
    axes.axvline(0, color=MUTED, lw=0.8)
    for y, row in enumerate(rows):
        if row is best:
            axes.text(0, y, " best", fontsize=6.5, va="center", color=TEST, fontweight="bold")
            continue
        d = found[row.name]
        _interval(axes, y, d.mean, d.low, d.high, _colour(result, row), hollow=d.is_noise)


def _limits(values: np.ndarray, most: float) -> tuple[float, float]:
    return robust_limits(np.minimum(values, most) if most > 0 else values)


def _interval(
    axes: Axes, y: float, mean: float, low: float, high: float, colour: str, hollow: bool = False
) -> None:
    """Draw a mean and its interval; where the mean is off the axis, write it at the edge."""
    # Where one fold leaves no interval, low and high are NaN and no line is drawn.
    axes.plot([low, high], [y, y], color=colour, lw=1.2, solid_capstyle="butt")
    end = axes.get_xlim()[1]
    if mean > end:
        axes.plot(end, y, ">", ms=4, color=colour, clip_on=False)
        axes.text(end, y, f"{number(mean)}    ", ha="right", **_NOTE)
        return
    face = "white" if hollow else colour
    axes.plot(mean, y, "o", ms=4, mfc=face, mec=colour, mew=1, zorder=3)


def _offsets(n: int) -> np.ndarray:
    """Spread dots a little above and below the line, in a fixed pattern."""
    return 0.28 * (np.arange(n) % 4 - 1.5) / 1.5


def _test_share(row: RecipeResult) -> float:
    return float(np.mean([len(f.test) / len(f.train) for f in row.folds]))


def _caption(result: StudyResult) -> str:
    best = result.best
    words = [
        f"Test r and RMSE of {count(len(result.recipes), 'recipe')} on {result.table.label}: dots "
        f"are {count(len(best.folds), 'outer fold')}, circles their mean, bars 95 % intervals "
        "corrected for overlapping training sets.",
        f"Lowest mean RMSE: {best.title}, {number(best.mean('test', 'rmse'))} "
        f"(r {number(best.mean('test', 'r'))}).",
        "Right: RMSE minus that of the best; a hollow circle is a difference within noise.",
    ]
    if result.baselines:
        words.append("Below the line: what no skill looks like on these folds.")
    return " ".join(words)
