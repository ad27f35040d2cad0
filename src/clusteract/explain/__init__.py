"""Why a model predicts what it predicts, told by models about clusters they never saw."""

from clusteract.explain.explanation import Explanation, explain_fold, gather
from clusteract.explain.shapley import ShapleyValues, shapley_values
from clusteract.explain.threshold import Threshold, find_threshold

__all__ = [
    "Explanation",
    "ShapleyValues",
    "Threshold",
    "explain_fold",
    "find_threshold",
    "gather",
    "shapley_values",
]
