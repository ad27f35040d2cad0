"""Intervals that cover: conformal around any recipe, wider where neighbours were hard."""

from clusteract.validation.intervals.coverage import Coverage
from clusteract.validation.intervals.difficulty import LocalDifficulty

__all__ = ["Coverage", "LocalDifficulty"]
