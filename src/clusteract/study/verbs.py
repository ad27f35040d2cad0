"""Verbs over one table or two: each function makes a run folder of one chapter, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from clusteract.errors import InputError
from clusteract.recipes import Recipe, check_recipe, find_recipes
from clusteract.report.chapters import Chapter
from clusteract.runs import Run
from clusteract.study.chapters.explanation import ExplainWork, explain_chapter
from clusteract.study.chapters.pairs import PairsWork, pairs_chapter
from clusteract.study.chapters.selection import selection_chapter
from clusteract.study.chapters.transfer import TransferWork, columns_of, transfer_chapter
from clusteract.study.chapters_run import ChaptersRun, run_chapters
from clusteract.table import Table


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
    settings: dict[str, Any] = {
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
        return selection_chapter(run, table, **settings)

    return _run("select", table, make, settings, out, options)


def run_pairs(
    table: Table, work: PairsWork, *, out: str | Path | None = None, **options: Any
) -> ChaptersRun:
    """Score recipes on pairs of rows that training never saw; see `pairs_chapter`."""
    table = with_target(table).mask_sentinels()
    work = replace(work, recipes=_tried(work.recipes, table))

    def make(run: Run) -> Chapter:
        return pairs_chapter(run, table, work)

    return _run("pairwise", table, make, _settings(work), out, options)


def run_transfer(
    train: Table,
    new: Table,
    work: TransferWork,
    *,
    out: str | Path | None = None,
    **options: Any,
) -> ChaptersRun:
    """Choose a recipe on one table and predict another; see `transfer_chapter`."""
    train, new = with_target(train).mask_sentinels(), new.mask_sentinels()
    work = replace(work, recipes=_tried(work.recipes, train))
    columns_of(new, train)

    def make(run: Run) -> Chapter:
        return transfer_chapter(run, train, new, work)

    return _run("transfer", train, make, _settings(work), out, options)


def run_explain(
    table: Table, work: ExplainWork, *, out: str | Path | None = None, **options: Any
) -> ChaptersRun:
    """Explain recipes on a table; see `explain_chapter`."""
    table = with_target(table).mask_sentinels()
    work = replace(work, recipes=_tried(work.recipes, table))

    def make(run: Run) -> Chapter:
        return explain_chapter(run, table, work)

    return _run("explain", table, make, _settings(work), out, options)


def _tried(named: Any, table: Table) -> tuple[Recipe, ...]:
    """Return recipes that can be fitted on a table."""
    recipes = find_recipes(named)
    for recipe in recipes:
        check_recipe(recipe, table)
    return recipes


def _settings(work: Any) -> dict[str, Any]:
    return {**vars(work), "recipes": [recipe.name for recipe in work.recipes]}


def with_target(table: Table) -> Table:
    """Return the table, or say that its target is missing."""
    if table.target is None:
        raise InputError(f"{table.source.name} has no target; name its column (--target)")
    return table


def _run(
    verb: str,
    table: Table,
    make: Callable[[Run], Chapter],
    settings: dict[str, Any],
    out: str | Path | None,
    options: dict[str, Any],
) -> ChaptersRun:
    return run_chapters(
        f"{verb}: {table.source.name}",
        lambda run: [make(run)],
        folder=Path(out or Path("runs") / f"{verb}-{table.source.name}"),
        settings={**settings, "table": table.source.name, "sha256": table.source.sha256},
        synthetic=table.source.synthetic,
        **options,
    )
