"""predict: new rows in, the target out, with what speaks against trusting it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.model.columns import compare_columns, match_columns
from clusteract.model.predictions import LEVEL, Predictions
from clusteract.model.saved_model import SavedModel, rate_name
from clusteract.model.training_overlap import in_training
from clusteract.model.uncertainty import check_level, judge, trust_of, why_unbounded
from clusteract.table import Table

# Of a descriptor's training range: spreadsheets and CSV files round the last digits.
_EDGE = 1e-9

_NO_INTERVALS = (
    "no intervals and no domain: an earlier version saved this model without its training "
    "errors; fit it again with `clusteract fit` to have them"
)
_SEEN = "how well it fits them says nothing of new ones"


def predict(model: SavedModel, table: Table, *, level: float = LEVEL) -> Predictions:
    """Predict the target of a table's clusters, with intervals, domain and reasons.

    Columns are matched by name, in any order and spelling of the study's descriptors; others are
    ignored, and named in `remarks`. Sentinels such as -999 are taken as missing where they were in
    training.

    Parameters
    ----------
    model : SavedModel
    table : Table
        With or without a target; with one, `Predictions.scores` compares.
    level : float
        Of the intervals, such as 0.8, 0.9 or 0.95.

    Returns
    -------
    Predictions

    Raises
    ------
    ColumnMismatch
        Where descriptors are missing; its `diff` says which, and what resembles them.
    InputError
        Where values are missing and the model does not impute.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.recipes import get_recipe
    >>> from clusteract.model import fit_model
    >>> table = make_synthetic_table(100, seed=1, noise=0.1)
    >>> model = fit_model(table, get_recipe("svr-rbf-kbest"), budget=8, inner_folds=3, seed=0)
    >>> found = predict(model, make_synthetic_table(30, seed=2, noise=0.1))
    >>> len(found.values), bool(found.scores.r > 0.5), found.domain[0], found.covered > 20
    (30, True, 'inside', True)
    """
    check_level(level)
    used = ready(model, table)
    measured, remarks = _target(model, table)
    found = _trusted(model, used, level)
    n_seen = found.pop("n_seen")
    if measured is not None and n_seen:
        seen = "all" if n_seen == used.n_rows else f"{n_seen:,} of the {used.n_rows:,}"
        remarks = (f"the model was trained on {seen} {model.domain.rows}: {_SEEN}", *remarks)
    if "low" not in found:
        remarks = (*remarks, _NO_INTERVALS)
    else:
        remarks = (*remarks, *why_unbounded(found["low"], level, model.data.n_rows))
    return Predictions(
        names=used.names,
        target=model.target,
        outside=_named(_outside(used.descriptors, model.ranges), model.descriptors),
        imputed=_named(np.isnan(used.descriptors), model.descriptors),
        measured=measured,
        remarks=remarks,
        level=level,
        row=model.domain.row,
        **found,
    )


def _trusted(model: SavedModel, used: Table, level: float) -> dict[str, Any]:
    """Return the predicted values, and what the model knows of their trust, if anything."""
    trust = trust_of(model, used)
    if trust is None:
        same = used.source.sha256 == model.data.sha256
        return {
            "values": np.asarray(model.pipeline.predict(used.descriptors), dtype=float),
            "n_seen": used.n_rows if same else 0,
        }
    judged = judge(model, trust, used)
    low, high = trust.interval(judged.values, judged.difficulty, level)
    return {
        "values": judged.values,
        "n_seen": int(in_training(trust.training, used).sum()),
        "low": low,
        "high": high,
        "reasons": judged.reasons,
        "unusual": judged.unusual,
        "novelty": judged.novelty,
    }


def ready(model: SavedModel, table: Table) -> Table:
    """Return a table as the model's pipeline takes it.

    Raises
    ------
    InputError
        Where there are no clusters, columns are missing, or values are and the model does not
        impute.
    """
    where = table.source.name
    if table.n_rows == 0:
        raise InputError(f"{where}: has no rows; there is nothing to predict")
    used = aligned(model, table, where)
    gaps = np.isnan(used.descriptors)
    if model.missing != "impute" and gaps.any():
        row, descriptor = used.missing_cells[0]
        raise InputError(
            f"{where}: {descriptor} of {used.names[row]} is missing ({gaps.sum()} such cells), and "
            "this model was fitted without imputing; fill the cells, or fit it with imputing"
        )
    return used


def aligned(model: SavedModel, table: Table, where: str) -> Table:
    """Return the table with the model's columns, sentinels masked as they were in training."""
    table = model.domain.complete(table, model.descriptors)
    positions = match_columns(model.descriptors, table.descriptor_names, where, model.domain)
    chosen = table.with_descriptors(table.descriptors[:, positions], model.descriptors)
    if model.missing != "impute":
        return chosen
    # In a table of few rows an ordinary 999 may look like a sentinel; in the range it is none.
    inside = ~_outside(chosen.descriptors, model.ranges)
    masked = chosen.mask_sentinels().descriptors
    cells = np.where(inside, chosen.descriptors, masked)
    return chosen.with_descriptors(cells, chosen.descriptor_names)


def _outside(X: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    """Tell which known values lie outside the training range, (n_rows, n_descriptors)."""
    low, high = ranges.T
    edge = _EDGE * np.maximum(np.abs(low), np.abs(high))
    inside = (low - edge <= X) & (high + edge >= X)  # never, where no training value was known
    return ~np.isnan(X) & ~inside


def _named(mask: np.ndarray, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names[j] for j in np.flatnonzero(row)) for row in mask)


def _target(model: SavedModel, table: Table) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the measured target, and remarks on the columns that are not used."""
    unknown = list(compare_columns(model.descriptors, table.descriptor_names, model.domain).unknown)
    measured = table.target if _is_same(table.target_name, model.target) else None
    if measured is None and table.target is not None:
        unknown.append(str(table.target_name))
    if measured is None and model.target in unknown:
        unknown.remove(model.target)
        measured = table.column(model.target)
    if measured is not None and np.isnan(measured).any():
        return None, (f"{model.target} has gaps: not compared", *_ignored(unknown))
    return measured, _ignored(unknown)


def _is_same(target: str | None, trained: str) -> bool:
    if target is None or target == trained:
        return target is not None
    return rate_name(target) is not None and rate_name(target) == rate_name(trained)


def _ignored(columns: Sequence[str]) -> tuple[str, ...]:
    return (f"columns ignored: {', '.join(columns)}",) if columns else ()
