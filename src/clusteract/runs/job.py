"""Job and Flow: what long work is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from clusteract.search.fingerprints import fingerprint
from clusteract.versions import arithmetic, source_of

Result = TypeVar("Result")

# Lists of jobs come out, each list's answers go in, in the same order; the result is returned.
Steps = Generator["list[Job]", Any, Result]


class Place(NamedTuple):
    """Where in the work a job stands, for progress and for whoever reads the store.

    Attributes
    ----------
    label : str
        The recipe, or what else is done.
    fold, n_folds : int
        From 1.
    """

    label: str
    fold: int = 1
    n_folds: int = 1


@dataclass(frozen=True)
class Job:
    """`function(*args, *also)` in a worker, and the key that its answer is kept under.

    Attributes
    ----------
    place : Place
    function : callable
        Of a module, so that workers can import it; it returns what JSON can carry.
    args : tuple
        Everything that decides the answer: arrays, plain values, unfitted estimators.
    also : tuple
        Further arguments, which do not decide it, such as where to keep work half done.
    covers : int
        Steps of the whole work that it answers, for progress.
    content : str, optional
        A hash of `args` that is known already.
    kept : bool
        False for an answer that JSON can't carry: it is computed by every run.

    Examples
    --------
    >>> job = Job(Place("power"), pow, (2, 10))
    >>> job.key == Job(Place("renamed", 7, 9), pow, (2, 10)).key
    True
    """

    place: Place
    function: Callable[..., Any]
    args: tuple[Any, ...]
    also: tuple[Any, ...] = ()
    covers: int = 1
    content: str | None = None
    kept: bool = True

    @cached_property
    def key(self) -> str:
        """Hash of the function, its arguments, the libraries' versions and the source."""
        module = self.function.__module__
        parts = [
            arithmetic(),
            source_of(module),
            f"{module}.{self.function.__qualname__}",
            self.content or fingerprint(self.args),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(eq=False)
class Flow(Generic[Result]):
    """Jobs that follow each other: what the next ones are may depend on the answers so far.

    Attributes
    ----------
    steps : generator
        Yields lists of jobs, is sent the list of their answers, and returns the result.
    n_steps : int
        About how many steps its jobs cover, for progress.
    seconds : float
        Time of its jobs, summed over workers, those of an earlier run included.
    """

    steps: Steps[Result]
    n_steps: int
    seconds: float = 0.0


def single(jobs: list[Job]) -> Flow[list[Any]]:
    """Return the flow of one list of jobs; its result is the list of their answers."""

    def steps() -> Steps[list[Any]]:
        return (yield jobs)

    return Flow(steps(), sum(job.covers for job in jobs))
