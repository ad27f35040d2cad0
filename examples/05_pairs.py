"""Learn differences of clusters, and see why a random split of pairs says little.

python examples/05_pairs.py
"""

from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import r2_score

import clusteract as ca
from clusteract.estimators.pairwise import diagnose
from clusteract.validation.pairs import disjoint_pair_splits, random_pair_split

table = ca.load_table("synthetic")
X, y = table.descriptors, table.target


def score(split):
    """Print R2 of differences, for pairs of each kind in the test set."""
    i, j = split.train.T
    forest = ExtraTreesRegressor(20, random_state=0, n_jobs=1).fit(X[i] - X[j], y[i] - y[j])
    for kind, pairs in split.tests.items():
        i, j = pairs.T
        print(f"{kind:13s} R2 of pairs {r2_score(y[i] - y[j], forest.predict(X[i] - X[j])):.2f}")


score(random_pair_split(table.n_rows))  # leaky: training saw both clusters in other pairs
score(disjoint_pair_splits(table.n_rows, folds=5)[0])  # honest

model = ca.PairwiseDifferenceRegressor(
    ExtraTreesRegressor(20, random_state=0), direction="antisymmetric"
).fit(X[1:], y[1:])
value, spread = model.predict(X[:1], return_std=True)
print(f"a new cluster: {value[0]:.2f}, spread over its references {spread[0]:.2f}")
print(diagnose(model, X[:20]))
