"""Fit a recipe on all rows, save it without pickle, load it and predict new clusters.

python examples/04_model_and_predict.py
"""

import tempfile
from pathlib import Path

import clusteract as ca

table = ca.make_synthetic_table(100, seed=1)
new = ca.make_synthetic_table(5, seed=2, target=False)

model = ca.fit_model(table, ca.get_recipe("svr-rbf-kbest"), budget=5, inner_folds=3)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "svr.clusteract"
    ca.save_model(model, path)
    predictions = ca.predict(ca.load_model(path), new)
print(predictions.to_frame().to_string(index=False))
