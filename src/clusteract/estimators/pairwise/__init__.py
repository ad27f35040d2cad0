"""Pairwise-difference learning: any regressor or network, trained on differences of clusters."""

from clusteract.estimators.pairwise import network  # noqa: F401 - registers its training
from clusteract.estimators.pairwise.diagnostics import Diagnostics, diagnose
from clusteract.estimators.pairwise.plain import PlainDifferences
from clusteract.estimators.pairwise.regressor import PairwiseDifferenceRegressor

__all__ = ["Diagnostics", "PairwiseDifferenceRegressor", "PlainDifferences", "diagnose"]
