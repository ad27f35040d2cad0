"""Models for clusters of metals that training never saw together, and the columns they see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    VotingRegressor,
)
from sklearn.impute import SimpleImputer

from clusteract.data import ClusterTable
from clusteract.descriptors import CompositionDescriptors, PairwiseProducts
from clusteract.errors import InputError, close_matches
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.estimators.pairwise.models import get_pair_model, list_pair_models
from clusteract.estimators.pairwise.plain import PlainDifferences
from clusteract.estimators.small_data.additive_gp import AdditiveGPR

# Columns of the training and of the new clusters.
Columns = tuple[np.ndarray, np.ndarray]


def descriptor_columns(train: ClusterTable, new: ClusterTable) -> Columns:
    """Return the descriptors, missing ones filled by the median of the training clusters."""
    if train.descriptor_names != new.descriptor_names:
        other = sorted(set(train.descriptor_names) ^ set(new.descriptor_names))
        raise InputError(
            f"{train.source.name} and {new.source.name} have different descriptors "
            f"({', '.join(other[:5]) or 'in another order'}); give tables of the same columns"
        )
    return _filled(train.descriptors, new.descriptors)


def product_columns(train: ClusterTable, new: ClusterTable) -> Columns:
    """Return the descriptors and the products of every two of them."""
    X, new_X = descriptor_columns(train, new)
    products = PairwiseProducts().fit(X)
    return products.transform(X), products.transform(new_X)


def composition_columns(train: ClusterTable, new: ClusterTable) -> Columns:
    """Return the descriptors and everything that the formulas say."""
    made = CompositionDescriptors().fit([*train.names, *new.names])
    more = _filled(made.transform(train.names), made.transform(new.names))
    return _beside(descriptor_columns(train, new), more)


def count_columns(train: ClusterTable, new: ClusterTable) -> Columns:
    """Return the descriptors and the number of atoms of each element."""
    made = CompositionDescriptors().fit([*train.names, *new.names])
    n = len(made.elements_)
    counts = made.transform(train.names)[:, -n:], made.transform(new.names)[:, -n:]
    return _beside(descriptor_columns(train, new), counts)


def _filled(train: np.ndarray, new: np.ndarray) -> Columns:
    fill = SimpleImputer(strategy="median", keep_empty_features=True).fit(train)
    return fill.transform(train), fill.transform(new)


def _beside(a: Columns, b: Columns) -> Columns:
    return np.hstack([a[0], b[0]]), np.hstack([a[1], b[1]])


@dataclass(frozen=True)
class TransferModel:
    """A model to choose from.

    Attributes
    ----------
    name, title : str
    columns : callable
        Maps the training and the new table to `Columns`.
    build : callable
        Maps a seed to an unfitted model with `predict_against`.
    reference : bool
        One of the reference's own: shown beside, no candidate.
    """

    name: str
    title: str
    columns: Callable[[ClusterTable, ClusterTable], Columns]
    build: Callable[[int], Any]
    reference: bool = False


_MODELS: dict[str, TransferModel] = {}


def _register(name: str, title: str, columns: Callable):
    def keep(build: Callable):
        _MODELS[name] = TransferModel(name, title, columns, build)
        return build

    return keep


def _of_reference(name: str) -> TransferModel:
    model = get_pair_model(name)
    settings = {key: values[-1] for key, values in model.grid.items()}
    return TransferModel(
        name,
        model.title,
        product_columns,
        lambda seed: model.build(seed, False).set_params(**settings),
        reference=True,
    )


def get_transfer_model(name: str) -> TransferModel:
    """Return a model by name.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.
    """
    if name not in _MODELS:
        raise InputError(f"unknown transfer model {name!r}; {close_matches(name, _MODELS)}")
    return _MODELS[name]


def list_transfer_models() -> list[str]:
    """Return the names of all models, in the order of registration."""
    return list(_MODELS)


_MODELS.update({name: _of_reference(name) for name in list_pair_models()})


@_register("pairs-both-ways", "Boosted trees, antisymmetric pairs", composition_columns)
def pairs_both_ways(seed: int) -> PairwiseDifferenceRegressor:
    """Build boosted trees on pairs in both directions."""
    trees = HistGradientBoostingRegressor(max_iter=200, max_depth=4, random_state=seed)
    return PairwiseDifferenceRegressor(trees, direction="antisymmetric", random_state=seed)


@_register("extra-trees", "Extra trees", composition_columns)
def extra_trees(seed: int) -> PlainDifferences:
    """Build extremely randomized trees."""
    return PlainDifferences(_trees(seed))


@_register("boosted", "Boosted trees", composition_columns)
def boosted(seed: int) -> PlainDifferences:
    """Build stochastic gradient boosting."""
    return PlainDifferences(_boosted(seed))


@_register("additive", "Additive Gaussian process, composition", composition_columns)
def additive(seed: int) -> PlainDifferences:
    """Build a Gaussian process that adds up a rough function of each column."""
    return PlainDifferences(AdditiveGPR())


@_register("additive-counts", "Additive Gaussian process, element counts", count_columns)
def additive_counts(seed: int) -> PlainDifferences:
    """Build the same on descriptors and element counts alone."""
    return PlainDifferences(AdditiveGPR())


@_register("additive-boosted", "Additive process and boosted trees", composition_columns)
def additive_boosted(seed: int) -> PlainDifferences:
    """Build the mean of the two."""
    parts = [("additive", AdditiveGPR()), ("boosted", _boosted(seed))]
    return PlainDifferences(VotingRegressor(parts))


@_register("additive-trees", "Additive process and extra trees", composition_columns)
def additive_trees(seed: int) -> PlainDifferences:
    """Build the mean of the two."""
    parts = [("additive", AdditiveGPR()), ("trees", _trees(seed))]
    return PlainDifferences(VotingRegressor(parts))


def _trees(seed: int) -> ExtraTreesRegressor:
    return ExtraTreesRegressor(300, random_state=seed)


def _boosted(seed: int) -> GradientBoostingRegressor:
    return GradientBoostingRegressor(
        n_estimators=300,
        learning_rate=0.05,
        max_depth=4,
        subsample=0.5,
        max_features=0.3,
        random_state=seed,
    )
