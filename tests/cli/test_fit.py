"""``clusteract fit``: a scored, saved model from a table."""

import re

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import STOPPED, run
from clusteract.model import load_model
from clusteract.runs import RunStore


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    make_synthetic_table(40, seed=2).to_frame().to_csv(path, index=False)
    return str(path)


def fit(table, out, *more):
    recipe = "svr-rbf-kbest-standard"
    return run(["fit", recipe, "--data", table, "--out", str(out), "--jobs", "1", *more])


def test_the_honest_score_is_inside_by_default(table, tmp_path, capsys):
    assert fit(table, tmp_path / "m", "--budget", "2", "--folds", "3", "--seed", "7") == 0
    captured = capsys.readouterr()
    assert "3 outer folds, 5 inner folds, 2 of 4,320 candidates; then fitting" in captured.err
    assert "honest score: test r " in captured.out
    honest = load_model(tmp_path / "m.clusteract").honest
    assert (honest.outer_folds, honest.inner_folds, honest.budget, honest.seed) == (3, 5, 2, 7)


def test_it_can_be_left_out(table, tmp_path, capsys):
    assert fit(table, tmp_path / "m.clusteract", "--budget", "2", "--no-honest") == 0
    captured = capsys.readouterr()
    assert "without an honest score" in captured.err
    assert "honest score: none (--no-honest)" in captured.out
    assert load_model(tmp_path / "m.clusteract").honest is None


def test_the_same_seed_gives_the_same_file(table, tmp_path):
    for name in ("a", "b"):
        assert fit(table, tmp_path / name, "--budget", "2", "--no-honest", "--seed", "3") == 0
    a, b = (tmp_path / f"{n}.clusteract" for n in ("a", "b"))
    assert a.read_bytes() == b.read_bytes()


@pytest.mark.parametrize("after", [1, 10, 30])
def test_an_interrupted_fit_resumes_to_the_same_bytes(after, table, tmp_path, monkeypatch, capsys):
    options = ("--budget", "2", "--folds", "3")
    assert fit(table, tmp_path / "whole", *options) == 0
    put, kept = RunStore.put, []

    def stop(store, key, value, **labels):
        put(store, key, value, **labels)
        kept.append(key)
        if len(kept) == after:
            raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(RunStore, "put", stop)
        assert fit(table, tmp_path / "m", *options) == STOPPED
    half = tmp_path / "m.clusteract.run"
    told = capsys.readouterr().err
    assert f"{after} finished jobs are kept in {half}: run the same command" in told
    assert not (tmp_path / "m.clusteract").exists()
    again = []
    with monkeypatch.context() as watched:
        watched.setattr(RunStore, "put", lambda *a, **k: (again.append(a[1]), put(*a, **k)))
        assert fit(table, tmp_path / "m", *options) == 0
    assert not set(again) & set(kept)  # what was finished was not done again
    whole, resumed = (tmp_path / f"{name}.clusteract" for name in ("whole", "m"))
    assert resumed.read_bytes() == whole.read_bytes()
    assert not half.exists()


def test_a_table_is_not_written_over(table, capsys):
    with open(table, "rb") as stream:
        before = stream.read()
    assert fit(table, table, "--no-honest") == 1
    assert "file name ends in .clusteract, not .csv" in capsys.readouterr().err
    with open(table, "rb") as stream:
        assert stream.read() == before


def test_an_unwritable_path_is_refused_before_any_work(table, tmp_path, capsys):
    assert fit(table, f"{table}/model", "--budget", "2") == 1
    err = capsys.readouterr().err
    assert "cannot be written" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["svr-rbf", "--out", "{tmp}/m"], "unknown recipe 'svr-rbf'; did you mean svr-rbf-kbest"),
        (["rfr-rfe", "--out", "{tmp}/m", "--target", "k"], "no column 'k' for the target"),
        (["rfr-rfe", "--out", "{tmp}/m", "--folds", "30"], "too few for 30 outer folds"),
        (["rfr-rfe", "--out", "{tmp}/m", "--jobs", "0"], "jobs: 0; must be"),
        (["rfr-rfe", "--out", "{tmp}/m", "--seed", "-1"], "seed"),
    ],
)
def test_bad_input_is_exit_code_1(args, message, table, tmp_path, capsys):
    assert run(["fit", *(a.format(tmp=tmp_path) for a in args), "--data", table]) == 1
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("*.clusteract"))


def test_a_formula_is_printed_as_it_goes_on_a_board(table, tmp_path, capsys):
    out = str(tmp_path / "m.clusteract")
    assert run(["fit", "formula", "--data", table, "--out", out, "--no-honest", "--jobs", "1"]) == 0
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("formula: ")]
    assert re.match(r"formula: lg\(k1\) = -?\d[\d.]* [-+] \d[\d.e-]* [*/] ", line)
    assert line == f"formula: {load_model(out).formula}"
    assert run(["predict", out, table]) == 0
    assert line in capsys.readouterr().out
