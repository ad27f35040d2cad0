"""Small neural networks, trained alone or by the thousand."""

from clusteract.estimators.networks.dense import DenseNetworkRegressor
from clusteract.estimators.networks.scoring import pearson_r, pearson_scorer

__all__ = ["DenseNetworkRegressor", "pearson_r", "pearson_scorer"]
