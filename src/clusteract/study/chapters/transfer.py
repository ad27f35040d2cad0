"""Transfer: choose a recipe by groups left out of one table, and predict another family's table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict

from clusteract.errors import InputError
from clusteract.recipes import Recipe, find_recipes
from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.transfer import against_figure, transfer_parity
from clusteract.runs import Job, Place, Run
from clusteract.study.chapters.choosing import BUDGET, Task, fit_chosen, search_task
from clusteract.table import Table
from clusteract.validation import score_predictions
from clusteract.validation.hard_splits import hard_folds
from clusteract.validation.splits import Split

DEFAULT_RECIPES = ("gp-additive", "extra-trees-made", "boosted-made", "pair-boosted-made")
_RANDOM = "rows at random"
_MOST_GROUPS, _CROSS_FITS = 30, 5

# What a recipe sees of the training table, and how it is searched there.
Seen = tuple[Table, Task]
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True)
class TransferWork:
    """What a transfer is made of.

    Attributes
    ----------
    recipes : tuple of str or Recipe
        To choose from.
    seed : int
    """

    recipes: tuple[Any, ...] = DEFAULT_RECIPES
    seed: int = 42


def predict_left_out(
    task: Task, X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> list[float]:
    """Tune and fit on the rows that stay; predict those left out."""
    return fit_chosen(task, X[train], y[train]).predict(X[test]).tolist()


def predict_against(task: Task, X: np.ndarray, y: np.ndarray, new: np.ndarray) -> list[list[float]]:
    """Predict new rows against every training row, (n_new, n_rows).

    A model that is not pairwise predicts once; its references differ by the errors that it makes
    on them when they are left out.
    """
    fitted = fit_chosen(task, X, y)
    if hasattr(fitted[-1], "predict_against"):
        return fitted[-1].predict_against(fitted[:-1].transform(new)).tolist()
    folds = KFold(min(_CROSS_FITS, len(y)), shuffle=True, random_state=0)
    errors = y - cross_val_predict(clone(fitted), X, y, cv=folds)
    return (fitted.predict(new)[:, None] + errors).tolist()


def transfer_chapter(run: Run, train: Table, new: Table, work: TransferWork) -> Chapter:
    """Choose a recipe on the training table alone, and predict the new table.

    The recipe of the lowest RMSE, averaged over what the table's groups allow to leave out, is
    chosen; the new table's targets are looked at once, after that.

    Parameters
    ----------
    run : Run
    train : Table
        With a target.
    new : Table
        With or without a target.
    work : TransferWork
    """
    recipes = find_recipes(work.recipes)
    titles = {recipe.name: recipe.title for recipe in recipes}
    questions = left_out_questions(train, work.seed)
    seen = {recipe.name: _see(recipe, train, work.seed) for recipe in recipes}
    inside = _score_inside(run, train, seen, questions)
    chosen = min(inside, key=lambda name: _mean_rmse(inside[name]))
    against = _predict(run, train, new, seen)
    best, title = against[chosen], titles[chosen]
    drawings = [against_figure(new, best, title)]
    scores: dict[str, dict[str, float]] = {}
    if new.target is not None:
        drawings.insert(0, transfer_parity(new, best, title))
        y = np.asarray(new.target)
        scores = {n: score_predictions(y, v.mean(axis=1))._asdict() for n, v in against.items()}
    return Chapter(
        name="transfer",
        title="Transfer",
        sentences=_sentences(train, new, titles, inside, chosen, scores, best),
        tables=(
            _choice_table(titles, inside, chosen),
            *([_outcome_table(train, new, titles, scores, chosen)] if scores else []),
            _rows_table(new, best),
        ),
        drawings=tuple(drawings),
        numbers={
            "chosen": chosen,
            "left_out": {n: {**by, "rmse": _mean_rmse(by)} for n, by in inside.items()},
            "scores": scores,
            "predictions": dict(zip(new.names, best.mean(axis=1).tolist(), strict=True)),
        },
    )


def left_out_questions(train: Table, seed: int) -> dict[str, list[Split]]:
    """Return the folds that leave out each kind of group that the table knows.

    Its own groups, and its domain's; rows at random where it knows none.
    """
    y = np.asarray(train.target)
    questions: dict[str, list[Split]] = {}
    groups = train.groups
    if groups is not None and len(set(groups)) > 1:
        folds = GroupKFold(min(_MOST_GROUPS, len(set(groups))))
        questions["groups"] = list(folds.split(y, y, groups))
    for kind in train.domain.groupings:
        with suppress(InputError):  # one group, or none of three rows
            questions[kind] = list(hard_folds(train, kind).split())
    return questions or {
        _RANDOM: list(KFold(min(10, len(y)), shuffle=True, random_state=seed).split(y))
    }


def _see(recipe: Recipe, train: Table, seed: int) -> Seen:
    view = recipe.see(train)
    return view, search_task(recipe, view, seed, recipe.budget or BUDGET)


def _score_inside(
    run: Run,
    train: Table,
    seen: Mapping[str, Seen],
    questions: Mapping[str, Sequence[Split]],
) -> dict[str, dict[str, dict[str, float]]]:
    y, jobs = np.asarray(train.target), []
    for name, (view, task) in seen.items():
        jobs += [
            Job(
                Place(f"{name}, {question}", k, len(folds)),
                predict_left_out,
                (task, view.descriptors, y, *split),
            )
            for question, folds in questions.items()
            for k, split in enumerate(folds, start=1)
        ]
    answers = iter(run.runner.answers(jobs))
    scores: dict[str, dict[str, dict[str, float]]] = {name: {} for name in seen}
    for name in seen:
        for question, folds in questions.items():
            tested = np.concatenate([test for _, test in folds])
            predicted = np.concatenate([next(answers) for _ in folds])
            scores[name][question] = score_predictions(y[tested], predicted)._asdict()
    return scores


def _mean_rmse(by_question: Mapping[str, Mapping[str, float]]) -> float:
    return float(np.mean([scores["rmse"] for scores in by_question.values()]))


def _predict(run: Run, train: Table, new: Table, seen: Mapping[str, Seen]) -> dict[str, np.ndarray]:
    y, jobs = np.asarray(train.target), []
    for name, (view, task) in seen.items():
        args = (task, view.descriptors, y, columns_of(new, view))
        jobs.append(Job(Place(f"{name}, transfer"), predict_against, args))
    answers = run.runner.answers(jobs)
    return {name: np.array(a) for name, a in zip(seen, answers, strict=True)}


def columns_of(new: Table, view: Table) -> np.ndarray:
    """Return another table's columns of a training view; what can be made of it is made.

    Raises
    ------
    InputError
        Names columns that are missing.
    """
    whole = view.domain.complete(new, view.descriptor_names)
    missing = [name for name in view.descriptor_names if name not in whole.descriptor_names]
    if missing:
        raise InputError(
            f"{new.source.name} lacks descriptors of {view.source.name}: {', '.join(missing[:5])}; "
            "give tables of the same columns"
        )
    return np.column_stack([whole.column(name) for name in view.descriptor_names])


def _choice_table(titles: Mapping[str, str], inside: Scores, chosen: str) -> TextTable:
    questions = list(inside[chosen])
    rows = [
        (
            titles[name],
            *(inside[name][q][metric] for q in questions for metric in ("r", "rmse")),
            _mean_rmse(inside[name]),
            "chosen" if name == chosen else "",
        )
        for name in sorted(inside, key=lambda name: _mean_rmse(inside[name]))
    ]
    columns = [f"{q} {metric}" for q in questions for metric in ("r", "RMSE")]
    return TextTable(
        "The choice: predictions for groups that were left out of the training table",
        ("recipe", *columns, "mean RMSE", ""),
        tuple(rows),
        note="Nothing of the new table is used for it.",
    )


def _outcome_table(
    train: Table,
    new: Table,
    titles: Mapping[str, str],
    scores: Mapping[str, Mapping[str, float]],
    chosen: str,
) -> TextTable:
    ordered = sorted(scores.items(), key=lambda item: item[0] != chosen)
    rows: list[tuple] = [
        (titles[n] + (" (chosen)" if n == chosen else ""), s["r"], s["rmse"], s["mae"])
        for n, s in ordered
    ]
    naive = _naive(train, new)
    rows.append(("Mean of the training table", None, naive["rmse"], naive["mae"]))
    return TextTable(
        "How it came out: mean over all references",
        ("recipe", "r", "RMSE", "MAE"),
        tuple(rows),
        note="Only the chosen recipe's row is a prediction; the others chose nothing.",
    )


def _naive(train: Table, new: Table) -> dict[str, float]:
    y = np.asarray(new.target)
    return score_predictions(y, np.full(len(y), np.mean(np.asarray(train.target))))._asdict()


def _rows_table(new: Table, against: np.ndarray) -> TextTable:
    y = [math.nan] * new.n_rows if new.target is None else np.asarray(new.target).tolist()
    rows = tuple(
        (name, measured, float(v.mean()), float(np.median(v)), float(v.std()))
        for name, measured, v in zip(new.names, y, against, strict=True)
    )
    columns = (new.domain.row, "measured", "mean", "median", "spread over references")
    title = "Every new row, predicted against all references"
    return TextTable(title, columns, rows, printed=new.target is None)


def _sentences(
    train: Table,
    new: Table,
    titles: Mapping[str, str],
    inside: Scores,
    chosen: str,
    scores: Mapping[str, Mapping[str, float]],
    best: np.ndarray,
) -> tuple[str, ...]:
    words = [
        f"Chosen on {train.source.name} alone, by predictions for groups left out: "
        f"{titles[chosen]} (mean RMSE {number(_mean_rmse(inside[chosen]), 3)})."
    ]
    if _RANDOM in inside[chosen]:
        words.append(
            "The table names no groups, so rows were left out at random: a new family is more "
            "foreign than that (--groups COLUMN says what belongs together)."
        )
    if scores:
        own, naive = scores[chosen], _naive(train, new)
        verdict = "better" if own["rmse"] < naive["rmse"] else "worse"
        words.append(
            f"On {count(new.n_rows, 'new row')} it has r {number(own['r'], 3)}, RMSE "
            f"{number(own['rmse'], 3)}, MAE {number(own['mae'], 3)}. Always predicting the mean of "
            f"the training table has RMSE {number(naive['rmse'], 3)}: the model does {verdict}."
        )
    words.append(
        f"Predictions of one row spread over the {best.shape[1]} references by "
        f"{number(float(best.std(axis=1).mean()))} on average."
    )
    return tuple(words)
