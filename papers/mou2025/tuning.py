"""Tuning the pairwise network: the reference's Optuna space, judged on clusters set aside."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.validation.metrics import score_predictions
from clusteract.validation.pairs import BOTH_UNSEEN, ONE_SEEN, disjoint_pair_splits

# A quick trial sees some fresh pairs in each of some epochs, on two inner splits, so that a budget
# of trials is one of time; the chosen settings then train on all pairs until they stop.
_QUICK_EPOCHS, _QUICK_PAIRS, _QUICK_SPLITS = 20, 3_000, 2
_FOLDS, _USED = 5, 3
_SEED = 0


def tune_network(
    model: PairwiseDifferenceRegressor,
    X: np.ndarray,
    y: np.ndarray,
    trials: int,
    whole: bool = False,
    storage: str | None = None,
) -> dict[str, Any]:
    """Search the reference's space for a network by cluster-disjoint splits of a training set.

    A trial is judged on two or three inner splits and given up after the first that is worse
    than the median of the trials before it.

    Parameters
    ----------
    model : PairwiseDifferenceRegressor
        Of a `DenseNetworkRegressor`.
    X : ndarray, (n_rows, n_columns)
        Of the training set.
    y : ndarray, (n_rows,)
    trials : int
        In all, those counted that an interrupted search has left in `storage`.
    whole : bool
        Train in each trial as long as `model` itself would, on all pairs.
    storage : str, optional
        SQLite file that holds the trials until all are done; they are kept in memory without
        one.

    Returns
    -------
    dict
        Settings for `model.set_params`.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    splits = disjoint_pair_splits(len(y), folds=_FOLDS)[: _USED if whole else _QUICK_SPLITS]
    quick = {} if whole else {"base__epochs": _QUICK_EPOCHS, "max_pairs": _QUICK_PAIRS}

    def objective(trial: optuna.Trial) -> float:
        candidate = clone(model).set_params(**suggest(trial), **quick)
        errors: list[float] = []
        for step, split in enumerate(splits):
            aside = np.vstack([split.tests[ONE_SEEN], split.tests[BOTH_UNSEEN]])
            fitted = clone(candidate).fit(X, y, pairs=split.train, validation_pairs=aside)
            i, j = aside.T
            found = fitted.difference(X[i], X[j])
            errors.append(score_predictions(y[i] - y[j], found).rmse)
            trial.report(float(np.mean(errors)), step)
            if trial.should_prune():
                raise optuna.TrialPruned
        return float(np.mean(errors))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(
            study_name="pair-dnn",
            storage=None if storage is None else f"sqlite:///{storage}",
            load_if_exists=True,
            sampler=optuna.samplers.TPESampler(seed=_SEED),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
        )
        # One that was stopped half-way (failed, or still called running) is not done.
        finished = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
        done = len(study.get_trials(deepcopy=False, states=finished))
        if study.trials:  # a fresh stream, not the one that the earlier trials were drawn from
            study.sampler = optuna.samplers.TPESampler(seed=_SEED + len(study.trials))
        study.optimize(objective, n_trials=max(0, trials - done))
    if storage is not None:
        Path(storage).unlink(missing_ok=True)  # the answer is kept elsewhere
    return suggest(optuna.trial.FixedTrial(study.best_params))


def suggest(trial: Any) -> dict[str, Any]:
    """Draw settings from the reference's space."""
    hidden = tuple(trial.suggest_int(f"units_{i}", 64, 512, step=32) for i in (1, 2, 3))
    return {
        "base__hidden": hidden,
        "base__dropout_rate": trial.suggest_float("dropout", 0.05, 0.4),
        "base__alpha": trial.suggest_float("l2", 1e-6, 1e-2, log=True),
        "base__learning_rate": trial.suggest_float("learning_rate", 1e-6, 1e-2, log=True),
        "base__batch_size": 128,
    }
