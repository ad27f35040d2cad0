"""``clusteract predict``: what it prints, what it writes, and how it refuses."""

import csv
import json

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import run
from clusteract.model import fit_model, save_model
from clusteract.recipes import get_recipe


@pytest.fixture(scope="module")
def model(small_table, tmp_path_factory):
    fitted = fit_model(small_table, get_recipe("svr-rbf-kbest"), budget=1, inner_folds=2)
    return str(save_model(fitted, tmp_path_factory.mktemp("model") / "svr.clusteract"))


@pytest.fixture
def new(tmp_path):
    """Ten clusters in a file, their target with them, columns in another order."""
    frame = make_synthetic_table(10, seed=7).to_frame()
    path = tmp_path / "new.csv"
    frame[[*frame.columns[:2], *reversed(frame.columns[2:])]].to_csv(path, index=False)
    return str(path)


def test_it_prints_predictions_and_scores(model, new, capsys):
    assert run(["predict", model, new]) == 0
    out = capsys.readouterr().out
    assert "svr-rbf-kbest on 60 clusters of synthetic (SYNTHETIC)" in out
    assert "honest score: none in this model" in out
    assert "k1 / cm^3 molecule^-1 s^-1" in out
    assert "against the measured lg(k1): r " in out
    assert "90 % interval" in out
    assert "inside" in out


def test_the_table_is_audited_first(model, tmp_path, capsys):
    frame = make_synthetic_table(10, seed=7).to_frame()
    frame.loc[4, "3_IE"] += 5.0
    frame.to_csv(tmp_path / "new.csv", index=False)
    assert run(["predict", model, str(tmp_path / "new.csv")]) == 0
    assert "audit of new: 1 wrong cell" in capsys.readouterr().err


def test_json_is_the_only_thing_on_stdout(model, new, capsys):
    assert run(["predict", model, new, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    first = document["predictions"][0]
    assert len(document["predictions"]) == 10
    assert first["rate"] == pytest.approx(10 ** first["predicted"])
    assert set(document["scores"]) == {"r", "rmse", "mae", "r2"}
    assert document["model"]["data"]["synthetic"] is True


def test_csv_is_written(model, new, tmp_path, capsys):
    out = tmp_path / "deep" / "out.csv"
    assert run(["predict", model, new, "--out", str(out), "--level", "0.8"]) == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "cluster", "lg(k1) predicted", "low 80 %", "high 80 %", "k1 predicted", "lg(k1) measured",
        "domain", "notes",
    ]  # fmt: skip
    assert len(rows) == 10
    assert f"written: {out}" in capsys.readouterr().out


def test_a_column_mismatch_prints_the_difference_and_one_line(model, new, tmp_path, capsys):
    with open(new, encoding="utf-8") as stream:
        text = stream.read()
    (tmp_path / "other.csv").write_text(text.replace("3_EHOMO,", "HOMO,"), encoding="utf-8")
    assert run(["predict", model, str(tmp_path / "other.csv")]) == 1
    captured = capsys.readouterr()
    *diff, line = captured.err.strip().splitlines()
    assert diff == ["- 3_EHOMO missing; nearest: HOMO"]
    assert line.startswith("clusteract: other: 1 of the model's 24 descriptors missing: '3_EHOMO'")
    assert captured.out == ""


@pytest.mark.parametrize("which", ["model", "table"])
def test_what_is_read_from_is_not_written_over(which, model, new, capsys):
    target = model if which == "model" else new
    with open(target, "rb") as stream:
        before = stream.read()
    assert run(["predict", model, new, "--out", target]) == 1
    assert "is what is read from; give another --out" in capsys.readouterr().err
    with open(target, "rb") as stream:
        assert stream.read() == before


def test_csv_is_not_written_as_a_workbook(model, new, tmp_path, capsys):
    out = tmp_path / "predicted.xlsx"
    assert run(["predict", model, new, "--out", str(out)]) == 1
    assert "CSV is what is written; give a name that ends in .csv" in capsys.readouterr().err
    assert not out.exists()


def test_a_path_that_cannot_be_written_is_one_line(model, new, tmp_path, capsys):
    assert run(["predict", model, new, "--out", str(tmp_path)]) == 1
    assert "is a folder; give a file (--out)" in capsys.readouterr().err
    assert run(["predict", model, new, "--out", f"{new}/x.csv"]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["none.clusteract", "{new}"], "none.clusteract: no such model file"),
        (["{new}", "{new}"], "no saved model, or damaged"),
        (["{model}", "none.csv"], "none.csv"),
        (["{model}", "{new}", "--sheet", "A"], "has no sheets"),
        (["{model}", "{new}", "--level", "90"], "level is 90; it must be between 0 and 1"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(args, message, model, new, capsys):
    assert run(["predict", *(a.format(model=model, new=new) for a in args)]) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_missing_cells_and_values_out_of_range_are_noted(model, tmp_path, capsys):
    frame = make_synthetic_table(3, seed=7, target=False).to_frame()
    frame.loc[0, "3_μ"], frame.loc[1, "3_α"] = None, 1e6
    frame.to_csv(tmp_path / "odd.csv", index=False)
    assert run(["predict", model, str(tmp_path / "odd.csv")]) == 0
    out = capsys.readouterr().out
    assert "missing, imputed: 3_μ" in out
    assert "outside: 3_α 1e+06 is above" in out
    assert "rows outside the model's domain: errors may be larger there" in out
