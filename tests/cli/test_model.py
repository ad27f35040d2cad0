"""``clusteract model show`` tells what a file is and asks for, and runs nothing of it."""

import json

import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.pipeline import Pipeline

from clusteract import make_synthetic_table
from clusteract.cli.main import run
from clusteract.model import fit_model, save_model
from clusteract.recipes import get_recipe

KERNEL_RIDGE = "sklearn.kernel_ridge.KernelRidge"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the files of a stored model, of one that is fitted again, and of a table."""
    from dataclasses import replace

    folder = tmp_path_factory.mktemp("models")
    table = make_synthetic_table(60, seed=1)
    model = fit_model(table, get_recipe("svr-rbf-kbest"), budget=1, inner_folds=2)
    memory = model.pipeline.steps[0]
    ridge = Pipeline([("model", KernelRidge())]).fit(memory[1].clusters_, memory[1].targets_)
    foreign = replace(model, pipeline=Pipeline([memory, *ridge.steps]))
    rows = [[n, *x] for n, x in zip(table.names[:5], table.descriptors[:5].tolist(), strict=True)]
    lines = [["cluster", *table.descriptor_names], *rows]
    candidates = folder / "rows.csv"
    candidates.write_text("\n".join(",".join(map(str, line)) for line in lines))
    own, other = folder / "own.clusteract", folder / "foreign.clusteract"
    return str(save_model(model, own)), str(save_model(foreign, other)), str(candidates)


def test_it_says_how_a_model_is_saved(files, capsys):
    assert run(["model", "show", files[0]]) == 0
    out = capsys.readouterr().out
    assert "all that it learned is in the file" in out
    assert "--trust" not in out


def test_it_lists_what_must_be_trusted(files, capsys):
    assert run(["model", "show", files[1], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["trust"] == [KERNEL_RIDGE]
    assert run(["model", "show", files[1]]) == 0
    assert f"--trust {KERNEL_RIDGE}" in capsys.readouterr().out


def test_a_foreign_model_predicts_where_it_is_trusted(files, capsys):
    assert run(["predict", files[1], files[2]]) == 1
    assert f"add --trust {KERNEL_RIDGE}" in capsys.readouterr().err
    assert run(["predict", files[1], files[2], "--trust", KERNEL_RIDGE]) == 0


def test_trust_may_stand_in_the_configuration(files, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path)
    (tmp_path / "config.toml").write_text(f'trusted = ["{KERNEL_RIDGE}"]')
    assert run(["predict", files[1], files[2]]) == 0
    (tmp_path / "config.toml").write_text("trusted = 3")
    assert run(["predict", files[1], files[2]]) == 1
