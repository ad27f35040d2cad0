"""Runner: brings units to their results, piece by piece, on an executor and with a store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from clusteract.runs.executors import Executor, make_executor
from clusteract.runs.piece import Piece
from clusteract.runs.progress import Progress, Report, ignore


class Work(Protocol):
    """Work that comes in pieces, each of which may call for further ones."""

    fold: int

    @property
    def label(self) -> str:
        """What it is, for the store and for progress."""

    @property
    def n_steps(self) -> int:
        """How much its pieces cover, for progress."""

    def first_pieces(self) -> list[Piece]:
        """Return the pieces that it begins with."""

    def accept(self, piece: Piece, answer: Any, seconds: float) -> list[Piece]:
        """Take a piece's result; return the pieces that it makes possible."""


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


@dataclass
class _Account:
    """What a unit still has to do: its part of the work, pieces under way, steps not yet taken."""

    part: str
    pieces: int
    steps: int


class Runner:
    """Sends pieces to the executor, keeps what comes back, and reports.

    Long work has parts that follow each other, and the later ones may depend on what the earlier
    ones find. `expect` says beforehand how much a part may be; `run` knows.

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
        self._done = self._resumed = 0
        self._n_folds: dict[str, int] = {}  # by the unit's label
        self._expected: dict[str, int] = {}
        self._accounts: dict[int, _Account] = {}  # by the unit's id

    def __enter__(self) -> Runner:
        """Return the runner."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Release the workers; at once, where the work did not end by itself."""
        self._executor.close(now=kind is not None)

    def expect(self, part: str, steps: int) -> None:
        """Say about how many steps a part of the work will take, until `run` knows it."""
        self._expected[part] = steps

    def run(self, units: Sequence[Work], part: str) -> None:
        """Bring the units of a part to their results, in any order of their pieces."""
        self.expect(part, sum(u.n_steps for u in units))
        self._accounts = {id(u): _Account(part, 0, u.n_steps) for u in units}
        self._n_folds = {}
        for u in units:
            self._n_folds[u.label] = max(u.fold, self._n_folds.get(u.label, 0))
        waiting: dict[Any, tuple[Work, Piece]] = {}
        ready: deque[tuple[Work, Piece]] = deque()
        coming = self._pieces(units)
        while True:
            self._submit(coming, ready, waiting)
            if not waiting:
                break
            for future in self._executor.wait_any(waiting):
                unit, piece = waiting.pop(future)
                value, seconds = future.result()
                keep = {"value": value, "seconds": seconds}
                self._keep(unit, piece, keep)
                self._take(unit, piece, keep, ready)

    def _pieces(self, units: Sequence[Work]) -> Iterator[tuple[Work, Piece]]:
        for unit in units:
            pieces = unit.first_pieces()
            self._accounts[id(unit)].pieces = len(pieces)
            for piece in pieces:
                yield unit, piece

    def _keep(self, unit: Work, piece: Piece, kept: dict) -> None:
        if piece.key:
            self._store.put(piece.key, kept, kind=piece.kind, recipe=unit.label, fold=unit.fold)

    def _submit(
        self,
        coming: Iterator[tuple[Work, Piece]],
        ready: deque[tuple[Work, Piece]],
        waiting: dict[Any, tuple[Work, Piece]],
    ) -> None:
        # Two pieces per worker are enough to keep it busy, and little is lost at an interrupt.
        while len(waiting) < 2 * self._executor.jobs:
            unit, piece = ready.popleft() if ready else next(coming, (None, None))
            if unit is None or piece is None:
                return
            kept = self._store.get(piece.key) if piece.key else None
            if kept is not None:
                self._resumed += piece.covers
                self._take(unit, piece, kept, ready)
            else:
                waiting[self._executor.submit(piece.function, *piece.args)] = unit, piece

    def _take(self, unit: Work, piece: Piece, kept: dict, ready: deque) -> None:
        following = unit.accept(piece, kept["value"], kept["seconds"])
        ready.extend((unit, p) for p in following)
        self._count(unit, piece, len(following))
        self._report(
            Progress(
                done=self._done,
                total=sum(self._expected.values()),
                recipe=unit.label,
                fold=unit.fold,
                n_folds=self._n_folds[unit.label],
                resumed=self._resumed,
            )
        )

    def _count(self, unit: Work, piece: Piece, n_following: int) -> None:
        account = self._accounts[id(unit)]
        account.pieces += n_following - 1
        account.steps -= piece.covers
        self._done += piece.covers
        if not account.pieces:  # a search may end sooner than planned
            self._expected[account.part] -= account.steps


def use_runner(
    runner: Runner | None, jobs: int, store: Store | None, report: Report
) -> AbstractContextManager[Runner]:
    """Return a context with the runner that was given, which stays open, or with a new one."""
    return nullcontext(runner) if runner else Runner(make_executor(jobs), store, report)
