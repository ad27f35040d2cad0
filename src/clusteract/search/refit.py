"""Fitting one pipeline by the sharing rules of its steps, for its predictions."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from clusteract.search.rules import Training, exact_rule_for


def fit_for_predictions(pipeline: Pipeline, X: Any, y: Any) -> Pipeline:
    """Fit a pipeline; it predicts, and selects, what ``clone(pipeline).fit(X, y)`` would.

    The rules leave out what neither needs: checks between the trees of a forest, and RFE's final
    fit, so that a selector may lack ``estimator_``. Rules that are not exact are not asked.

    Parameters
    ----------
    pipeline : Pipeline
        Unfitted; it stays so.
    X : ndarray of shape (n_rows, n_features)
    y : ndarray of shape (n_rows,)

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sklearn.feature_selection import RFE
    >>> forest = RandomForestRegressor(20, random_state=0)
    >>> pipeline = Pipeline([("select", RFE(forest, n_features_to_select=1)), ("model", forest)])
    >>> X = np.random.default_rng(0).normal(size=(40, 3))
    >>> fitted = fit_for_predictions(pipeline, X, X[:, 1])
    >>> fitted["select"].get_support().tolist()
    [False, True, False]
    """
    *inner, (name, model) = clone(pipeline).steps
    transformed, path = X, []
    store: dict[Any, Any] = {}
    for step_name, step in inner:
        if step not in (None, "passthrough"):
            training = Training(transformed, y, strict=True, store=store)
            step, transformed = exact_rule_for(step).fit_transform([step], training)[0]
        path.append((step_name, step))
    training = Training(transformed, y, strict=True, store=store)
    return Pipeline([*path, (name, exact_rule_for(model).fit([model], training)[0])])
