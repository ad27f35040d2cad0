"""Everything a report says, computed before any template sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clusteract.report.points import parity_points
from clusteract.report.summary import plain, summary_dict
from clusteract.report.trust_words import check_rows, metal_rows
from clusteract.report.words import findings, over_folds
from clusteract.table import Table
from clusteract.validation import StudyResult

REPEAT = "clusteract study study.toml --out again"


def summarize(
    result: StudyResult,
    *,
    audit: Mapping[str, Any] | None = None,
    published: Mapping[str, Mapping[str, float]] | None = None,
    versions: Mapping[str, str] | None = None,
    command: str | None = None,
) -> dict[str, Any]:
    """Return what a report says, as values that JSON can hold.

    Parameters
    ----------
    result : StudyResult
    audit : mapping, optional
        ``summary_line`` (str) and ``stories`` (list of str).
    published : mapping, optional
        Recipe to its published ``train_r``, ``test_r``, ``train_rmse`` and ``test_rmse``.
    versions : mapping, optional
        Of the run; by default those of this process.
    command : str, optional
        What to type to repeat the run; by default from the run's folder.

    Returns
    -------
    dict
        The keys of `summary_dict`, and ``findings``, ``over_folds``, ``checks``, ``metals``,
        ``published``, ``audit``, ``cells``, ``levels``, ``points`` and ``command``.
    """
    summary = summary_dict(result, versions=versions)
    return {
        **summary,
        "findings": findings(summary),
        "over_folds": over_folds(summary),
        "checks": check_rows(summary),
        "metals": metal_rows(summary["trust"]) if summary["trust"] else [],
        "published": plain(published or {}),
        "audit": plain(audit) if audit else None,
        "cells": odd_cells(result.table),
        "levels": dict(zip(result.table.descriptor_names, result.table.levels, strict=True)),
        "points": parity_points(result),
        "command": command or REPEAT,
    }


def odd_cells(table: Table) -> dict[str, list[dict[str, Any]]]:
    """Name each missing value and each sentinel by cluster and descriptor.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"c": ["Fe2S-", "FeS-"], "1_Q": [0.1, None], "3_x": [-999, 2.0]})
    >>> cells = odd_cells(Table.from_frame(frame))
    >>> cells["missing"], cells["sentinels"]
    ([{'cluster': 'FeS-', 'descriptor': '1_Q'}],
     [{'cluster': 'Fe2S-', 'descriptor': '3_x', 'value': -999.0}])
    """
    missing = [{"cluster": table.names[i], "descriptor": d} for i, d in table.missing_cells]
    sentinels = [
        {"cluster": table.names[i], "descriptor": d, "value": float(table.column(d)[i])}
        for i, d in table.sentinel_cells
    ]
    return {"missing": missing, "sentinels": sentinels}
