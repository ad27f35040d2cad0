"""Models for clusters of metals that training never saw together, and the columns they see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer

from clusteract.errors import InputError, close_matches
from clusteract.estimators.additive.additive_gp import AdditiveGPR
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.estimators.pairwise.plain import PlainDifferences
from clusteract.estimators.pairwise_products import PairwiseProducts
from clusteract.recipes import get_recipe
from clusteract.table import Table
from mou2025.pair_models import get_pair_model, list_pair_models

# Columns of the training and of the new clusters.
Columns = tuple[np.ndarray, np.ndarray]


def descriptor_columns(train: Table, new: Table) -> Columns:
    """Return the descriptors, missing ones filled by the median of the training clusters."""
    if train.descriptor_names != new.descriptor_names:
        other = sorted(set(train.descriptor_names) ^ set(new.descriptor_names))
        raise InputError(
            f"{train.source.name} and {new.source.name} have different descriptors "
            f"({', '.join(other[:5]) or 'in another order'}); give tables of the same columns"
        )
    return _filled(train.descriptors, new.descriptors)


def product_columns(train: Table, new: Table) -> Columns:
    """Return the descriptors and the products of every two of them."""
    X, new_X = descriptor_columns(train, new)
    products = PairwiseProducts().fit(X)
    return products.transform(X), products.transform(new_X)


def view_columns(view: str, train: Table, new: Table) -> Columns:
    """Return what a view of the table's domain shows; the own columns where there is none."""
    descriptor_columns(train, new)  # the same columns, or an error
    if view not in train.domain.views or train.domain != new.domain:
        return descriptor_columns(train, new)
    seen = train.domain.views[view](train)
    later = train.domain.complete(new, seen.descriptor_names)
    return _filled(
        seen.descriptors, np.column_stack([later.column(n) for n in seen.descriptor_names])
    )


def _filled(train: np.ndarray, new: np.ndarray) -> Columns:
    fill = SimpleImputer(strategy="median", keep_empty_features=True).fit(train)
    return fill.transform(train), fill.transform(new)


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
    parts : tuple of str
        Other models whose predictions it averages; it then has no columns of its own.
    """

    name: str
    title: str
    columns: Callable[[Table, Table], Columns]
    build: Callable[[int], Any]
    reference: bool = False
    parts: tuple[str, ...] = ()


_MODELS: dict[str, TransferModel] = {}


def _register(name: str, title: str, columns: Callable):
    def keep(build: Callable):
        _MODELS[name] = TransferModel(name, title, columns, build)
        return build

    return keep


def _average(name: str, title: str, parts: tuple[str, ...]) -> None:
    def build(seed: int) -> Any:
        raise TypeError(f"{name} is the mean of {', '.join(parts)}")

    _MODELS[name] = TransferModel(name, title, descriptor_columns, build, parts=parts)


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


def to_fit(models: Iterable[TransferModel]) -> list[TransferModel]:
    """Return the models that must be fitted for some: themselves, or their parts, each once."""
    names = dict.fromkeys(part for m in models for part in (m.parts or (m.name,)))
    return [get_transfer_model(name) for name in names]


def put_together(
    models: Sequence[TransferModel], found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return each model's predictions, averaged where it has parts, from those of `to_fit`."""
    return {m.name: np.mean([found[p] for p in (m.parts or (m.name,))], axis=0) for m in models}


_MODELS.update({name: _of_reference(name) for name in list_pair_models()})


@_register("additive-own", "Additive process, own descriptors", descriptor_columns)
def additive_own(seed: int) -> PlainDifferences:
    """Build a Gaussian process that adds up a rough function of each descriptor."""
    return PlainDifferences(AdditiveGPR())


@_register(
    "additive-counts", "Additive process, element counts", partial(view_columns, "with-counts")
)
def additive_counts(seed: int) -> PlainDifferences:
    """Build the same on descriptors and element counts."""
    return PlainDifferences(AdditiveGPR())


@_register(
    "additive-composition",
    "Additive process, composition",
    partial(view_columns, "with-composition"),
)
def additive_composition(seed: int) -> PlainDifferences:
    """Build the same on descriptors and composition."""
    return PlainDifferences(AdditiveGPR())


@_register("additive", "Additive process, made descriptors", partial(view_columns, "made"))
def additive(seed: int) -> PlainDifferences:
    """Build the same on descriptors and all that can be made of them."""
    return PlainDifferences(AdditiveGPR())


@_register("extra-trees", "Extra trees", partial(view_columns, "made"))
def extra_trees(seed: int) -> PlainDifferences:
    """Build extremely randomized trees."""
    return PlainDifferences(_model_of("extra-trees-made", seed))


@_register("boosted", "Boosted trees", partial(view_columns, "made"))
def boosted(seed: int) -> PlainDifferences:
    """Build stochastic gradient boosting."""
    return PlainDifferences(_model_of("boosted-made", seed))


def _model_of(recipe: str, seed: int) -> Any:
    return dict(get_recipe(recipe).steps(seed))["model"]


@_register("pairs-both-ways", "Boosted trees, antisymmetric pairs", partial(view_columns, "made"))
def pairs_both_ways(seed: int) -> PairwiseDifferenceRegressor:
    """Build boosted trees on pairs in both directions."""
    trees = HistGradientBoostingRegressor(max_iter=100, max_depth=4, random_state=seed)
    return PairwiseDifferenceRegressor(trees, direction="antisymmetric", random_state=seed)


# What a cluster is, seen three ways: measured, with its elements, and with all that follows.
_average(
    "additive-views",
    "Additive process, mean of three views",
    ("additive-own", "additive-counts", "additive"),
)
_average("additive-boosted", "Additive process and boosted trees", ("additive", "boosted"))
_average("additive-trees", "Additive process and extra trees", ("additive", "extra-trees"))
