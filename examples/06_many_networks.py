"""Train many networks at once: the same networks as one by one, in a part of the time.

python examples/06_many_networks.py
"""

import time

import numpy as np
from sklearn.base import clone

import clusteract as ca
from clusteract.estimators.networks import fit_dense

table = ca.load_table("synthetic")
X = table.descriptors
X = (X - X.mean(axis=0)) / X.std(axis=0)
y = (table.target - table.target.mean()) / table.target.std()

networks = [
    ca.DenseNetworkRegressor(32, 32, 32, learning_rate=rate, dropout_rate=dropout, random_state=0)
    for rate in (1e-3, 2e-3, 5e-3, 1e-2)
    for dropout in (0.05, 0.1, 0.2, 0.4)
]
clone(networks[0]).fit(X, y)  # compiles the loops, once
start = time.perf_counter()
together = fit_dense([(clone(network), X, y) for network in networks])
print(f"{len(together)} trainings at once: {time.perf_counter() - start:.2f} s")
start = time.perf_counter()
alone = [clone(network).fit(X, y) for network in networks]
print(f"one by one: {time.perf_counter() - start:.2f} s")

same = all(np.array_equal(a.predict(X), b.predict(X)) for a, b in zip(alone, together, strict=True))
print("the same networks, bit for bit:", same)
