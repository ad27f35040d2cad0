"""Run: a folder, its store and the workers that fill it; the shell of verbs that work long."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from clusteract.errors import InputError, Interrupted
from clusteract.paths import user_path
from clusteract.runs import folder as files
from clusteract.runs.executors import open_workers
from clusteract.runs.progress import Report, Say, ignore
from clusteract.runs.runner import Runner
from clusteract.runs.store import RunStore
from clusteract.versions import arithmetic


class Run:
    """A run's folder with its store and a runner; what an earlier run finished is not done again.

    Used by ``with``. Workers that are not there are told before anything is written; a folder that
    was made for nothing, because the input turned out to be wrong, is taken away again.

    Parameters
    ----------
    folder : Path
    jobs : int
        Worker processes; -1 is one per core. The result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers take the place of `jobs`.
    fresh : bool
        Forget what an earlier run left in the folder's store.
    progress, say : callable, optional
        Get a `Progress` after each job, and single lines of text.

    Attributes
    ----------
    folder : Path
    store : RunStore
    runner : Runner

    Raises
    ------
    InputError
        Where the folder or the workers can't be used.
    Interrupted
        After Ctrl-C; the same call resumes.

    Examples
    --------
    >>> import tempfile
    >>> from clusteract.runs import Job, Place
    >>> with tempfile.TemporaryDirectory() as folder, Run(Path(folder, "run")) as run:
    ...     run.runner.answers([Job(Place("power"), pow, (2, 10))]), len(run.store)
    ([1024], 1)
    """

    def __init__(
        self,
        folder: Path,
        *,
        jobs: int = 1,
        scheduler: str | None = None,
        fresh: bool = False,
        progress: Report = ignore,
        say: Say = ignore,
    ) -> None:
        self.folder, self.say = user_path(folder), say
        self._workers, self._fresh, self._progress = (jobs, scheduler), fresh, progress

    def __enter__(self) -> Run:
        """Open the workers, the folder and the store."""
        self._made = [p for p in (self.folder, *self.folder.parents) if not p.exists()]
        with ExitStack() as stack:
            workers = stack.enter_context(open_workers(*self._workers))
            files.prepare_run_folder(self.folder)
            path = self.folder / files.STORE
            self.store = stack.enter_context(RunStore(path, self.say, fresh=self._fresh))
            self._note_versions()
            self.runner = Runner(workers, self.store, self._progress)
            self._open = stack.pop_all()
        return self

    def _note_versions(self) -> None:
        """Say where another arithmetic has computed what is kept: its keys are found by none."""
        earlier = self.store.get_document("arithmetic")
        if earlier == arithmetic():
            return
        if earlier is not None and len(self.store):
            self.say(
                f"{self.folder}: what is kept here was computed by other versions of clusteract, "
                "numba, numpy, scipy or scikit-learn; all of it is computed anew"
            )
        self.store.put_document("arithmetic", arithmetic())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything; say how to resume, or clean up."""
        kept = len(self.store)
        self._open.__exit__(kind, error, trace)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(
                f"stopped; {kept} finished jobs are kept in {self.folder}: run the same command "
                "again to resume"
            ) from None
        if isinstance(error, InputError) and self._made and not kept:
            shutil.rmtree(self._made[-1])

    def remove(self) -> None:
        """Take the whole folder away, where it holds nothing but work half done; after ``with``."""
        shutil.rmtree(self.folder)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder so that it is there whole or not at all."""
        return files.write_whole(self.folder / name, content)
