import json

import pytest

from clusteract.report import summarize
from clusteract.report.points import parity_points
from clusteract.report.summary import summary_dict


def test_it_is_json_and_holds_the_summary(result):
    summary = summarize(result, audit={"summary_line": "none", "stories": []}, versions={"a": "1"})
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary_dict(result, versions={"a": "1"}).items() <= summary.items()


def test_the_same_result_gives_the_same_summary(result):
    assert summarize(result) == summarize(result)


def test_points_name_cluster_and_fold_of_every_prediction(result):
    points = parity_points(result)
    ridge = points["recipes"][0]
    assert [len(ridge["test"]), len(ridge["train"])] == [60, 180]
    fold = result.recipes["ridge"].folds[2]
    known = [fold.test[0], 3, fold.y_test[0], fold.test_predictions[0]]
    assert any(point == pytest.approx(known, rel=1e-5) for point in ridge["test"])
    measured = [point[2] for point in ridge["test"]]
    assert measured == sorted(measured)
    assert not ridge["thinned"]


def test_points_of_large_studies_are_thinned_and_say_so(result, monkeypatch):
    monkeypatch.setattr("clusteract.report.points.MOST", 100)
    ridge = parity_points(result)["recipes"][0]
    assert [len(ridge["test"]), len(ridge["train"])] == [60, 90]
    assert ridge["thinned"]
