"""Plan, run anywhere, store as JSON, assemble."""

import json
import pickle

import numpy as np
import pytest
from sklearn.datasets import make_regression
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE, SelectKBest, f_regression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVR

from clusteract.errors import InputError
from clusteract.search import TaskResult, plan_search

X, Y = make_regression(30, 6, noise=5.0, random_state=0)
SPLITS = list(KFold(3).split(X))
PIPELINE = Pipeline(
    [("scaler", StandardScaler()), ("select", SelectKBest(f_regression)), ("model", SVR())]
)
GRID = {
    "scaler": [StandardScaler(), MinMaxScaler()],
    "select__k": [2, 3],
    "model__C": [0.1, 10.0],
    "model__degree": [2, 3],
}


def plan(**kwargs):
    return plan_search(PIPELINE, GRID, X, Y, splits=SPLITS, **kwargs)


def test_results_survive_pickle_and_json_in_any_order():
    tasks = pickle.loads(pickle.dumps(plan(seconds_per_task=0.01).tasks))
    texts = [json.dumps(task.run(X, Y).to_dict()) for task in reversed(tasks)]
    found = plan().assemble([TaskResult.from_dict(json.loads(text)) for text in texts])
    expected = GridSearchCV(PIPELINE, GRID, cv=3).fit(X, Y)
    assert len(tasks) > 3
    np.testing.assert_array_equal(
        found.cv_results_["mean_test_score"], expected.cv_results_["mean_test_score"]
    )
    assert found.best_params_ == expected.best_params_


def test_finer_tasks_make_the_same_solver_calls():
    coarse = plan().assemble([task.run(X, Y) for task in plan().tasks])
    fine_plan = plan(seconds_per_task=1e-9)
    fine = fine_plan.assemble([task.run(X, Y) for task in fine_plan.tasks])
    assert fine.n_fits["solver calls"] == coarse.n_fits["solver calls"] == 3 * 2 * 2 * 2


def test_an_elimination_path_is_never_cut():
    forest = RandomForestRegressor(4, random_state=0)
    pipeline = Pipeline([("select", RFE(forest)), ("model", forest)])
    grid = {"select__n_features_to_select": [2, 3], "model__n_estimators": [3, 5]}
    tasks = plan_search(pipeline, grid, X, Y, splits=SPLITS, seconds_per_task=1e-9).tasks
    assert len(tasks) == len(SPLITS)
    selecting, modelling = 2 * 4 * (5 + 4), 2 * (3 + 5)
    assert tasks[0].n_fits_naive == {"transformer fits": 4, "trees": selecting + modelling}


def test_keys_depend_on_content_only():
    first, again = plan().tasks[0], pickle.loads(pickle.dumps(plan().tasks[0]))
    assert first.key() == again.key()
    assert first.key() != plan().tasks[1].key()
    assert first.key() != plan(scoring="r2").tasks[0].key()
    assert first.key() != plan_search(PIPELINE, GRID, X + 1, Y, splits=SPLITS).tasks[0].key()


def test_a_missing_result_is_named():
    with pytest.raises(InputError, match="candidate 0 on split 0 has 0 results"):
        plan().assemble([task.run(X, Y) for task in plan().tasks[1:]])


def test_an_empty_search_is_refused():
    with pytest.raises(InputError, match="16 candidates on 0 splits"):
        plan_search(PIPELINE, GRID, X, Y, splits=[])
