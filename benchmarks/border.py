"""What tells, before a cluster is measured, that its prediction will be bad? The border's evidence.

    python benchmarks/border.py                               # development seeds 0 to 7
    python benchmarks/border.py --recipe extra-trees-made --seeds 0,1

Clusters are left out in random tenths and in ways that a random split never does. For every one the
script asks how measures that are known beforehand rank the errors, and how large errors are where
the applicability domain gives a reason, beside those of the same clusters in random tenths.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from measuring import unseen_errors
from scipy.stats import spearmanr
from sklearn.model_selection import LeaveOneGroupOut

from clusteract.chemistry.descriptors.made import composition_only
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core, main_metal
from clusteract.estimators.additive.variogram import weighted_variogram
from clusteract.recipes import get_recipe
from clusteract.table import Table, load_table
from clusteract.validation import OuterFolds
from clusteract.validation.applicability import ApplicabilityDomain
from clusteract.validation.applicability.domain import MEASURES
from clusteract.validation.applicability.left_out_blocks import left_out_blocks, raised_limits
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.intervals import LocalDifficulty
from clusteract.validation.neighbours import Neighbourhood, nearest
from clusteract.validation.splits import Split
from clusteract.validation.training_memory import error_folds

RANDOM = "random tenths"
NEIGHBOURS, PRIOR = 8, 2
RANKED = ("a core", "the largest fifth", "a metal", "a ligand")
INSIDE, OUTSIDE, STRICT = "inside", "outside", "outside, no limit raised"
KINDS = {
    "as its ligands": "ligands never seen together",
    "together": "metals never seen together",
    " with ": "a metal never seen with a ligand",
    "no training cluster": "an element never seen",
    "far from": "far from all training clusters",
    "leverage": "an unusual mixture (leverage)",
}


@dataclass(frozen=True)
class Fold:
    """Test clusters of one split: rows, errors, measures, kinds of reasons; the raised limits."""

    rows: np.ndarray
    error: np.ndarray
    measures: dict[str, np.ndarray]
    kinds: list[set[str]]
    limits: np.ndarray


def questions(table: Table, seeds: list[int]) -> dict[str, list[list[Split]]]:
    """Return for each question its splits; random tenths have one list a seed."""
    found = {RANDOM: [list(OuterFolds(seed=s).split(table.descriptors)) for s in seeds]}
    ligands = ["-".join(sorted(f.ligands)) for f in formulas_of(table) if f]
    pairs = [f"{m} {x}" for m, x in zip(main_metal(table), ligands, strict=True)]
    groups = {"a core": core(table), "ligands together": ligands, "a metal with its ligands": pairs}
    for name, values in groups.items():
        splits = LeaveOneGroupOut().split(ligands, groups=np.unique(values, return_inverse=True)[1])
        found[name] = [list(splits)]
    kinds = {"a metal": "metal", "a ligand": "ligand", "the largest fifth": "largest"}
    return found | {n: [list(hard_folds(table, kind).splits)] for n, kind in kinds.items()}


def measures(
    table: Table, seen: Table, train: np.ndarray, test: np.ndarray, model, known
) -> dict[str, np.ndarray]:
    """Return what is known of test clusters before they are measured; `known` are inner errors."""
    X, y = seen.descriptors, np.asarray(table.target)
    judged = ApplicabilityDomain(seen.take(train)).judge(seen.take(test))
    process = get_recipe("gp-additive").pipeline(0, impute=True).fit(X[train], y[train])
    trees = get_recipe("extra-trees-made").pipeline(0, impute=True).fit(X[train], y[train])
    filled = trees[:-1].transform(X[test])
    votes = np.array([t.predict(filled) for t in trees[-1].estimators_])
    gp, space = process[-1], Neighbourhood(X[train])
    weights = getattr(model[-1], "weights_", getattr(model[-1], "feature_importances_", None))
    Z = (process[:-1].transform(X[test]) - gp.mean_) / gp.sd_
    by_weight = weighted_variogram(Z, gp.standardised_, weights / weights.sum(), 0.5)
    near, _ = nearest(space.distances(X[test]), NEIGHBOURS)
    size, usual = np.abs(known), np.abs(known).mean()
    return {
        "distance, as in the applicability domain": judged.measures[:, 0],
        "distance, the table's own descriptors": far(table.descriptors, train, test),
        "distance, composition alone": far(composition_only(table).descriptors, train, test),
        "distance, weighted by the model": np.sort(by_weight, axis=1)[:, :3].mean(axis=1),
        "leverage": judged.measures[:, 1],
        "beyond a range": judged.measures[:, 2],
        "the process's own sd": process.predict(X[test], return_std=True)[1],
        "spread of trees": votes.std(axis=0),
        "process and trees disagree": np.abs(process.predict(X[test]) - votes.mean(axis=0)),
        "neighbours' errors": (size[near].sum(axis=1) + PRIOR * usual) / (NEIGHBOURS + PRIOR),
        "neighbours' targets differ": y[train][near].std(axis=1),
        "the interval's width": LocalDifficulty(X[train], known).of(X[test]),
    }


def far(X: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the mean distance to the three nearest training clusters."""
    return np.sort(Neighbourhood(X[train]).distances(X[test]), axis=1)[:, :3].mean(axis=1)


def judge(table: Table, seen: Table, recipe, split: Split) -> Fold:
    """Predict the test clusters of a split, and say what was known of them."""
    (train, test), X, y = split, seen.descriptors, np.asarray(table.target)
    model = recipe.pipeline(0, impute=True).fit(X[train], y[train])
    known = unseen_errors(model, X[train], y[train], error_folds(len(train), 10, 42))
    blocks = left_out_blocks(X[train])
    left_out = unseen_errors(model, X[train], y[train], blocks)
    training, unseen = seen.take(train), seen.take(test)
    plain = ApplicabilityDomain(training).judge(unseen)
    limits = raised_limits(training, blocks, left_out)
    verdict = ApplicabilityDomain(training, limits).judge(unseen)
    kinds = [set(map(kind_of, reasons)) for reasons in plain.reasons]
    for found, inside in zip(kinds, verdict.inside, strict=True):
        found |= ({STRICT} if found else set()) | {INSIDE if inside else OUTSIDE}
    return Fold(
        test,
        model.predict(X[test]) - y[test],
        measures(table, seen, train, test, model, known),
        kinds,
        limits,
    )


def kind_of(reason: str) -> str:
    """Sort a reason of an applicability domain whose limits stand as they are."""
    for words, kind in KINDS.items():
        if words in reason:
            return kind
    return "a descriptor out of range"


def rank(folds: list[Fold], name: str) -> float:
    """Return Spearman's correlation of a measure with the absolute error."""
    measure = np.concatenate([f.measures[name] for f in folds])
    error = np.abs(np.concatenate([f.error for f in folds]))
    return float(spearmanr(measure, error)[0]) if np.ptp(measure) else float("nan")


def print_ranks(found: dict[str, list[list[Fold]]]) -> None:
    asked = [RANDOM, *RANKED]
    print(f"| rank correlation with the error | {' | '.join(asked)} |\n|---|{'---|' * len(asked)}")
    for name in found[RANDOM][0][0].measures:
        seeds = [rank(folds, name) for folds in found[RANDOM]]
        cells = [f"{np.mean(seeds):.2f} ± {np.std(seeds):.2f}"]
        cells += [f"{rank(found[q][0], name):.2f}" for q in RANKED]
        print(f"| {name} | {' | '.join(cells)} |")


def rmse(squares: list[float]) -> str:
    return f"{np.sqrt(np.mean(squares)):.2f}" if squares else "-"


def print_reasons(found: dict[str, list[list[Fold]]]) -> None:
    """Print errors inside and outside, beside those of the same clusters in random tenths."""
    usual: dict[int, list[float]] = {}
    for fold in (f for folds in found[RANDOM] for f in folds):
        for row, error in zip(fold.rows, fold.error, strict=True):
            usual.setdefault(int(row), []).append(float(error) ** 2)
    print("\n| left out | border | predictions | clusters | RMSE | the same in random tenths |")
    print("|---|---|---|---|---|---|")
    for question, seeds in found.items():
        rows = [
            (int(r), float(e) ** 2, k)
            for fold in (f for folds in seeds for f in folds)
            for r, e, k in zip(fold.rows, fold.error, fold.kinds, strict=True)
        ]
        for kind in (None, *KINDS.values(), "a descriptor out of range", STRICT, INSIDE, OUTSIDE):
            these = [(r, e) for r, e, k in rows if kind is None or kind in k]
            if these:
                same = [float(np.mean(usual[r])) for r, _ in these]
                n = len({r for r, _ in these})
                cells = (len(these), n, rmse([e for _, e in these]), rmse(same))
                print(f"| {question} | {kind or 'all'} |", " | ".join(map(str, cells)), "|")


def print_limits(folds: list[Fold]) -> None:
    """Print in how many training sets each limit is raised, and how far."""
    limits = np.array([f.limits for f in folds])
    print(f"\nlimits raised in {len(limits)} training sets of random tenths:")
    for name, values in zip(MEASURES, limits.T, strict=True):
        raised = values[values > 1]
        print(f"{name}: {len(raised)}" + (f", to {np.median(raised):.1f}" if len(raised) else ""))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="homonuclear-159-24")
    parser.add_argument("--recipe", default="gp-additive")
    parser.add_argument("--seeds", default="0,1,2,3,4,5,6,7")
    asked = parser.parse_args()
    table, recipe = load_table(asked.table).mask_sentinels(), get_recipe(asked.recipe)
    seen = recipe.see(table)
    found = {
        question: [[judge(table, seen, recipe, split) for split in splits] for splits in seeds]
        for question, seeds in questions(table, [int(s) for s in asked.seeds.split(",")]).items()
    }
    print_ranks(found)
    print_reasons(found)
    print_limits([f for folds in found[RANDOM] for f in folds])


if __name__ == "__main__":
    main()
