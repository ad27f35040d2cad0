"""Pieces on a Dask cluster: many machines, the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from clusteract.errors import ClusteractError, InputError
from clusteract.runs.executors import timed_piece

# A piece whose worker dies is started again elsewhere, this often.
RETRIES = 5
CONNECT_SECONDS = 10


class DaskExecutor:
    """Runs pieces on the workers of a Dask scheduler.

    Give workers one thread each (``dask worker --nthreads 1``) and the same versions of
    clusteract and scikit-learn as here.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        Where ``distributed`` is not installed, or no scheduler with workers answers.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise InputError(
                "--scheduler needs Dask: install clusteract[cluster] here and on the workers"
            ) from None
        self._distributed = distributed
        try:
            self._client = distributed.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"no Dask scheduler answers at {address!r} ({type(error).__name__}); expected an "
                "address such as tcp://HOST:8786"
            ) from None
        self.jobs = sum(self._client.nthreads().values())
        if not self.jobs:
            self._client.close()
            raise InputError(f"the scheduler at {address} has no workers; start some first")

    def submit(self, function: Callable[..., Any], *args: Any) -> Any:
        """Send the piece to the cluster."""
        return self._client.submit(timed_piece, function, *args, pure=False, retries=RETRIES)

    def wait_any(self, futures: Iterable[Any]) -> set[Any]:
        """Block until at least one future is done."""
        with self._client.as_current():
            done = self._distributed.wait(list(futures), return_when="FIRST_COMPLETED").done
        for future in done:
            if future.status == "error" and isinstance(
                future.exception(), self._distributed.KilledWorker
            ):
                raise ClusteractError(
                    f"a piece of the study ended {RETRIES} workers; finished pieces are kept: look "
                    "at the workers' memory, then run the same command again"
                )
        return done

    def close(self, *, now: bool = False) -> None:
        """Leave the cluster; it stays up."""
        self._client.close()
