"""Screening: where candidates lie between known ground and promise, and which to do next."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAGE,
    TEST,
    TRAIN,
    WARNING,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table

_ROW, _MOST = 0.17, 25  # inches a suggestion; suggestions that are drawn
_TOP, _BOTTOM, _LEFT = 0.42, 0.45, 0.5
_MAP = 3.0  # inches
_FARTHEST = 4.0  # times the applicability domain: what lies beyond is drawn at the edge
_BARS = 400  # candidates at most whose intervals are drawn


class Screened(Protocol):
    """What is drawn of a screening; arrays are (n,)."""

    names: tuple[str, ...]
    target: str
    predicted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    threshold: float
    best_known: float
    novelty: np.ndarray
    suggestions: tuple[int, ...]

    @property
    def inside(self) -> np.ndarray:
        """Whether each candidate lies inside the model's domain."""


@styled
def screening_figure(table: Table, found: Screened) -> Drawing:
    """Draw predictions against novelty, and the suggestions with name and interval.

    Parameters
    ----------
    table : Table
        The candidates.
    found : Screened
        Such as `model.screen` returns.
    """
    shown = np.array(found.suggestions[:_MOST], dtype=int)
    rows = max(_ROW * len(shown), _MAP - 0.35)
    height = _TOP + rows + _BOTTOM
    title = f"Screening of {count(len(found.names), 'candidate')}"
    width = PAGE if len(shown) else _LEFT + _MAP + 0.15
    fig = new_figure(table, title, width=width, height=height)
    _draw_map(place_axes(fig, _LEFT, _BOTTOM, _MAP, rows), found, shown)
    left = _LEFT + _MAP + 1.25
    if len(shown):
        _draw_list(place_axes(fig, left, _BOTTOM, PAGE - left - 0.15, rows), found, shown)
    return Drawing("screening", title, _caption(found, shown), fig)


def _draw_map(axes: Axes, found: Screened, shown: np.ndarray) -> None:
    x, y = np.minimum(found.novelty, _FARTHEST), found.predicted
    axes.axvspan(1, _FARTHEST, color=FAINT, alpha=0.35, lw=0, zorder=0)
    if len(x) <= _BARS:
        axes.vlines(x, *_finite(found.low, found.high, y), color=FAINT, lw=0.5, zorder=1)
    # Pixels, not paths: a hundred thousand marks make a vector file that nothing opens.
    marks: dict[str, Any] = {"lw": 0, "rasterized": True, "s": 14 if len(x) <= _BARS else 5}
    for mask, colour, label in (
        (~found.inside, TRAIN, "outside"),
        (found.inside, TEST, "inside"),
    ):
        axes.scatter(x[mask], y[mask], color=colour, alpha=0.5, label=label, zorder=2, **marks)
    axes.axhline(found.threshold, color=MUTED, lw=0.8, ls="--", zorder=3)
    axes.vlines(x[shown], *_finite(found.low, found.high, y, shown), color=WARNING, lw=0.7)
    axes.scatter(
        x[shown],
        y[shown],
        s=16,
        fc="none",
        ec=WARNING,
        lw=0.9,
        zorder=4,
        label="measure next" if len(shown) else None,
    )
    axes.set(xlim=(0, min(_FARTHEST, max(1.5, 1.05 * float(x.max())))))
    axes.set(
        xlabel="novelty: distance to training rows (limit 1)",
        ylabel=f"predicted {found.target}",
    )
    for i, row in enumerate(shown, start=1):
        axes.annotate(str(i), (x[row], y[row]), (3, 2), textcoords="offset points", fontsize=5.5)
    legend = axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=3, handletextpad=0.1)
    for handle in filter(None, legend.legend_handles[:2]):
        handle.set(alpha=1, sizes=[14])


def _finite(
    low: np.ndarray, high: np.ndarray, y: np.ndarray, rows: np.ndarray | slice = slice(None)
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of some intervals; an infinite one has none that can be drawn."""
    ends = np.where(np.isfinite(low), low, y), np.where(np.isfinite(high), high, y)
    return ends[0][rows], ends[1][rows]


def _draw_list(axes: Axes, found: Screened, shown: np.ndarray) -> None:
    y = np.arange(len(shown))
    low, high = _finite(found.low, found.high, found.predicted, shown)
    axes.axvline(found.threshold, color=MUTED, lw=0.8, ls="--")
    axes.axvline(found.best_known, color=INK, lw=0.8)
    axes.hlines(y, low, high, color=WARNING, lw=1)
    inside = found.inside[shown]
    for mask, face in ((inside, WARNING), (~inside, "white")):
        rows = shown[mask]
        axes.scatter(found.predicted[rows], y[mask], s=13, fc=face, ec=WARNING, lw=0.9, zorder=3)
    labels = [f"{i}  {shortened(found.names[row])}" for i, row in enumerate(shown, start=1)]
    axes.set_yticks(y, labels, fontsize=6)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlabel=found.target)
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=5)
    lines = (("threshold", found.threshold, MUTED), ("best measured", found.best_known, INK))
    for i, (words, value, colour) in enumerate(lines):
        place: dict[str, Any] = {"xytext": (0, 2 + 7 * i), "textcoords": "offset points"}
        place |= {"ha": "right", "fontsize": 5.5, "color": colour}
        axes.annotate(words, (value, 1), xycoords=axes.get_xaxis_transform(), **place)


def _caption(found: Screened, shown: np.ndarray) -> str:
    inside = int(found.inside.sum())
    words = (
        f"Left: each candidate's prediction against its distance to the training rows; grey "
        f"ground is beyond the limit. {inside:,} of {len(found.names):,} lie inside the domain "
        f"(blue). Dashed: the threshold {number(found.threshold)}."
    )
    if len(shown):
        words += (
            f" Red: the {count(len(shown), 'suggestion')} of largest expected gain, no two alike; "
            f"right: their names and {100 * found.level:g} % intervals (a white mark is outside "
            f"the domain; the line is the best measured value, {number(found.best_known)})."
        )
    return words
