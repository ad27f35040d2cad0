"""judge: what a model says of clusters, and how far to trust it, in blocks on all cores."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clusteract.errors import InputError
from clusteract.model.predictions import percent
from clusteract.model.saved_model import SavedModel
from clusteract.runs.executors import count_jobs
from clusteract.table import Table
from clusteract.validation.training_memory import STEP, IntervalModel

_BLOCK = 4000  # clusters at a time at most
_FEWEST = 64  # at least: fewer are slow
_MEMORY = 2**29  # bytes that all threads' blocks together may take
# Arrays of (clusters, training clusters) and of (clusters, columns) that a block holds at once.
_COPIES = 6


@dataclass(frozen=True, eq=False)
class Judged:
    """Predictions with what their intervals and their domain follow from; arrays are (n,).

    Attributes
    ----------
    values : ndarray
        The predicted target.
    difficulty : ndarray
        Width of the interval relative to others.
    novelty : ndarray
        Distance to the nearest training clusters; above 1 is beyond the applicability domain.
    reasons : tuple of tuple of str
        Why a cluster lies outside the model's domain; empty inside.
    unusual : tuple of tuple of str
        What else is unusual about a cluster, though no reason.
    """

    values: np.ndarray
    difficulty: np.ndarray
    novelty: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    unusual: tuple[tuple[str, ...], ...]


def trust_of(model: SavedModel, table: Table) -> IntervalModel | None:
    """Return a model's trust, or None where it was saved by a version that kept nothing for it.

    Parameters
    ----------
    model : SavedModel
    table : Table
        With the model's columns, in their order.
    """
    memory = dict(model.pipeline.steps).get(STEP)
    return None if memory is None else IntervalModel(memory, table)


def judge(model: SavedModel, trust: IntervalModel, table: Table) -> Judged:
    """Predict and judge clusters.

    Parameters
    ----------
    model : SavedModel
    trust : IntervalModel
        Of the model.
    table : Table
        With the model's columns, in their order.
    """
    jobs = count_jobs(-1)
    size = block_size(trust.training.n_rows, table.n_descriptors, jobs)
    starts = range(0, table.n_rows, size)
    blocks = [np.arange(i, min(i + size, table.n_rows)) for i in starts]
    with ThreadPoolExecutor(min(jobs, len(blocks))) as threads:
        parts = list(threads.map(lambda rows: _judge_block(model, trust, table.take(rows)), blocks))
    return Judged(
        values=np.concatenate([p.values for p in parts]),
        difficulty=np.concatenate([p.difficulty for p in parts]),
        novelty=np.concatenate([p.novelty for p in parts]),
        reasons=tuple(r for p in parts for r in p.reasons),
        unusual=tuple(r for p in parts for r in p.unusual),
    )


def block_size(n_training: int, n_descriptors: int, threads: int) -> int:
    """Return how many clusters a thread takes at a time, so that all of them fit in memory.

    Examples
    --------
    >>> block_size(159, 70, threads=2), block_size(5000, 70, threads=2), block_size(5000, 70, 64)
    (4000, 1103, 64)
    """
    each = 8 * _COPIES * (n_training + n_descriptors) * threads
    return max(min(_BLOCK, _MEMORY // each), min(_FEWEST, _BLOCK))


def _judge_block(model: SavedModel, trust: IntervalModel, table: Table) -> Judged:
    distances = trust.applicability_domain.space.distances(table.descriptors)
    judged = trust.applicability_domain.judge(table, distances)
    return Judged(
        values=np.asarray(model.pipeline.predict(table.descriptors), dtype=float),
        difficulty=trust.difficulty.of(table.descriptors, distances),
        novelty=judged.distance,
        reasons=judged.reasons,
        unusual=judged.remarks,
    )


def check_level(level: float) -> float:
    """Refuse a level of intervals that is none.

    Raises
    ------
    InputError
    """
    if not 0 < level < 1:
        raise InputError(f"level is {level:g}; it must be between 0 and 1, such as 0.9")
    return level


def why_unbounded(low: np.ndarray, level: float, n_training: int) -> tuple[str, ...]:
    """Say why intervals have no ends; nothing where they have.

    Examples
    --------
    >>> why_unbounded(np.array([-np.inf]), 0.95, 18)
    ('95 % intervals are without bounds: 18 training rows allow at most 94 %',)
    >>> why_unbounded(np.array([-12.3]), 0.95, 19)
    ()
    """
    if np.isfinite(low).all():
        return ()
    most = math.floor(100 * n_training / (n_training + 1))
    return (
        f"{percent(level)} intervals are without bounds: {n_training} training rows allow at "
        f"most {most} %",
    )
