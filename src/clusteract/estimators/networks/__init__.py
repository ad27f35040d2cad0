"""Small neural networks, trained alone or by the thousand."""

from clusteract.estimators.networks.dense import DenseNetworkRegressor
from clusteract.estimators.networks.mlp import fit_perceptrons
from clusteract.estimators.networks.scoring import pearson_r, pearson_scorer

__all__ = ["DenseNetworkRegressor", "fit_perceptrons", "pearson_r", "pearson_scorer"]
