"""Runner: brings units to their results, piece by piece, on an executor and with a store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from clusteract.validation.executors import Executor
from clusteract.validation.pieces import Piece, Unit
from clusteract.validation.progress import Progress, Report, ignore


class Store(Protocol):
    """Where finished pieces are kept; `results.RunStore` is one."""

    def get(self, key: str) -> Any:
        """Return a piece's result, or None."""

    def put(self, key: str, value: Any, *, kind: str, recipe: str, fold: int) -> None:
        """Keep a piece's result."""


class NoStore:
    """Keeps nothing."""

    def get(self, key: str) -> Any:
        """Return None: nothing is kept."""

    def put(self, key: str, value: Any, *, kind: str, recipe: str, fold: int) -> None:
        """Do nothing."""


class Runner:
    """Sends pieces to the executor, keeps what comes back, and reports.

    Parameters
    ----------
    executor : Executor
        Closed at the end of the ``with`` block; at once, where that ends by an error.
    store : Store, optional
    report : callable
        Gets a `Progress` after each piece.
    """

    def __init__(
        self, executor: Executor, store: Store | None = None, report: Report = ignore
    ) -> None:
        self._executor, self._report = executor, report
        self._store = NoStore() if store is None else store  # an empty store is false
        self._done = self._total = self._resumed = self._n_folds = 0

    def __enter__(self) -> Runner:
        """Return the runner."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Release the workers; at once, where the work did not end by itself."""
        self._executor.close(now=kind is not None)

    def expect(self, fits: int) -> None:
        """Say how many fits the whole study answers."""
        self._total = fits

    def run(self, units: list[Unit]) -> None:
        """Bring units to their results, in any order of their pieces."""
        self._n_folds = max(u.fold for u in units)
        waiting: dict[Any, tuple[Unit, Piece]] = {}
        ready: deque[tuple[Unit, Piece]] = deque()
        coming = self._pieces(units)
        while True:
            self._submit(coming, ready, waiting)
            if not waiting:
                break
            for future in self._executor.wait_any(waiting):
                unit, piece = waiting.pop(future)
                value, seconds = future.result()
                keep = {"value": value, "seconds": seconds}
                self._store.put(piece.key, keep, kind=piece.kind, recipe=unit.label, fold=unit.fold)
                self._take(unit, piece, keep, ready)

    @staticmethod
    def _pieces(units: list[Unit]) -> Iterator[tuple[Unit, Piece]]:
        for unit in units:
            for piece in unit.first_pieces():
                yield unit, piece

    def _submit(
        self,
        coming: Iterator[tuple[Unit, Piece]],
        ready: deque[tuple[Unit, Piece]],
        waiting: dict[Any, tuple[Unit, Piece]],
    ) -> None:
        # Two pieces per worker are enough to keep it busy, and little is lost at an interrupt.
        while len(waiting) < 2 * self._executor.jobs:
            unit, piece = ready.popleft() if ready else next(coming, (None, None))
            if unit is None or piece is None:
                return
            kept = self._store.get(piece.key)
            if kept is not None:
                self._resumed += piece.covers
                self._take(unit, piece, kept, ready)
            else:
                waiting[self._executor.submit(piece.function, *piece.args)] = unit, piece

    def _take(self, unit: Unit, piece: Piece, kept: dict, ready: deque) -> None:
        ready.extend((unit, p) for p in unit.accept(piece, kept["value"], kept["seconds"]))
        self._done += piece.covers
        self._report(
            Progress(
                done=self._done,
                total=max(self._total, self._done),
                recipe=unit.label,
                fold=unit.fold,
                n_folds=self._n_folds,
                resumed=self._resumed,
            )
        )
