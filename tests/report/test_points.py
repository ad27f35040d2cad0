import pytest

from clusteract.report.points import parity_points


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
