"""A run's figures and page, written into its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusteract.report.figures import draw_all
from clusteract.report.render import render_html
from clusteract.report.summarize import summarize
from clusteract.runs.folder import FIGURES, REPORT, write_whole
from clusteract.validation import StudyResult


def write_report(
    result: StudyResult, folder: Path | str, extras: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw a run's figures and write its report.

    Parameters
    ----------
    result : StudyResult
    folder : Path or str
        Of the run.
    extras : mapping, optional
        What `results.load_run` returns beside the result: ``published``, ``audit``, ``command``
        and ``study``, the resolved study with the run's ``versions``; each of them optional.

    Returns
    -------
    dict
        The summary that the report shows.

    Raises
    ------
    ClusteractError
        Where the folder can't be written or the disk is full.
    """
    extras = extras or {}
    summary = summarize(
        result,
        audit=extras.get("audit"),
        published=extras.get("published"),
        versions=extras.get("study", {}).get("versions"),
        command=extras.get("command"),
    )
    figures = draw_all(result, Path(folder) / FIGURES)
    write_whole(Path(folder) / REPORT, render_html(summary, figures))
    return summary
