"""The accuracy tables of docs/accuracy.md: recipes over outer seeds, hard questions, intervals.

    python benchmarks/accuracy.py --out accuracy.jsonl            # seeds 101 to 110, resumable
    python benchmarks/accuracy.py --out dev.jsonl --seeds 0,1,2   # while developing

Every result is kept as one line of the output file; a second call does only what is missing.
Outer seeds above 100 are for the final measurement: nothing was chosen by looking at them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from measuring import check_applicability, chosen_pipeline, measure_coverage

from clusteract.chemistry.descriptors.made import complete
from clusteract.recipes import get_recipe
from clusteract.table import Table, load_table
from clusteract.validation import OuterFolds, score_predictions
from clusteract.validation.applicability import ApplicabilityDomain
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.splits import Split
from clusteract.validation.trust import trust_baselines

RECIPES = (
    "gp-additive",
    "auto",
    "blend",
    "boosted-made",
    "extra-trees-made",
    "gp-composition",
    "gp-descriptors",
    "formula",
    "svr-rbf-kbest",
)
LEVELS = (0.8, 0.9, 0.95)


HARD = ("metal", "ligand", "largest", "highest", "lowest")


def main() -> None:
    """Measure what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("accuracy.jsonl"))
    parser.add_argument("--seeds", default=",".join(map(str, range(101, 111))))
    parser.add_argument("--recipes", default=",".join(RECIPES))
    parser.add_argument("--parts", default="accuracy,baselines,hard,coverage,border,transfer")
    options = parser.parse_args()
    seeds = [int(s) for s in options.seeds.split(",")]
    recipes = options.recipes.split(",")
    kept = Kept(options.out)
    table = load_table("homonuclear-159-24")
    for part in options.parts.split(","):
        for key, work in PARTS[part](table, recipes, seeds):
            kept.take(key, work)
    report(kept, recipes, seeds)


class Kept:
    """Results by key, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.values = {tuple(r["key"]): r["value"] for r in map(json.loads, lines)}

    def take(self, key: tuple, work: Callable[[], Any]) -> None:
        """Do the work unless its result is there."""
        if key in self.values:
            return
        start = time.perf_counter()
        value = work()
        with self.path.open("a") as stream:
            stream.write(json.dumps({"key": key, "value": value}) + "\n")
        self.values[key] = value
        print(*key, f"{time.perf_counter() - start:.0f} s", flush=True)


Work = Iterable[tuple[tuple, Callable[[], Any]]]


def accuracy(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    for seed in seeds:
        splits = list(OuterFolds(seed=seed).split(table.descriptors))
        for name in recipes:
            yield ("accuracy", name, seed), lambda n=name, s=splits: folds_of(table, n, s)


def folds_of(table: Table, name: str, splits: list[Split]) -> list[list[float]]:
    """Return test r and RMSE of each outer fold; every choice is made inside."""
    recipe = get_recipe(name)
    X, y = recipe.see(table.mask_sentinels()).descriptors, np.asarray(table.target)
    out = []
    for train, test in splits:
        model = chosen_pipeline(recipe, X[train], y[train], folds=5, budget=20)
        predicted = model.fit(X[train], y[train]).predict(X[test])
        out.append(list(score_predictions(y[test], predicted)[:2]))
    return out


def baselines(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    for seed in seeds:
        splits = list(OuterFolds(seed=seed).split(table.descriptors))

        def work(splits: list[Split] = splits) -> dict[str, Any]:
            found = trust_baselines(table.mask_sentinels(), splits)
            return {
                n: [[f.test_scores.r, f.test_scores.rmse] for f in b.folds]
                for n, b in found.items()
            }

        yield ("baselines", seed), work


def hard(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    for kind in HARD:
        splits = hard_folds(table, kind).splits
        for name in recipes:
            yield ("hard", kind, name), lambda n=name, s=splits: pooled(table, n, list(s))


def pooled(table: Table, name: str, splits: list[Split]) -> list[float]:
    """Return r and RMSE of all test clusters together, and the mean's RMSE."""
    recipe = get_recipe(name)
    X, y = recipe.see(table.mask_sentinels()).descriptors, np.asarray(table.target)
    truth, predicted, mean = [], [], []
    for train, test in splits:
        model = chosen_pipeline(recipe, X[train], y[train], folds=5, budget=20)
        truth += y[test].tolist()
        predicted += model.fit(X[train], y[train]).predict(X[test]).tolist()
        mean += [float(y[train].mean())] * len(test)
    found = score_predictions(np.array(truth), np.array(predicted))
    return [found.r, found.rmse, score_predictions(np.array(truth), np.array(mean)).rmse]


def coverage(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    for seed in seeds[:3]:
        for name in ("gp-additive", "extra-trees-made"):
            for adaptive in (True, False):

                def work(name=name, adaptive=adaptive, seed=seed) -> list[dict[str, Any]]:
                    return measure_coverage(
                        table,
                        get_recipe(name),
                        outer=OuterFolds(seed=seed),
                        levels=LEVELS,
                        adaptive=adaptive,
                        seed=seed,
                    ).table()

                yield ("coverage", name, adaptive, seed), work


def border(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    questions = {
        "random": OuterFolds(repeats=2, seed=seeds[0]),
        "metal": hard_folds(table, "metal"),
        "ligand": hard_folds(table, "ligand"),
    }
    for name in ("gp-additive", "gp-descriptors"):
        for question, outer in questions.items():

            def work(name=name, outer=outer, question=question) -> Any:
                return dict(check_applicability(table, get_recipe(name), outer, question).summary())

            yield ("border", name, question), work


def transfer(table: Table, recipes: list[str], seeds: list[int]) -> Work:
    for name in recipes:
        yield ("transfer", name), lambda n=name: transferred(n)


def transferred(name: str) -> dict[str, Any]:
    """Train on the homonuclear clusters' 15 descriptors, predict the heteronuclear ones."""
    recipe = get_recipe(name)
    homo = recipe.see(load_table("homonuclear-159-15").mask_sentinels())
    hetero = complete(load_table("heteronuclear-57-15"), homo.descriptor_names)
    columns = [hetero.column(n) for n in homo.descriptor_names]
    hetero = hetero.with_descriptors(np.column_stack(columns), homo.descriptor_names)
    y, truth = np.asarray(homo.target), np.asarray(hetero.target)
    model = chosen_pipeline(recipe, homo.descriptors, y, folds=5, budget=20)
    predicted = model.fit(homo.descriptors, y).predict(hetero.descriptors)
    found = score_predictions(truth, predicted)
    inside = ApplicabilityDomain(homo).judge(hetero).inside
    return {"r": found.r, "rmse": found.rmse, "mae": found.mae, "inside": int(inside.sum())}


PARTS = {
    "accuracy": accuracy,
    "baselines": baselines,
    "hard": hard,
    "coverage": coverage,
    "border": border,
    "transfer": transfer,
}


def report(kept: Kept, recipes: list[str], seeds: list[int]) -> None:
    """Print what is known as Markdown tables."""
    print("\n| recipe | test r | RMSE | sd over seeds (r, RMSE) | seeds |\n|---|---|---|---|---|")
    found = {n: [kept.values.get(("accuracy", n, s)) for s in seeds] for n in recipes}
    each = [kept.values.get(("baselines", s)) for s in seeds]
    for name in ("formula-alone", "core", "nearest"):
        found[name] = [b[name] for b in each if b]
    for name, runs in found.items():
        means = np.array([np.nanmean(r, axis=0) for r in runs if r])
        if len(means):
            m, sd = means.mean(axis=0), means.std(axis=0, ddof=1) if len(means) > 1 else (0, 0)
            print(f"| {name} | {m[0]:.3f} | {m[1]:.3f} | {sd[0]:.3f}, {sd[1]:.3f} | {len(means)} |")
    _report_hard(kept, recipes)
    _report_coverage(kept)
    for key, value in kept.values.items():
        if key[0] in ("border", "transfer"):
            print(
                *key[1:], {k: round(v, 3) if isinstance(v, float) else v for k, v in value.items()}
            )


def _report_hard(kept: Kept, recipes: list[str]) -> None:
    print("\n| recipe |", " | ".join(HARD), "|\n|---|" + "---|" * 5)
    for name in recipes:
        cells = [kept.values.get(("hard", kind, name)) for kind in HARD]
        if all(cells):
            print(f"| {name} |", " | ".join(f"{c[0]:.2f} / {c[1]:.2f}" for c in cells), "|")
    mean = [kept.values.get(("hard", kind, recipes[0])) for kind in HARD]
    if all(mean):
        print("| training mean |", " | ".join(f"- / {c[2]:.2f}" for c in mean), "|")


def _report_coverage(kept: Kept) -> None:
    for name, adaptive in dict.fromkeys(k[1:3] for k in kept.values if k[0] == "coverage"):
        tables = [v for k, v in kept.values.items() if k[:3] == ("coverage", name, adaptive)]
        print(f"\n{name}, {'adaptive' if adaptive else 'one width'}, {len(tables)} seeds")
        for rows in zip(*tables, strict=True):
            cells = [
                f"{np.mean([r[f'coverage_{v:g}'] for r in rows]):.3f} "
                f"({np.mean([r[f'width_{v:g}'] for r in rows]):.2f})"
                for v in LEVELS
            ]
            print(f"| {rows[0]['group']} | {rows[0]['n']} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
