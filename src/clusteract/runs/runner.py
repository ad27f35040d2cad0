"""Runner: the only loop that submits jobs, waits for them, keeps their answers and reports."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from clusteract.runs.executors import Workers, lost_worker, open_workers, timed_job
from clusteract.runs.job import Flow, Job, Result, single
from clusteract.runs.progress import Progress, Report, ignore


class Store(Protocol):
    """Where answers are kept; `RunStore` is one."""

    def get(self, key: str) -> Any:
        """Return what is kept under a key, or None."""

    def put(self, key: str, value: Any, *, label: str, fold: int) -> None:
        """Keep an answer."""


@dataclass(eq=False)
class _UnderWay:
    """A flow under way: its present jobs, their answers, and the steps that they covered."""

    flow: Flow
    part: str
    jobs: list[Job] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    missing: int = 0
    covered: int = 0
    result: Any = None


_Turn = tuple[_UnderWay, int]  # a flow, and which of its present jobs


class Runner:
    """Brings flows to their results, on workers and with a store.

    Long work has parts that follow each other, and the later ones may depend on what the earlier
    ones find. `expect` says beforehand how much a part may be; `run` knows.

    Parameters
    ----------
    workers : Workers
        Of `open_workers`.
    store : Store, optional
        Answers are kept in it and taken from it.
    progress : callable
        Gets a `Progress` after each job.

    Examples
    --------
    >>> from clusteract.runs.job import Place
    >>> with open_workers(1) as workers:
    ...     Runner(workers).answers([Job(Place("powers"), pow, (2, k)) for k in range(5)])
    [1, 2, 4, 8, 16]
    """

    def __init__(
        self, workers: Workers, store: Store | None = None, progress: Report = ignore
    ) -> None:
        self._executor, self._at_once = workers
        self._store, self._report = store, progress
        self._done = self._resumed = self._finished = 0
        self._expected: dict[str, int] = {}

    def expect(self, part: str, steps: int) -> None:
        """Say about how many steps a part of the work will take, until `run` knows it."""
        self._expected[part] = steps

    def answers(self, jobs: list[Job], part: str = "jobs") -> list[Any]:
        """Return the answers of jobs that need nothing of each other, in their order."""
        return self.run([single(jobs)], part)[0]

    def run(self, flows: Sequence[Flow[Result]], part: str = "jobs") -> list[Result]:
        """Bring the flows of a part to their results, in any order of their jobs.

        Raises
        ------
        ClusteractError
            Where workers are killed again and again.
        """
        self.expect(part, sum(flow.n_steps for flow in flows))
        under_way = [_UnderWay(flow, part) for flow in flows]
        try:
            self._loop(iter(under_way))
        except Exception as error:
            lost = lost_worker(error)
            if lost is None:
                raise
            raise lost from error
        self._finished += self._expected.pop(part)
        return [one.result for one in under_way]

    def _loop(self, coming: Iterator[_UnderWay]) -> None:
        ready: deque[_Turn] = deque()
        waiting: dict[Future, _Turn] = {}
        while True:
            self._submit(coming, ready, waiting)
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                one, i = waiting.pop(future)
                answer, seconds = future.result()
                kept, job = {"value": answer, "seconds": seconds}, one.jobs[i]
                if self._store is not None and job.kept:
                    self._store.put(job.key, kept, label=job.place.label, fold=job.place.fold)
                self._take(one, i, kept, ready)

    def _submit(
        self, coming: Iterator[_UnderWay], ready: deque[_Turn], waiting: dict[Future, _Turn]
    ) -> None:
        # Two jobs per worker are enough to keep it busy, and little is lost at an interrupt.
        while len(waiting) < 2 * self._at_once:
            if not ready:
                one = next(coming, None)
                if one is None:
                    return
                self._advance(one, None, ready)
                continue
            one, i = ready.popleft()
            job = one.jobs[i]
            kept = self._store.get(job.key) if self._store is not None and job.kept else None
            if kept is None:
                args = (*job.args, *job.also)
                waiting[self._executor.submit(timed_job, job.function, *args)] = one, i
            else:
                self._resumed += job.covers
                self._take(one, i, kept, ready)

    def _take(self, one: _UnderWay, i: int, kept: dict[str, Any], ready: deque[_Turn]) -> None:
        job = one.jobs[i]
        one.answers[i] = kept["value"]
        one.flow.seconds += kept["seconds"]
        one.missing -= 1
        one.covered += job.covers
        self._done += job.covers
        if not one.missing:
            self._advance(one, one.answers, ready)
        total = self._finished + sum(self._expected.values())
        self._report(Progress(self._done, total, *job.place, resumed=self._resumed))

    def _advance(self, one: _UnderWay, answers: list[Any] | None, ready: deque[_Turn]) -> None:
        """Send a flow its answers until it yields jobs again, or has its result."""
        while not one.missing:
            try:
                one.jobs = one.flow.steps.send(answers)
            except StopIteration as end:
                one.result = end.value
                # A search may end sooner than planned.
                self._expected[one.part] += one.covered - one.flow.n_steps
                return
            answers = one.answers = [None] * len(one.jobs)
            one.missing = len(one.jobs)
        ready.extend((one, i) for i in range(len(one.jobs)))


@contextmanager
def use_runner(runner: Runner | None, jobs: int) -> Iterator[Runner]:
    """Yield the runner that was given, which stays open, or a new one that keeps nothing."""
    if runner is not None:
        yield runner
        return
    with open_workers(jobs) as workers:
        yield Runner(workers)
