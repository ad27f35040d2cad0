"""ApplicabilityDomain: errors inside and outside of what a model was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    FAINT,
    INK,
    PAGE,
    TEST,
    WARNING,
    new_figure,
    place_axes,
    styled,
)
from clusteract.table import Table
from clusteract.validation import StudyResult
from clusteract.validation.applicability import ApplicabilityCheck

_HEIGHT, _PANEL = 2.85, 1.75
_FARTHEST = 4.0


@figure("applicability-domain", chapter="domain")
def applicability_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw the errors inside and outside the best recipe's domain, where measured."""
    if result.applicability:
        title = result.recipes[result.applicability[0].recipe].title
        yield applicability_figure(result.table, result.applicability, title)


@styled
def applicability_figure(
    table: Table, checks: Sequence[ApplicabilityCheck], recipe: str
) -> Drawing:
    """Draw absolute errors against distance, and inside beside outside.

    Parameters
    ----------
    table : Table
    checks : sequence of ApplicabilityCheck
        The first of the study's own outer folds.
    recipe : str
        Its title.
    """
    title = f"Errors of {recipe} and its applicability domain"
    fig = new_figure(table, title, width=PAGE, height=_HEIGHT)
    _draw_distances(place_axes(fig, 0.5, 0.42, 3.0, _PANEL), checks, table.target_name or "target")
    _draw_sides(place_axes(fig, 4.0, 0.42, 2.85, _PANEL), checks)
    return Drawing("applicability-domain", title, _caption(checks, recipe), fig)


def _draw_distances(axes: Axes, checks: Sequence[ApplicabilityCheck], target: str) -> None:
    axes.axvspan(1, _FARTHEST, color=FAINT, alpha=0.35, lw=0)
    for check, marker in zip(checks, "o^", strict=False):
        x, y = np.minimum(check.distance, _FARTHEST), np.abs(check.error)
        for mask, colour, where in (
            (check.inside, TEST, "inside"),
            (~check.inside, WARNING, "outside"),
        ):
            label = f"{check.question}, {where}" if mask.any() else None
            axes.scatter(
                x[mask], y[mask], s=9, marker=marker, color=colour, alpha=0.5, lw=0, label=label
            )
    farthest = max(float(c.distance.max()) for c in checks)
    axes.set(xlim=(0, min(_FARTHEST, max(1.2, 1.05 * farthest))))
    axes.set_ylim(bottom=0)
    axes.set(xlabel="distance to training rows (limit 1)", ylabel=f"|error| of {target}")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=2, handletextpad=0.1)


def _draw_sides(axes: Axes, checks: Sequence[ApplicabilityCheck]) -> None:
    shown = [
        (f"{check.question},\n{where} ({mask.sum()})", np.abs(check.error[mask]), colour)
        for check in checks
        for mask, where, colour in (
            (check.inside, "inside", TEST),
            (~check.inside, "outside", WARNING),
        )
        if mask.any()
    ]
    for x, (_, error, colour) in enumerate(shown):
        spread = 0.24 * ((np.arange(len(error)) % 7) - 3) / 3  # a fixed pattern
        axes.scatter(x + spread, error, s=5, color=colour, alpha=0.35, lw=0)
        rmse = float(np.sqrt(np.mean(error**2)))
        axes.hlines(rmse, x - 0.34, x + 0.34, color=INK, lw=1.4)
        axes.text(x + 0.36, rmse, number(rmse), va="center", fontsize=6.5)
    axes.set_xticks(range(len(shown)), [label for label, _, _ in shown], fontsize=6)
    axes.set(xlim=(-0.6, len(shown) - 0.3))
    axes.set_ylim(bottom=0)
    axes.set_title("RMSE", fontsize=7, loc="left")


def _caption(checks: Sequence[ApplicabilityCheck], recipe: str) -> str:
    said = "; ".join(
        f"{c.question}: {_side(c.error[c.inside])} inside, {_side(c.error[~c.inside])} outside"
        for c in checks
    )
    several = any(len(set(c.rows)) < len(c.rows) for c in checks)
    repeated = " A row counts once in each repeat." if several else ""
    return (
        f"{recipe}: errors of rows that it had not seen. Left: against the distance to the "
        f"nearest training rows; grey ground is beyond the limit, and a row may be outside "
        f"for other reasons. Right: the same, with RMSE (bars). {said[0].upper()}{said[1:]}."
        f"{repeated}"
    )


def _side(error: np.ndarray) -> str:
    if not len(error):
        return "none"
    return f"RMSE {number(float(np.sqrt(np.mean(error**2))))} ({len(error)})"
