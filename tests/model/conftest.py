"""Small fitted models, and a way to tamper with their files."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest
from model_tampering import repack

from clusteract.model import fit_model
from clusteract.model.saving import dump_model, parse_model
from clusteract.recipes import get_recipe

# Few trees, small layers: what is tested here is the file, not the fit.
TREES = {"model__n_estimators": [3]}
SELECTION = {"feature_select__estimator__n_estimators": [3]}
LAYERS = {f"model__units_{i}": [5] for i in (1, 2, 3)}  # narrower than any selection
TINY = {
    "rfr-rfe": TREES | SELECTION,
    "rfr-kbest": TREES,
    "mlp-kbest": {"model__hidden_layer_sizes": [[6, 4]], "model__max_iter": [15]},
    "dense-kbest": LAYERS | {"model__epochs": [3]},
    "pair-boosted": {"model__base__max_iter": [3]},
    "pair-boosted-made": {"model__base__max_iter": [3]},
    "dense-standardized": LAYERS | {"model__epochs": [3]},
}


@pytest.fixture(scope="session")
def tiny_model(small_table):
    """Return a function that fits a recipe's first candidates on sixty simulated clusters."""
    fitted = {}

    def fit(name):
        if name not in fitted:
            recipe = get_recipe(name).with_grid(TINY.get(name, {}))
            fitted[name] = fit_model(small_table, recipe, budget=1, inner_folds=2, seed=1)
        return fitted[name]

    return fit


@pytest.fixture
def unpacked(tiny_model):
    """Return a function that gives a model's file as editable `schema`, `state`, `arrays`."""

    def unpack(name):
        with zipfile.ZipFile(io.BytesIO(dump_model(tiny_model(name)))) as archive:
            entries = {n: archive.read(n) for n in archive.namelist()}
        schema, state = (json.loads(entries.pop(n)) for n in ("schema.json", "pipeline.json"))
        return SimpleNamespace(schema=schema, state=state, arrays=entries)

    return unpack


@pytest.fixture
def read():
    """Return a function that parses a model file from bytes, or from tampered parts."""

    def parse(data, **more):
        data = data if isinstance(data, bytes) else repack(data, **more)
        return parse_model(data, "model", say=lambda text: None)

    return parse
