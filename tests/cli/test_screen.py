"""``clusteract screen``: what it prints, what it writes, and how it refuses."""

import csv
import json

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import run
from clusteract.model import fit_model, load_model, save_model, screen
from clusteract.model.reading import read_new_rows
from clusteract.recipes import get_recipe


@pytest.fixture(scope="module")
def model(small_table, tmp_path_factory):
    fitted = fit_model(small_table, get_recipe("gp-additive"), inner_folds=2)
    return str(save_model(fitted, tmp_path_factory.mktemp("model") / "gp.clusteract"))


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "candidates.csv"
    make_synthetic_table(80, seed=7, target=False).to_frame().to_csv(path, index=False)
    return str(path)


def test_it_prints_the_suggestions(model, candidates, capsys):
    assert run(["screen", model, candidates, "--pick", "4"]) == 0
    out = capsys.readouterr().out
    assert "80 candidates, " in out
    rows = [line.split()[0] for line in out.splitlines() if "inside" in line or "outside:" in line]
    assert rows[-4:] == ["1", "2", "3", "4"]


def test_the_ranking_and_its_figure_are_written(model, candidates, tmp_path, capsys):
    out = tmp_path / "deep" / "ranked.csv"
    assert run(["screen", model, candidates, "--out", str(out), "--level", "0.8"]) == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    predicted = [float(r["lg(k1) predicted"]) for r in rows]
    assert predicted == sorted(predicted, reverse=True)
    assert [r["rank"] for r in rows] == [str(i) for i in range(1, 81)]
    assert sorted(int(r["measure next"]) for r in rows if r["measure next"]) == [*range(1, 11)]
    assert all(float(r["low 80 %"]) < float(r["high 80 %"]) for r in rows)
    assert sorted(p.name for p in out.parent.iterdir()) == [
        "ranked.csv",
        "ranked.png",
        "ranked.svg",
    ]
    assert "SYNTHETIC" in out.with_suffix(".svg").read_text(encoding="utf-8")
    assert f"written: {out}" in capsys.readouterr().out


def test_nothing_new_is_nothing_to_suggest(model, small_table, tmp_path, capsys):
    path, out = tmp_path / "training.csv", tmp_path / "ranked.csv"
    small_table.to_frame().to_csv(path, index=False)
    assert run(["screen", model, str(path), "--out", str(out)]) == 0
    assert "nothing to suggest: every candidate is in the model's training" in (
        capsys.readouterr().out
    )
    drawn = out.with_suffix(".svg").read_text(encoding="utf-8")
    assert "inside" in drawn
    assert "measure next" not in drawn


def test_the_same_screening_gives_the_same_bytes(model, candidates, tmp_path):
    for name in ("a", "b"):
        assert run(["screen", model, candidates, "--out", str(tmp_path / f"{name}.csv")]) == 0
    for kind in ("csv", "png", "svg"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_json_is_the_only_thing_on_stdout(model, candidates, capsys):
    assert run(["screen", model, candidates, "--json", "--threshold", "-11", "--pick", "3"]) == 0
    document = json.loads(capsys.readouterr().out)
    loaded = load_model(model)
    found = screen(loaded, read_new_rows(loaded, candidates), threshold=-11.0, pick=3)
    assert [s["cluster"] for s in document["suggestions"]] == [
        found.names[i] for i in found.suggestions
    ]
    assert document["threshold"] == -11
    assert document["n_candidates"] == 80
    assert len(document["highest"]) == 20


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["none.clusteract", "{table}"], "none.clusteract: no such model file"),
        (["{table}", "{table}"], "no saved model, or damaged"),
        (["{model}", "none.csv"], "none.csv"),
        (["{model}", "{table}", "--level", "90"], "level is 90; it must be between 0 and 1"),
        (["{model}", "{table}", "--threshold", "nan"], "threshold is nan; it must be a number"),
        (["{model}", "{table}", "--pick", "-1"], "pick is -1; it must be 0 or more"),
        (["{model}", "{table}", "--out", "{table}"], "is what is read from"),
        (["{model}", "{table}", "--out", "x.png"], "CSV is what is written"),
        (["{model}", "{table}", "--out", "x.xlsx"], "a name that ends in .csv"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    args, message, model, candidates, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    args = [a.format(model=model, table=candidates) for a in args]
    out = [] if "--out" in args else ["--out", str(tmp_path / "ranked.csv")]
    assert run(["screen", *args, *out]) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_missing_columns_are_told_with_what_resembles_them(model, tmp_path, capsys):
    frame = make_synthetic_table(10, seed=7, target=False).to_frame()
    frame = frame.rename(columns={"3_EHOMO": "E_HOMO"})
    frame.to_csv(tmp_path / "a.csv", index=False)
    out = tmp_path / "ranked.csv"
    assert run(["screen", model, str(tmp_path / "a.csv"), "--out", str(out)]) == 1
    err = capsys.readouterr().err
    assert "descriptors missing: '3_EHOMO'" in err
    assert "- 3_EHOMO missing; nearest: E_HOMO" in err
    assert not out.exists()
