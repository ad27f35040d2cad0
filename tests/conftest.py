"""Fixtures shared by all rooms: where the published tables are, and small synthetic ones."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from sklearn.dummy import DummyRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clusteract.validation import FoldResult, RecipeResult, StudyResult

# The same examples in every run, and no deadline: a busy machine is no defect.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

_BESIDE = Path(__file__).parents[1].parent / "shared" / "data" / "cluster_N2"


def published_folder() -> Path | None:
    """Return the folder of the published tables, or None."""
    folder = Path(os.environ.get("CLUSTERACT_DATA") or _BESIDE)
    return folder if (folder / "homonuclear-159-24features.xlsx").is_file() else None


@pytest.fixture(scope="session")
def published(request) -> Path:
    """The folder of the published tables; skips where they are not, fails where they must be."""
    folder = published_folder()
    if folder is None:
        reason = "the published tables are not here (set CLUSTERACT_DATA to their folder)"
        if os.environ.get("CLUSTERACT_REQUIRE_PUBLISHED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def small_table():
    """Sixty simulated clusters."""
    from clusteract.chemistry.synthetic import make_synthetic_table

    return make_synthetic_table(60, seed=1)


@pytest.fixture(scope="session")
def clean():
    """A table of few cores, so that every core has a reference."""
    from clusteract.chemistry.groups import core
    from clusteract.chemistry.synthetic import make_synthetic_table

    table = make_synthetic_table(400, seed=11)
    common = [i for i, c in enumerate(core(table)) if core(table).count(c) >= 5]
    return table.take(common[:120])


@pytest.fixture(scope="session")
def put():
    """Change cells of a table."""

    def change(table, cells):
        X = table.descriptors.copy()
        for (row, column), value in cells.items():
            X[row, table.descriptor_names.index(column)] = value
        return replace(table, descriptors=X)

    return change


@pytest.fixture(scope="session")
def row_of():
    """Find a row whose core has so many metal atoms."""

    from clusteract.chemistry.formula import formulas_of

    def find(table, n_metals):
        return next(i for i, f in enumerate(formulas_of(table)) if f.n_metals == n_metals)

    return find


@pytest.fixture(scope="session")
def handmade_study():
    """Make a StudyResult from quick fits, for the rooms that only show results."""
    return _study


@pytest.fixture(scope="session")
def result(small_table):
    """A study of the simulated clusters."""
    return _study(small_table)


@pytest.fixture(scope="session")
def real_result(small_table):
    """The same, and nothing in it synthetic as far as its source says."""
    source = replace(small_table.source, synthetic=False)
    return _study(replace(small_table, source=source))


_MODELS = {"ridge": Ridge(), "knn": KNeighborsRegressor(3)}


def _study(table, *, folds=4, models=_MODELS, baselines=True) -> StudyResult:
    """Fit each model on the five best descriptors of each training set."""
    y = table.target
    recipes = {
        name: _recipe(name, f"Model {name} + SelectKBest", _selecting(model), table, y, folds)
        for name, model in models.items()
    }
    found = {}
    if baselines:
        mixed = np.random.default_rng(0).permutation(y)
        title = "Mean of the training set"
        found["mean"] = _recipe("mean", title, make_pipeline(DummyRegressor()), table, y, folds)
        shuffled = _selecting(next(iter(models.values())))
        found["shuffled"] = _recipe("shuffled", "Shuffled targets", shuffled, table, mixed, folds)
    settings = {"seed": 42, "outer_folds": folds, "missing": "impute", "budget": {"ridge": None}}
    shuffled_recipe = next(iter(models)) if baselines else None
    return StudyResult(table, recipes, found, shuffled_recipe, settings)


def _selecting(model):
    return make_pipeline(StandardScaler(), SelectKBest(f_regression, k=5), model)


def _recipe(name, title, pipeline, table, y, folds) -> RecipeResult:
    splits = KFold(folds, shuffle=True, random_state=42).split(y)
    numbered = enumerate(splits, start=1)
    return RecipeResult(name, title, tuple(_fold(name, pipeline, table, y, *s) for s in numbered))


def _fold(name, pipeline, table, y, fold, split) -> FoldResult:
    train, test = split
    X = np.nan_to_num(table.descriptors)
    pipeline.fit(X[train], y[train])
    selector = pipeline.named_steps.get("selectkbest")
    kept = selector.get_support(indices=True) if selector else ()
    return FoldResult(
        recipe=name,
        fold=fold,
        train=tuple(train.tolist()),
        test=tuple(test.tolist()),
        y_train=tuple(y[train].tolist()),
        y_test=tuple(y[test].tolist()),
        train_predictions=tuple(pipeline.predict(X[train]).tolist()),
        test_predictions=tuple(pipeline.predict(X[test]).tolist()),
        best_params={"feature_select__k": 5, "scaler": "StandardScaler()", "model__depth": None},
        selected=tuple(table.descriptor_names[j] for j in kept),
        inner_score=-1.0,
        fits=10,
        fits_naive=100,
        seconds=0.5,
    )


# Doctests are collected from every module, and conftest.py is the name of several.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
