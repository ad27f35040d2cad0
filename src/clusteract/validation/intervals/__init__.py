"""Intervals that cover: conformal around any recipe, wider where neighbours were hard."""

from clusteract.validation.intervals.coverage import Coverage, measure_coverage
from clusteract.validation.intervals.cross_conformal import CrossConformal
from clusteract.validation.intervals.difficulty import LocalDifficulty

__all__ = ["Coverage", "CrossConformal", "LocalDifficulty", "measure_coverage"]
