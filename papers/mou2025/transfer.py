"""Transfer: train on clusters of one metal, predict clusters of two against all references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from sklearn.base import clone

from clusteract.audit import audit, repair
from clusteract.errors import InputError
from clusteract.report.chapters import Chapter, TextTable
from clusteract.report.figures.numbers import count, number
from clusteract.report.figures.transfer import BAND, against_figure, transfer_parity
from clusteract.runs import Job, Place, Run
from clusteract.table import Table
from clusteract.validation import score_predictions
from mou2025.transfer_choice import Choice, choice_table, score_inside
from mou2025.transfer_models import (
    TransferModel,
    get_transfer_model,
    list_transfer_models,
    put_together,
    to_fit,
)

WIDE = 0.70  # the reference counts errors up to this
# The reference's published predictions of the heteronuclear clusters: r, RMSE, MAE, within 0.70.
PUBLISHED = MappingProxyType({"r": 0.801, "rmse": 0.476, "mae": 0.409, "within_wide": 50 / 57})


@dataclass(frozen=True)
class TransferWork:
    """What a transfer is made of.

    Attributes
    ----------
    models : tuple of str
        To choose from, of `list_transfer_models`.
    seed : int
    published : bool
        The tables are the reference's: set its figures beside.
    """

    models: tuple[str, ...] = tuple(list_transfer_models())
    seed: int = 42
    published: bool = False


def fit_against(model: Any, X: np.ndarray, y: np.ndarray, new: np.ndarray) -> list[list[float]]:
    """Predict new clusters against every training cluster, (n_new, n_references)."""
    return clone(model).fit(X, y).predict_against(new).tolist()


def transfer_chapter(run: Run, train: Table, new: Table, work: TransferWork) -> Chapter:
    """Choose a model on the training table alone, and predict the new table.

    Models are compared by predictions for cores and for metals that training left out: a new
    metal part is what they will meet. The model of the lowest mean RMSE on the repaired training
    table is chosen; the new table's targets are looked at once, after that.

    Parameters
    ----------
    run : Run
    train : Table
        With a target.
    new : Table
        With or without a target.
    work : TransferWork
    """
    if train.target is None:
        raise InputError(f"{train.source.name} has no target; name its column (target=...)")
    models = [get_transfer_model(name) for name in work.models]
    mended, mended_new = _mend(train), _mend(new)
    inside = score_inside(run, mended, models, work.seed)
    chosen = min(inside, key=lambda name: inside[name]["rmse"])
    raw, raw_new = train.mask_sentinels(), new.mask_sentinels()
    against = {
        "as repaired": _predict(run, mended, mended_new, models, work),
        "as published": _predict(run, raw, raw_new, models, work),
    }
    best = against["as repaired"][chosen]
    title = get_transfer_model(chosen).title
    drawings = [against_figure(new, best, title)]
    if new.target is not None:
        drawings.insert(0, transfer_parity(new, best, title))
    scores = _scores(new, against)
    return Chapter(
        name="transfer",
        title="Transfer to clusters of two metals" if work.published else "Transfer",
        sentences=_sentences(train, new, inside, chosen, scores, work),
        tables=_tables(train, new, inside, chosen, scores, against, work),
        drawings=tuple(drawings),
        numbers=_numbers(new, inside, chosen, scores, best),
    )


def _mend(table: Table) -> Table:
    return repair(table, audit(table))[0].mask_sentinels()


def _predict(
    run: Run,
    train: Table,
    new: Table,
    models: Sequence[TransferModel],
    work: TransferWork,
) -> dict[str, np.ndarray]:
    y, jobs, parts = np.asarray(train.target), [], to_fit(models)
    for model in parts:
        X, new_X = model.columns(train, new)
        args = (model.build(work.seed), X, y, new_X)
        jobs.append(Job(Place(f"{model.name}, transfer"), fit_against, args))
    answers = run.runner.answers(jobs)
    found = {m.name: np.array(a) for m, a in zip(parts, answers, strict=True)}
    return put_together(models, found)


def errors(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Score predictions, with and without the experimental band.

    Returns
    -------
    dict
        ``r``, ``rmse``, ``mae``, ``r2``; ``within_band`` and ``within_wide``: shares of errors up
        to 0.477 (a factor of 3 in k1) and 0.70; ``rmse_beyond``: of what exceeds the band;
        ``bias``: mean of predicted minus measured.
    """
    size = np.abs(predicted - y)
    return {
        **score_predictions(y, predicted)._asdict(),
        "within_band": float(np.mean(size <= BAND)),
        "within_wide": float(np.mean(size <= WIDE)),
        "bias": float(np.mean(predicted - y)),
        "rmse_beyond": float(np.sqrt(np.mean(np.maximum(size - BAND, 0) ** 2))),
    }


def _scores(
    new: Table, against: Mapping[str, Mapping[str, np.ndarray]]
) -> dict[str, dict[str, dict[str, float]]]:
    """Return version -> model -> errors of the mean over references; {} without a target."""
    if new.target is None:
        return {}
    y = np.asarray(new.target)
    return {
        version: {name: errors(y, values.mean(axis=1)) for name, values in found.items()}
        for version, found in against.items()
    }


def _tables(
    train: Table,
    new: Table,
    inside: Choice,
    chosen: str,
    scores: Mapping[str, Mapping[str, Mapping[str, float]]],
    against: Mapping[str, Mapping[str, np.ndarray]],
    work: TransferWork,
) -> tuple[TextTable, ...]:
    choice = choice_table(inside, chosen)
    best = against["as repaired"][chosen]
    clusters = _clusters(new, best)
    if not scores:
        return choice, clusters
    return choice, _outcome(train, new, chosen, scores, work), clusters


def _outcome(
    train: Table,
    new: Table,
    chosen: str,
    scores: Mapping[str, Mapping[str, Mapping[str, float]]],
    work: TransferWork,
) -> TextTable:
    keys = ("r", "rmse", "mae", "within_band", "within_wide", "rmse_beyond")
    rows: list[tuple] = []
    for version, found in scores.items():
        for name, s in sorted(found.items(), key=lambda item: item[0] != chosen):
            mark = " (chosen)" if name == chosen else ""
            title = f"{get_transfer_model(name).title}{mark}, {version}"
            rows.append((title, *(s[key] for key in keys)))
    if work.published:
        rows.append(("Published predictions", *(PUBLISHED.get(key) for key in keys)))
    y = np.asarray(new.target)
    naive = errors(y, np.full(len(y), np.mean(np.asarray(train.target))))
    rows.append(("Mean of the training table", None, *(naive[key] for key in keys[1:])))
    return TextTable(
        "How it came out: mean over all references",
        ("model", "r", "RMSE", "MAE", "within ±0.48", "within ±0.70", "RMSE beyond ±0.48"),
        tuple(rows),
        note="±0.48 is a factor of 3 in k1, the experimental uncertainty. Only the chosen model's "
        "rows are a prediction; the others are shown for comparison and chose nothing.",
    )


def _clusters(new: Table, against: np.ndarray) -> TextTable:
    y = [math.nan] * new.n_rows if new.target is None else np.asarray(new.target).tolist()
    rows = tuple(
        (name, measured, float(v.mean()), float(np.median(v)), float(v.std()))
        for name, measured, v in zip(new.names, y, against, strict=True)
    )
    columns = ("cluster", "measured", "mean", "median", "spread over references")
    title = "Every new cluster, predicted against all references"
    return TextTable(title, columns, rows, printed=new.target is None)


def _sentences(
    train: Table,
    new: Table,
    inside: Choice,
    chosen: str,
    scores: Mapping[str, Mapping[str, Mapping[str, float]]],
    work: TransferWork,
) -> tuple[str, ...]:
    title = get_transfer_model(chosen).title
    found = inside[chosen]
    words = [
        f"Chosen on {train.source.name} alone, by predictions for cores and metals left out: "
        f"{title} (mean RMSE {number(found['rmse'], 3)})."
    ]
    if scores:
        mended, raw = (scores[v][chosen] for v in ("as repaired", "as published"))
        words += [
            f"On {count(new.n_rows, 'new cluster')} of the repaired table it has r "
            f"{number(mended['r'], 3)}, RMSE {number(mended['rmse'], 3)}, MAE "
            f"{number(mended['mae'], 3)}; {round(mended['within_wide'] * new.n_rows)} lie "
            f"within 0.70, {round(mended['within_band'] * new.n_rows)} within the experiment's "
            "factor of 3.",
            _beside_the_mean(train, new, mended),
            f"On the table as published, errors included: r {number(raw['r'], 3)}, RMSE "
            f"{number(raw['rmse'], 3)}.",
        ]
    if scores and work.published:
        words.append(
            f"The reference's published predictions have r {PUBLISHED['r']}, RMSE "
            f"{PUBLISHED['rmse']}, MAE {PUBLISHED['mae']}."
        )
    return tuple(words)


def _beside_the_mean(train: Table, new: Table, found: Mapping[str, float]) -> str:
    y = np.asarray(new.target)
    naive = errors(y, np.full(len(y), np.mean(np.asarray(train.target))))["rmse"]
    verdict = "the model does better" if found["rmse"] < naive else "the model does worse"
    return (
        f"On average it predicts {_bias_words(found['bias'])}. The mean of the training table has "
        f"RMSE {number(naive, 3)}: {verdict}."
    )


def _bias_words(bias: float) -> str:
    """Say on which side predictions lie on average.

    Examples
    --------
    >>> _bias_words(0.21), _bias_words(-0.004)
    ('0.21 too high', 'neither too high nor too low')
    """
    size = number(abs(bias))
    if size == number(0.0):
        return "neither too high nor too low"
    return f"{size} {'too high' if bias > 0 else 'too low'}"


def _numbers(
    new: Table,
    inside: Choice,
    chosen: str,
    scores: Mapping[str, Any],
    best: np.ndarray,
) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "left_out": inside,
        "scores": scores,
        "predictions": {
            name: {"mean": v.mean(), "median": float(np.median(v)), "std": v.std()}
            for name, v in zip(new.names, best, strict=True)
        },
    }
