"""A saved model is the same file each time, and predicts the same after loading."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import sklearn
from model_tampering import repack
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from clusteract.errors import InputError
from clusteract.model import HonestScore, load_model, save_model
from clusteract.model.archive import parse_array
from clusteract.model.saving import dump_model, model_path
from clusteract.recipes import get_recipe, list_recipes

HONEST = HonestScore(0.7, 0.1, 1.0, float("nan"), 10, 1, 5, None, 42)


@pytest.mark.parametrize("recipe", list_recipes())
def test_a_loaded_model_predicts_bit_for_bit_the_same(recipe, tiny_model, small_table, tmp_path):
    model = tiny_model(recipe)
    loaded = load_model(save_model(model, tmp_path / "a.clusteract"))
    X = get_recipe(recipe).see(small_table).descriptors
    assert loaded.pipeline.predict(X).tobytes() == model.pipeline.predict(X).tobytes()
    assert loaded.summary() == model.summary()


@pytest.mark.parametrize("recipe", ["dense-kbest", "dense-standardized"])
def test_a_network_loads_and_predicts_where_jax_is_absent(
    recipe, tiny_model, small_table, tmp_path
):
    model = tiny_model(recipe)
    save_model(model, tmp_path / "a.clusteract")
    np.save(tmp_path / "X.npy", small_table.descriptors)
    code = (
        "import sys; sys.modules['jax'] = sys.modules['jaxlib'] = None\n"
        "import numpy as np; from clusteract.model import load_model\n"
        "predicted = load_model('a.clusteract').pipeline.predict(np.load('X.npy'))\n"
        "np.save('y.npy', predicted)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    expected = model.pipeline.predict(small_table.descriptors)
    assert np.load(tmp_path / "y.npy").tobytes() == expected.tobytes()


@pytest.mark.parametrize("recipe", list_recipes())
def test_saving_a_loaded_model_gives_the_same_bytes(recipe, tiny_model, tmp_path):
    path = save_model(tiny_model(recipe), tmp_path / "a.clusteract")
    assert dump_model(load_model(path)) == path.read_bytes()


def test_the_schema_is_readable_and_says_what_the_model_is(tiny_model, small_table, tmp_path):
    model = replace(tiny_model("rfr-kbest"), honest=HONEST)
    with zipfile.ZipFile(save_model(model, tmp_path / "a")) as archive:
        schema = json.loads(archive.read("schema.json"))
    assert (schema["format"], schema["protocol"]) == ("clusteract model", 2)
    assert [d["name"] for d in schema["descriptors"]] == list(small_table.descriptor_names)
    assert schema["data"]["sha256"] == small_table.source.sha256
    assert schema["data"]["synthetic"] is True
    assert schema["honest"]["r_mean"] == 0.7
    assert schema["honest"]["rmse_std"] is None


def test_the_honest_score_survives_with_its_undefined_figures(tiny_model, tmp_path):
    model = replace(tiny_model("rfr-kbest"), honest=HONEST)
    honest = load_model(save_model(model, tmp_path / "a")).honest
    assert str(honest) == str(HONEST)
    assert np.isnan(honest.rmse_std)


def test_no_pickle_and_no_date_in_the_file(tiny_model, tmp_path):
    with zipfile.ZipFile(save_model(tiny_model("rfr-rfe"), tmp_path / "a")) as archive:
        infos = archive.infolist()
    assert {i.filename.rsplit(".")[-1] for i in infos} == {"json", "npy"}
    assert {i.date_time for i in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_in_memory_beside_the_numbers_is_not_written(unpacked):
    # A tree's nodes have seven unused bytes each, which hold whatever was in memory there.
    arrays = [parse_array(data, name) for name, data in unpacked("rfr-kbest").arrays.items()]
    nodes = [a for a in arrays if a.dtype.names]
    assert nodes
    for array in nodes:
        used = sum(array.dtype[name].itemsize for name in array.dtype.names)
        unused = array.view(np.uint8).reshape(len(array), -1)[:, used:]
        assert unused.shape[1] > 0
        assert not unused.any()


def test_a_foreign_type_without_training_rows_is_not_saved(tiny_model, small_table, tmp_path):
    fitted = make_pipeline(Ridge()).fit(small_table.descriptors, small_table.target)
    model = replace(tiny_model("rfr-kbest"), pipeline=fitted)
    with pytest.raises(InputError, match=r"sklearn\.linear_model\._ridge\.Ridge.*no training rows"):
        save_model(model, tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_a_file_survives_the_move_of_a_module(unpacked, read, small_table, tiny_model):
    parts = unpacked("svr-rbf-kbest")
    text = json.dumps(parts.state)
    assert "clusteract." not in text
    elsewhere = text.replace('"clusteract"', '"clusteract.elsewhere"')
    assert elsewhere != text
    parts.state = json.loads(elsewhere)
    X = small_table.descriptors
    expected = tiny_model("svr-rbf-kbest").pipeline.predict(X)
    assert read(parts).pipeline.predict(X).tobytes() == expected.tobytes()


def test_another_scikit_learn_is_told_in_one_line(unpacked, tmp_path):
    parts = unpacked("svr-rbf-kbest")
    path = tmp_path / "old.clusteract"
    text = json.dumps(parts.state).replace(
        json.dumps(f'"{sklearn.__version__}"'), json.dumps('"1.7.0"')
    )
    parts.state, parts.schema["versions"]["scikit-learn"] = json.loads(text), "1.7.0"
    path.write_bytes(repack(parts))
    said = []
    load_model(path, say=said.append)
    assert len(said) == 1
    assert "saved with scikit-learn 1.7.0, read with" in said[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("model.csv", r"ends in \.clusteract, not \.csv"),
        (".", "is a folder"),
        ("file/model", r"cannot be written \(.*\)"),
    ],
)
def test_a_path_that_no_model_belongs_to(name, message, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=message):
        model_path(tmp_path / name)
