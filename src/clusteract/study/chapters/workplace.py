"""A run of parts: from what to do to its folder, resumable at any point."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from clusteract.errors import InputError, Interrupted
from clusteract.report.chapters import Chapter, to_markdown
from clusteract.report.page import Page, render_page
from clusteract.report.summary import library_versions, plain
from clusteract.runs import folder as files
from clusteract.runs.executors import count_jobs
from clusteract.runs.progress import Report, ignore
from clusteract.runs.store import RunStore
from clusteract.study.chapters.jobs import Workshop

Say = Callable[[str], None]
Make = Callable[[Workshop], list[Chapter]]


@dataclass(frozen=True)
class PartsRun:
    """A finished run of parts.

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


def run_parts(
    title: str,
    make: Make,
    *,
    folder: Path,
    settings: Mapping[str, Any],
    synthetic: bool = False,
    jobs: int = 1,
    fresh: bool = False,
    progress: Report = ignore,
    say: Say = lambda text: None,
) -> PartsRun:
    """Do the work, or what is left of it, and write the run's folder.

    Parameters
    ----------
    title : str
    make : callable
        Maps a `Workshop` to chapters.
    folder : Path
    settings : mapping
        What decides the result; written to ``study.toml``.
    synthetic : bool
    jobs : int
        Worker processes; -1 is one per core. The result does not depend on it.
    fresh : bool
        Forget what an earlier run left in the folder.
    progress, say : callable, optional

    Raises
    ------
    InputError
        Where the folder can't be used.
    Interrupted
        After Ctrl-C; the same call resumes.
    """
    count_jobs(jobs)
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder = files.prepare_run_folder(folder)
    with RunStore(folder / files.STORE, say) as store:
        if fresh:
            store.clear()
        try:
            chapters = make(Workshop(store, jobs, progress))
        except KeyboardInterrupt:
            raise Interrupted(
                f"stopped; {len(store)} finished pieces are kept in {folder}: run the same "
                "command again to resume"
            ) from None
        except InputError:
            if new and not store:  # what is wrong was found before any work
                store.close()
                shutil.rmtree(new[-1])
            raise
    return _write(title, chapters, folder, settings, synthetic)


def _write(
    title: str, chapters: list[Chapter], folder: Path, settings: Mapping[str, Any], synthetic: bool
) -> PartsRun:
    versions = library_versions()
    known = {key: value for key, value in settings.items() if value is not None}
    files.write_whole(folder / files.STUDY, tomli_w.dumps({**known, "versions": versions}))
    summary = {
        "title": title,
        "settings": plain(dict(known)),
        "synthetic": synthetic,
        "chapters": {c.name: plain(dict(c.numbers)) for c in chapters},
    }
    files.write_whole(folder / files.SUMMARY, files.to_json(summary))
    page = Page(title, chapters, settings=known, versions=versions, synthetic=synthetic)
    files.write_whole(folder / files.REPORT, render_page(page, folder / files.FIGURES))
    files.write_whole(folder / files.MARKDOWN, to_markdown(title, chapters))
    return PartsRun(folder, chapters, summary)
