"""The tables of pairwise learning: leaky and honest scores, references, diagnostics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clusteract.estimators.pairwise.aggregate import list_aggregates
from clusteract.report.chapters import TextTable
from clusteract.report.figures.numbers import with_spread
from clusteract.table import Table
from clusteract.validation import score_predictions
from clusteract.validation.pairs import BOTH_UNSEEN, ONE_SEEN, RANDOM
from mou2025.figures.pair_schemes import PairRow
from mou2025.pair_models import get_pair_model
from mou2025.pairwise_work import PairwiseWork

TUNED, PLAIN = "pair-dnn-tuned", "plain-forest"
SCHEMES = (RANDOM, ONE_SEEN, BOTH_UNSEEN)


def model_title(name: str) -> str:
    """Return a model's name in a table."""
    special = {
        TUNED: "Network (pairs), tuned inside",
        PLAIN: "Random forest, no pairs",
    }
    return special[name] if name in special else get_pair_model(name).title


def _note(work: PairwiseWork) -> str:
    """Say what the columns are, and what the models of this comparison were given."""
    said = [
        "Random pairs: 80/20 split of all pairs, nearly every test pair has both its clusters in "
        "training, and the network stops on the test pairs, as in the reference. One unseen, both "
        f"unseen: test pairs with clusters of {work.folds} test folds that no training pair, no "
        "choice and no stopping has seen. New cluster: y itself, predicted against all "
        "references. ± over folds."
    ]
    if "pair-gbr" in work.models:
        binned = "the values themselves" if work.exhaustive else "values binned into 255 steps"
        said.append(f"Boosted trees on {binned}.")
    if "pair-dnn" in work.models:
        settings = "The network's settings are the reference's, found while looking at pairs of "
        tuned = f"; the tuned row searches anew inside each training set ({work.trials} trials)"
        said.append(f"{settings}all these clusters{tuned if work.trials else ''}.")
    return " ".join(said)


def score_tables(rows: Sequence[PairRow], work: PairwiseWork) -> tuple[TextTable, TextTable]:
    """Return the leaky scores beside the honest ones: r, and RMSE."""
    note = _note(work)
    return (
        _scores("The leaky number and the honest one: r", rows, "r", 3, ""),
        _scores("The leaky number and the honest one: RMSE", rows, "rmse", 2, note),
    )


def _scores(title: str, rows: Sequence[PairRow], metric: str, digits: int, note: str) -> TextTable:
    cells = [
        (row.title, *(_cell(row, scheme, metric, digits) for scheme in (*SCHEMES, "new")))
        for row in rows
    ]
    columns = ("model", "random pairs", "one unseen", "both unseen", "new cluster")
    return TextTable(title, columns, tuple(cells), note)


def _cell(row: PairRow, scheme: str, metric: str, digits: int) -> str | None:
    mean = row.mean(scheme, metric)
    return None if mean is None else with_spread(mean, row.std(scheme, metric), digits)


def diagnostics_table(found: Mapping[str, Mapping[str, Any]]) -> TextTable:
    """Return how far each model is from a difference, on new clusters."""
    keys = ("size", "identity", "antisymmetry", "additivity")
    rows: list[tuple] = []
    for name, entry in found.items():
        folds = [f["diagnostics"] for f in entry["folds"] if "diagnostics" in f]
        if folds:
            rows.append((model_title(name), *(float(np.mean([f[k] for f in folds])) for k in keys)))
    return TextTable(
        "Is it a difference? Root mean squares on new clusters",
        ("model", "f(x,y)", "f(x,x)", "f(x,y)+f(y,x)", "f(x,y)+f(y,z)-f(x,z)"),
        tuple(rows),
        note="The last three must be 0.",
    )


def ways_table(table: Table, found: Mapping[str, Mapping[str, Any]]) -> TextTable:
    """Return the RMSE of new clusters for each way of putting the references together."""
    y = np.asarray(table.target)
    rows: list[tuple] = []
    for name, entry in found.items():
        folds = [f["new"] for f in entry["folds"] if "ways" in f["new"]]
        if folds:
            cells = [_way(y, folds, way) for way in list_aggregates()]
            spread = float(np.mean(np.concatenate([f["spread"] for f in folds])))
            rows.append((model_title(name), *cells, spread))
    return TextTable(
        "How the references are put together: RMSE of a new cluster",
        ("model", *list_aggregates(), "mean spread"),
        tuple(rows),
        note="Spread: standard deviation over the references. It says how well they agree; it is "
        "no interval.",
    )


def _way(y: np.ndarray, folds: Sequence[Mapping[str, Any]], way: str) -> float:
    scores = [score_predictions(y[f["rows"]], np.array(f["ways"][way]["value"])) for f in folds]
    return float(np.mean([s.rmse for s in scores]))
