"""Honest scores: splits, nested cross-validation, metrics, baselines, comparison of recipes."""

from clusteract.estimators.networks.scoring import pearson_r
from clusteract.validation.compare import Difference, compare_recipes, corrected_interval
from clusteract.validation.metrics import Metrics, score_predictions
from clusteract.validation.nested import nested_cross_validate
from clusteract.validation.records import FoldResult, RecipeResult
from clusteract.validation.splits import OuterFolds, inner_splits
from clusteract.validation.study_result import StudyResult

__all__ = [
    "Difference",
    "FoldResult",
    "Metrics",
    "OuterFolds",
    "RecipeResult",
    "StudyResult",
    "compare_recipes",
    "corrected_interval",
    "inner_splits",
    "nested_cross_validate",
    "pearson_r",
    "score_predictions",
]
