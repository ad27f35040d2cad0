"""What a model of clusters must beat: the mean of the core, and the formula alone."""

from __future__ import annotations

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from clusteract.chemistry.descriptors.made import composition_only
from clusteract.chemistry.groups import core, main_metal, n_atoms
from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.table import Table

Predictions = tuple[np.ndarray, np.ndarray]


def core_mean(table: Table, train: np.ndarray, test: np.ndarray) -> Predictions:
    """Predict the mean of the training clusters of the same core.

    Of the same metal where there is none of that core, of all where there is none either.
    """
    n_atoms(table)  # an unreadable label has no core
    y = np.asarray(table.target)
    keys = [np.array(core(table)), np.array(main_metal(table))]

    def mean_of(row: int) -> float:
        for groups in keys:
            same = y[train][groups[train] == groups[row]]
            if len(same):
                return float(same.mean())
        return float(y[train].mean())

    return np.array([mean_of(i) for i in train]), np.array([mean_of(i) for i in test])


def formula_alone(table: Table, train: np.ndarray, test: np.ndarray) -> Predictions:
    """Predict by an additive Gaussian process on the composition, without descriptors."""
    X, y = composition_only(table).descriptors, np.asarray(table.target)
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    model = make_pipeline(imputer, AdditiveGPR(roughness=1.0, noise=0.3)).fit(X[train], y[train])
    return model.predict(X[train]), model.predict(X[test])
