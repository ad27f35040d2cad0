"""One file downloaded, its hash checked, with progress and a clear word where that fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from clusteract.errors import InputError

Say = Callable[[str], None]

_SILENCE_SECONDS = 20  # a server that sends nothing for so long is given up


def download(url: str, sha256: str, path: Path, *, say: Say, seconds: float | None = None) -> Path:
    """Download a file to `path`; what has another hash is not kept.

    Parameters
    ----------
    url, sha256 : str
    path : Path
        Where the file goes; folders are made.
    say : callable
        Receives what is being done, in words.
    seconds : float, optional
        Give up after that long, whatever the network does.

    Raises
    ------
    InputError
        With the address and the reason.
    """
    say(f"Downloading {url}")
    failures: list[Exception] = []

    def work() -> None:
        try:
            _retrieve(url, sha256, path, seconds or _SILENCE_SECONDS)
        except Exception as problem:
            failures.append(problem)
            response = getattr(problem, "response", None)
            if response is not None:  # pooch leaves a refused connection open
                response.close()

    # A thread, because looking up a host's name can hang for longer than any time limit.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise InputError(f"{url} did not answer within {seconds:g} s")
    if failures:
        raise InputError(f"{url} failed ({_reason(failures[0])})") from failures[0]
    return path


def _retrieve(url: str, sha256: str, path: Path, silence: float) -> None:
    import pooch  # slow to import, rarely needed

    pooch.get_logger().setLevel("ERROR")
    downloader = pooch.HTTPDownloader(progressbar=_progress_bar(path.name), timeout=silence)
    pooch.retrieve(
        url, f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=downloader
    )


class _Bar:
    """What pooch asks of a progress bar, shown by rich."""

    def __init__(self, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._task = self._progress.add_task(label, total=None)
        self._progress.start()

    @property
    def total(self) -> float | None:
        return self._progress.tasks[0].total

    @total.setter
    def total(self, size: float) -> None:
        self._progress.update(self._task, total=size)

    def update(self, size: float) -> None:
        self._progress.advance(self._task, size)

    def reset(self) -> None:
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        self._progress.stop()


def _progress_bar(label: str) -> _Bar | bool:
    return _Bar(label) if sys.stderr.isatty() else False


def _reason(problem: Exception) -> str:
    """Return a reason of a few words: requests writes paragraphs."""
    import requests

    if isinstance(problem, requests.Timeout):
        return "no answer"
    if isinstance(problem, requests.HTTPError) and problem.response is not None:
        return f"HTTP status {problem.response.status_code}"
    if isinstance(problem, requests.ConnectionError):
        return "no connection: offline?"
    if isinstance(problem, ValueError):
        return "its content is not the published one: the SHA-256 differs"
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}"
    return type(problem).__name__
