"""Regular learning: the reference's four recipes on its ten splits, and with nested selection."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd

from clusteract.errors import InputError
from clusteract.recipes import get_recipe
from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.numbers import listing, number
from clusteract.runs import Run
from clusteract.table import Table, load_table
from clusteract.validation import RecipeResult, StudyResult, compare_recipes
from clusteract.validation.nested import nested_cross_validate
from clusteract.validation.splits import GivenFolds
from mou2025.figures.reference_folds import reference_folds
from mou2025.recipes import SEED

RECIPES = ("ref-rfr", "ref-gbr", "ref-svr", "ref-mlr")
SHOWN_FOLD = 6  # the one that the reference shows, its best

# Independent replay of the reference's protocol: train r, test r, train RMSE, test RMSE.
REPLAY = MappingProxyType(
    {
        "ref-rfr": (0.977, 0.761, 0.370, 0.965),
        "ref-gbr": (0.992, 0.783, 0.197, 0.922),
        "ref-svr": (0.731, 0.659, 1.016, 1.134),
        "ref-mlr": (0.680, 0.654, 1.075, 1.120),
    }
)
_METRICS = (("train", "r"), ("test", "r"), ("train", "rmse"), ("test", "rmse"))


def load_reference_folds() -> tuple[Table, GivenFolds]:
    """Return the reference's clusters with its 8 descriptors, and its ten splits of them.

    Rows of a training set keep the order of its file, on which inner folds depend.
    """
    pairs = [
        (load_table(f"fold-{k}", sheet=sheet) for sheet in ("Train", "Test")) for k in range(1, 11)
    ]
    table = _stack(*pairs[0])
    row = {name: i for i, name in enumerate(table.names)}
    splits = [
        (np.array([row[n] for n in train.names]), np.array([row[n] for n in test.names]))
        for train, test in pairs
    ]
    return table, GivenFolds(splits)


def _stack(train: Table, test: Table) -> Table:
    frames = train.to_frame(), test.to_frame()  # whose name columns have names of their own
    frame = pd.concat([f.set_axis(frames[0].columns, axis=1) for f in frames], ignore_index=True)
    return Table.from_frame(frame, target=train.target_name, name="reference-folds")


def match_rows(table: Table, other: Table) -> np.ndarray:
    """Return the row of `other` that each cluster of `table` is, by target and shared descriptors.

    Raises
    ------
    InputError
        Where they are not the same clusters.
    """
    shared = [d for d in table.descriptor_names if d in other.descriptor_names]
    mine, theirs = (
        np.column_stack([np.asarray(t.target), *(t.column(d) for d in shared)])
        for t in (table, other)
    )
    spread = np.ptp(theirs, axis=0) + 1e-12
    distance = np.abs((mine[:, None] - theirs[None]) / spread).max(axis=2)
    rows = distance.argmin(axis=1)
    if distance.min(axis=1).max() > 1e-6 or len(set(rows.tolist())) < len(rows):
        raise InputError(
            f"{table.source.name} and {other.source.name} do not hold the same clusters; "
            "give tables of one data set"
        )
    return rows


def regular_chapter(run: Run, *, exhaustive: bool = False, seed: int = SEED) -> Chapter:
    """Repeat the reference's regular learning, and nest the selection beside it.

    Parameters
    ----------
    run : Run
    exhaustive : bool
        Ten inner folds for the nested runs, as the reference's own; five by default.
    seed : int
        Of the models; 2 is the reference's.
    """
    table, outer = load_reference_folds()
    whole = load_table("homonuclear-159-24")
    rows = match_rows(table, whole)
    nested = GivenFolds([(rows[train], rows[test]) for train, test in outer.split()])
    again = _score(run, table, RECIPES, outer, inner=10, seed=seed)
    inside = _score(
        run,
        whole,
        tuple(f"{name}-rfe" for name in RECIPES),
        nested,
        inner=10 if exhaustive else 5,
        seed=seed,
    )
    return Chapter(
        name="regular",
        title="Regular learning",
        sentences=_sentences(again, inside),
        tables=(_means(again, inside), _folds(again, inside)),
        drawings=(reference_folds(again, inside, shown=SHOWN_FOLD),),
        numbers={"replayed": _numbers(again), "nested": _numbers(inside)},
    )


def _score(
    run: Run,
    table: Table,
    recipes: tuple[str, ...],
    outer: GivenFolds,
    *,
    inner: int,
    seed: int,
) -> StudyResult:
    return nested_cross_validate(
        table,
        [get_recipe(name) for name in recipes],
        outer=outer,
        inner_folds=inner,
        seed=seed,
        baselines=False,
        runner=run.runner,
    )


def _scores(recipe: RecipeResult) -> list[float]:
    return [recipe.mean(which, metric) for which, metric in _METRICS]


def _numbers(result: StudyResult) -> dict[str, dict]:
    keys = [f"{which}_{metric}" for which, metric in _METRICS]
    return {
        name: {
            **dict(zip(keys, _scores(recipe), strict=True)),
            "test_r_folds": recipe.per_fold("test", "r").tolist(),
            "test_rmse_folds": recipe.per_fold("test", "rmse").tolist(),
            "selected": [list(fold.selected) for fold in recipe.folds],
            "fits": recipe.fits,
            "seconds": recipe.seconds,
        }
        for name, recipe in result.recipes.items()
    }


def _means(again: StudyResult, inside: StudyResult) -> TextTable:
    rows: list[tuple] = []
    for name, recipe in again.recipes.items():
        shown = [recipe.per_fold("test", metric)[SHOWN_FOLD - 1] for metric in ("r", "rmse")]
        rows.append((recipe.title, *_scores(recipe), *map(float, shown)))
        rows.append(("   replayed elsewhere", *REPLAY[name], None, None))
        nested = inside.recipes[f"{name}-rfe"]
        shown = [nested.per_fold("test", metric)[SHOWN_FOLD - 1] for metric in ("r", "rmse")]
        rows.append(("   selection nested", *_scores(nested), *map(float, shown)))
    columns = ("recipe", "train r", "test r", "train RMSE", "test RMSE")
    return TextTable(
        "Means over the reference's ten folds",
        (*columns, f"fold {SHOWN_FOLD} test r", f"fold {SHOWN_FOLD} test RMSE"),
        tuple(rows),
        note=f"The reference shows fold {SHOWN_FOLD} alone. Its 8 descriptors were chosen on all "
        "clusters, test clusters included; in the nested rows 8 of 24 are chosen inside each "
        "training set.",
    )


def _folds(again: StudyResult, inside: StudyResult) -> TextTable:
    everything = [*again.recipes.values(), *inside.recipes.values()]
    rows: list[tuple] = []
    for fold in range(len(everything[0].folds)):
        mark = " ◆" if fold + 1 == SHOWN_FOLD else ""
        values = [float(recipe.per_fold("test", "r")[fold]) for recipe in everything]
        rows.append((f"fold {fold + 1}{mark}", *values))
    rows.append(("mean", *(recipe.mean("test", "r") for recipe in everything)))
    names = [recipe.name.removeprefix("ref-") for recipe in everything]
    return TextTable("Test r, fold by fold", ("fold", *names), tuple(rows))


def _sentences(again: StudyResult, inside: StudyResult) -> tuple[str, ...]:
    forest = again.recipes["ref-rfr"]
    shown = float(forest.per_fold("test", "r")[SHOWN_FOLD - 1])
    words = [
        f"The forest has test r {number(forest.mean('test', 'r'), 3)} and RMSE "
        f"{number(forest.mean('test', 'rmse'), 3)} over all ten folds; fold {SHOWN_FOLD}, which "
        f"the reference shows, has r {number(shown, 3)}: it flatters by "
        f"{number(shown - forest.mean('test', 'r'), 2)}."
    ]
    changes = []
    for name, recipe in again.recipes.items():
        nested = inside.recipes[f"{name}-rfe"]
        found = compare_recipes(nested, recipe, "r")
        verdict = "may be noise" if found.is_noise else "more than noise"
        changes.append(f"{recipe.title} {number(found.mean, 3)} ({verdict})")
    words.append(f"With the selection nested, mean test r changes: {listing(changes)}.")
    return tuple(words)
