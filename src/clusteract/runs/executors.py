"""Where pieces of a study run: in this process, or in worker processes of this machine."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Protocol

from joblib.externals.loky import ProcessPoolExecutor
from threadpoolctl import threadpool_limits

from clusteract.errors import InputError


class Executor(Protocol):
    """Runs pieces and hands them back as they finish; another machine's queue can be one."""

    jobs: int

    def submit(self, function: Callable[..., Any], *args: Any) -> Any:
        """Start a piece and return its future."""

    def wait_any(self, futures: Iterable[Any]) -> set[Any]:
        """Block until at least one future is done; return those that are."""

    def close(self, *, now: bool = False) -> None:
        """Release the workers; with `now`, without waiting for what runs."""


def timed_piece(function: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """Run a piece on one thread; return its result and seconds.

    One thread everywhere keeps results the same for any number of workers, and keeps workers
    from oversubscribing the cores. Solvers' convergence warnings are counted by the search, not
    printed from workers.
    """
    start = time.perf_counter()
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = function(*args)
    return result, time.perf_counter() - start


class SerialExecutor:
    """Runs each piece in this process, when it is submitted."""

    jobs = 1

    def submit(self, function: Callable[..., Any], *args: Any) -> Future:
        """Run the piece now."""
        future: Future = Future()
        future.set_result(timed_piece(function, *args))
        return future

    def wait_any(self, futures: Iterable[Future]) -> set[Future]:
        """Return all of them: each was done when it was submitted."""
        return set(futures)

    def close(self, *, now: bool = False) -> None:
        """Nothing to release."""


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class LocalExecutor:
    """Worker processes on this machine.

    Parameters
    ----------
    jobs : int
        Number of processes.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool = ProcessPoolExecutor(
            max_workers=jobs,
            initializer=_leave_interrupts_to_the_parent,
            env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )

    def submit(self, function: Callable[..., Any], *args: Any) -> Future:
        """Queue the piece for the next free worker."""
        return self._pool.submit(timed_piece, function, *args)

    def wait_any(self, futures: Iterable[Future]) -> set[Future]:
        """Block until at least one future is done."""
        return wait(list(futures), return_when=FIRST_COMPLETED).done

    def close(self, *, now: bool = False) -> None:
        """End the workers."""
        self._pool.shutdown(wait=True, kill_workers=now)


def count_jobs(jobs: int) -> int:
    """Return the number of workers that is meant; -1 means one per core.

    Raises
    ------
    InputError
        Where `jobs` is 0 or below -1.
    """
    if jobs == -1:
        return os.cpu_count() or 1
    if jobs < 1:
        raise InputError(f"jobs: {jobs}; must be a positive number, or -1 for one per core")
    return jobs


def make_executor(jobs: int) -> Executor:
    """Return an executor with that many workers.

    Examples
    --------
    >>> make_executor(1).jobs
    1
    """
    jobs = count_jobs(jobs)
    return SerialExecutor() if jobs == 1 else LocalExecutor(jobs)
