"""Where jobs run: in this process, in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import signal
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from typing import Any, NamedTuple

from joblib import cpu_count
from joblib.externals.loky import ProcessPoolExecutor
from threadpoolctl import threadpool_limits

from clusteract.errors import ClusteractError, InputError
from clusteract.versions import arithmetic

# A job whose worker dies on a cluster is started again elsewhere, this often.
RETRIES = 5
CONNECT_SECONDS = 10


class Workers(NamedTuple):
    """An executor, and how many jobs it does at a time."""

    executor: Executor
    at_once: int


def timed_job(function: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """Run a job on one thread; return its answer and seconds.

    One thread everywhere keeps results the same for any number of workers, and keeps workers
    from oversubscribing the cores. Solvers' convergence warnings are counted by the search, not
    printed from workers.
    """
    start = time.perf_counter()
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = function(*args)
    return answer, time.perf_counter() - start


class SerialExecutor(Executor):
    """Runs each job in this process, when it is submitted."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Run the job now; what it raises is raised here."""
        future: Future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def count_jobs(jobs: int) -> int:
    """Return the number of workers that is meant; -1 means one per core that may be used.

    Affinity and a container's limits count, as joblib finds them.

    Raises
    ------
    InputError
        Where `jobs` is 0 or below -1.
    """
    if jobs == -1:
        return cpu_count()
    if jobs < 1:
        raise InputError(f"jobs: {jobs}; must be a positive number, or -1 for one per core")
    return jobs


@contextmanager
def open_workers(jobs: int = 1, scheduler: str | None = None) -> Iterator[Workers]:
    """Open an executor and close it again; at once, where the work does not end by itself.

    Parameters
    ----------
    jobs : int
        Processes of this machine; -1 is one per core. One job runs in this process.
    scheduler : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, instead of `jobs`.

    Raises
    ------
    InputError
        Where `jobs` is no such number, or no scheduler with workers answers.

    Examples
    --------
    >>> with open_workers(1) as workers:
    ...     workers.executor.submit(pow, 2, 5).result(), workers.at_once
    (32, 1)
    """
    if scheduler is not None:
        with _cluster(scheduler) as workers:
            yield workers
        return
    count = count_jobs(jobs)
    if count == 1:
        yield Workers(SerialExecutor(), 1)
        return
    pool = ProcessPoolExecutor(
        max_workers=count,
        initializer=_leave_interrupts_to_the_parent,
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    )
    try:
        yield Workers(pool, count)
    except BaseException:
        pool.shutdown(kill_workers=True)
        raise
    pool.shutdown()


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _cluster(address: str) -> Iterator[Workers]:
    """Connect to a Dask cluster and leave it again; it stays up."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--scheduler needs Dask: install clusteract[cluster] here and on the workers"
        ) from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address!r} ({type(error).__name__}); expected an "
            "address such as tcp://HOST:8786"
        ) from None
    try:
        yield Workers(client.get_executor(pure=False, retries=RETRIES), _checked(client, address))
    finally:
        client.close()


def _checked(client: Any, address: str) -> int:
    """Return the number of a cluster's workers, which compute as this process does."""
    if not client.nthreads():
        raise InputError(f"the scheduler at {address} has no workers; start some first")
    others = [w for w, stamp in client.run(arithmetic).items() if stamp != arithmetic()]
    if others:
        raise InputError(
            f"the worker {others[0]} has other versions of clusteract, numba, numpy, scipy or "
            f"scikit-learn than this machine ({len(others)} such workers); install the same"
        )
    return sum(client.nthreads().values())


def lost_worker(error: Exception) -> ClusteractError | None:
    """Say in one line that a worker was killed, where that is what an error means."""
    if not (isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"):
        return None
    return ClusteractError(
        "a worker was killed, often for want of memory; finished jobs are kept: run the same "
        "command again, with fewer --jobs"
    )
