import sys

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError, Interrupted
from clusteract.study import load_study, run_study
from clusteract.study.config import parse_study
from clusteract.study.published import PUBLISHED, published_figures
from clusteract.validation import OuterFolds

QUICK = {
    "recipes": ["svr-rbf-kbest"],
    "budget": 2,
    "outer": {"folds": 3},
    "inner": {"folds": 2},
}


def test_what_is_odd_in_the_table_is_named(small_table, tmp_path):
    X = small_table.descriptors.copy()
    X[5, 3] = -999.0
    table = small_table.with_descriptors(X, small_table.descriptor_names)
    said = []
    run_study(parse_study(QUICK, "quick"), data=table, out=tmp_path / "run", say=said.append)
    cell = f"{table.descriptor_names[3]} of {table.names[5]}"
    assert said[0].startswith("audit of synthetic: 1 wrong cell")
    assert f"sentinel: {cell}; imputed inside folds" in said
    assert said[-1] == (
        "quick on synthetic (SYNTHETIC): 1 recipe, 3 outer folds, 2 inner folds; run folder "
        f"{tmp_path / 'run'}"
    )


def test_workers_that_are_not_there_are_told_before_anything_is_written(
    small_table, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="--scheduler needs Dask"):
        run_study(
            parse_study(QUICK, "quick"), data=small_table, out=tmp_path / "run", scheduler="x"
        )
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_the_report_is_written_is_resumed(small_table, tmp_path, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    study, out = parse_study(QUICK, "quick"), tmp_path / "run"
    with monkeypatch.context() as interrupted:
        interrupted.setattr("clusteract.report.write_report", stop)
        with pytest.raises(Interrupted, match="run the same command again to resume"):
            run_study(study, data=small_table, out=out)
    seen = []
    run_study(study, data=small_table, out=out, progress=seen.append)
    assert seen[-1].resumed == seen[-1].total - 1  # all but the model, which no store keeps
    assert (out / "report.html").exists()


def test_published_figures_stand_beside_a_repeated_study_only(published):
    from clusteract.table import read_table

    table = read_table(published / "homonuclear-159-24features.xlsx")
    assert (
        published_figures(table, load_study("study").design(table).folds).keys() == PUBLISHED.keys()
    )
    assert published_figures(table, OuterFolds(5, 1, 42)) == {}
    assert published_figures(make_synthetic_table(30), OuterFolds()) == {}
