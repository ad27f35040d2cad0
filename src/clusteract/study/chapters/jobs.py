"""Jobs: pieces of long work that run on workers and are kept by what they depend on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import joblib

from clusteract.runs.executors import Executor, make_executor
from clusteract.runs.progress import Progress, Report, ignore
from clusteract.runs.store import RunStore
from clusteract.validation.fold_search import library_versions


@dataclass(frozen=True)
class Job:
    """`function(*args)`, which returns what JSON can carry.

    Attributes
    ----------
    label : str
        What it is, for progress.
    fold : int
        From 1.
    function : callable
        Of a module, so that workers can import it.
    args : tuple
        Everything that decides the result: arrays, plain values, unfitted estimators.
    also : tuple
        Further arguments, which do not decide it, such as where to keep work half done.
    """

    label: str
    fold: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    also: tuple[Any, ...] = ()

    @property
    def key(self) -> str:
        """Hash of the function's name, its arguments and the libraries' versions."""
        name = f"{self.function.__module__}.{self.function.__qualname__}"
        return joblib.hash([name, self.args, library_versions()], hash_name="sha1")


class Workshop:
    """Runs jobs, keeps every answer in a run's store, and takes from it what is there already.

    Parameters
    ----------
    store : RunStore
    jobs : int
        Worker processes; -1 is one per core.
    progress : callable
    """

    def __init__(self, store: RunStore, jobs: int = 1, progress: Report = ignore) -> None:
        self.store, self.jobs, self.progress = store, jobs, progress

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Return each job's answer, in order."""
        kept = [self.store.get(job.key) for job in jobs]
        answers = [None if found is None else found["value"] for found in kept]
        open_jobs = [i for i, found in enumerate(kept) if found is None]
        self._resumed = self._done = len(jobs) - len(open_jobs)
        if open_jobs:
            self._compute(jobs, open_jobs, answers)
        return answers

    def _compute(self, jobs: Sequence[Job], open_jobs: list[int], answers: list[Any]) -> None:
        executor = make_executor(self.jobs)
        queue, finished = iter(open_jobs), False
        waiting: dict[Any, int] = {}
        try:
            while True:
                while len(waiting) < executor.jobs and (i := next(queue, None)) is not None:
                    waiting[self._submit(executor, jobs[i])] = i
                if not waiting:
                    break
                for future in executor.wait_any(waiting):
                    i = waiting.pop(future)
                    answers[i], seconds = future.result()
                    self._keep(jobs[i], answers[i], seconds, len(jobs))
            finished = True
        finally:
            executor.close(now=not finished)

    @staticmethod
    def _submit(executor: Executor, job: Job) -> Any:
        return executor.submit(job.function, *job.args, *job.also)

    def _keep(self, job: Job, answer: Any, seconds: float, total: int) -> None:
        value = {"value": answer, "seconds": seconds}
        self.store.put(job.key, value, kind="job", recipe=job.label, fold=job.fold)
        self._done += 1
        self.progress(
            Progress(
                done=self._done,
                total=total,
                recipe=job.label,
                fold=job.fold,
                n_folds=total,
                resumed=self._resumed,
            )
        )
