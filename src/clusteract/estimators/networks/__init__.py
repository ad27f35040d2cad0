"""Small neural networks, trained alone or by the thousand."""

from clusteract.estimators.networks.candidates import fit_predict_many
from clusteract.estimators.networks.dense import DenseNetworkRegressor, fit_dense
from clusteract.estimators.networks.mlp import fit_perceptrons
from clusteract.estimators.networks.scoring import pearson_r, pearson_scorer

__all__ = [
    "DenseNetworkRegressor",
    "fit_dense",
    "fit_perceptrons",
    "fit_predict_many",
    "pearson_r",
    "pearson_scorer",
]
