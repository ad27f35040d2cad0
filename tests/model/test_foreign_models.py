"""Foreign models are saved as settings and rows, and nothing of theirs runs without trust."""

import io
import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, StackingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression, SGDRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from clusteract.errors import InputError
from clusteract.model import describe_file, load_model, save_model, saving_way
from clusteract.model.allowed import REFITTED
from clusteract.model.refit import foreign_types
from clusteract.recipes import get_recipe, list_recipes

FOREIGN = {
    "krr": KernelRidge(alpha=0.1, kernel="rbf"),
    "gpr": GaussianProcessRegressor(RBF() + WhiteKernel(), random_state=0),
    "hist": HistGradientBoostingRegressor(max_iter=5, random_state=0),
    "stack": StackingRegressor([("krr", KernelRidge()), ("lr", LinearRegression())], cv=3),
}


@pytest.fixture
def foreign(tiny_model, small_table):
    """Return a function that puts a foreign regressor in a fitted model."""
    model = tiny_model("svr-rbf-kbest")
    memory = model.pipeline.steps[0]

    def make(regressor):
        steps = [("scaler", StandardScaler()), ("model", regressor)]
        fitted = Pipeline(steps).fit(memory[1].clusters_, memory[1].targets_)
        return replace(model, pipeline=Pipeline([memory, *fitted.steps]))

    return make


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_model_predicts_the_same_after_loading(name, foreign, small_table, tmp_path):
    model = foreign(FOREIGN[name])
    path = save_model(model, tmp_path / "a.clusteract")
    told = describe_file(path)
    assert told["way"] == saving_way(model.pipeline) == "refit"
    loaded = load_model(path, trusted=told["trust"])
    X = small_table.descriptors
    np.testing.assert_allclose(loaded.pipeline.predict(X), model.pipeline.predict(X), rtol=1e-9)


@pytest.mark.parametrize("recipe", list_recipes())
def test_our_own_recipes_are_stored_or_refitted_without_asking(recipe):
    pipeline = get_recipe(recipe).pipeline(seed=1, impute=True)
    assert saving_way(pipeline) == ("refit" if recipe.startswith("pair-") else "stored")
    assert set(foreign_types(pipeline)) <= set(REFITTED)


def test_without_trust_the_names_are_told(foreign, tmp_path):
    path = save_model(foreign(KernelRidge()), tmp_path / "a.clusteract")
    with pytest.raises(InputError, match=r"--trust sklearn\.kernel_ridge\.KernelRidge$"):
        load_model(path)
    with pytest.raises(InputError, match=r"--trust sklearn\.kernel_ridge\.KernelRidge$"):
        load_model(path, trusted=["sklearn.kernel_ridge.Other"])


@pytest.fixture
def edited(foreign, tmp_path):
    """Return a function that saves a foreign model with another description."""

    def write(description):
        path = save_model(foreign(KernelRidge()), tmp_path / "good.clusteract")
        with zipfile.ZipFile(path) as archive:
            entries = {n: archive.read(n) for n in archive.namelist()}
        entries["refit.json"] = json.dumps(description).encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        bad = tmp_path / "bad.clusteract"
        bad.write_bytes(buffer.getvalue())
        return bad

    return write


def pipeline_of(node):
    steps = {"list": [{"tuple": ["model", node]}]}
    return {"type": "sklearn.pipeline.Pipeline", "params": {"steps": steps}}


@pytest.fixture
def canary(tmp_path, monkeypatch):
    """Return a file that importing the module `evil_module` makes."""
    touched = tmp_path / "touched"
    (tmp_path / "evil_module.py").write_text(
        f"import pathlib\npathlib.Path({str(touched)!r}).touch()\n"
        "class Evil:\n    def get_params(self, deep=True): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield touched
    sys.modules.pop("evil_module", None)


def test_the_canary_sings_where_it_is_trusted(edited, canary):
    bad = edited(pipeline_of({"type": "evil_module.Evil", "params": {}}))
    with pytest.raises(InputError, match="can't be fitted again"):
        load_model(bad, trusted=["evil_module.Evil"])
    assert canary.exists()


@pytest.mark.parametrize(
    "node",
    [
        {"type": "evil_module.Evil", "params": {}},
        {"name": "evil_module.Evil"},
        {"type": "sklearn.kernel_ridge.KernelRidge", "params": {"a": {"name": "evil_module.f"}}},
        {"dict": [["type", {"name": "evil_module.f"}]]},
        {"type": ["evil_module.Evil"], "params": {}},
        {"type": "evil_module.Evil", "name": "evil_module.f"},
    ],
)
def test_nothing_is_imported_without_trust(node, edited, canary):
    bad = edited(pipeline_of(node))
    with pytest.raises(InputError):
        load_model(bad, trusted=["sklearn.kernel_ridge.KernelRidge"])
    with pytest.raises(InputError):
        load_model(bad)
    assert not canary.exists()
    assert "evil_module" not in sys.modules


@pytest.mark.parametrize(
    ("description", "message"),
    [
        (pipeline_of("passthrough"), "holds no foreign type"),
        ({"name": "os.system"}, "no pipeline"),
        (pipeline_of({"type": "os.system", "params": {}}), "no estimator"),
        (pipeline_of({"name": "a\x1b[2J.b"}), "no name"),
        ({**pipeline_of({"name": "os.system"}), "more": 1}, "malformed entry"),
    ],
)
def test_a_description_that_is_none_is_refused(description, message, edited):
    with pytest.raises(InputError, match=message):
        load_model(edited(description), trusted=["os.system"])


def test_a_cache_of_pickles_is_refused(edited, tmp_path):
    node = pipeline_of({"type": "sklearn.kernel_ridge.KernelRidge", "params": {}})
    node["params"]["memory"] = str(tmp_path / "cache")
    with pytest.raises(InputError, match="cache of pickles"):
        load_model(edited(node), trusted=["sklearn.kernel_ridge.KernelRidge"])
    assert not (tmp_path / "cache").exists()


def test_a_model_that_never_fits_the_same_is_not_saved(foreign, tmp_path):
    with pytest.raises(InputError, match="predicts otherwise than when saved"):
        save_model(foreign(SGDRegressor(max_iter=5, tol=None)), tmp_path / "a.clusteract")
    assert not list(tmp_path.iterdir())


def test_what_no_file_can_hold_is_told_before_the_search():
    local = Pipeline([("f", FunctionTransformer(lambda X: X)), ("model", KernelRidge())])
    with pytest.raises(InputError, match="can't be found again when the model is loaded"):
        saving_way(local)
    with pytest.raises(InputError, match="KernelRidge kernel_params is a ndarray"):
        saving_way(Pipeline([("model", KernelRidge(kernel_params=np.ones(2)))]))
