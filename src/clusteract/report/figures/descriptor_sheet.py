"""Descriptor sheet: every descriptor against the target, six to a row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.limits import robust_limits, scatter_clipped, too_many
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.registry import figure
from clusteract.report.figures.style import (
    MUTED,
    PAGE,
    level_colour,
    level_legend,
    new_figure,
    place_axes,
    shortened,
    styled,
)
from clusteract.table import Table
from clusteract.validation import StudyResult, pearson_r

COLUMNS = 6
MOST = 96
_LEFT, _BOTTOM, _TOP = 0.52, 0.02, 0.74
_PANEL, _STEP_X, _STEP_Y = 0.92, 1.085, 1.36
_SMALL: dict[str, Any] = {"fontsize": 6, "color": MUTED, "va": "bottom"}


@figure("descriptors")
def descriptor_figures(result: StudyResult) -> Iterator[Drawing]:
    """Draw the sheet of the study's table."""
    yield descriptor_sheet(result.table)


@styled
def descriptor_sheet(table: Table) -> Drawing:
    """Draw every descriptor against the target, or its distribution where there is no target.

    Sentinels and wild values are marked at the panel's edge instead of stretching its axis. Of
    more than 96 descriptors, those of the largest absolute correlation are shown.

    Parameters
    ----------
    table : Table
    """
    r, masked = correlations(table), table.mask_sentinels()
    shown = _shown(table, r)
    rows = max(1, math.ceil(len(shown) / COLUMNS))
    height = _TOP + rows * _STEP_Y + _BOTTOM
    title = f"All descriptors against {table.target_name}" if _has(table) else "All descriptors"
    fig = new_figure(table, title, width=PAGE, height=height)
    level_legend(fig, table, x=0.12, y=height - 0.36)
    n_outside = 0
    for place, j in enumerate(shown):
        row, column = divmod(place, COLUMNS)
        bottom = height - _TOP - row * _STEP_Y - _PANEL
        axes = place_axes(fig, _LEFT + column * _STEP_X, bottom, _PANEL, _PANEL)
        n_outside += _panel(axes, table, j, masked.descriptors[:, j], r[j])
        if column and _has(table):
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel(table.target_name or table.domain.rows, labelpad=2)
    return Drawing("descriptors", title, _caption(table, len(shown), n_outside), fig)


def correlations(table: Table) -> np.ndarray:
    """Return Pearson's r of each descriptor with the target, (n_descriptors,).

    Missing values and sentinels are left out; NaN where r is undefined.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"c": ["a", "b", "c"], "y": [1.0, 2, 3], "x": [2.0, 1, 0]})
    >>> correlations(Table.from_frame(frame, target="y")).round(6).tolist()
    [-1.0]
    """
    if table.target is None:
        return np.full(table.n_descriptors, np.nan)
    X, y = table.mask_sentinels().descriptors, table.target
    known = np.isfinite(X) & np.isfinite(y)[:, None]
    pairs = ((y[k], x[k]) for x, k in zip(X.T, known.T, strict=True))
    return np.array([pearson_r(_scaled(a), _scaled(b)) for a, b in pairs])


def _scaled(values: np.ndarray) -> np.ndarray:
    # A typing error such as 1e300 must not overflow; r does not depend on scale.
    return values / (np.abs(values).max(initial=0) or 1.0)


def _has(table: Table) -> bool:
    return table.target is not None


def _shown(table: Table, r: np.ndarray) -> list[int]:
    if table.n_descriptors <= MOST:
        return list(range(table.n_descriptors))
    return sorted(np.argsort(-np.nan_to_num(np.abs(r)), kind="stable")[:MOST].tolist())


def _panel(axes: Axes, table: Table, j: int, masked: np.ndarray, r: float) -> int:
    """Draw a descriptor and its r; return how many values lie outside the axis."""
    descriptor, colour = table.descriptor_names[j], level_colour(table, j)
    axes.set_title(
        shortened(descriptor), fontsize=7, loc="left", pad=10.5, color=colour, fontweight="bold"
    )
    axes.text(
        0,
        1.03,
        table.units.get(descriptor) or table.domain.unit(descriptor),
        transform=axes.transAxes,
        **_SMALL,
    )
    axes.locator_params(nbins=3)
    axes.tick_params(pad=1.5, labelsize=6)
    x = table.descriptors[:, j]
    axes.set_xlim(robust_limits(masked))
    if table.target is None:
        return _histogram(axes, x, colour)
    axes.set_ylim(robust_limits(table.target, pad=0.08))
    dots = {"s": 6, "alpha": 0.6, "linewidths": 0, "color": colour}
    dots["rasterized"] = too_many(table.n_rows * min(table.n_descriptors, MOST))
    n_outside = scatter_clipped(axes, x, table.target, **dots)
    axes.text(1, 1.03, f"r {number(r)}", transform=axes.transAxes, ha="right", **_SMALL)
    return n_outside


def _histogram(axes: Axes, x: np.ndarray, colour: str) -> int:
    low, high = axes.get_xlim()
    inside = x[(x >= low) & (x <= high)]
    axes.hist(inside, bins=20, range=(low, high), color=colour)
    axes.set_yticks([])
    return int(np.isfinite(x).sum() - len(inside))


def _caption(table: Table, n_shown: int, n_outside: int) -> str:
    kind = "simulated" if table.source.synthetic else "measured"
    against = f" against the {kind} {table.target_name}; r is Pearson's" if _has(table) else ""
    words = [
        f"{count(n_shown, 'descriptor')} of {count(table.n_rows, table.domain.row)}{against}, "
        f"{'coloured by level' if table.domain.levels else 'one panel each'}."
    ]
    if n_shown < table.n_descriptors:
        words.append(f"Of {table.n_descriptors:,}, those of the largest absolute r are shown.")
    if n_outside:
        words.append(
            f"{count(n_outside, 'value')} far outside the rest (sentinels such as −999 or "
            "outliers): red triangles at the edge; r leaves out sentinels."
        )
    if table.missing_cells:
        words.append(f"{count(len(table.missing_cells), 'missing value')} not drawn.")
    return " ".join(words)
