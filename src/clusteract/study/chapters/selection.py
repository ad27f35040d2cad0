"""Selection: elimination repeated over seeds, on all rows and inside training sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.impute import SimpleImputer

from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.numbers import listing, number
from clusteract.report.figures.stability import stability_figure
from clusteract.report.figures.style import level_label, levels_of
from clusteract.runs import Job, Place, Run
from clusteract.table import Table
from clusteract.validation import OuterFolds
from clusteract.validation.stability import Stability, eliminate

_BATCH = 5  # eliminations in one job


def eliminate_often(
    X: np.ndarray, y: np.ndarray, keep: int, seeds: Sequence[int]
) -> list[list[bool]]:
    """Repeat an elimination for each seed; missing values become the median of these rows."""
    filled = SimpleImputer(strategy="median", keep_empty_features=True).fit_transform(X)
    return [eliminate(filled, y, keep=keep, seed=seed).tolist() for seed in seeds]


def selection_chapter(
    run: Run,
    table: Table,
    *,
    keep: int = 8,
    repeats: int = 100,
    repeats_inside: int = 5,
    folds: int = 10,
    seed: int = 42,
    published: Sequence[str] = (),
) -> Chapter:
    """Repeat the elimination on all rows, and inside each outer training set.

    Parameters
    ----------
    run : Run
    table : Table
        With a target.
    keep : int
        Descriptors that a selection keeps.
    repeats, repeats_inside : int
        Seeds on all clusters, and on each training set.
    folds : int
        Outer folds.
    seed : int
        The first of the seeds, and of the outer folds.
    published : sequence of str
        Descriptors that somebody else kept, to stand beside.
    """
    splits = list(OuterFolds(folds, seed=seed).split(table.descriptors, groups=table.groups))
    everything = np.arange(table.n_rows)
    whole = _jobs(table, [everything], keep, repeats, seed, "selection, all rows")
    inside = _jobs(
        table, [train for train, _ in splits], keep, repeats_inside, seed, "selection, inside"
    )
    answers = run.runner.answers(whole + inside)
    once = _stability(table, answers[: len(whole)], 1)
    honest = _stability(table, answers[len(whole) :], folds)
    panels = [("All rows", once), (f"Inside {folds} training sets", honest)]
    drawing = stability_figure(
        table, panels, marked=published, marked_as=f"one of the reference's {len(published)}"
    )
    return Chapter(
        name="selection",
        title="Selection of descriptors",
        sentences=_sentences(table, once, honest, keep, published),
        tables=(_table(table, once, honest, published),),
        drawings=(drawing,),
        numbers={"all_clusters": once.to_dict(), "inside": honest.to_dict(), "keep": keep},
    )


def _jobs(
    table: Table, groups: list[np.ndarray], keep: int, repeats: int, seed: int, label: str
) -> list[Job]:
    jobs = []
    for fold, rows in enumerate(groups, start=1):
        place = Place(label, fold, len(groups))
        X, y = table.descriptors[rows], np.asarray(table.target)[rows]
        for start in range(0, repeats, _BATCH):
            seeds = tuple(range(seed + start, seed + min(start + _BATCH, repeats)))
            jobs.append(Job(place, eliminate_often, (X, y, keep, seeds)))
    return jobs


def _stability(table: Table, answers: list, groups: int) -> Stability:
    kept = np.array([selection for answer in answers for selection in answer], dtype=bool)
    return Stability(table.descriptor_names, kept.reshape(groups, -1, table.n_descriptors))


def _table(table: Table, once: Stability, honest: Stability, published: Sequence[str]) -> TextTable:
    intervals = honest.intervals()
    rows = [
        (
            table.descriptor_names[j] + (" ◆" if table.descriptor_names[j] in published else ""),
            level_label(table, levels_of(table)[j]),
            f"{100 * once.share[j]:.0f}",
            f"{100 * honest.share[j]:.0f}",
            f"{100 * intervals[j, 0]:.0f} to {100 * intervals[j, 1]:.0f}",
        )
        for j in np.argsort(-honest.share, kind="stable")
    ]
    return TextTable(
        "How often each descriptor was kept (%)",
        ("descriptor", "level", "all rows", "inside training sets", "95 % interval"),
        tuple(rows),
        note="The interval counts each training set once; training sets overlap, so it is still "
        "narrow." + (" ◆: kept by the reference." if published else ""),
    )


def _sentences(
    table: Table, once: Stability, honest: Stability, keep: int, published: Sequence[str]
) -> tuple[str, ...]:
    always = [d for d, s in zip(table.descriptor_names, honest.share, strict=True) if s == 1]
    never = int(np.sum(honest.share == 0))
    words = [
        f"Inside training sets {len(always)} of {table.n_descriptors} descriptors were kept every "
        f"time{': ' + listing(always) if always else ''}; {never} never.",
        f"Agreement of the selections is {number(once.index)} over seeds on all rows and "
        f"{number(honest.index)} when the rows change, too (1: always the same, 0: chance).",
        _levels(table, honest),
    ]
    if published:
        shared = [d for d in published if d in honest.top(keep)]
        missing = [d for d in published if d not in honest.top(keep)]
        words.append(
            f"Of the reference's {len(published)} descriptors {len(shared)} are among our "
            f"{keep} most often kept{'; not ' + listing(missing, 'nor') if missing else ''}."
        )
    return tuple(words)


def _levels(table: Table, honest: Stability) -> str:
    levels = np.array([level or 0 for level in levels_of(table)])
    parts = []
    for level in dict.fromkeys(sorted(levels_of(table), key=lambda found: found or 9)):
        share = honest.share[levels == (level or 0)].sum() / honest.share.sum()
        parts.append(f"{100 * share:.0f} % {level_label(table, level)}")
    return f"By level, of all places kept: {listing(parts)}."
