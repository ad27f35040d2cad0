import json

import numpy as np

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds, nested_cross_validate
from clusteract.validation.intervals import Coverage, LocalDifficulty
from clusteract.validation.serialize import from_record, to_record


def test_difficulty_grows_with_distance():
    X = np.linspace(0, 1, 50)[:, None]
    hard = LocalDifficulty(X, np.ones(50))
    near, far = hard.of(np.array([[0.5], [5.0]]))
    assert far > 2 * near
    assert np.all(hard.own > 0)


def test_coverage_on_outer_folds_and_its_json():
    table = make_synthetic_table(90, seed=1)
    recipe = get_recipe("gp-descriptors")
    found = nested_cross_validate(table, [recipe], outer=OuterFolds(3), inner_folds=4).coverage
    assert np.mean(found.covered(0.9)) > 0.75
    assert np.all(found.width(0.95) >= found.width(0.8))
    rows = found.table()
    assert rows[0]["n"] == 90 == sum(r["n"] for r in rows[1:])
    assert from_record(json.loads(json.dumps(to_record(found))), Coverage) == found
