"""The reference's work, whole or in parts: each function makes a run folder, resumable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clusteract.errors import InputError, close_matches
from clusteract.estimators.pairwise.models import get_pair_model
from clusteract.recipes import check_recipe, find_recipes
from clusteract.report.chapters import Chapter
from clusteract.runs import Run
from clusteract.study.chapters.explanation import ExplainWork, explain_chapter
from clusteract.study.chapters.pairwise import PairwiseWork, pairwise_chapter
from clusteract.study.chapters.regular import regular_chapter
from clusteract.study.chapters.selection import selection_chapter
from clusteract.study.chapters.transfer import TransferWork, transfer_chapter
from clusteract.study.chapters.transfer_models import descriptor_columns, get_transfer_model
from clusteract.study.chapters_run import ChaptersRun, run_chapters
from clusteract.table import Table, load_table

HOMONUCLEAR, PAIRS = "homonuclear-159-24", "homonuclear-159-15"
KEY, HETERONUCLEAR = "homonuclear-159-8", "heteronuclear-57-15"
_TRIALS = 200  # of the reference's Optuna study


@dataclass(frozen=True)
class _Settings:
    seed: int
    exhaustive: bool
    trials: int
    backend: str


def run_reference(
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
        ``runs/reference`` by default.
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

    folder = Path(out or "runs/reference")
    title = "The reference, repeated"
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
    return explain_chapter(run, table, ExplainWork(seed=work.seed, exhaustive=work.exhaustive))


_PARTS: dict[str, Callable[[Run, _Settings], Chapter]] = {
    "regular": _regular,
    "selection": _selection,
    "pairwise": _pairwise,
    "transfer": _transfer,
    "explain": _explain,
}
PARTS = tuple(_PARTS)


def run_pairwise(
    table: Table, work: PairwiseWork, *, out: str | Path | None = None, **options: Any
) -> ChaptersRun:
    """Score pairwise models on a table: pairs at random, and of clusters never seen.

    Parameters
    ----------
    table : Table
        With a target.
    work : PairwiseWork
    out : path, optional
        ``runs/pairwise-TABLE`` by default.
    **options
        ``jobs``, ``scheduler``, ``fresh``, ``progress``, ``say`` of `Run`.
    """
    table = with_target(table).mask_sentinels()
    for name in work.models:
        get_pair_model(name)

    def make(run: Run) -> Chapter:
        return pairwise_chapter(run, table, work)

    return _run("pairwise", table, make, work, out, options)


def run_selection(
    table: Table,
    *,
    keep: int = 8,
    repeats: int = 100,
    repeats_inside: int = 5,
    folds: int = 10,
    seed: int = 42,
    out: str | Path | None = None,
    **options: Any,
) -> ChaptersRun:
    """Repeat an elimination on a table; see `selection_chapter`."""
    table = with_target(table).mask_sentinels()
    settings = {
        "keep": keep,
        "repeats": repeats,
        "repeats_inside": repeats_inside,
        "folds": folds,
        "seed": seed,
    }
    if not 1 <= keep <= table.n_descriptors:
        raise InputError(
            f"keep: {keep}; {table.source.name} has {table.n_descriptors} descriptors: keep 1 to "
            f"{table.n_descriptors}"
        )

    def make(run: Run) -> Chapter:
        return selection_chapter(
            run,
            table,
            keep=keep,
            repeats=repeats,
            repeats_inside=repeats_inside,
            folds=folds,
            seed=seed,
        )

    return _run("select", table, make, settings, out, options)


def run_transfer(
    train: Table,
    new: Table,
    work: TransferWork,
    *,
    out: str | Path | None = None,
    **options: Any,
) -> ChaptersRun:
    """Choose a model on one table and predict another; see `transfer_chapter`."""
    train = with_target(train)
    for name in work.models:
        get_transfer_model(name)
    descriptor_columns(train, new)
    names = (train.source.name, new.source.name)
    work = replace(work, published=names == (PAIRS, HETERONUCLEAR))

    def make(run: Run) -> Chapter:
        return transfer_chapter(run, train, new, work)

    return _run("transfer", train, make, work, out, options)


def run_explain(
    table: Table, work: ExplainWork, *, out: str | Path | None = None, **options: Any
) -> ChaptersRun:
    """Explain recipes on a table; see `explain_chapter`."""
    table = with_target(table).mask_sentinels()
    recipes = find_recipes(work.recipes)
    for recipe in recipes:
        check_recipe(recipe, table)
    settings = {**vars(work), "recipes": [recipe.name for recipe in recipes]}
    work = replace(work, recipes=recipes)

    def make(run: Run) -> Chapter:
        return explain_chapter(run, table, work)

    return _run("explain", table, make, settings, out, options)


def with_target(table: Table) -> Table:
    """Return the table, or say that its target is missing."""
    if table.target is None:
        raise InputError(f"{table.source.name} has no target; name its column (--target)")
    return table


def _run(
    verb: str,
    table: Table,
    make: Callable[[Run], Chapter],
    work: Any,
    out: str | Path | None,
    options: dict[str, Any],
) -> ChaptersRun:
    settings = dict(work) if isinstance(work, dict) else dict(vars(work))
    return run_chapters(
        f"{verb}: {table.source.name}",
        lambda run: [make(run)],
        folder=Path(out or Path("runs") / f"{verb}-{table.source.name}"),
        settings={**settings, "table": table.source.name, "sha256": table.source.sha256},
        synthetic=table.source.synthetic,
        **options,
    )
