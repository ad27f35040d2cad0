"""SharedGridSearchCV in place of GridSearchCV: the same answers for a part of the work.

python examples/03_shared_search.py
"""

from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE
from sklearn.pipeline import Pipeline

import clusteract as ca

table = ca.load_table("synthetic")
pipeline = Pipeline(
    [
        ("select", RFE(RandomForestRegressor(n_estimators=10, random_state=0))),
        ("model", RandomForestRegressor(random_state=0)),
    ]
)
grid = {"select__n_features_to_select": [7, 8, 9], "model__n_estimators": [20, 30, 40]}
search = ca.SharedGridSearchCV(pipeline, grid, cv=3, scoring="neg_root_mean_squared_error")
search.fit(table.descriptors, table.target)

print("best:", search.best_params_)
for unit, naive in search.n_fits_naive_.items():
    print(f"{unit}: {search.n_fits_[unit]} of {naive} that GridSearchCV would fit")
