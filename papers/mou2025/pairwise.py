"""Pairwise learning: what a random split of pairs says, and what a new cluster gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from clusteract.estimators.pairwise_products import PairwiseProducts
from clusteract.report.chapters import Chapter
from clusteract.report.figures.numbers import listing, number
from clusteract.runs import Job, Place, Run
from clusteract.table import Table
from clusteract.validation import score_predictions
from clusteract.validation.pairs import (
    BOTH_UNSEEN,
    RANDOM,
    PairSplit,
    disjoint_pair_splits,
    random_pair_split,
)
from mou2025.figures.interactions import interaction_figure
from mou2025.figures.pair_schemes import PairRow, pair_schemes
from mou2025.pair_models import get_pair_model
from mou2025.pair_scores import judge_disjoint, judge_plain, judge_random
from mou2025.pair_tables import (
    PLAIN,
    SCHEMES,
    TUNED,
    diagnostics_table,
    model_title,
    score_tables,
    ways_table,
)
from mou2025.pairwise_work import PairwiseWork

RANDOM_SEED = 16  # the reference's split of pairs
NETWORK = "pair-dnn"


def pairwise_chapter(run: Run, table: Table, work: PairwiseWork) -> Chapter:
    """Score pairwise models on random pairs and on clusters never seen, side by side.

    Parameters
    ----------
    run : Run
    table : Table
        With a target.
    work : PairwiseWork
    """
    jobs = _jobs(table, work, run.folder)
    answers = run.runner.answers([job for _, _, job in jobs])
    found: dict[str, dict[str, Any]] = {}
    for (name, scheme, _), answer in zip(jobs, answers, strict=True):
        entry = found.setdefault(name, {RANDOM: None, "folds": []})
        if scheme == RANDOM:
            entry[RANDOM] = answer[RANDOM]
        else:
            entry["folds"].append(answer)
    rows = [_row(table, name, entry) for name, entry in found.items()]
    drawings = [pair_schemes(table, rows)]
    importance = _importance(found)
    if importance is not None:
        drawings.append(interaction_figure(table, _column_names(table, work), importance))
    return Chapter(
        name="pairwise",
        title="Pairwise-difference learning",
        sentences=_sentences(rows, importance, _column_names(table, work)),
        tables=(*score_tables(rows, work), ways_table(table, found), diagnostics_table(found)),
        drawings=tuple(drawings),
        numbers=_numbers(rows, found),
    )


def _jobs(table: Table, work: PairwiseWork, folder: Path) -> list[tuple[str, str, Job]]:
    """Return (model, scheme, job), the slowest first."""
    X, y = table.descriptors, np.asarray(table.target)
    splits = disjoint_pair_splits(table.n_rows, work.folds, work.seed)
    jobs = []
    for name in work.models:
        model = get_pair_model(name)
        build, grid = model.build(work.seed, work.exhaustive), model.grid
        if name == NETWORK:
            build.set_params(base__backend=work.backend)
        args = (build, grid, X, y, work.products)
        jobs.append((name, RANDOM, Job(Place(name), judge_random, (*args, RANDOM_SEED))))
        explain = work.explain and name == NETWORK
        jobs += [
            (
                name,
                "folds",
                Job(Place(name, k, work.folds), judge_disjoint, (*args, split, explain)),
            )
            for k, split in enumerate(splits, start=1)
        ]
        if name == NETWORK and work.trials:
            jobs += _tuned_jobs(args, splits, work, folder)
    return jobs + _plain_jobs(X, y, splits)


def _tuned_jobs(
    args: tuple, splits: list[PairSplit], work: PairwiseWork, folder: Path
) -> list[tuple[str, str, Job]]:
    jobs = []
    for k, split in enumerate(splits, start=1):
        more = split, False, work.trials, work.exhaustive
        job = Job(Place(TUNED, k, len(splits)), judge_disjoint, (*args, *more))
        half_done = str(folder / f"tuning-{job.key[:12]}.sqlite")
        jobs.append((TUNED, "folds", replace(job, also=(half_done,))))
    return jobs


def _plain_jobs(
    X: np.ndarray, y: np.ndarray, splits: list[PairSplit]
) -> list[tuple[str, str, Job]]:
    forest = RandomForestRegressor(200, random_state=RANDOM_SEED)
    leaky = random_pair_split(len(y), seed=RANDOM_SEED)
    jobs = [(PLAIN, RANDOM, Job(Place(PLAIN), judge_plain, (forest, X, y, leaky)))]
    return jobs + [
        (PLAIN, "folds", Job(Place(PLAIN, k, len(splits)), judge_plain, (forest, X, y, split)))
        for k, split in enumerate(splits, start=1)
    ]


def _row(table: Table, name: str, entry: Mapping[str, Any]) -> PairRow:
    scores: dict[str, dict[str, list[float]]] = {}
    for scheme in SCHEMES:
        folds = [entry[RANDOM]] if scheme == RANDOM else [f[scheme] for f in entry["folds"]]
        known = [f for f in folds if f is not None]
        scores[scheme] = {metric: [f[metric] for f in known] for metric in ("r", "rmse")}
    return PairRow(name, model_title(name), {**scores, "new": _new_clusters(table, entry["folds"])})


def _new_clusters(table: Table, folds: Sequence[Mapping]) -> dict[str, list[float]]:
    y = np.asarray(table.target)
    found = [score_predictions(y[f["new"]["rows"]], np.array(f["new"]["value"])) for f in folds]
    return {"r": [f.r for f in found], "rmse": [f.rmse for f in found]}


def _importance(found: Mapping[str, Mapping[str, Any]]) -> np.ndarray | None:
    folds = [f["importance"] for f in found.get(NETWORK, {}).get("folds", []) if "importance" in f]
    return np.mean(folds, axis=0) if folds else None


def _column_names(table: Table, work: PairwiseWork) -> list[str]:
    if not work.products:
        return list(table.descriptor_names)
    products = PairwiseProducts().fit(table.descriptors[:2])
    return products.get_feature_names_out(table.descriptor_names).tolist()


def _sentences(
    rows: Sequence[PairRow], importance: np.ndarray | None, names: list[str]
) -> tuple[str, ...]:
    words = []
    paired = [row for row in rows if row.name != PLAIN and row.mean(RANDOM, "r") is not None]
    if paired:
        best = max(paired, key=lambda row: row.mean(RANDOM, "r") or 0)
        words.append(
            f"{best.title}: r {number(best.mean(RANDOM, 'r'), 3)} on pairs split at random, "
            f"{number(best.mean(BOTH_UNSEEN, 'r'), 3)} on pairs of two clusters that training "
            "never saw. The first number says how well the training clusters are remembered."
        )
    plain = next(row for row in rows if row.name == PLAIN)
    words.append(
        f"An ordinary forest, which learns no pairs at all, has r "
        f"{number(plain.mean(RANDOM, 'r'), 3)} on the same random pairs, since it has seen their "
        f"clusters, and {number(plain.mean(BOTH_UNSEEN, 'r'), 3)} on pairs of unseen ones."
    )
    ranked = sorted(rows, key=lambda row: row.mean("new", "rmse") or np.inf)
    order = [f"{row.title} {number(row.mean('new', 'rmse'), 2)}" for row in ranked]
    words.append(f"RMSE for a new cluster, best first: {listing(order)}.")
    if importance is not None:
        share = importance[[" × " in name for name in names]].sum() / importance.sum()
        top = [names[j] for j in np.argsort(-importance, kind="stable")[:3]]
        words.append(
            f"For pairs with a new cluster, {100 * share:.0f} % of what moves the network comes "
            f"through products of two descriptors; the largest are {listing(top)}."
        )
    return tuple(words)


def _numbers(rows: Sequence[PairRow], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        row.name: {
            **{
                scheme: {
                    metric: {"mean": row.mean(scheme, metric), "std": row.std(scheme, metric)}
                    for metric in ("r", "rmse")
                }
                for scheme in (*SCHEMES, "new")
            },
            "folds": [
                {key: fold[key] for key in fold if key != "importance"}
                for fold in found[row.name]["folds"]
            ],
        }
        for row in rows
    }
