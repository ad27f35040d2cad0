"""Calibration: how many test rows lie in their intervals, in all and by group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import mean_width
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    FAINT,
    MUTED,
    PAGE,
    TEST,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table
from clusteract.validation import StudyResult
from clusteract.validation.intervals import Coverage

_HEIGHT, _SIDE = 2.75, 1.95
_LEVEL = 0.9  # of the panel by metal
_MOST = 12  # groups


@figure("calibration", chapter="intervals")
def calibration_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw the calibration of the best recipe's intervals, where they were measured."""
    if result.coverage is not None:
        title = result.recipes[result.coverage.recipe].title
        yield calibration(result.table, result.coverage, title)


@styled
def calibration(table: Table, coverage: Coverage, recipe: str) -> Drawing:
    """Draw nominal against measured coverage, and coverage and width by metal.

    Parameters
    ----------
    table : Table
    coverage : Coverage
    recipe : str
        Its title.
    """
    title = f"Intervals of {recipe}"
    fig = new_figure(table, title, width=PAGE, height=_HEIGHT)
    _draw_curve(place_axes(fig, 0.5, 0.42, _SIDE, _SIDE), coverage)
    groups = _groups(coverage)
    panels = [place_axes(fig, x, 0.42, 1.7, _SIDE) for x in (3.25, 5.15)]
    _draw_groups(panels[0], coverage, groups)
    _draw_widths(panels[1], coverage, groups, table.target_name or "target")
    return Drawing("calibration", title, _caption(coverage, recipe), fig)


def _draw_curve(axes: Axes, coverage: Coverage) -> None:
    levels = np.array(list(coverage.ends))
    measured = np.array([coverage.covered(v).mean() for v in levels])
    fine, n = np.linspace(0.4, 1, 61), coverage.n_rows()
    low, high = (stats.binom.ppf(q, n, fine) for q in (0.025, 0.975))
    axes.fill_between(fine, low / n, high / n, color=FAINT, alpha=0.6, lw=0)
    axes.plot([0.4, 1], [0.4, 1], color=MUTED, lw=0.8)
    axes.plot(levels, measured, "o-", color=TEST, ms=3.5)
    axes.set(xlim=(0.4, 1), ylim=(0.4, 1), aspect="equal")
    axes.set(xlabel="promised coverage", ylabel="measured coverage")


def _groups(coverage: Coverage) -> list[tuple[str, np.ndarray]]:
    names = np.array(coverage.groups)
    found = [(str(g), names == g) for g in dict.fromkeys(coverage.groups)]
    return sorted(found, key=lambda item: -item[1].sum())[:_MOST]


def _draw_groups(axes: Axes, coverage: Coverage, groups: list[tuple[str, np.ndarray]]) -> None:
    covered = coverage.covered(_LEVEL)
    axes.axvline(_LEVEL, color=MUTED, lw=0.8)
    for y, (_, members) in enumerate(groups):
        share, n = float(covered[members].mean()), coverage.n_rows(members)
        interval = stats.binomtest(round(share * n), n).proportion_ci(0.95)
        axes.hlines(y, interval.low, interval.high, color=TEST, lw=1)
        axes.plot(share, y, "o", color=TEST, ms=4)
    labels = [f"{shortened(name, 10)} ({coverage.n_rows(members)})" for name, members in groups]
    axes.set_yticks(range(len(groups)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, 1.03), ylim=(len(groups) - 0.5, -0.5))
    axes.set(xlabel=f"measured coverage at {100 * _LEVEL:g} %")
    axes.grid(axis="x")


def _draw_widths(
    axes: Axes, coverage: Coverage, groups: list[tuple[str, np.ndarray]], target: str
) -> None:
    width = coverage.width(_LEVEL)
    for y, (_, members) in enumerate(groups):
        known = width[members][np.isfinite(width[members])]
        if len(known):
            axes.hlines(y, *np.quantile(known, [0.1, 0.9]), color=TEST, lw=1)
            axes.plot(known.mean(), y, "o", color=TEST, ms=4)
    axes.set_yticks(range(len(groups)), [""] * len(groups))
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(groups) - 0.5, -0.5), xlabel=f"width at {100 * _LEVEL:g} %, {target}")
    axes.set_xlim(left=0)
    axes.grid(axis="x")


def _caption(coverage: Coverage, recipe: str) -> str:
    shown = [v for v in coverage.ends if v >= 0.8]
    said = ", ".join(
        f"{100 * v:g} % promised: {100 * coverage.covered(v).mean():.0f} % measured, "
        f"{mean_width(float(coverage.width(v).mean()))}"
        for v in shown
    )
    return (
        f"Intervals of {recipe} on {len(coverage.rows)} outer test predictions. Left: promised "
        f"against measured coverage; the grey band holds 95 % of what chance does to an exact "
        f"interval. Middle: coverage by group (number of rows), with 95 % intervals. Right: "
        f"mean width, and the middle 80 % of widths. {said}."
    )
