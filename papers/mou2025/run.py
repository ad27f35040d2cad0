"""The paper's work, whole or in parts, in one run folder, resumable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mou2025.recipes  # noqa: F401 - registers the reference's recipes
from clusteract.errors import InputError, close_matches
from clusteract.recipes import get_recipe
from clusteract.report.chapters import Chapter
from clusteract.runs import Run
from clusteract.study.chapters.explanation import ExplainWork, explain_chapter
from clusteract.study.chapters.selection import selection_chapter
from clusteract.study.chapters_run import ChaptersRun, run_chapters
from clusteract.table import load_table
from mou2025.pairwise import pairwise_chapter
from mou2025.pairwise_work import PairwiseWork
from mou2025.regular import regular_chapter
from mou2025.transfer import TransferWork, transfer_chapter

HOMONUCLEAR, PAIRS = "homonuclear-159-24", "homonuclear-159-15"
KEY, HETERONUCLEAR = "homonuclear-159-8", "heteronuclear-57-15"
_TRIALS = 200  # of the reference's Optuna study


@dataclass(frozen=True)
class _Settings:
    seed: int
    exhaustive: bool
    trials: int
    backend: str


def run_paper(
    parts: Sequence[str] = (),
    *,
    out: str | Path | None = None,
    seed: int = 42,
    exhaustive: bool = False,
    trials: int | None = None,
    backend: str = "numpy",
    **options: Any,
) -> ChaptersRun:
    """Repeat the reference's work on its tables, honestly beside as it was published.

    Parameters
    ----------
    parts : sequence of str
        Some of ``regular``, ``selection``, ``pairwise``, ``transfer``, ``explain``; all by
        default.
    out : path, optional
        ``runs/mou2025`` by default.
    seed : int
        Of folds and models, where the reference has set none.
    exhaustive : bool
        Repeat the reference in full: boosted trees on the values themselves, ten inner folds,
        100 eliminations inside each training set, 200 trials of the network in each, as long as
        it trains itself.
    trials : int, optional
        Of the network's tuning in each training set; 4, or 200 where exhaustive, by default.
    backend : {"numpy", "jax"}
        What trains the pairwise network; "jax" is for a GPU.
    **options
        ``jobs``, ``scheduler``, ``fresh``, ``progress``, ``say`` of `Run`.
    """
    for part in parts:
        if part not in _PARTS:
            raise InputError(f"unknown part {part!r}; {close_matches(part, _PARTS)}")
    chosen = [name for name in _PARTS if not parts or name in parts]
    if trials is None:
        trials = default_trials(exhaustive)
    work = _Settings(seed, exhaustive, trials, backend)
    settings = {"parts": chosen, **vars(work)}

    def make(run: Run) -> list[Chapter]:
        return [_PARTS[name](run, work) for name in chosen]

    folder = Path(out or "runs/mou2025")
    title = "Mou et al., ACS Catal. 2025, repeated"
    return run_chapters(title, make, folder=folder, settings=settings, **options)


def default_trials(exhaustive: bool) -> int:
    """Return how many settings of the network are tried in each training set."""
    return _TRIALS if exhaustive else PairwiseWork.trials


def _regular(run: Run, work: _Settings) -> Chapter:
    return regular_chapter(run, exhaustive=work.exhaustive)


def _selection(run: Run, work: _Settings) -> Chapter:
    table = load_table(HOMONUCLEAR).mask_sentinels()
    return selection_chapter(
        run,
        table,
        repeats_inside=100 if work.exhaustive else 5,
        seed=work.seed,
        published=load_table(KEY).descriptor_names,
    )


def _pairwise(run: Run, work: _Settings) -> Chapter:
    return pairwise_chapter(run, load_table(PAIRS), PairwiseWork(**vars(work)))


def _transfer(run: Run, work: _Settings) -> Chapter:
    tables = load_table(PAIRS), load_table(HETERONUCLEAR)
    return transfer_chapter(run, *tables, TransferWork(seed=work.seed, published=True))


def _explain(run: Run, work: _Settings) -> Chapter:
    table = load_table(HOMONUCLEAR).mask_sentinels()
    recipes = (replace(get_recipe("ref-rfr"), budget=5), "svr-rbf-kbest", "mlp-kbest")
    return explain_chapter(
        run, table, ExplainWork(recipes, seed=work.seed, exhaustive=work.exhaustive)
    )


_PARTS: dict[str, Callable[[Run, _Settings], Chapter]] = {
    "regular": _regular,
    "selection": _selection,
    "pairwise": _pairwise,
    "transfer": _transfer,
    "explain": _explain,
}
PARTS = tuple(_PARTS)
