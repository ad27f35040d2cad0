"""A run of chapters: from what to do to its folder, resumable at any point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from clusteract.report.chapters import Chapter, to_markdown
from clusteract.report.page import Page, render_page
from clusteract.report.summary import plain
from clusteract.runs import Run
from clusteract.runs import folder as files
from clusteract.versions import library_versions

Make = Callable[[Run], list[Chapter]]


@dataclass(frozen=True)
class ChaptersRun:
    """A finished run of chapters.

    Attributes
    ----------
    folder : Path
    chapters : list of Chapter
    summary : dict
        The content of ``summary.json``.
    """

    folder: Path
    chapters: list[Chapter]
    summary: dict[str, Any]


def run_chapters(
    title: str,
    make: Make,
    *,
    folder: Path,
    settings: Mapping[str, Any],
    synthetic: bool = False,
    **options: Any,
) -> ChaptersRun:
    """Do the work, or what is left of it, and write the run's folder.

    Parameters
    ----------
    title : str
    make : callable
        Maps an open `Run` to chapters.
    folder : Path
    settings : mapping
        What decides the result; written to ``study.toml``.
    synthetic : bool
    **options
        ``jobs``, ``scheduler``, ``fresh``, ``progress``, ``say`` of `Run`.

    Raises
    ------
    InputError
        Where the folder or the workers can't be used.
    Interrupted
        After Ctrl-C; the same call resumes.
    """
    with Run(folder, **options) as run:
        return _write(title, make(run), run, settings, synthetic)


def _write(
    title: str, chapters: list[Chapter], run: Run, settings: Mapping[str, Any], synthetic: bool
) -> ChaptersRun:
    versions = library_versions()
    given = {key: value for key, value in settings.items() if value is not None}
    run.write(files.STUDY, tomli_w.dumps({**given, "versions": versions}))
    summary = {
        "title": title,
        "settings": plain(dict(given)),
        "synthetic": synthetic,
        "chapters": {c.name: plain(dict(c.numbers)) for c in chapters},
    }
    run.write(files.SUMMARY, files.to_json(summary))
    page = Page(title, chapters, settings=given, versions=versions, synthetic=synthetic)
    run.write(files.REPORT, render_page(page, run.folder / files.FIGURES))
    run.write(files.MARKDOWN, to_markdown(title, chapters))
    return ChaptersRun(run.folder, chapters, summary)
