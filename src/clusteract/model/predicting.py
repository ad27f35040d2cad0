"""predict: new clusters in, lg(k1) and k1 out, with what speaks against trusting them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clusteract.data import ClusterTable
from clusteract.descriptors.normalised import complete
from clusteract.errors import InputError
from clusteract.model.columns import compare_columns, match_columns
from clusteract.model.saved_model import SavedModel, rate_name
from clusteract.validation.metrics import Metrics, score_predictions

# Of a descriptor's training range: spreadsheets and CSV files round the last digits.
_EDGE = 1e-9

_SEEN = (
    "the model was fitted on this very table: how well it fits here says nothing of new clusters"
)


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of a table's clusters.

    Attributes
    ----------
    names : tuple of str, (n_clusters,)
    values : ndarray, (n_clusters,)
        The predicted target.
    target : str
        Its name.
    outside : tuple of tuple of str, (n_clusters,)
        Each cluster's descriptors that lie outside their training range.
    imputed : tuple of tuple of str, (n_clusters,)
        Each cluster's descriptors that were missing: the training median stands for them.
    new_elements : tuple of tuple of str, (n_clusters,)
        Each cluster's elements that no training cluster has.
    measured : ndarray, (n_clusters,), or None
        The target where the table has it.
    remarks : tuple of str
        What was noticed about the table as a whole.
    """

    names: tuple[str, ...]
    values: np.ndarray
    target: str
    outside: tuple[tuple[str, ...], ...]
    imputed: tuple[tuple[str, ...], ...]
    new_elements: tuple[tuple[str, ...], ...]
    measured: np.ndarray | None = None
    remarks: tuple[str, ...] = ()

    @property
    def rate(self) -> np.ndarray | None:
        """The rate constant where the target is its decadic logarithm, (n_clusters,)."""
        if rate_name(self.target) is None:
            return None
        with np.errstate(over="ignore"):
            return 10.0**self.values

    @property
    def scores(self) -> Metrics | None:
        """Scores against the measured target, where the table has it."""
        return None if self.measured is None else score_predictions(self.measured, self.values)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What speaks against each prediction, in words; empty where nothing does."""
        columns = zip(self.outside, self.imputed, self.new_elements, strict=True)
        return tuple("; ".join(_words(*row)) for row in columns)

    def records(self) -> list[dict[str, Any]]:
        """Return one plain record a cluster, as `predict --json` prints it."""
        rate, measured = self.rate, self.measured
        return [
            {
                "cluster": name,
                "predicted": float(self.values[i]),
                "rate": None if rate is None else float(rate[i]),
                "measured": None if measured is None else float(measured[i]),
                "outside_range": list(self.outside[i]),
                "imputed": list(self.imputed[i]),
                "new_elements": list(self.new_elements[i]),
            }
            for i, name in enumerate(self.names)
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return cluster, prediction, rate constant, measured target and notes as a DataFrame."""
        columns: dict[str, Sequence[Any] | np.ndarray] = {
            "cluster": list(self.names),
            f"{self.target} predicted": self.values,
        }
        if self.rate is not None:
            columns[f"{rate_name(self.target)} predicted"] = self.rate
        if self.measured is not None:
            columns[f"{self.target} measured"] = self.measured
        return pd.DataFrame({**columns, "notes": list(self.notes)})

    def to_csv(self) -> str:
        """Return `to_frame` as CSV text; numbers in full precision."""
        frame = self.to_frame()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(frame.itertuples(index=False))
        return text.getvalue()


def _words(outside: tuple[str, ...], imputed: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    said = []
    if outside:
        said.append(f"outside the training range: {', '.join(outside)}")
    if imputed:
        said.append(f"missing, imputed: {', '.join(imputed)}")
    if new:
        said.append(f"element not in training: {', '.join(new)}")
    return said


def predict(model: SavedModel, table: ClusterTable) -> Predictions:
    """Predict the target of a table's clusters.

    Columns are matched by name, in any order and spelling of the study's descriptors; others are
    ignored, and named in `remarks`. Sentinels such as -999 are taken as missing where they were in
    training.

    Parameters
    ----------
    model : SavedModel
    table : ClusterTable
        With or without a target; with one, `Predictions.scores` compares.

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
    >>> from clusteract.data import make_synthetic_table
    >>> from clusteract.estimators import get_recipe
    >>> from clusteract.model import fit_model
    >>> table = make_synthetic_table(100, seed=1, noise=0.1)
    >>> model = fit_model(table, get_recipe("svr-rbf-kbest"), budget=8, inner_folds=3, seed=0)
    >>> found = predict(model, make_synthetic_table(30, seed=2, noise=0.1))
    >>> len(found.values), bool(found.scores.r > 0.5)
    (30, True)
    """
    where = table.source.name
    if table.n_clusters == 0:
        raise InputError(f"{where}: has no clusters; there is nothing to predict")
    used = aligned(model, table, where)
    X = used.descriptors
    gaps = np.isnan(X)
    if model.missing != "impute" and gaps.any():
        row, descriptor = used.missing_cells[0]
        raise InputError(
            f"{where}: {descriptor} of {used.names[row]} is missing ({gaps.sum()} such cells), and "
            "this model was fitted without imputing; fill the cells, or fit it with imputing"
        )
    measured, remarks = _target(model, table)
    if measured is not None and table.source.sha256 == model.data.sha256:
        remarks = (_SEEN, *remarks)
    return Predictions(
        names=used.names,
        values=np.asarray(model.pipeline.predict(X), dtype=float),
        target=model.target,
        outside=_named(_outside(X, model.ranges), model.descriptors),
        imputed=_named(gaps, model.descriptors),
        new_elements=_new_elements(model, used),
        measured=measured,
        remarks=remarks,
    )


def aligned(model: SavedModel, table: ClusterTable, where: str) -> ClusterTable:
    """Return the table with the model's columns, sentinels masked as they were in training."""
    table = complete(table, model.descriptors)
    positions = match_columns(model.descriptors, table.descriptor_names, where)
    chosen = table.with_descriptors(table.descriptors[:, positions], model.descriptors)
    if model.missing != "impute":
        return chosen
    # In a table of few rows an ordinary 999 may look like a sentinel; in the range it is none.
    inside = ~_outside(chosen.descriptors, model.ranges)
    masked = chosen.mask_sentinels().descriptors
    cells = np.where(inside, chosen.descriptors, masked)
    return chosen.with_descriptors(cells, chosen.descriptor_names)


def _outside(X: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    """Tell which known values lie outside the training range, (n_clusters, n_descriptors)."""
    low, high = ranges.T
    edge = _EDGE * np.maximum(np.abs(low), np.abs(high))
    inside = (low - edge <= X) & (high + edge >= X)  # never, where no training value was known
    return ~np.isnan(X) & ~inside


def _named(mask: np.ndarray, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names[j] for j in np.flatnonzero(row)) for row in mask)


def _new_elements(model: SavedModel, table: ClusterTable) -> tuple[tuple[str, ...], ...]:
    known = set(model.data.elements)
    if not known:
        return ((),) * table.n_clusters
    return tuple(
        tuple(e for e in f.elements if e not in known) if f else () for f in table.formulas
    )


def _target(model: SavedModel, table: ClusterTable) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the measured target, and remarks on the columns that are not used."""
    unknown = list(compare_columns(model.descriptors, table.descriptor_names).unknown)
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
