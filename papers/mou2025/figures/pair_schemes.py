"""Leaky and honest: pairwise models on random pairs, and on rows that they never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number
from clusteract.report.figures.style import (
    PAGE,
    TEST,
    WARNING,
    new_figure,
    place_axes,
    styled,
)
from clusteract.table import Table

_SCHEMES = (
    ("random", "◆", "D", WARNING, "pairs split at random"),
    ("one-seen", "●", "o", "#e69f00", "one cluster unseen"),
    ("both-unseen", "●", "o", TEST, "both clusters unseen"),
    ("new", "■", "s", "#009e73", "a new row, against all references"),
)
_ROW, _TOP, _BOTTOM, _LABELS = 0.34, 0.62, 0.42, 1.55


@dataclass(frozen=True)
class PairRow:
    """One model's scores under each scheme.

    Attributes
    ----------
    name, title : str
    scores : mapping of scheme to mapping of metric to list of float
        One number a fold; empty where a scheme was left out.
    """

    name: str
    title: str
    scores: Mapping[str, Mapping[str, Sequence[float]]]

    def mean(self, scheme: str, metric: str) -> float | None:
        """Mean over folds, of those where the metric is defined; None where there is none."""
        known = [v for v in self.scores[scheme][metric] if not np.isnan(v)]
        return float(np.mean(known)) if known else None

    def std(self, scheme: str, metric: str) -> float | None:
        """Sample standard deviation over folds, None for fewer than two."""
        known = [v for v in self.scores[scheme][metric] if not np.isnan(v)]
        return float(np.std(known, ddof=1)) if len(known) > 1 else None


@styled
def pair_schemes(table: Table, rows: Sequence[PairRow]) -> Drawing:
    """Draw r and RMSE of each model under each scheme.

    Parameters
    ----------
    table : Table
    rows : sequence of PairRow
    """
    height = _TOP + _ROW * len(rows) + _BOTTOM
    title = "What a random split of pairs says, and what a new row gets"
    fig = new_figure(table, title, width=PAGE, height=height)
    width = (PAGE - _LABELS - 0.45) / 2
    for i, (metric, label) in enumerate((("r", "r"), ("rmse", "RMSE"))):
        axes = place_axes(fig, _LABELS + i * (width + 0.3), _BOTTOM, width, _ROW * len(rows))
        _draw(axes, rows, metric)
        axes.set_xlabel(label)
        if i == 0:
            axes.set_yticks(range(len(rows)), [row.title for row in rows])
    x = 0.12
    for _, mark, _, colour, text in _SCHEMES:
        fig.text(x / PAGE, 1 - 0.4 / height, mark, color=colour, fontsize=7, va="center")
        fig.text((x + 0.12) / PAGE, 1 - 0.4 / height, text, fontsize=6.5, va="center")
        x += 0.34 + 0.047 * len(text)
    return Drawing("leaky-and-honest", title, _caption(rows), fig)


def _draw(axes: Axes, rows: Sequence[PairRow], metric: str) -> None:
    for k, (scheme, _, marker, colour, _) in enumerate(_SCHEMES):
        for y, row in enumerate(rows):
            mean, std = row.mean(scheme, metric), row.std(scheme, metric)
            if mean is None:
                continue
            place = y + 0.18 * (k - 1.5)
            if std is not None:
                axes.hlines(place, mean - std, mean + std, color=colour, linewidth=0.8)
            axes.plot([mean], [place], marker=marker, ms=3.6, color=colour, lw=0)
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    values = [m for row in rows for s, *_ in _SCHEMES if (m := row.mean(s, metric)) is not None]
    if metric == "rmse" and max(values) > 3 * float(np.median(values)):
        axes.set_xscale("log")  # a linear model on many collinear columns can be far off
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)


def _caption(rows: Sequence[PairRow]) -> str:
    words = ["Bars: standard deviation over folds of disjoint rows."]
    for row in rows:
        words.append(
            f"{row.title}: r {number(row.mean('random', 'r'))} at random, "
            f"{number(row.mean('one-seen', 'r'))} with one row unseen, "
            f"{number(row.mean('both-unseen', 'r'))} with both."
        )
    return " ".join(words).replace("undefined at random", "not tried at random")
