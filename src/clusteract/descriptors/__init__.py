"""Descriptors made: from formulas, from one another, and from quantum-chemistry output."""

from clusteract.descriptors.bare import BareReference, bare_references
from clusteract.descriptors.composition import (
    CompositionDescriptors,
    add_composition,
    composition_of,
)
from clusteract.descriptors.interactions import PairwiseProducts
from clusteract.descriptors.normalised import NORMALISED, add_made, composition_only
from clusteract.descriptors.outputs import read_output
from clusteract.descriptors.rows import describe_outputs

__all__ = [
    "NORMALISED",
    "BareReference",
    "CompositionDescriptors",
    "PairwiseProducts",
    "add_composition",
    "add_made",
    "bare_references",
    "composition_of",
    "composition_only",
    "describe_outputs",
    "read_output",
]
