"""A first look at a table: its size, target, levels, strongest descriptors and odd cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusteract.report.data_chapter import odd_cell_lines, odd_cells
from clusteract.report.figures import correlations
from clusteract.report.figures.numbers import count, listing, number
from clusteract.report.figures.style import level_label, levels_of
from clusteract.report.summary import plain
from clusteract.table import Table

STRONGEST = 8
_NAMED = 8


def overview(table: Table) -> dict[str, Any]:
    """Return what there is to know about a table before modelling it, as plain values.

    Parameters
    ----------
    table : Table

    Returns
    -------
    dict
        ``data``, ``target`` (None without one), ``levels`` (descriptors per level),
        ``constant`` (descriptors with one value only), ``strongest`` (the largest absolute
        correlations with the target), ``cells`` (``missing`` and ``sentinels``) and ``odd``, the
        same in words.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> found = overview(make_synthetic_table(60, seed=1))
    >>> [len(names) for names in found["levels"].values()], len(found["strongest"])
    ([4, 7, 13], 8)
    """
    return {
        "data": {
            "name": table.source.name,
            "synthetic": table.source.synthetic,
            "sha256": table.source.sha256,
            "n_clusters": table.n_rows,
            "groups": {
                name: len(set(labels(table))) for name, labels in table.domain.groupings.items()
            },
            "row": table.domain.row,
            "n_descriptors": table.n_descriptors,
        },
        "target": _target(table),
        "levels": _levels(table),
        "constant": _constant(table),
        "strongest": _strongest(table),
        "cells": odd_cells(table),
        "odd": [line for line in odd_cell_lines(table, _NAMED) if line],
    }


def _target(table: Table) -> dict[str, Any] | None:
    if table.target is None:
        return None
    y = table.target[np.isfinite(table.target)]
    spread = {"min": y.min(), "median": np.median(y), "max": y.max(), "std": np.std(y, ddof=1)}
    return plain({"name": table.target_name, **spread}) if len(y) > 1 else None


def _levels(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    pairs = zip(levels_of(table), table.descriptor_names, strict=True)
    for level, descriptor in sorted(pairs, key=lambda pair: pair[0] or 9):
        found.setdefault(level_label(table, level), []).append(descriptor)
    return found


def _constant(table: Table) -> list[str]:
    X = table.mask_sentinels().descriptors
    return [
        name
        for name, column in zip(table.descriptor_names, X.T, strict=True)
        if len(np.unique(column[~np.isnan(column)])) == 1
    ]


def _strongest(table: Table) -> list[dict[str, Any]]:
    r = correlations(table)
    order = [j for j in np.argsort(-np.abs(r), kind="stable") if np.isfinite(r[j])]
    return [{"descriptor": table.descriptor_names[j], "r": float(r[j])} for j in order[:STRONGEST]]


def overview_text(found: dict[str, Any]) -> list[str]:
    """Return the overview as lines to print.

    Parameters
    ----------
    found : dict
        As `overview` returns it.
    """
    data = found["data"]
    mark = " (SYNTHETIC)" if data["synthetic"] else ""
    groups = listing([count(n, name) for name, n in data["groups"].items()])
    rows = count(data["n_clusters"], data["row"]) + (f" of {groups}" if groups else "")
    lines = [f"{data['name']}{mark}: {rows}, {count(data['n_descriptors'], 'descriptor')}"]
    lines.append(_target_line(found["target"]))
    lines += [
        f"{'level ' if label[0].isdigit() else ''}{label}: {', '.join(names)}"
        for label, names in found["levels"].items()
    ]
    if found["constant"]:
        lines.append(
            f"the same in every row, nothing to learn from: {', '.join(found['constant'])}"
        )
    if found["strongest"]:
        pairs = [f"{s['descriptor']} {number(s['r'])}" for s in found["strongest"]]
        lines.append(f"strongest correlations with the target: {', '.join(pairs)}")
        lines.append(
            "  these are of one descriptor at a time, on the very rows they would predict: no "
            "measure of skill, and no reason to drop the others"
        )
    return lines + (found["odd"] or ["no missing values, no sentinels"])


def _target_line(target: dict[str, Any] | None) -> str:
    if target is None:
        return "no target"
    low, middle, high, spread = (number(target[k]) for k in ("min", "median", "max", "std"))
    return (
        f"{target['name']}: {low} to {high}, median {middle}, standard deviation {spread} "
        "(the RMSE of no skill)"
    )
