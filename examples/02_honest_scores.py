"""Score two recipes honestly, and ask whether their difference is more than noise.

python examples/02_honest_scores.py [TABLE]
"""

import sys

import clusteract as ca
from clusteract.validation import compare_recipes

table = ca.load_table(sys.argv[1] if len(sys.argv) > 1 else "synthetic")
forest = ca.get_recipe("rfr-kbest").with_grid(
    {"model__n_estimators": [50], "model__max_depth": [None], "model__min_samples_leaf": [1]}
)
svr = ca.get_recipe("svr-rbf-kbest")

result = ca.nested_cross_validate(
    table,
    [forest, svr],
    outer=ca.OuterFolds(folds=5, seed=42),
    inner_folds=5,
    budget={"svr-rbf-kbest": 10},
)
for name, recipe in {**result.recipes, **result.baselines}.items():
    print(f"{name:14s} test RMSE {recipe.mean('test', 'rmse'):.2f}", end="  ")
    print(f"r {recipe.mean('test', 'r'):.2f} +- {recipe.std('test', 'r'):.2f}")

found = compare_recipes(result.recipes["rfr-kbest"], result.recipes["svr-rbf-kbest"], "rmse")
print(f"forest minus SVR: {found.mean:+.2f}, 95 % interval {found.low:+.2f} to {found.high:+.2f}")
print("that is noise" if found.is_noise else "that is more than noise")
