"""Descriptors made: from formulas, from one another, and from quantum-chemistry output."""

from clusteract.descriptors.composition import (
    CompositionDescriptors,
    add_composition,
    composition_of,
)
from clusteract.descriptors.interactions import PairwiseProducts

__all__ = [
    "CompositionDescriptors",
    "PairwiseProducts",
    "add_composition",
    "composition_of",
]
